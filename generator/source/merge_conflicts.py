"""Texts that a merge left with conflict markers: where the first one stands, and both sides of them."""

from __future__ import annotations

import re

from generator.source.position import Lines, Span

OURS, BASE, THEIRS, END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"
_FOLLOWING = {
    (END, OURS): OURS,
    (OURS, BASE): BASE,
    (OURS, THEIRS): THEIRS,
    (BASE, THEIRS): THEIRS,
    (THEIRS, END): END,
}
"""The part that begins at a marker, by the part before it and the marker."""
_FIRST = re.compile(r"(?<![^\r\n])<{7}(?=[ \r\n]|\Z)")


def find_merge_conflict(text: str) -> Span | None:
    """Return where the first conflict marker of a text stands; None where there is no whole conflict."""
    first = _FIRST.search(text)
    if first is None or split_merge_conflict(text.encode("utf-8")) is None:
        return None
    return Lines(text).locate(*first.span())


def split_merge_conflict(data: bytes) -> tuple[bytes, bytes] | None:
    """Return both sides of a text with conflict markers (git's, with or without the common base); None without any."""
    if OURS not in data:
        return None
    ours: list[bytes] = []
    theirs: list[bytes] = []
    part = END
    for line in data.splitlines(keepends=True):
        mark = line[:7] if line[7:8] in (b" ", b"\n", b"\r", b"") else b""
        if (part, mark) in _FOLLOWING:
            part = _FOLLOWING[part, mark]
            continue
        if part in (END, OURS):
            ours.append(line)
        if part in (END, THEIRS):
            theirs.append(line)
    if part is not END or ours == theirs:
        return None
    return b"".join(ours), b"".join(theirs)
