"""Findings as JSON, version 1: existing keys stay and keep their meaning."""

from __future__ import annotations

import json
from typing import Any

from generator.findings import LocatedFinding
from generator.report.contents import Report, sort_findings, summarize_findings

VERSION = 1


def write_json_report(report: Report) -> str:
    """Return one JSON object with all findings, what became of each definition, and a summary."""
    ordered = sort_findings(report.findings)
    return write_json(
        {
            "version": VERSION,
            **report.more,
            "findings": [describe_finding(finding) for finding in ordered],
            "summary": {**summarize_findings(ordered), "suppressed": report.suppressed, "files": report.files},
        }
    )


def write_json(value: dict[str, Any]) -> str:
    """Return JSON that is safe in any encoding, in HTML, and in a log.

    It is ASCII, without <, >, and &, and without the ##[ that a CI takes for a command.
    """
    text = json.dumps(value, indent=2)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.replace("##", "#\\u0023") + "\n"


def describe_finding(finding: LocatedFinding) -> dict[str, Any]:
    """Return a finding as plain data: lines and columns from 1, columns in characters, the end exclusive."""
    return {
        "rule": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": finding.file,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "pointer": finding.pointer,
        "related": [
            {"message": place.message, "file": place.file, "line": place.span.line, "column": place.span.column}
            for place in finding.related
        ],
    }
