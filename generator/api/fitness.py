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
MOST_KNOWN = 10_000
"""Names stand again and again: so many that fitted a pattern are remembered for it."""
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
    if shape.type == "string":
        return _fit_text(shape)
    return _fit_boolean if shape.type == "boolean" else _fit_number(shape)


def _fit_text(shape: Shape) -> Fits:
    matches = compile_pattern(shape.pattern).fullmatch if shape.pattern else None
    least, most, words = shape.minimum or 0, shape.maximum, frozenset(shape.enum)
    known: set[str] = set()

    def fits(value: Value) -> bool:
        if not isinstance(value, str):
            return isinstance(value, ParameterReference)
        if value in known:
            return True
        size = len(value)
        if size < least or (most is not None and size > most) or (words and value not in words):
            return False
        if matches is None:
            return True
        if matches(value) is None:
            return False
        if len(known) < MOST_KNOWN:
            known.add(value)
        return True

    return fits


def _fit_boolean(value: Value) -> bool:
    return isinstance(value, bool | ParameterReference)


def _fit_number(shape: Shape) -> Fits:
    kinds = int if shape.type == "integer" else int | Decimal
    least, most = shape.minimum, shape.maximum

    def fits(value: Value) -> bool:
        if not isinstance(value, int | Decimal) or not isinstance(value, kinds) or isinstance(value, bool):
            return isinstance(value, ParameterReference)
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
        return all(map(make_fitness(element), value))

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
    members, required, is_union = shape.members, frozenset(shape.required), shape.type == "union"
    fitness: dict[str, Fits] = {}

    def fits(value: Value) -> bool:
        if not isinstance(value, dict) or (is_union and len(value) != 1):
            return False
        for key, item in value.items():
            fits_member = fitness.get(key)
            if fits_member is None:
                if key not in members:
                    return False
                fits_member = fitness[key] = make_fitness(members[key])
            if not fits_member(item):
                return False
        return not required or required <= value.keys()

    return fits
