"""Findings as workflow commands of GitHub Actions, which shows them next to the lines of a pull request.

Source: GitHub's page "Workflow commands for GitHub Actions", and the runner's parser.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import LocatedFinding, Severity
from generator.report.contents import Report, sort_findings, write_summary
from generator.report.display import escape_controls, neutralize_old_commands

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def write_github_report(report: Report) -> str:
    """Return one command per finding and failed proof, and the summary as a plain line."""
    lines = [_write_command(finding) for finding in sort_findings(report.findings)]
    failures = [f"::error title=Proof failed::{failure.translate(_DATA)}" for failure in report.failures]
    return neutralize_old_commands("".join(f"{line}\n" for line in (*lines, *failures, write_summary(report))))


def _write_command(finding: LocatedFinding) -> str:
    properties = ",".join(f"{name}={value}" for name, value in _list_properties(finding))
    text = "\n".join(map(escape_controls, _list_sentences(finding)))
    return f"::{COMMANDS[finding.severity]} {properties}::{text.translate(_DATA)}"


def _list_properties(finding: LocatedFinding) -> Iterator[tuple[str, str | int]]:
    span = finding.span
    yield "file", escape_controls(finding.file).translate(_PROPERTY)
    yield "line", span.line
    # The runner ignores columns of findings that span several lines, with a warning of its own.
    if span.end_line == span.line:
        yield "col", span.column
    yield "endLine", span.end_line
    if span.end_line == span.line:
        yield "endColumn", span.end_column
    yield "title", finding.rule.name.translate(_PROPERTY)


def _list_sentences(finding: LocatedFinding) -> Iterator[str]:
    yield finding.message
    for place in finding.related:
        yield f"See {place.file}:{place.span.line}:{place.span.column}: {place.message}"
    yield f"Help: {finding.help}"
