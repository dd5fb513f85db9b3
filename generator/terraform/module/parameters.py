"""The parameters of a flow as variables of its module."""

from __future__ import annotations

from collections.abc import Iterator

from generator.flow.api import (
    MODEL_SHAPES,
    Shape,
    describe_shape_rule,
    find_place_shape,
    find_shape,
    write_pattern,
)
from generator.flow.bedrock_models import MODEL_KINDS
from generator.flow.model import Engine, ModelKind, Parameter
from generator.source.position import Path
from generator.terraform.hcl import encode_value
from generator.terraform.module.plan import Validation, Variable, match_pattern
from generator.terraform.resource import find_byte_bounds, find_narrower_pattern, narrow_shape, translate_value

_MOST_REPEATS = 1000
TYPES = {"string": "string", "integer": "number", "float": "number", "boolean": "bool", "list": "list(string)"}


def plan_parameter(parameter: Parameter, engine: Engine = Engine.NATIVE) -> Variable:
    """Return the variable of a parameter, with what the API and the engine require in every place that uses it."""
    type_name = TYPES[list_shapes(parameter)[0].type]
    rules = dict.fromkeys(rule for path in parameter.uses for rule in _list_rules(parameter, path, engine))
    return Variable(
        parameter.name,
        type_name,
        _describe(parameter),
        translate_value(parameter.default),
        parameter.default is not None,
        tuple(rules),
    )


def takes_model_id(parameter: Parameter) -> bool:
    """Return whether a model may be given by its ID: the ARN follows from it, and no place requires an ARN."""
    if parameter.model is None or not MODEL_KINDS[parameter.model].id_pattern:
        return False
    return all(shape.name != "BedrockRerankingModelArn" for shape in list_shapes(parameter))


def list_shapes(parameter: Parameter, engine: Engine = Engine.NATIVE) -> list[Shape]:
    """Return the shapes of the places that use a parameter, with the bounds of an engine."""
    return [
        narrow_shape(shape, path, engine) for path in parameter.uses if (shape := find_place_shape(path)) is not None
    ]


def _describe(parameter: Parameter) -> str:
    if not takes_model_id(parameter):
        return parameter.description
    return f"{parameter.description} (ID or ARN of {_name_kind(parameter.model)})"


def _name_kind(model: ModelKind | None) -> str:
    kind = str(model).replace("-", " ")
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _list_rules(parameter: Parameter, path: Path, engine: Engine) -> Iterator[Validation]:
    name, shape = f"var.{parameter.name}", find_place_shape(path)
    if shape is None:
        return
    shape = narrow_shape(shape, path, engine)
    conditions = [*_list_conditions(shape, name), *_list_element_conditions(shape, name)]
    if parameter.model is not None and shape.name in MODEL_SHAPES:
        yield from _list_model_rules(parameter, parameter.model, conditions)
    elif conditions:
        yield Validation(" && ".join(conditions), describe_shape_rule(shape, parameter.name))
    yield from _list_engine_rules(parameter, shape, path, engine)


def _list_engine_rules(parameter: Parameter, shape: Shape, path: Path, engine: Engine) -> Iterator[Validation]:
    """Yield what an engine requires of a string besides its number of characters."""
    name = f"var.{parameter.name}"
    if pattern := find_narrower_pattern(shape, path, engine):
        message = f"{parameter.name} must match the pattern {pattern}, which the engine {engine} requires."
        yield Validation(match_pattern(pattern, name), message)
    if (bounds := find_byte_bounds(path, engine)) and bounds[1] is not None:
        size = f'floor(length(replace(base64encode({name}), "=", "")) * 3 / 4)'
        message = f"{parameter.name} must have {bounds[0]:,} to {bounds[1]:,} bytes in UTF-8, for the engine {engine}."
        yield Validation(f"{size} >= {bounds[0]} && {size} <= {bounds[1]}", message)


def _list_model_rules(parameter: Parameter, model: ModelKind, conditions: list[str]) -> Iterator[Validation]:
    """Yield the rules of a place for a model: those of its kind, and `conditions`, which are the API's."""
    name, kind, by_id = f"var.{parameter.name}", MODEL_KINDS[model], takes_model_id(parameter)
    forms = f"ID or ARN of {_name_kind(model)}: {kind.id_form} or {kind.arn_form}"
    if not by_id:
        forms = f"ARN of {_name_kind(model)}: {kind.arn_form}"
    own = match_pattern(kind.write_pattern(by_id=by_id), name)
    yield Validation(" && ".join([own, *conditions]), f"{parameter.name} must be the {forms}.")
    for excluded in kind.excluded:
        yield Validation(f"!{match_pattern(excluded.pattern, name)}", f"{parameter.name} {excluded.reason}")


def _list_conditions(shape: Shape, name: str) -> Iterator[str]:
    """Yield what must hold for a value of a shape, as Terraform expressions over `name`."""
    if shape.enum:
        yield f"contains({encode_value(list(shape.enum))}, {name})"
    pattern = write_pattern(shape)
    if pattern is not None:
        yield match_pattern(pattern, name)
    elif shape.type == "string" and shape.maximum is not None:
        yield _limit_length(shape.minimum or 0, shape.maximum, name)
        return
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


def _limit_length(least: int, most: int, name: str) -> str:
    """Return the condition on a string's number of characters. Terraform's `length` counts grapheme clusters instead.

    RE2 allows at most 1,000 repetitions, so a longer string is counted in parts of equal length.
    """
    if most <= _MOST_REPEATS:
        return match_pattern(f"(?s:.{{{least},{most}}})", name)
    part = next(size for size in range(_MOST_REPEATS, 0, -1) if most % size == 0)
    parts = f'length(regexall("(?s:.{{1,{part}}})", {name}))'
    return f"{parts} <= {most // part}" + (f" && length({name}) >= {least}" if least else "")
