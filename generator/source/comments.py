"""Comments of YAML: what stands after a # outside of every scalar. JSON has none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.source.position import LINE_BREAK, Document, Span
from generator.source.yaml_reader import OLD_BREAKS

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


def read_comments(document: Document, containing: str) -> Comments:
    """Return the comments of a document that was read without a syntax error, if `containing` stands in it at all.

    YAML's own scanner says where the scalars stand, so a # in a prompt is text.
    """
    if containing not in document.text or document.file.lower().endswith(".json"):
        return Comments()
    import yaml

    try:
        # Any letter in their places leaves every other place as it is.
        text = document.text.translate(dict.fromkeys(map(ord, OLD_BREAKS), "x"))
        tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        # JSON under another name that YAML's scanner does not take.
        return Comments()
    lines = _Lines(document.text)
    found = tuple(lines.locate(*place) for place in _find_comments(document.text, tokens))
    scalars = ((token.start_mark.line + 1, _find_last_line(token)) for token in tokens if _is_scalar(token))
    return Comments(found, tuple((first, last) for first, last in scalars if last > first))


def _is_scalar(token: Any) -> bool:
    return str(token.id) == "<scalar>"


def _find_last_line(token: Any) -> int:
    # A block scalar ends where the next line begins.
    return int(token.end_mark.line) + (0 if token.style in ("|", ">") and token.end_mark.column == 0 else 1)


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
    """Where the lines of a text begin, and on which of them something other than a comment stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]

    def locate(self, start: int, end: int) -> Comment:
        """Return the comment that is text[start:end]."""
        number = bisect_right(self.starts, start)
        first = self.starts[number - 1]
        span = Span(number, start - first + 1, number, end - first + 1)
        line = number if self.text[first:start].strip() else self._find_line_below(number, ("#",))
        value_line = line
        while _KEY_ALONE.fullmatch(self._read_line(value_line)):
            value_line = self._find_line_below(value_line, ("#", ""))
        return Comment(self.text[start:end], span, line, value_line)

    def _read_line(self, number: int) -> str:
        starts = [*self.starts[number - 1 : number + 1], len(self.text), len(self.text)]
        return self.text[starts[0] : starts[1]].strip()

    def _find_line_below(self, number: int, skipped: tuple[str, ...]) -> int:
        """Return the next line that begins with none of the signs skipped; an empty sign is an empty line."""
        below = range(number + 1, len(self.starts) + 1)
        return next((line for line in below if self._read_line(line)[:1] not in skipped), number + 1)
