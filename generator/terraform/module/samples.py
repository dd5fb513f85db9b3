"""Values for a flow's parameters in the module's tests: some that its variables take, and some that they refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from generator.flow.api import Shape, find_sample, takes_value
from generator.flow.inference import MODEL_KINDS, fill_form
from generator.flow.model import Parameter, Value
from generator.terraform import hcl
from generator.terraform.module.parameters import list_shapes, takes_model_id

_LONGEST_PADDING = 100_000


class Refusal(StrEnum):
    """Why a variable refuses a value."""

    WILDCARD = "wildcards"
    BLANK = "spaces"
    TOO_LITTLE = "values_below_the_minimum"
    TOO_MUCH = "values_above_the_maximum"
    OTHER_KIND = "another_kind"
    TWO_PREFIXES = "two_prefixes"


def choose_values(parameters: Iterable[Parameter]) -> dict[str, Value] | None:
    """Return a value for each parameter by its name: its default, or a sample, no two alike where that can be.

    None where there is none, or a default is no text where one is due: then the definition has an error, and no module
    will be made of it.
    """
    chosen: dict[str, Value] = {}
    tried: dict[tuple[str, ...], int] = {}
    for parameter in parameters:
        # Of parameters alike, each goes on where the one before it ended: all samples before that are taken.
        kind = (str(parameter.model), *(shape.name for shape in list_shapes(parameter)))
        value = _find_value(parameter, 1)
        for number in range(tried.get(kind, 0) + 1, len(chosen) + 2):
            tried[kind] = number
            if (sample := _find_value(parameter, number)) not in chosen.values():
                value = sample
                break
        is_text = parameter.model is not None or list_shapes(parameter)[0].type == "string"
        if value is None or (is_text and not isinstance(value, str)):
            return None
        chosen[parameter.name] = value
    return chosen


def respell_models(parameters: Iterable[Parameter], values: Mapping[str, Value]) -> dict[str, Value]:
    """Return, of the models that may be given by id or ARN, those given by ARN as ids and the other way round."""
    respelled: dict[str, Value] = {}
    for parameter in parameters:
        value = values[parameter.name]
        if parameter.model is None or not takes_model_id(parameter) or not isinstance(value, str):
            continue
        if value.startswith("arn:"):
            respelled[parameter.name] = value.rpartition("/")[2]
        else:
            kind = MODEL_KINDS[parameter.model]
            respelled[parameter.name] = fill_form(kind.arn_form.replace(kind.id_form, value), 1)
    return respelled


def list_refused_values(parameter: Parameter, value: Value) -> Iterator[tuple[Refusal, hcl.Value]]:
    """Yield values that the parameter's variable refuses, each with why; `value` is one that it takes."""
    texts = {Refusal.WILDCARD: f"{value}*", Refusal.BLANK: f"{value} ", Refusal.TOO_LITTLE: ""}
    if isinstance(value, str):
        for why, text in texts.items():
            if not _takes(parameter, text):
                yield why, text
    if parameter.model is None:
        yield from _list_beyond_bounds(list_shapes(parameter), value)
    else:
        kind = MODEL_KINDS[parameter.model]
        for excluded in kind.excluded:
            yield Refusal(excluded.name), f"{fill_form(kind.arn_form).rpartition('/')[0]}/{excluded.sample}"


def _list_beyond_bounds(shapes: list[Shape], value: Value) -> Iterator[tuple[Refusal, hcl.Value]]:
    least = max((shape.minimum for shape in shapes if shape.minimum is not None), default=None)
    most = min((shape.maximum for shape in shapes if shape.maximum is not None), default=None)
    match value:
        case bool():
            return
        case str():
            if most is not None and not any(shape.pattern or shape.enum for shape in shapes):
                yield Refusal.TOO_MUCH, _write_long_text(most + 1)
        case list():
            if least:
                yield Refusal.TOO_LITTLE, []
            if most is not None:
                yield Refusal.TOO_MUCH, ["x"] * (most + 1)
        case _:
            if least is not None:
                yield Refusal.TOO_LITTLE, least - 1
            if most is not None:
                yield Refusal.TOO_MUCH, most + 1


def _write_long_text(length: int) -> hcl.Reference:
    if length <= _LONGEST_PADDING:
        return hcl.Reference(f'format("%0{length}d", 0)')
    parts = -(-length // _LONGEST_PADDING)
    return hcl.Reference(f'join("", [for part in range({parts}) : format("%0{_LONGEST_PADDING}d", 0)])')


def _find_value(parameter: Parameter, number: int) -> Value:
    if parameter.default is not None:
        return parameter.default
    if parameter.model is not None:
        return fill_form(MODEL_KINDS[parameter.model].arn_form, number)
    return find_sample(list_shapes(parameter), number)


def _takes(parameter: Parameter, text: str) -> bool:
    is_model = parameter.model is None or MODEL_KINDS[parameter.model].takes(text, by_id=takes_model_id(parameter))
    return is_model and all(takes_value(shape, text) for shape in list_shapes(parameter))
