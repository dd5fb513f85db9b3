"""Expressions as the proof compares them: what a text means, without its blanks, brackets and escapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

# Text, Number, Truth and Null are types of their own because Python holds True and 1 to be equal.


@dataclass(frozen=True, slots=True)
class Text:
    """A string without interpolation, decoded."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number; 1.0 equals 1.00."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A string with interpolated expressions; texts are decoded, never empty, never two in a row."""

    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The root of a reference, such as `local`."""

    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """`owner.name`."""

    owner: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Element:
    """`owner[index]`."""

    owner: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """`name(arguments)`; `expands` where the last argument ends in `...`."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with one or two operands."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Sequence:
    """`[items]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{ entries }`, in their order."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[for names in source : value if condition]`, or with a key `{for names in source : key => value if ...}`."""

    names: tuple[str, ...]
    source: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    groups: bool = False


Expression: TypeAlias = (
    Text
    | Number
    | Truth
    | Null
    | Interpolation
    | Name
    | Member
    | Element
    | FunctionCall
    | Operation
    | Choice
    | Sequence
    | Object
    | Comprehension
)


def join_parts(parts: list[str | Expression]) -> Expression:
    """Make a string of texts and expressions; a lone expression is itself, as it is for Terraform."""
    joined: list[str | Expression] = []
    for part in parts:
        if isinstance(part, Text):
            part = part.value
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if not joined:
        return Text("")
    if len(joined) > 1:
        return Interpolation(tuple(joined))
    only = joined[0]
    return Text(only) if isinstance(only, str) else only


def list_operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that `expression` is directly made of."""
    match expression:
        case Interpolation(parts):
            return tuple(part for part in parts if not isinstance(part, str))
        case Member(owner, _):
            return (owner,)
        case Element(owner, index):
            return (owner, index)
        case FunctionCall(_, operands, _) | Operation(_, operands) | Sequence(operands):
            return operands
        case Choice(condition, then, otherwise):
            return (condition, then, otherwise)
        case Object(entries):
            return tuple(side for entry in entries for side in entry)
        case Comprehension(_, source, key, value, condition, _):
            return tuple(part for part in (source, key, value, condition) if part is not None)
    return ()


def walk_expression(expression: Expression) -> Iterator[Expression]:
    """Yield `expression` and everything in it."""
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list_operands(current)))
