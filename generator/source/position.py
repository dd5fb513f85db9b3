"""Where a value stands in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

LINE_BREAK = re.compile(r"\r\n|[\r\n]")
"""Where a line ends, for readers and reports alike."""
Path = tuple[str | int, ...]
"""Keys and indexes from a document's root to one of its values."""


class Span(NamedTuple):
    """A stretch of text. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text as YAML or JSON. `kind` names a rule of diagnostics.SOURCE_RULES."""

    kind: str
    span: Span
    message: str
    remedy: str
    related: tuple[tuple[str, Span], ...] = ()


def find_value(value: object, path: Path) -> object:
    """Return what stands at `path` in a value, or None where that leads nowhere."""
    for part in path:
        match value, part:
            case dict(), str() if part in value:
                value = value[part]
            case list(), int() if part < len(value):
                value = value[part]
            case _:
                return None
    return value


@dataclass(frozen=True)
class Document:
    """A text that was read: its value, and the span of each value and key by path.

    `value` holds dict, list, str, int, Decimal (spelled as the author did), bool and None only.
    """

    file: str
    text: str
    value: object
    spans: Mapping[Path, Span] = field(repr=False)
    key_spans: Mapping[Path, Span] = field(repr=False)

    def find_span(self, path: Path, key: bool = False) -> Span:
        """Return the span of the value (or of its key) at `path`, or of the nearest enclosing value there is."""
        if key and path in self.key_spans:
            return self.key_spans[path]
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans.get(path, Span(1, 1, 1, 1))
