"""Where the characters of a string are in the text that it was written in.

A string is found again as its author wrote it: JSON, and YAML's plain and quoted scalars of one line and literal
blocks. What is found must read as the string does, character by character; else nothing is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from generator.source.position import Document, Lines, Path, Span, find_value

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_SHORT = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **dict(zip("N_LP", "\x85\xa0\u2028\u2029", strict=True)),
}
_BLOCK_HEADER = re.compile(r"\|[-+0-9]*[ \t]*(#.*)?")
_HIGH = range(0xD800, 0xDC00)
_LOW = range(0xDC00, 0xE000)

LONGEST_SCALAR = 100_000
"""Characters of a scalar on one line beyond which it is pointed at as a whole: each of its characters takes memory."""

MOST_MARKS = 30
"""Combining marks in a row in Unicode's Stream-Safe Text Format (UAX #15)."""
_LAST_MARK = 0x1E94A
_MANY = re.compile(f"[\u0300-{chr(_LAST_MARK)}]{{{MOST_MARKS + 1}}}")
"""What every long run of marks has, and text in most scripts: whether they are marks is looked up only then."""

Place = tuple[str, int, int]
"""A character, and where its spelling begins and ends in the line."""


def normalize_text(text: str) -> str:
    """Return the text in Unicode normalization form C, without taking quadratic time.

    Python sorts combining marks by insertion, so long runs are sorted first.
    """
    if has_long_run(text):
        text = _compile_marks().sub(_sort_marks, text)
    return unicodedata.normalize("NFC", text)


def has_long_run(text: str) -> bool:
    """Return whether a text has more than MOST_MARKS combining marks in a row."""
    return _MANY.search(text) is not None and _compile_marks().search(text) is not None


@cache
def _compile_marks() -> re.Pattern[str]:
    """Return the pattern of a long run of characters that are, or decompose into, nothing but combining marks."""
    marks = [mark for mark in map(chr, range(0x300, _LAST_MARK + 1)) if unicodedata.combining(_decompose(mark)[0])]
    return re.compile(f"[{''.join(marks)}]{{{MOST_MARKS + 1},}}")


def _sort_marks(run: re.Match[str]) -> str:
    return "".join(sorted("".join(map(_decompose, run.group())), key=unicodedata.combining))


def _decompose(character: str) -> str:
    return unicodedata.normalize("NFD", character)


def find_characters(document: Document, path: Path, start: int, end: int) -> Span:
    """Return where the characters [start:end] of the string at `path` stand, or the whole value where that is unclear.

    An empty range gives the character at its place.
    """
    span = document.find_span(path)
    value = find_value(document.value, path)
    # Texts reach the model in Unicode's normal form C, which may count otherwise.
    if not isinstance(value, str) or not unicodedata.is_normalized("NFC", value):
        return span
    if start > len(value):
        return span
    return _locate_characters(document.lines, span, value, start, max(end, start + 1)) or span


def _locate_characters(lines: Lines, span: Span, value: str, start: int, end: int) -> Span | None:
    """Return where value[start:end] is in a text, or None if that is uncertain.

    `span` is where the whole scalar stands, quotes included.
    """
    begin, line_end = lines.find(span.line)
    begin += span.column - 1
    if lines.text.startswith("|", begin) and _BLOCK_HEADER.fullmatch(lines.text, begin, line_end):
        indent = _measure_block(lines, span.line + 1, value)
        return None if indent is None else _locate_in_block(span.line + 1, indent, value, start, end)
    width = span.end_column - span.column
    if span.end_line != span.line or width > LONGEST_SCALAR:
        return None
    written = lines.text[begin : min(begin + width, line_end)]
    places = _place_characters(written, value)
    if places is None:
        return None
    first, last = places[start], places[min(end, len(places)) - 1]
    return Span(span.line, span.column + first[1], span.line, span.column + last[2])


@lru_cache(maxsize=1)
def _place_characters(written: str, value: str) -> list[Place] | None:
    """Return the places of a scalar's characters and of its end, or None where they are not those of the value.

    What was found last is kept: a long text may have many findings.
    """
    places = _read_scalar(written)
    if "".join(character for character, _, _ in places) != value:
        return None
    closing = len(written) - (written[:1] in ("'", '"'))
    return [*places, ("", closing, len(written))]


def count_position(text: str, start: int, end: int) -> Span:
    """Return where text[start:end] is, by line and column. An empty range gives the character at its place.

    A line ends with CR LF, CR or LF, as it does where reports show it.
    """
    return _split_lines(text).locate(start, max(end, start + 1))


@lru_cache(maxsize=1)
def _split_lines(text: str) -> Lines:
    """Return a text's lines; those asked for last are kept."""
    return Lines(text)


def _read_scalar(written: str) -> list[Place]:
    if written[:1] == '"':
        return _join_surrogates(list(_read_quoted(written, _read_escape)))
    if written[:1] == "'":
        return list(_read_quoted(written, _read_doubled))
    return [(character, at, at + 1) for at, character in enumerate(written)]


def _read_quoted(written: str, read_special: Callable[[str, int], Place | None]) -> Iterator[Place]:
    at = 1
    while at < len(written) - 1:
        place = read_special(written, at) or (written[at], at, at + 1)
        yield place
        at = place[2]


def _read_escape(written: str, at: int) -> Place | None:
    match = _ESCAPE.match(written, at) if written[at] == "\\" else None
    if match is None:
        return None
    code = match.group(1) or match.group(2) or match.group(3)
    if code is None:
        return _SHORT.get(match.group(4), match.group(4)), at, match.end()
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd", at, match.end()


def _read_doubled(written: str, at: int) -> Place | None:
    return ("'", at, at + 2) if written.startswith("''", at) else None


def _join_surrogates(places: Sequence[Place]) -> list[Place]:
    """Make one character of both halves of a pair, as readers of JSON do."""
    joined: list[Place] = []
    for character, start, end in places:
        if joined and ord(character) in _LOW and ord(joined[-1][0]) in _HIGH and joined[-1][2] == start:
            high, begin, _ = joined.pop()
            code = 0x10000 + ((ord(high) - 0xD800) << 10) + (ord(character) - 0xDC00)
            joined.append((chr(code), begin, end))
        else:
            joined.append((character, start, end))
    return joined


@lru_cache(maxsize=1)
def _measure_block(lines: Lines, first: int, value: str) -> int | None:
    """Return the indentation of a literal block, that of its first full line; None where it is not the value."""
    content = value.removesuffix("\n").split("\n")
    below = range(first, min(first + len(content), len(lines) + 1))
    full = next((line for line in map(lines.read, below) if line.strip(" ")), "")
    indent = len(full) - len(full.lstrip(" "))
    is_same = all(lines.read(first + at)[indent:] == line for at, line in enumerate(content))
    return indent if is_same and len(below) == len(content) else None


def _locate_in_block(first: int, indent: int, value: str, start: int, end: int) -> Span:
    """Return the place in a literal block, whose first line and whose indentation are given."""
    place = _split_lines(value).locate(start, min(end, len(value)))
    return Span(first + place.line - 1, indent + place.column, first + place.end_line - 1, indent + place.end_column)
