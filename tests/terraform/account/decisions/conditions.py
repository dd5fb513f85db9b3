"""Conditions of statements: operators, IfExists, and the two qualifiers for keys of several values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from account.decisions.patterns import Context, matches_arn, matches_text

Comparison = Callable[[str, str, Context], bool]
_OPERATOR = re.compile(r"(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?")


def _equals(wanted: str, value: str, context: Context) -> bool:
    return matches_text(wanted, value, context, wildcards=False)


def _equals_in_any_case(wanted: str, value: str, context: Context) -> bool:
    return matches_text(wanted.lower(), value.lower(), context, wildcards=False)


def _is_like(wanted: str, value: str, context: Context) -> bool:
    return matches_text(wanted, value, context, wildcards=True)


COMPARISONS: dict[str, Comparison] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_in_any_case,
    "StringLike": _is_like,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
    "Bool": _equals_in_any_case,
}
NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator, one key, and the values of which one is enough."""

    comparison: str
    negated: bool
    qualifier: str | None
    if_exists: bool
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Return whether the condition is true of a request."""
        found = context.get(self.key)
        given = () if found is None else (found,) if isinstance(found, str) else tuple(found)
        if self.comparison == "Null":
            return any((value == "true") is not bool(given) for value in self.values)
        if self.qualifier == "ForAllValues":
            return all(self._fits(value, context) for value in given)
        if not given:
            return self.qualifier is None and (self.negated or self.if_exists)
        if self.qualifier is None and not isinstance(found, str):
            return False
        return any(self._fits(value, context) for value in given)

    def _fits(self, value: str, context: Context) -> bool:
        compare = COMPARISONS[self.comparison]
        return any(compare(wanted, value, context) for wanted in self.values) is not self.negated


def read_conditions(block: Mapping[str, Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Return the conditions of a statement, all of which must hold; raise ValueError at an unknown operator."""
    return tuple(
        _read_condition(operator, key, value) for operator, pairs in block.items() for key, value in pairs.items()
    )


def _read_condition(operator: str, key: str, value: Any) -> Condition:
    match = _OPERATOR.fullmatch(operator)
    name = match[2] if match else operator
    comparison = NEGATIONS.get(name, name)
    # Of ForAnyValue with IfExists no source says what an absent key means.
    doubtful = match is not None and match[1] == "ForAnyValue" and match[3] is not None
    if match is None or doubtful or comparison not in {*COMPARISONS, "Null"}:
        raise ValueError(f"the operator {operator} is not known to this evaluator")
    values = tuple(_write_value(item) for item in (value if isinstance(value, list | tuple) else [value]))
    return Condition(comparison, name in NEGATIONS, match[1], match[3] is not None, key.lower(), values)


def _write_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
