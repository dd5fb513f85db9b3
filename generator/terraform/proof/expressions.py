"""HCL expressions as the proof compares them: the meaning of a piece of code, without its layout and escapes.

The types follow the terms of HCL's specification. Import this module by name: `expressions.Number`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

# String, Number, Boolean, and Null are separate types because True == 1 in Python.


@dataclass(frozen=True, slots=True)
class String:
    """A string without interpolation, decoded."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number; 1.0 equals 1.00."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A string with interpolated expressions. Literal parts are decoded, never empty, and never adjacent."""

    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The root of a reference, such as `local`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`owner.name`."""

    owner: Expression
    name: str


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """`name(arguments)`; `expands` if the last argument ends in `...`."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands: one, two, an INDEX's collection and key, or a CONDITIONAL's three."""

    operator: str
    operands: tuple[Expression, ...]


INDEX = "[]"
CONDITIONAL = "?:"


@dataclass(frozen=True, slots=True)
class Tuple:
    """`[items]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{ entries }`, in order."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class ForExpression:
    """`[for names in source : value if condition]`, or with a key, `{for names in source : key => value if ...}`."""

    names: tuple[str, ...]
    source: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    groups: bool = False


Expression: TypeAlias = (
    String
    | Number
    | Boolean
    | Null
    | Interpolation
    | Name
    | Member
    | FunctionCall
    | Operation
    | Tuple
    | Object
    | ForExpression
)


def join_parts(parts: list[str | Expression]) -> Expression:
    """Return the string that the parts form. A single expression is returned unchanged, as Terraform does."""
    joined: list[str | Expression] = []
    for part in parts:
        if isinstance(part, String):
            part = part.value
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if len(joined) > 1:
        return Interpolation(tuple(joined))
    only = joined[0] if joined else ""
    return String(only) if isinstance(only, str) else only


def walk_expression(expression: Expression) -> Iterator[Expression]:
    """Yield `expression` and all its descendants, parents first."""
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(_list_children(current)))


def _list_children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Interpolation(parts):
            return tuple(part for part in parts if not isinstance(part, str))
        case Member(owner, _):
            return (owner,)
        case FunctionCall(_, operands, _) | Operation(_, operands) | Tuple(operands):
            return operands
        case Object(entries):
            return tuple(side for entry in entries for side in entry)
        case ForExpression(_, source, key, value, condition, _):
            return tuple(part for part in (source, key, value, condition) if part is not None)
    return ()
