"""A line of a file on a terminal: cut to the columns there are, with the place of the value on it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from generator.report.escaping import escape_controls, measure_width
from generator.source.credentials import KEPT
from generator.source.position import Span

LEAD = 30
"""Columns that stay before the value where a line is cut."""
CUT = "..."
TAB = "    "


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as it is shown; the value begins after `margin` columns and takes `width`."""

    text: str
    margin: int
    width: int


def cut_excerpt(line: str, start: int, end: int, columns: int) -> Excerpt:
    """Show line[start:end], with what stands around it, in so many columns. A tab is shown as four blanks."""
    # More characters than columns are never shown.
    before, value = line[max(start - columns - 1, 0) : start], line[start:end][: columns + 1]
    after = line[end : end + columns + 1]
    lead = min(measure_width(_show(before)), LEAD, columns // 3)
    shown_value, is_whole = _cut_end(value, columns - lead)
    room = columns - measure_width(shown_value)
    rest = min(len(CUT), measure_width(_show(after)))
    shown_before = _cut_start(before, max(room - rest, 0))
    margin = measure_width(shown_before)
    shown_after = _cut_end(after, room - margin)[0] if is_whole else ""
    width = max(measure_width(shown_value), 1)
    return Excerpt((shown_before + shown_value + shown_after).rstrip(), margin, width)


def hide_source(lines: list[str], span: Span) -> None:
    """Put a * in the place of each character of a span but its first few, so that no later excerpt shows them."""
    for index in range(span.line - 1, min(span.end_line, len(lines))):
        line = lines[index]
        start = span.column - 1 + KEPT if index == span.line - 1 else 0
        end = span.end_column - 1 if index == span.end_line - 1 else len(line)
        lines[index] = line[:start] + "*" * len(line[start:end]) + line[max(start, end) :]


def _show(text: str) -> str:
    return escape_controls(text.replace("\t", TAB))


def _cut_start(text: str, columns: int) -> str:
    """Return the text whole where it fits, else its last LEAD columns or fewer."""
    shown = _show(text)
    if measure_width(shown) <= columns:
        return shown
    kept = _count_fitting([_show(item) for item in reversed(text)], min(LEAD, columns) - len(CUT))
    return CUT + _show(text[len(text) - kept :])


def _cut_end(text: str, columns: int) -> tuple[str, bool]:
    """Return as much of the text as fits, and whether that is all of it."""
    shown = _show(text)
    if measure_width(shown) <= columns:
        return shown, True
    kept = _count_fitting([_show(item) for item in text], columns - len(CUT))
    return _show(text[:kept]) + CUT, False


def _count_fitting(pieces: list[str], columns: int) -> int:
    """Count the first pieces that fit into so many columns."""
    return sum(width <= columns for width in accumulate(map(measure_width, pieces)))
