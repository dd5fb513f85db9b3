"""A flow's parameters as variables of its module."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import (
    MODEL_SHAPES,
    Shape,
    describe_shape_rule,
    find_permission_shape,
    find_shape,
    find_shape_at,
    write_anchored_pattern,
)
from generator.hcl import Reference, encode_value
from generator.inference import MODEL_KINDS
from generator.model import ModelKind, Parameter
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
        _describe(parameter),
        carry_value(parameter.default),
        parameter.default is not None,
        tuple(rules),
    )


def find_shape_of_use(path: Path) -> Shape | None:
    """Return the API's shape where a parameter stands; None for an account."""
    return find_permission_shape(path) if path[0] == "permissions" else find_shape_at(path)


def takes_model_id(parameter: Parameter) -> bool:
    """Tell whether a model may be given by its id: the ARN can be built from it, and no place demands an ARN."""
    if parameter.model is None or not MODEL_KINDS[parameter.model].id_pattern:
        return False
    return all(shape.name != "BedrockRerankingModelArn" for shape in _list_shapes(parameter))


def _describe(parameter: Parameter) -> str:
    if not takes_model_id(parameter):
        return parameter.description
    kind = str(parameter.model).replace("-", " ")
    return f"{parameter.description} (ID or ARN of {'an' if kind[0] in 'aeiou' else 'a'} {kind})"


def _list_shapes(parameter: Parameter) -> list[Shape]:
    return [shape for path in parameter.uses if (shape := find_shape_of_use(path)) is not None]


def _list_rules(parameter: Parameter, path: Path) -> Iterator[Validation]:
    name = f"var.{parameter.name}"
    shape = find_shape_of_use(path)
    if path[:2] == ("permissions", "bucket_accounts"):
        yield _demand(_match("^[0-9]{12}$", name), f"{parameter.name} must be an account id, 12 digits.")
    elif parameter.model is not None and shape is not None and shape.name in MODEL_SHAPES:
        yield from _list_model_rules(parameter, parameter.model)
    elif shape is not None:
        conditions = [*_list_conditions(shape, name), *_list_element_conditions(shape, name)]
        if conditions:
            yield _demand(" && ".join(conditions), describe_shape_rule(shape, parameter.name))


def _list_model_rules(parameter: Parameter, model: ModelKind) -> Iterator[Validation]:
    name, kind, by_id = f"var.{parameter.name}", MODEL_KINDS[model], takes_model_id(parameter)
    forms = f"ID or ARN of a model of the kind {model}: {kind.id_form} or {kind.arn_form}"
    if not by_id:
        forms = f"ARN of a model of the kind {model}, {kind.arn_form}"
    yield _demand(_match(f"^(?:{kind.write_pattern(by_id=by_id)})$", name), f"{parameter.name} must be the {forms}.")
    if kind.other:
        sentence = (
            f"{parameter.name} names a {kind.other_kind}, which needs other permissions: "
            f"set `model: {kind.other_kind}` for this parameter in the flow's definition."
        )
        yield _demand(f"!{_match(kind.other, name)}", sentence)


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
