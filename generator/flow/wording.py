"""Describes values and paths in findings."""

from __future__ import annotations

from decimal import Decimal

from generator.flow.model import ParameterReference, Value
from generator.source.credentials import mask_credentials
from generator.source.position import Path

LONGEST_QUOTE = 60

MOST_LISTED = 40
"""How many names a sentence lists: AWS's quota of nodes in a flow."""


def quote_value(text: str) -> str:
    """Quote a string in Python syntax, truncated to 60 characters, with credentials masked."""
    # Mask before truncating: a part of a credential is not recognized.
    text = mask_credentials(text)
    if len(text) <= LONGEST_QUOTE:
        return repr(str(text))
    return f"{text[:LONGEST_QUOTE]!r}... ({len(text)} characters)"


def name_place(path: Path) -> str:
    """Name the value at `path`: its key, or "item 2 of nodes"."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, str):
        return last
    return f"item {last + 1} of {name_place(path[:-1])}"


def describe_value(value: Value) -> str:
    """Describe a value, including the value itself if it is short."""
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
    raise TypeError(f"{type(value).__name__} is not a value of a definition")


def describe_count(minimum: int | None, maximum: int | None) -> str:
    """Describe a range: "1 to 5", "up to 5", "at least 1", "exactly 3", or an empty string without bounds."""
    if maximum is None:
        return f"at least {minimum:,}" if minimum else ""
    if minimum == maximum:
        return f"exactly {maximum:,}"
    return f"{minimum:,} to {maximum:,}" if minimum else f"up to {maximum:,}"


def count_items(count: int, word: str = "item") -> str:
    """Count things: "1 item", "2 items"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def list_names(names: tuple[str, ...] | list[str], word: str = "or") -> str:
    """Join names in a sentence: "a", "a or b", "a, b, or c", with `word` before the last. Long lists are truncated."""
    if len(names) > MOST_LISTED:
        return f"{', '.join(names[:MOST_LISTED])} {word} {len(names) - MOST_LISTED} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} {word} {names[-1]}"
