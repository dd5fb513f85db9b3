"""Sample values for the API's shapes, for a module's tests, which run without an account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.findings import Severity
from generator.flow.api.check import check_shape
from generator.flow.api.sentences import write_pattern
from generator.flow.api.shapes import Shape, find_shape, load_texts
from generator.flow.model import Value

_NUMBERED = ("{0:012}", "{0:03}")


def find_sample(shapes: Sequence[Shape], number: int = 1) -> Value:
    """Return a value that is valid for all of `shapes`, or None.

    Different values of `number` give different values if there is more than one.
    """
    for value in _list_samples(shapes, number):
        if all(takes_value(shape, value) for shape in shapes):
            return value
    return None


def takes_value(shape: Shape, value: Value) -> bool:
    """Return whether a value is valid for a shape, and for a module's variable of that shape."""
    if any(finding.severity is Severity.ERROR for finding in check_shape(value, shape, ())):
        return False
    pattern = write_pattern(shape)
    return pattern is None or not isinstance(value, str) or re.fullmatch(pattern, value) is not None


def _list_samples(shapes: Sequence[Shape], number: int) -> Iterator[Value]:
    for shape in shapes:
        yield from _list_samples_of(shape, number)
    if any(shape.type == "string" for shape in shapes):
        yield from (text.format(number) for text in _NUMBERED)


def _list_samples_of(shape: Shape, number: int) -> Iterator[Value]:
    match shape.type:
        case "string" if shape.enum:
            yield from shape.enum
        case "string":
            yield load_texts()["samples"].get(shape.name, "sample {0}").format(number)
        case "boolean":
            yield True
        case "float":
            yield Decimal("0.5")
            yield from _list_bounds(shape)
        case "integer":
            yield number
            yield from _list_bounds(shape)
        case "list":
            item = find_sample([find_shape(shape.element or "")], number)
            yield [item] * max(shape.minimum or 0, 1)


def _list_bounds(shape: Shape) -> Iterator[Value]:
    yield from (bound for bound in (shape.minimum, shape.maximum) if bound is not None)
