"""Findings for people: the place, the rule, the sentence, the source line with carets, the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.diagnostics import LocatedFinding, Severity
from generator.report.escaping import escape_controls, measure_width
from generator.report.machines import summarise_findings
from generator.report.order import sort_findings

WINDOW = 100
"""Columns of a source line that are shown; a longer line is cut around the value."""
LEAD = 30
"""Columns that stay before the value where a line is cut."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36"}


@dataclass(frozen=True, slots=True)
class _Paint:
    """Colours, or none."""

    is_on: bool

    def color(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_on else text


def write_text_report(findings: Iterable[LocatedFinding], texts: Mapping[str, str], *, color: bool) -> str:
    """Return the findings as text, sorted, an empty line between two; nothing for none.

    `texts` gives the text of a file by the name that the findings use; without it, no source line is shown.
    """
    paint = _Paint(color)
    parts = ["".join(_write_finding(finding, texts, paint)) for finding in sort_findings(findings)]
    return "\n".join(parts)


def write_summary(findings: Sequence[LocatedFinding]) -> str:
    """Say how many errors and warnings there are, and nothing of information."""
    counts = summarise_findings(findings)
    return f"{write_count(counts['errors'], 'error')}, {write_count(counts['warnings'], 'warning')}"


def write_count(count: int, noun: str) -> str:
    """Return "no errors", "1 error", "2,000 errors"."""
    if count == 0:
        return f"no {noun}s"
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _write_finding(finding: LocatedFinding, texts: Mapping[str, str], paint: _Paint) -> Iterator[str]:
    place = f"{escape_controls(finding.file)}:{finding.span.line}:{finding.span.column}"
    severity = paint.color(finding.severity.value, f"1;{COLORS[finding.severity]}")
    yield f"{paint.color(place, '1')}: {severity}: {finding.rule.name}\n"
    yield f"  {escape_controls(finding.message)}\n"
    yield from _write_source(finding, texts.get(finding.file), paint)
    for other in finding.related:
        place = f"{escape_controls(other.file)}:{other.span.line}:{other.span.column}"
        yield f"  see {place}: {escape_controls(other.message)}\n"
    yield f"  remedy: {escape_controls(finding.remedy)}\n"


def _write_source(finding: LocatedFinding, text: str | None, paint: _Paint) -> Iterator[str]:
    """Yield the line of the value, and carets under the part of the value that stands on it."""
    span = finding.span
    lines = _LINE_BREAK.split(text) if text else []
    if span.line > len(lines) or span == type(span)(1, 1, 1, 1):
        return
    line = lines[span.line - 1]
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    before, value, after = line[: span.column - 1], line[span.column - 1 : end], line[end:]
    shown_before, shown_value = _cut_start(escape_controls(before)), _cut_end(escape_controls(value), WINDOW - LEAD)
    room = WINDOW - measure_width(shown_before) - measure_width(shown_value)
    shown_after = _cut_end(escape_controls(after), max(room, 0)) if shown_value == escape_controls(value) else ""
    gutter = f"{span.line:>6} | "
    yield f"{gutter}{shown_before}{shown_value}{shown_after}".rstrip() + "\n"
    carets = "^" * max(measure_width(shown_value), 1)
    margin = " " * (len(gutter) - 2) + "| " + " " * measure_width(shown_before)
    yield f"{margin}{paint.color(carets, COLORS[finding.severity])}\n"


def _cut_start(text: str) -> str:
    return text if len(text) <= WINDOW - LEAD else "..." + text[-LEAD:]


def _cut_end(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 3, 0)] + "..."
