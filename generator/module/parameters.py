"""A flow's parameters as variables of its module."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import (
    Shape,
    describe_shape_rule,
    find_permission_shape,
    find_shape,
    find_shape_at,
    write_anchored_pattern,
)
from generator.hcl import Reference, encode_value
from generator.inference import MODEL_KINDS
from generator.model import Parameter
from generator.module.blocks import carry_value
from generator.module.plan import Validation, Variable
from generator.source.position import Path

TYPES = {"string": "string", "integer": "number", "float": "number", "boolean": "bool", "list": "list(string)"}


def plan_parameter(parameter: Parameter) -> Variable:
    """Return the variable of a parameter, with what the API asks of every place where it stands."""
    shapes = _list_shapes(parameter)
    type_name = TYPES[shapes[0].type] if shapes else "string"
    rules = dict.fromkeys(rule for path in parameter.uses for rule in _list_rules(parameter, path))
    return Variable(
        parameter.name,
        type_name,
        parameter.description,
        carry_value(parameter.default),
        parameter.default is not None,
        tuple(rules),
    )


def find_shape_of_use(path: Path) -> Shape | None:
    """Return the API's shape where a parameter stands; None for an account."""
    return find_permission_shape(path) if path[0] == "permissions" else find_shape_at(path)


def _list_shapes(parameter: Parameter) -> list[Shape]:
    return [shape for path in parameter.uses if (shape := find_shape_of_use(path)) is not None]


def _list_rules(parameter: Parameter, path: Path) -> Iterator[Validation]:
    name = f"var.{parameter.name}"
    shape = find_shape_of_use(path)
    if path[:2] == ("permissions", "bucket_accounts"):
        yield _demand(_match("^[0-9]{12}$", name), f"{parameter.name} must be an account id, 12 digits.")
    elif parameter.model is not None:
        kind = MODEL_KINDS[parameter.model]
        sentence = f"{parameter.name} must be the ARN of a model of the kind {parameter.model}, {kind.arn_form}."
        yield _demand(_match(f"^(?:{kind.arn_pattern})$", name), sentence)
        if kind.other:
            sentence = (
                f"{parameter.name} is the ARN of a {kind.other_kind}, which needs other permissions: "
                f"set `model: {kind.other_kind}` for this parameter in the flow's definition."
            )
            yield _demand(f"!{_match(kind.other, name)}", sentence)
    elif shape is not None:
        conditions = [*_list_conditions(shape, name), *_list_element_conditions(shape, name)]
        if conditions:
            yield _demand(" && ".join(conditions), describe_shape_rule(shape, parameter.name))


def _list_conditions(shape: Shape, name: str) -> Iterator[str]:
    """Yield what must hold for a value of a shape, as Terraform expressions over `name`."""
    if shape.enum:
        yield f"contains({encode_value(list(shape.enum))}, {name})"
    pattern = write_anchored_pattern(shape)
    if pattern is not None:
        yield _match(pattern, name)
    size = name if shape.type in ("integer", "float") else f"length({name})"
    if shape.type == "integer":
        yield f"floor({name}) == {name}"
    if shape.minimum:
        yield f"{size} >= {shape.minimum}"
    elif shape.minimum is not None and shape.type in ("integer", "float"):
        yield f"{size} >= 0"
    if shape.maximum is not None:
        yield f"{size} <= {shape.maximum}"


def _list_element_conditions(shape: Shape, name: str) -> Iterator[str]:
    if shape.element is None:
        return
    conditions = list(_list_conditions(find_shape(shape.element), "item"))
    if conditions:
        yield f"alltrue([for item in {name} : {' && '.join(conditions)}])"


def _match(pattern: str, subject: str) -> str:
    return f"can(regex({encode_value(pattern)}, {subject}))"


def _demand(condition: str, sentence: str) -> Validation:
    return Validation(Reference(condition), sentence)
