"""Comments of YAML: what stands after a # outside of every scalar. JSON has none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from generator.source.position import Document, Lines, Span

_COMMENT = re.compile(r"#[^\r\n]*")
_KEY_ALONE = re.compile(r"""(?:- +)*(?:"[^"]*"|'[^']*'|[^\s"'#{\[][^#]*):\s*(?:#.*)?""")
_BLOCK_HEAD = re.compile(r"[|>][^\r\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text from the # on, its place, and the line of the document that it speaks of.

    That is the line that it ends, or, where it stands alone, the first line below that is no comment.
    Where a key stands alone on that line, the comment speaks of `value_line` too, where the key's value begins.
    """

    text: str
    span: Span
    line: int
    value_line: int


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a document, and where its scalars of several lines begin and end."""

    comments: tuple[Comment, ...] = ()
    long_scalars: tuple[tuple[int, int], ...] = ()

    def find_first_line(self, line: int) -> int:
        """Return the line where the scalar begins that goes over this line; the line itself where none does.

        Inside a scalar no comment can stand; before it, one can.
        """
        place = bisect_right(self.long_scalars, (line, line)) - 1
        if place >= 0 and self.long_scalars[place][0] <= line <= self.long_scalars[place][1]:
            return self.long_scalars[place][0]
        return line


def read_comments(document: Document, containing: str, most: int | None = None) -> Comments:
    """Return the first `most` comments with `containing` in them, of a document that was read without a syntax error.

    YAML's own scanner says where the scalars stand, so a # in a prompt is text.
    """
    if containing not in document.text or document.file.lower().endswith(".json"):
        return Comments()
    from generator.source.yaml_events import scan_tokens

    tokens = scan_tokens(document.text)
    lines = _Lines(document.lines)
    places = (place for place in _find_comments(document.text, tokens) if document.text.find(containing, *place) >= 0)
    found = tuple(lines.locate(*place) for place in islice(places, most))
    scalars = (_find_lines(token, document.lines) for token in tokens if _is_scalar(token))
    return Comments(found, tuple((first, last) for first, last in scalars if last > first))


def _is_scalar(token: Any) -> bool:
    return str(token.id) == "<scalar>"


def _find_lines(token: Any, lines: Lines) -> tuple[int, int]:
    """Return the first and the last line of a scalar. A block scalar ends where the next line begins."""
    first, _, last, column = lines.locate(token.start_mark.index, token.end_mark.index)
    return first, last - (column == 1 and token.style in ("|", ">"))


def _find_comments(text: str, tokens: list[Any]) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins and ends: between two tokens, or behind the sign of a block scalar."""
    at = 0
    for token in tokens:
        start, end = token.start_mark.index, token.end_mark.index
        if start > at:
            yield from (match.span() for match in _COMMENT.finditer(text, at, start))
        if _is_scalar(token) and token.style in ("|", ">") and (head := _BLOCK_HEAD.match(text, start)):
            yield from (match.span() for match in _COMMENT.finditer(text, start, head.end()))
        at = max(at, end)


class _Lines:
    """Which line each comment of a document refers to. Results are kept, because comments come in groups."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.below: dict[tuple[str, ...], dict[int, int]] = {("#",): {}, ("#", ""): {}}
        self.values: dict[int, int] = {}

    def locate(self, start: int, end: int) -> Comment:
        """Return the comment that is text[start:end]."""
        place = self.lines.locate(start, end)
        before = self.lines.text[start - place.column + 1 : start].strip()
        line = place.line if before else self._find_line_below(place.line, ("#",))
        return Comment(self.lines.text[start:end], place, line, self._find_value_line(line))

    def _find_value_line(self, line: int) -> int:
        passed = []
        while line not in self.values and _KEY_ALONE.fullmatch(self._read_line(line)):
            passed.append(line)
            line = self._find_line_below(line, ("#", ""))
        found = self.values.get(line, line)
        self.values.update(dict.fromkeys(passed, found))
        return found

    def _read_line(self, number: int) -> str:
        return self.lines.read(number).strip()

    def _find_line_below(self, number: int, skipped: tuple[str, ...]) -> int:
        """Return the next line that begins with none of the signs skipped; an empty sign is an empty line."""
        known, line = self.below[skipped], number + 1
        while line <= len(self.lines) and line not in known and self._read_line(line)[:1] in skipped:
            line += 1
        found = known.get(line, line)
        known.update(dict.fromkeys(range(number + 1, line + 1), found))
        return found if found <= len(self.lines) else number + 1
