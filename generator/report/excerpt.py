"""Source lines: cut to the width of a terminal, with the position of the value, and without what must not be shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from generator.report.display import escape_controls, measure_width
from generator.source.credentials import KEPT
from generator.source.position import Lines, Span

LEAD = 30
"""Columns that are kept before the value if a line is cut."""
CUT = "..."
TAB = "    "


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as shown: the value starts after `margin` columns and is `width` columns wide."""

    text: str
    margin: int
    width: int


def cut_excerpt(text: str, start: int, end: int, columns: int, line: tuple[int, int] = (0, sys.maxsize)) -> Excerpt:
    """Cut the line around text[start:end] to a number of columns; `line` is where the line starts and ends in the text.

    A tab is shown as four spaces.
    """
    # At most as many characters as columns are shown. A line may be very long, so it is not copied.
    before, value = text[max(start - columns - 1, line[0]) : start], text[start : min(end, start + columns + 1)]
    after = text[end : min(end + columns + 1, line[1])]
    lead = min(measure_width(_show(before)), LEAD, columns // 3)
    shown_value, is_whole = _cut_end(value, columns - lead)
    room = columns - measure_width(shown_value)
    rest = min(len(CUT), measure_width(_show(after)))
    shown_before = _cut_start(before, max(room - rest, 0))
    margin = measure_width(shown_before)
    shown_after = _cut_end(after, room - margin)[0] if is_whole else ""
    width = max(measure_width(shown_value), 1)
    return Excerpt((shown_before + shown_value + shown_after).rstrip(), margin, width)


def hide_source(lines: Lines, spans: Iterable[Span]) -> str:
    """Replace each character of the spans with *, except the first few of each span."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(place for span in spans for place in _list_hidden(lines, span)):
        if end > done:
            start = max(start, done)
            parts += [lines.text[done:start], "*" * (end - start)]
            done = end
    return "".join([*parts, lines.text[done:]])


def _list_hidden(lines: Lines, span: Span) -> Iterator[tuple[int, int]]:
    """Yield the start and end of a span on each of its lines, without the first few characters of the span."""
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        first, last = lines.find(number)
        start = first + span.column - 1 + KEPT if number == span.line else first
        end = min(first + span.end_column - 1, last) if number == span.end_line else last
        if start < end:
            yield start, end


def _show(text: str) -> str:
    return escape_controls(text.replace("\t", TAB))


def _cut_start(text: str, columns: int) -> str:
    """Return the whole text if it fits, or else at most its last LEAD columns."""
    shown = _show(text)
    if measure_width(shown) <= columns:
        return shown
    kept = _count_fitting([_show(item) for item in reversed(text)], min(LEAD, columns) - len(CUT))
    return CUT + _show(text[len(text) - kept :])


def _cut_end(text: str, columns: int) -> tuple[str, bool]:
    """Return as much of the text as fits, and whether that is the whole text."""
    shown = _show(text)
    if measure_width(shown) <= columns:
        return shown, True
    kept = _count_fitting([_show(item) for item in text], columns - len(CUT))
    return _show(text[:kept]) + CUT, False


def _count_fitting(pieces: list[str], columns: int) -> int:
    """Count the first pieces that fit into a number of columns."""
    return sum(width <= columns for width in accumulate(map(measure_width, pieces)))
