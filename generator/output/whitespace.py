"""What tools for line ends and whitespace do to texts, told from the text before, or from no more than its SHA-256."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r)")
_BLANKS = b" \t\x0b\x0c"
_MARK = b"\xef\xbb\xbf"
_NAMES = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
_MOST_BREAKS = 3
"""How many line breaks at a text's end are tried where only its SHA-256 is known."""


@dataclass(frozen=True, slots=True)
class WhitespaceChange:
    """A change of a text's whitespace and of nothing else; `words` say which, as in "CRLF instead of LF"."""

    is_line_ends_alone: bool
    words: str


def explain_whitespace(present: bytes, text: bytes | None, digests: Collection[str]) -> WhitespaceChange | None:
    """Say what whitespace makes `present` of `text`, or else of a text with one of `digests`; None where more differs.

    Of a text whose SHA-256 alone is known, line ends and what stands at its very end are recognised. Blanks that were
    cut off its lines are not: nothing says where they were.
    """
    if text is not None and (change := compare_whitespace(present, text)):
        return change
    before = next((each for each in _guess_texts(present) if sha256(each).hexdigest() in digests), None)
    return None if before is None else compare_whitespace(present, before)


def compare_whitespace(present: bytes, text: bytes) -> WhitespaceChange | None:
    """Say what whitespace makes `present` of `text`; None where nothing differs, or more than that does.

    That is: line ends, blanks at the ends of lines, line breaks at the end, a byte order mark at the beginning.
    """
    lines, ends = _split_lines(present.removeprefix(_MARK))
    lines_before, ends_before = _split_lines(text.removeprefix(_MARK))
    if present == text or _strip(lines) != _strip(lines_before):
        return None
    pairs = {(_NAMES[new], _NAMES[old]) for new, old in zip(ends, ends_before, strict=False) if new != old}
    words = [f"{new} instead of {old}" for new, old in sorted(pairs)]
    if any(line != before for line, before in zip(lines, lines_before, strict=False)):
        words.append("blanks at the ends of lines")
    if len(ends) != len(ends_before):
        words.append("line breaks at the end of the file")
    if present.startswith(_MARK) != text.startswith(_MARK):
        words.append("the byte order mark")
    return WhitespaceChange(len(words) == len(pairs), ", ".join(words))


def _split_lines(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the lines, the last one being what stands behind the last line end, and the line ends."""
    found = list(_LINE.finditer(data))
    rest = data[found[-1].end() :] if found else data
    return [*(match[1] for match in found), rest], [match[2] for match in found]


def _strip(lines: list[bytes]) -> bytes:
    return b"\n".join(line.rstrip(_BLANKS) for line in lines).rstrip(b"\n")


def _guess_texts(present: bytes) -> Iterator[bytes]:
    """Yield what a text may have been before a tool changed it."""
    bare = present.removeprefix(_MARK)
    for start in (bare, _MARK + bare):
        with_lf = start.replace(b"\r\n", b"\n")
        for spelled, end in ((start, b"\n"), (with_lf, b"\n"), (with_lf.replace(b"\n", b"\r\n"), b"\r\n")):
            yield spelled
            body = spelled.rstrip(b"\r\n")
            yield from (body + count * end for count in range(_MOST_BREAKS + 1))
