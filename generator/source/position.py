"""Where a value is in a text."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

LINE_BREAK = re.compile(r"\r\n|[\r\n]")
"""Where a line ends, for readers and reports alike."""
Path = tuple[str | int, ...]
"""Keys and indexes from a document's root to one of its values."""
Place = tuple[int, str | int, int, int]
"""A value or key: the number of the value around it, its key or index there, and where it begins and ends."""
ROOT = (-1, "")
"""What a place begins with where no value is around it."""


class Span(NamedTuple):
    """A stretch of text. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """The lines of a text, without a copy of each: a text may have millions."""

    def __init__(self, text: str, line_break: re.Pattern[str] = LINE_BREAK) -> None:
        self.text = text
        self.has_pairs = line_break is LINE_BREAK
        self.starts = array("I", [0])
        self.starts.extend(match.end() for match in line_break.finditer(text))

    def __len__(self) -> int:
        return len(self.starts)

    def locate(self, start: int, end: int) -> Span:
        """Return the span of text[start:end]."""
        first, last = bisect_right(self.starts, start), bisect_right(self.starts, end)
        return Span(first, start - self.starts[first - 1] + 1, last, end - self.starts[last - 1] + 1)

    def read(self, number: int) -> str:
        """Return a line, counted from 1, without its line break; an empty text for one that is not there."""
        start, end = self.find(number)
        return self.text[start:end]

    def find(self, number: int) -> tuple[int, int]:
        """Return where a line begins and where its line break begins; the end of the text for one that is not there."""
        if number >= len(self.starts):
            return (self.starts[-1] if number == len(self.starts) else len(self.text)), len(self.text)
        end = self.starts[number] - 1
        is_pair = self.text[end] == "\n" and self.text[end - 1 : end] == "\r" and self.has_pairs
        return self.starts[number - 1], end - is_pair


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text as YAML or JSON. `kind` names a rule of generator.findings.SOURCE_RULES."""

    kind: str
    span: Span
    message: str
    help: str
    related: tuple[tuple[str, Span], ...] = ()


def find_value(value: object, path: Path) -> object:
    """Return what is at `path` in a value, or None if the path leads nowhere."""
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
    """A text that was read: its value, and the place of each value and key.

    `value` holds dict, list, str, int, Decimal (spelled as the author did), bool and None only. `places` are those of
    the values, numbered in their order, and `key_places` those of the keys, the first of each name.
    """

    file: str
    text: str
    value: object
    places: Sequence[Place] = field(default=(), repr=False)
    key_places: Iterable[Place] = field(default=(), repr=False)

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text."""
        return Lines(self.text)

    @cached_property
    def paths(self) -> Mapping[Path, int]:
        """The number of each value by its path. Most documents are right, and nobody asks."""
        paths: list[Path] = []
        for parent, key, _, _ in self.places:
            paths.append((*paths[parent], key) if parent >= 0 else ())
        return {path: number for number, path in enumerate(paths)}

    @cached_property
    def _keys(self) -> Mapping[tuple[int, str | int], tuple[int, int]]:
        return {(parent, key): (start, end) for parent, key, start, end in self.key_places}

    def find_span(self, path: Path, key: bool = False) -> Span:
        """Return the span of the value (or of its key) at `path`, or of the nearest enclosing value there is."""
        if key and path and (place := self._keys.get((self.paths.get(path[:-1], -1), path[-1]))):
            return self.lines.locate(*place)
        while path and path not in self.paths:
            path = path[:-1]
        if path not in self.paths:
            return Span(1, 1, 1, 1)
        return self.lines.locate(*self.places[self.paths[path]][2:])
