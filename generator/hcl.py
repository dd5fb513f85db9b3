"""HCL as values: what may stand in a generated file, and the only escaping there is.

Plain Python values become literals; only the types of this file print code.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Reference:
    """An expression that is printed as it stands, such as `local.key_arn`. Never built from a document's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string in which texts are escaped and references are interpolated."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function call, such as `file("${path.module}/prompts/Answer.txt")` or `jsonencode({ ... })`."""

    name: str
    arguments: tuple[Value, ...]


Value: TypeAlias = "str | int | Decimal | bool | None | Reference | Template | Call | list[Value] | tuple[Value, ...] | dict[str, Value]"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line; control characters and line breaks never get through."""

    text: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value` in a block."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its labels; the body keeps its order."""

    type: str
    labels: tuple[str, ...] = ()
    body: tuple[Attribute | Block | Comment, ...] = ()
