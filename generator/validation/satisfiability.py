"""Satisfiability of conditions: every situation that they can distinguish, and in which ones each condition is true.

Each input takes the constants that it is compared with, the values between them, and enough values outside them for
every order that inputs compared with each other can have. A situation assigns one value to each input. There are
finitely many, one bit each, so a condition becomes an integer: the set of situations in which it is true.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from math import prod
from typing import Any, Generic, TypeVar

from generator.source.reading import LARGEST_EXPONENT, LONGEST_NUMBER
from generator.validation.syntax import (
    Comparison,
    Expression,
    Junction,
    Negation,
    Operand,
    list_comparisons,
)

MAX_SITUATIONS = 1 << 14
"""Conditions that distinguish more situations are not analyzed."""
EXACT_DIGITS = 3 * (LONGEST_NUMBER + LARGEST_EXPONENT)
"""Enough digits to distinguish any two numbers of a condition, however large or close."""

Constant = str | Decimal | bool
Choice = TypeVar("Choice")
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(eq=False)
class Combinations(Generic[Choice]):
    """All combinations of one choice per name, one bit each, so that a set of them is an integer.

    The choice of the first name varies fastest.
    """

    choices: Mapping[str, Sequence[Choice]]

    @cached_property
    def count(self) -> int:
        """The number of combinations."""
        return prod(map(len, self.choices.values()))

    @cached_property
    def everywhere(self) -> int:
        """The set of all combinations."""
        return (1 << self.count) - 1

    @cached_property
    def places(self) -> Mapping[str, Mapping[Choice, int]]:
        """For each name, its choices with the combinations that contain them."""
        found: dict[str, Mapping[Choice, int]] = {}
        stride = 1
        for name, choices in self.choices.items():
            period = stride * len(choices)
            first = ((1 << stride) - 1) * (self.everywhere // ((1 << period) - 1))
            found[name] = {choice: first << (place * stride) for place, choice in enumerate(choices)}
            stride = period
        return found


class Situations(Combinations[Constant]):
    """The values that each input takes."""

    def find_where(self, expression: Expression) -> int:
        """Return the situations in which an expression is true."""
        match expression:
            case Comparison():
                return self._compare(expression)
            case Negation(item):
                return self.everywhere & ~self.find_where(item)
            case Junction(is_and, items):
                found = self.find_where(items[0])
                for item in items[1:]:
                    found = found & self.find_where(item) if is_and else found | self.find_where(item)
                return found

    def _compare(self, comparison: Comparison) -> int:
        compare = OPERATORS[comparison.operator]
        found = 0
        for left, where_left in self._list_values(comparison.left):
            for right, where_right in self._list_values(comparison.right):
                if compare(left, right):
                    found |= where_left & where_right
        return found

    def _list_values(self, operand: Operand) -> Iterable[tuple[Constant, int]]:
        """Return each value of an operand with the situations in which it has that value."""
        if operand.is_input:
            return self.places[str(operand.value)].items()
        return ((operand.value, self.everywhere),)


def distinguish_situations(expressions: Iterable[Expression], types: Mapping[str, str]) -> Situations | None:
    """Return the situations that these expressions can distinguish, or None if there are too many."""
    comparisons = [comparison for expression in expressions for comparison in list_comparisons(expression)]
    values: dict[str, Sequence[Constant]] = {}
    for group, constants in _group_inputs(comparisons):
        kind = types[group[0]]
        for name in group:
            values[name] = _choose_values(kind, constants, len(group))
    situations = Situations(values)
    return situations if situations.count <= MAX_SITUATIONS else None


def is_unambiguous(expression: Expression) -> bool:
    """Return whether parentheses separate every mix of `and` with `or`, so that there is only one reading."""
    match expression:
        case Comparison():
            return True
        case Negation(item):
            return is_unambiguous(item)
        case Junction(items=items):
            return all(is_unambiguous(item) and (not isinstance(item, Junction) or item.is_grouped) for item in items)


def _group_inputs(comparisons: Sequence[Comparison]) -> list[tuple[list[str], list[Constant]]]:
    """Return groups of inputs that are compared with each other, each with all constants of its group."""
    groups: list[tuple[list[str], list[Constant]]] = []
    for comparison in comparisons:
        sides = (comparison.left, comparison.right)
        names = [str(side.value) for side in sides if side.is_input]
        constants = [side.value for side in sides if not side.is_input]
        touched = [group for group in groups if set(group[0]) & set(names)]
        groups = [group for group in groups if group not in touched]
        for group in touched:
            names += group[0]
            constants += group[1]
        if names:
            groups.append((list(dict.fromkeys(names)), list(dict.fromkeys(constants))))
    return groups


def _choose_values(kind: str, constants: Sequence[Constant], inputs: int) -> Sequence[Constant]:
    if kind == "Boolean":
        return (False, True)
    if kind == "String":
        strings = [item for item in constants if isinstance(item, str)]
        # A string longer than every constant differs from all of them.
        longest = max(map(len, strings), default=0)
        return (*strings, *("x" * (longest + place) for place in range(1, inputs + 1)))
    numbers = sorted(number for number in constants if isinstance(number, Decimal))
    with localcontext(prec=EXACT_DIGITS):
        return _choose_numbers(numbers, inputs)


def _choose_numbers(numbers: Sequence[Decimal], inputs: int) -> Sequence[Decimal]:
    if not numbers:
        return [Decimal(place) for place in range(inputs)]
    chosen = [numbers[0] - place for place in range(inputs, 0, -1)]
    for low, high in zip(numbers, [*numbers[1:], None], strict=True):
        chosen.append(low)
        width = Decimal(inputs + 1) if high is None else high - low
        chosen += [low + width * place / (inputs + 1) for place in range(1, inputs + 1)]
    return chosen
