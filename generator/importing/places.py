"""Where the values of a source are, including those in a definition that is itself a string."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from generator.findings import LocatedFinding, Rule, write_pointer
from generator.source import Document, Path, Span, find_characters, read_document
from generator.source.position import Fault, Lines

MARKS = "\ue000", "\ue001"
"""What encloses the number of a computed part in a text. Private characters that no definition has a reason to use."""
MARK = re.compile(f"{MARKS[0]}([0-9]+){MARKS[1]}")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)


class Location(NamedTuple):
    """A stretch of a file; `pointer` is the JSON pointer of the value there."""

    file: str
    span: Span
    pointer: str


class Source(Protocol):
    """A text with values that can be located."""

    def locate(self, path: Path, key: bool, /) -> Location:
        """Return where the value (or its key) at a path is."""
        ...

    def locate_characters(self, path: Path, start: int, end: int, /) -> Location:
        """Return where the characters [start:end] of the string at a path are."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a source."""

    source: Source
    path: Path = ()

    def below(self, *parts: str | int) -> Place:
        """Return a place inside this one."""
        return Place(self.source, (*self.path, *parts))

    def report(self, rule: Rule, message: str, help: str, *, key: bool = False) -> LocatedFinding:
        """Return a finding about the value, or about its key."""
        file, span, pointer = self.source.locate(self.path, key)
        return LocatedFinding(rule, message, help, file, span, pointer, identity=pointer)


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A document that is a file of its own."""

    document: Document

    def locate(self, path: Path, key: bool) -> Location:
        """Return where the value (or its key) at a path is."""
        return Location(self.document.file, self.document.find_span(path, key), write_pointer(path))

    def locate_characters(self, path: Path, start: int, end: int) -> Location:
        """Return where the characters [start:end] of the string at a path are."""
        return Location(self.document.file, find_characters(self.document, path, start, end), write_pointer(path))


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file of plain text, whose only value is its text."""

    file: str
    lines: Lines

    def locate(self, _path: Path, _key: bool) -> Location:
        """Return the start of the file."""
        return Location(self.file, Span(1, 1, 1, 1), "")

    def locate_characters(self, _path: Path, start: int, end: int) -> Location:
        """Return where the characters [start:end] of the file are."""
        return Location(self.file, self.lines.locate(start, end), "")


@dataclass(slots=True)
class ComputedText:
    """A text of literal parts and computed ones, which it has as marks, in quotes where JSON has none.

    `parts` are the computed values, each with its place; `segments` are where in the text the literal parts begin,
    with their places and where they begin there (None for a computed part).
    """

    text: str = ""
    parts: list[tuple[object, Place]] = field(default_factory=list)
    segments: list[tuple[int, Place, int | None]] = field(default_factory=list)
    is_quoted: bool = False

    def add_text(self, text: str, place: Place, at: int) -> None:
        """Add a literal part, which begins at character `at` of the string at `place`."""
        self.segments.append((len(self.text), place, at))
        self.text += text
        for match in _QUOTE.finditer(text):
            self.is_quoted ^= match.group() == '"'

    def add_value(self, value: object, place: Place) -> None:
        """Add a computed part."""
        self.segments.append((len(self.text), place, None))
        mark = f"{MARKS[0]}{len(self.parts)}{MARKS[1]}"
        self.text += mark if self.is_quoted else f'"{mark}"'
        self.parts.append((value, place))

    def locate(self, start: int, end: int) -> Location:
        """Return where the characters [start:end] come from."""
        number = max(bisect_right([segment[0] for segment in self.segments], start) - 1, 0)
        begin, place, at = self.segments[number]
        if at is None:
            return place.source.locate(place.path, False)
        following = self.segments[number + 1][0] if number + 1 < len(self.segments) else len(self.text)
        last = max(min(end, following), start + 1)
        return place.source.locate_characters(place.path, at + start - begin, at + last - begin)


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """A document that was read from a computed text."""

    document: Document
    origin: ComputedText

    def locate(self, path: Path, _key: bool) -> Location:
        """Return where the value at a path comes from, or the nearest enclosing value."""
        paths = self.document.paths
        while path and path not in paths:
            path = path[:-1]
        _, _, start, end = self.document.places[paths[path]]
        return self.origin.locate(start, end)

    def locate_characters(self, path: Path, _start: int, _end: int) -> Location:
        """Return where the string at a path comes from."""
        return self.locate(path, False)


def read_embedded(name: str, origin: ComputedText) -> tuple[EmbeddedSource | None, list[tuple[Fault, Location]]]:
    """Read a computed text as a document with this file name. Returns its faults with what they are about."""
    document, faults = read_document(name, origin.text.encode("utf-8", "surrogatepass"), is_template=True)
    lines = Lines(origin.text)
    found = []
    for fault in faults:
        start = lines.find(fault.span.line)[0] + fault.span.column - 1
        end = lines.find(fault.span.end_line)[0] + fault.span.end_column - 1
        found.append((fault, origin.locate(start, end)))
    return (None if document is None else EmbeddedSource(document, origin)), found
