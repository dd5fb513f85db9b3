"""Changes that tools make to line endings and whitespace, recognized from the text before, or only its SHA-256."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r)")
_SPACES = b" \t\x0b\x0c"
_MARK = b"\xef\xbb\xbf"
_NAMES = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
_MOST_BREAKS = 3
"""How many line breaks at the end of a text are tried if only its SHA-256 is known."""


@dataclass(frozen=True, slots=True)
class WhitespaceChange:
    """A change to the whitespace of a text and nothing else; `words` describe it, as in "CRLF instead of LF"."""

    is_line_ends_alone: bool
    words: str


def explain_whitespace(present: bytes, text: bytes | None, digests: Collection[str]) -> WhitespaceChange | None:
    """Return how the whitespace of `present` differs from `text`, or from a text with one of the `digests`.

    None if more than whitespace differs.

    If only the SHA-256 of a text is known, changes to line endings and at its very end are recognized. Trailing
    whitespace that was removed from its lines is not, because nothing shows where it was.
    """
    if text is not None and (change := compare_whitespace(present, text)):
        return change
    before = next((each for each in _guess_texts(present) if sha256(each).hexdigest() in digests), None)
    return None if before is None else compare_whitespace(present, before)


def compare_whitespace(present: bytes, text: bytes) -> WhitespaceChange | None:
    """Return how `present` differs from `text`; None if nothing differs, or more than whitespace does.

    Whitespace means line endings, trailing whitespace, line breaks at the end, and a byte order mark.
    """
    lines, ends = _split_lines(present.removeprefix(_MARK))
    lines_before, ends_before = _split_lines(text.removeprefix(_MARK))
    if present == text or _strip(lines) != _strip(lines_before):
        return None
    pairs = {(_NAMES[new], _NAMES[old]) for new, old in zip(ends, ends_before, strict=False) if new != old}
    words = [f"{new} instead of {old}" for new, old in sorted(pairs)]
    if any(line != before for line, before in zip(lines, lines_before, strict=False)):
        words.append("trailing whitespace")
    if len(ends) != len(ends_before):
        words.append("line breaks at the end of the file")
    if present.startswith(_MARK) != text.startswith(_MARK):
        words.append("the byte order mark")
    return WhitespaceChange(len(words) == len(pairs), ", ".join(words))


def _split_lines(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the lines (the last is what follows the last line break) and the line breaks."""
    found = list(_LINE.finditer(data))
    rest = data[found[-1].end() :] if found else data
    return [*(match[1] for match in found), rest], [match[2] for match in found]


def _strip(lines: list[bytes]) -> bytes:
    return b"\n".join(line.rstrip(_SPACES) for line in lines).rstrip(b"\n")


def _guess_texts(present: bytes) -> Iterator[bytes]:
    """Yield what a text may have been before a tool changed it."""
    bare = present.removeprefix(_MARK)
    for start in (bare, _MARK + bare):
        with_lf = start.replace(b"\r\n", b"\n")
        for spelled, end in ((start, b"\n"), (with_lf, b"\n"), (with_lf.replace(b"\n", b"\r\n"), b"\r\n")):
            yield spelled
            body = spelled.rstrip(b"\r\n")
            yield from (body + count * end for count in range(_MOST_BREAKS + 1))
