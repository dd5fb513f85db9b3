"""Whether a value fits a shape of the API: the quick answer, for the values (nearly all) with which nothing is wrong.

One function a shape, made once. What it does not take, `check.check_shape` looks at again and explains.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from generator.api.shapes import Shape, compile_pattern, find_shape
from generator.model import ParameterReference, Value

Fits = Callable[[Value], bool]
PLAIN = ("string", "integer", "float", "boolean")


@cache
def make_fitness(name: str) -> Fits:
    """Return the function that tells whether a value fits the shape of that name, with nothing to be said of it.

    Shapes may hold themselves (a loop's definition), so those of members are looked up when they are met.
    """
    shape = find_shape(name)
    if shape.type in PLAIN:
        return _fit_scalar(shape)
    if shape.type == "list":
        return _fit_list(shape)
    if shape.type == "map":
        return _fit_map(shape)
    if shape.type in ("structure", "union"):
        return _fit_structure(shape)
    return lambda _value: True


def takes_parameter(shape: Shape) -> bool:
    """Tell whether a parameter can stand for a value of this shape: a scalar, or a list of texts."""
    if shape.type == "list":
        return find_shape(shape.element or "").type == "string"
    return shape.type in PLAIN


def _fit_scalar(shape: Shape) -> Fits:
    fits_plain = {"string": _fit_text, "boolean": _fit_boolean}.get(shape.type, _fit_number)(shape)

    def fits(value: Value) -> bool:
        return fits_plain(value) or isinstance(value, ParameterReference)

    return fits


def _fit_text(shape: Shape) -> Fits:
    matches = compile_pattern(shape.pattern).fullmatch if shape.pattern else None
    least, most, words = shape.minimum or 0, shape.maximum, frozenset(shape.enum)

    def fits(value: Value) -> bool:
        if not isinstance(value, str) or (words and value not in words):
            return False
        if len(value) < least or (most is not None and len(value) > most):
            return False
        return matches is None or matches(value) is not None

    return fits


def _fit_boolean(_shape: Shape) -> Fits:
    return lambda value: isinstance(value, bool)


def _fit_number(shape: Shape) -> Fits:
    kinds = int if shape.type == "integer" else int | Decimal
    least, most = shape.minimum, shape.maximum

    def fits(value: Value) -> bool:
        if not isinstance(value, int | Decimal) or not isinstance(value, kinds) or isinstance(value, bool):
            return False
        return (least is None or value >= least) and (most is None or value <= most)

    return fits


def _fit_list(shape: Shape) -> Fits:
    element = shape.element or ""
    most = shape.maximum if shape.warn_above is None else shape.warn_above
    least, is_open = shape.minimum or 0, takes_parameter(shape)

    def fits(value: Value) -> bool:
        if not isinstance(value, list):
            return is_open and isinstance(value, ParameterReference)
        if len(value) < least or (most is not None and len(value) > most):
            return False
        fits_element = make_fitness(element)
        return all(map(fits_element, value))

    return fits


def _fit_map(shape: Shape) -> Fits:
    fits_key, fits_value = make_fitness(shape.key or ""), make_fitness(shape.value or "")
    least, most = shape.minimum or 0, shape.maximum

    def fits(value: Value) -> bool:
        if not isinstance(value, dict) or len(value) < least or (most is not None and len(value) > most):
            return False
        return all(fits_key(key) and fits_value(item) for key, item in value.items())

    return fits


def _fit_structure(shape: Shape) -> Fits:
    members, required, is_union = shape.members, shape.required, shape.type == "union"

    def fits(value: Value) -> bool:
        if not isinstance(value, dict) or (is_union and len(value) != 1):
            return False
        for key, item in value.items():
            name = members.get(key)
            if name is None or not make_fitness(name)(item):
                return False
        return all(key in value for key in required)

    return fits
