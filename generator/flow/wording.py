"""The words in which findings speak of values and places."""

from __future__ import annotations

from decimal import Decimal

from generator.flow.model import ParameterReference, Value
from generator.source.credentials import mask_credentials
from generator.source.position import Path

LONGEST_QUOTE = 60

MOST_LISTED = 40
"""How many names a sentence lists: as many as a flow has nodes by AWS's quota."""


def quote_value(text: str) -> str:
    """Quote a user's text as Python would, cut after 60 characters, with credentials masked."""
    # Before it is cut: a part of a credential has no shape.
    text = mask_credentials(text)
    if len(text) <= LONGEST_QUOTE:
        return repr(str(text))
    return f"{text[:LONGEST_QUOTE]!r}... ({len(text)} characters)"


def name_place(path: Path) -> str:
    """Name what stands at `path`: its key, or "item 2 of nodes"."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, str):
        return last
    return f"item {last + 1} of {name_place(path[:-1])}"


def describe_value(value: Value) -> str:
    """Say what a value is, with the value where it is short."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return f"{value}"
        case str():
            return quote_value(value)
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case ParameterReference():
            return f"the parameter {value.name}"
    raise TypeError(f"{type(value).__name__} is no value of a definition")


def describe_count(minimum: int | None, maximum: int | None) -> str:
    """Say a range: "1 to 5", "up to 5", "at least 1", "exactly 3", or nothing where there is none."""
    if maximum is None:
        return f"at least {minimum:,}" if minimum else ""
    if minimum == maximum:
        return f"exactly {maximum:,}"
    return f"{minimum:,} to {maximum:,}" if minimum else f"up to {maximum:,}"


def count_items(count: int, word: str = "item") -> str:
    """Count things: "1 item", "2 items"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def list_names(names: tuple[str, ...] | list[str], word: str = "or") -> str:
    """Join names for a sentence: "a", "a or b", "a, b, or c"; `word` is put before the last. Many are cut short."""
    if len(names) > MOST_LISTED:
        return f"{', '.join(names[:MOST_LISTED])} {word} {len(names) - MOST_LISTED} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} {word} {names[-1]}"
