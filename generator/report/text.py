"""Findings as text: place, severity, rule, and message on one line; then the source line, notes, and help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from generator.findings import LocatedFinding, Severity
from generator.report.contents import (
    Report,
    choose_findings,
    sort_findings,
    summarize_findings,
    write_count,
    write_summary,
)
from generator.report.display import escape_controls, fold_text, measure_width, neutralize_commands
from generator.report.excerpt import cut_excerpt, hide_source
from generator.report.formats import Detail, View
from generator.source.position import Lines, Span

WINDOW = 100
"""Columns of a source line that are shown if there is no terminal to measure."""
GUTTER = 8
"""Columns before a source line: its number and a bar."""
INDENT = 2
"""Columns before the second and later lines of a folded message."""
MOST_RELATED_LINES = 3
"""How many related places are shown with their source lines; if there are more, only their places are shown."""
COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
RELATED_COLOR, HELP_COLOR, GUTTER_COLOR = "36", "32", "2"
START = Span(1, 1, 1, 1)
"""The place of findings about a whole file."""


def write_text_report(report: Report, view: View) -> str:
    """Return findings, outcomes, and summary as text that ends in a line break.

    Findings are sorted and grouped by file, with an empty line between two. At most `view.most_findings` are shown,
    errors before warnings; the number of the others follows. With `Detail.FINDINGS`, outcomes and summary are left out.
    """
    ordered = sort_findings(report.findings)
    shown = choose_findings(ordered, view.most_findings)
    parts = _write_parts(shown, report, view)
    if len(shown) < len(ordered):
        hidden = write_count(len(ordered) - len(shown), "more finding")
        parts.append(f"{hidden} not shown; --max-findings 0 shows all.\n")
    lines = list(report.failures)
    if view.detail is not Detail.FINDINGS:
        lines += [*report.outcomes, write_summary(report)]
    if lines:
        parts.append("".join(f"{line}\n" for line in lines))
    return neutralize_commands("\n".join(parts))


def write_findings(report: Report, view: View) -> str:
    """Return all findings as text, and nothing else, with credentials masked."""
    report = report.mask_credentials()
    return neutralize_commands("\n".join(_write_parts(sort_findings(report.findings), report, view)))


def paint_text(text: str, code: str, view: View) -> str:
    """Return a text in the color of an ANSI code, if color is used."""
    return f"\x1b[{code}m{text}\x1b[0m" if view.color and text else text


def show_file(file: str) -> str:
    """Return a file's name without unsafe characters, and never like a workflow command of GitHub."""
    shown = escape_controls(file)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def _show_place(file: str, span: Span) -> str:
    return f"{show_file(file)}:{span.line}:{span.column}"


def _write_parts(findings: Sequence[LocatedFinding], report: Report, view: View) -> list[str]:
    """Return the parts of a report, which empty lines separate."""
    return ["".join(lines) for lines in _Writer(report, view, _list_hidden(report)).write_groups(findings)]


def _list_hidden(report: Report) -> dict[str, list[Span]]:
    hidden: dict[str, list[Span]] = {}
    for finding in (*report.findings, *report.hidden):
        if finding.rule.hides_source:
            hidden.setdefault(finding.file, []).append(finding.span)
    return hidden


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes findings; the lines of each file are split once. `hidden` are places that must not be shown, by file."""

    report: Report
    view: View
    hidden: Mapping[str, Sequence[Span]]
    lines: dict[str, Lines] = field(default_factory=dict)

    def write_groups(self, findings: Sequence[LocatedFinding]) -> Iterator[Iterator[str]]:
        """Yield the lines of each finding, and a heading before those of each file if there are several files."""
        groups = [(file, list(group)) for file, group in groupby(findings, key=lambda finding: finding.file)]
        for file, group in groups:
            if len(groups) > 1:
                yield self._write_heading(file)
            yield from map(self._write_finding, group)

    def _write_heading(self, file: str) -> Iterator[str]:
        counts = summarize_findings(finding for finding in self.report.findings if finding.file == file)
        words = [write_count(counts[f"{noun}s"], noun) for noun in ("error", "warning") if counts[f"{noun}s"]]
        yield self._color(f"{show_file(file)}: {', '.join(words) or 'info only'}", "1;4") + "\n"

    def _write_finding(self, finding: LocatedFinding) -> Iterator[str]:
        severity = self._color(finding.severity.value, f"1;{COLORS[finding.severity]}")
        place = _show_place(finding.file, finding.span)
        plain = f"{place}: {finding.severity.value}[{finding.rule.name}]: "
        head = f"{self._color(place, '1')}: {severity}[{finding.rule.name}]: "
        yield from self._fold(finding.message, head, plain, INDENT)
        yield from self._write_source(finding.file, finding.span, "^", COLORS[finding.severity])
        for other in finding.related:
            yield from self._write_note(
                "note", f"{_show_place(other.file, other.span)}: {other.message}", RELATED_COLOR
            )
            is_shown = (other.file, other.span.line) == (finding.file, finding.span.line)
            if not is_shown and len(finding.related) <= MOST_RELATED_LINES:
                yield from self._write_source(other.file, other.span, "-", RELATED_COLOR)
        yield from self._write_note("help", finding.help, HELP_COLOR)

    def _write_note(self, label: str, text: str, color: str) -> Iterator[str]:
        """Yield a note below an excerpt, aligned with the line numbers."""
        plain = f"   = {label}: "
        yield from self._fold(text, f"   = {self._color(f'{label}:', color)} ", plain, len("   = "))

    def _fold(self, text: str, head: str, plain: str, indent: int) -> Iterator[str]:
        """Yield a message in lines that fit, after a colored head; `plain` is the head without color, to measure."""
        taken = measure_width(plain)
        first, *rest = fold_text(escape_controls(text), self.view.columns, indent, taken)
        yield f"{head}{first}".rstrip() + "\n"
        yield from (f"{' ' * indent}{line}\n" for line in rest)

    def _write_source(self, file: str, span: Span, mark: str, color: str) -> Iterator[str]:
        """Yield the line of a value, and marks under the part of the value on it."""
        lines = self._split_lines(file)
        if lines is None or span.line > len(lines) or span == START:
            return
        first, last = lines.find(span.line)
        start = min(first + span.column - 1, last)
        end = min(first + span.end_column - 1, last) if span.end_line == span.line else last
        columns = WINDOW if self.view.columns is None else self.view.columns - GUTTER
        excerpt = cut_excerpt(lines.text, start, end, columns, (first, last))
        yield f"{self._color(f'{span.line:>5} |', GUTTER_COLOR)} {excerpt.text}".rstrip() + "\n"
        margin = self._color(" " * 5 + " |", GUTTER_COLOR)
        yield f"{margin} {' ' * excerpt.margin}{self._color(mark * excerpt.width, color)}\n"

    def _split_lines(self, file: str) -> Lines | None:
        text = self.report.texts.get(file)
        if file not in self.lines and text is not None:
            lines = Lines(text)
            hidden = self.hidden.get(file)
            self.lines[file] = Lines(hide_source(lines, hidden)) if hidden else lines
        return self.lines.get(file)

    def _color(self, text: str, code: str) -> str:
        return paint_text(text, code, self.view)
