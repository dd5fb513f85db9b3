"""HCL as values: everything that a generated file can contain, and the only place that escapes.

Plain Python values become literals; only the types in this file become code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from unicodedata import normalize

from generator.terraform.hcl.tokens import (
    LINE_LENGTH,
    check_expression,
    check_identifier,
    escape_before_interpolation,
    escape_string,
    quote_key,
    quote_string,
    write_comment,
    write_number,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An expression that is printed unchanged, such as `local.key_arn`. Never built from a document's values."""

    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A quoted string in which strings are escaped and references are interpolated."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function call, such as `file("${path.module}/prompts/Answer.txt")` or `jsonencode({ ... })`."""

    name: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Equality:
    """`left == right`, for the condition of an assertion; `left` is never broken over lines."""

    left: Reference
    right: Value


Scalar: TypeAlias = str | int | Decimal | bool | None
Value: TypeAlias = (
    "Scalar | Reference | Template | Call | Equality | list[Value] | tuple[Value, ...] | dict[str, Value]"
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line; control characters and line breaks become spaces."""

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


def join_parts(parts: Iterable[str | Reference]) -> str | Reference | Template:
    """Return the simplest value for adjacent strings and references: a str, the reference itself, or a Template."""
    joined: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if not joined:
        return ""
    return joined[0] if len(joined) == 1 else Template(tuple(joined))


def encode_value(value: Value, indent: int = 0, column: int | None = None) -> str:
    """Write a value as HCL, on one line if it fits, formatted as `terraform fmt` would.

    `indent` is the indentation of the line on which the value starts, and `column` its position there (by default the
    same). Lists and objects that do not fit, and objects that contain objects, have one element per line. A type that
    is not a Value raises TypeError.
    """
    inline = _encode_inline(value)
    start = indent if column is None else column
    fits = start + len(inline) <= LINE_LENGTH
    if isinstance(value, Equality):
        left = f"{_encode_inline(value.left)} == "
        return left + encode_value(value.right, indent, start + len(left))
    if isinstance(value, Call):
        return inline if fits and all(map(_is_flat, value.arguments)) else _break_call(value, indent)
    if not isinstance(value, list | tuple | dict) or not value or (fits and _is_flat(value)):
        return inline
    inner = indent + 2
    if isinstance(value, dict):
        lines = _align_entries([(quote_key(key), item) for key, item in value.items()], inner)
        return "\n".join(["{", *lines, " " * indent + "}"])
    items = [f"{' ' * inner}{encode_value(item, inner)}," for item in value]
    return "\n".join(["[", *items, " " * indent + "]"])


def write_block(block: Block, indent: int = 0) -> str:
    """Write a block as `terraform fmt` would, without a trailing line break.

    Adjacent attributes are aligned. There is an empty line before each block and comment, and after each block;
    a comment stays with what follows it.
    """
    margin = " " * indent
    head = " ".join([check_identifier(block.type), *(f'"{check_identifier(label)}"' for label in block.labels)])
    if not block.body:
        return f"{margin}{head} {{}}"
    lines: list[str] = []
    attributes: list[tuple[str, Value]] = []
    previous: Attribute | Block | Comment | None = None
    for item in block.body:
        if isinstance(item, Attribute) and not isinstance(previous, Block):
            attributes.append((check_identifier(item.name), item.value))
            previous = item
            continue
        lines += _align_entries(attributes, indent + 2)
        attributes = []
        if previous is not None and not isinstance(previous, Comment):
            lines.append("")
        if isinstance(item, Attribute):
            attributes.append((check_identifier(item.name), item.value))
        elif isinstance(item, Block):
            lines.append(write_block(item, indent + 2))
        else:
            lines += write_comment(item.text, indent + 2)
        previous = item
    lines += _align_entries(attributes, indent + 2)
    return "\n".join([f"{margin}{head} {{", *lines, margin + "}"])


def _encode_inline(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return write_number(value)
        case str():
            return quote_string(value)
        case Reference():
            return check_expression(value.text)
        case Template():
            return _encode_template(value)
        case Call() | Equality():
            return _encode_operation(value)
        case list() | tuple():
            return f"[{', '.join(map(_encode_inline, value))}]"
        case dict():
            _reject_equal_keys(value)
            entries = [f"{quote_key(key)} = {_encode_inline(item)}" for key, item in value.items()]
            return f"{{ {', '.join(entries)} }}" if entries else "{}"
    raise TypeError(f"{type(value).__name__} is not an HCL value")


def _encode_operation(value: Call | Equality) -> str:
    if isinstance(value, Equality):
        return f"{_encode_inline(value.left)} == {_encode_inline(value.right)}"
    return f"{check_identifier(value.name)}({', '.join(map(_encode_inline, value.arguments))})"


def _encode_template(template: Template) -> str:
    simple = join_parts(template.parts)
    if not isinstance(simple, Template):
        return _encode_inline(simple)
    pieces = []
    for part, following in zip(simple.parts, (*simple.parts[1:], None), strict=True):
        if isinstance(part, Reference):
            pieces.append(f"${{{check_expression(part.text)}}}")
        else:
            pieces.append(escape_string(part) if following is None else escape_before_interpolation(part))
    return f'"{"".join(pieces)}"'


def _reject_equal_keys(value: dict[str, Value]) -> None:
    # Terraform normalizes strings to NFC, and keeps the last of two equal keys.
    if len({normalize("NFC", key) for key in value}) < len(value):
        raise ValueError("two keys of an object are equal after Unicode normalization")


def _is_flat(value: Value) -> bool:
    if isinstance(value, dict):
        return not any(isinstance(item, dict | list | tuple | Call) and item for item in value.values())
    return not (
        isinstance(value, list | tuple) and any(isinstance(item, dict | list | tuple) and item for item in value)
    )


def _break_call(call: Call, indent: int) -> str:
    """Write a call with its first list or object broken over several lines, and adjacent brackets."""
    broken = next((i for i, item in enumerate(call.arguments) if isinstance(item, list | tuple | dict) and item), None)
    arguments = [
        encode_value(item, indent, LINE_LENGTH) if place == broken else _encode_inline(item)
        for place, item in enumerate(call.arguments)
    ]
    return f"{check_identifier(call.name)}({', '.join(arguments)})"


def _align_entries(entries: list[tuple[str, Value]], indent: int) -> list[str]:
    """Write `name = value` lines. The equal signs of adjacent one-line values are aligned."""
    written = [(name, encode_value(value, indent, indent + len(name) + 3)) for name, value in entries]
    lines: list[str] = []
    start = 0
    while start < len(written):
        end = start
        while end < len(written) and "\n" not in written[end][1]:
            end += 1
        width = max((len(name) for name, _ in written[start:end]), default=0)
        lines += [f"{' ' * indent}{name:<{width}} = {text}" for name, text in written[start:end]]
        lines += [f"{' ' * indent}{name} = {text}" for name, text in written[end : end + 1]]
        start = end + 1
    return lines
