"""Findings and reports made by hand, for the tests of reports."""

from __future__ import annotations

from generator.findings import SOURCE_RULES, LocatedFinding, LocatedPlace, Rule
from generator.flow.reading.rules import DECIDED_BY_MODULE, UNUSED_PARAMETER
from generator.report.contents import Report
from generator.source.position import Span

ERROR, WARNING, INFO = SOURCE_RULES["DuplicateKey"], UNUSED_PARAMETER, DECIDED_BY_MODULE


def make_finding(line: int = 2, column: int = 5, end: int = 8, rule: Rule = ERROR, **more: str) -> LocatedFinding:
    """Make a finding with one related place at the start of the same file."""
    file = more.get("file", "a.flow.yaml")
    related = (LocatedPlace(more.get("related", "Here too."), file, Span(1, 1, 1, 2)),)
    message, help = more.get("message", "Twice."), more.get("help", "Once.")
    span = Span(line, column, line, end)
    return LocatedFinding(rule, message, help, file, span, more.get("pointer", "/a"), related, more.get("identity", ""))


def make_report(*findings: LocatedFinding, suppressed: int = 0, **texts: str) -> Report:
    """Make the report of a `validate` of as many files as there are texts."""
    named = {name.replace("_", "."): text for name, text in texts.items()}
    return Report(findings, len(texts), f"{len(texts)} checked: ", suppressed, named)
