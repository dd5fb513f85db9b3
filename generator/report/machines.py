"""Findings as JSON, version 1: a key, once there, stays and keeps its meaning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from generator.diagnostics import LocatedFinding, Severity
from generator.report.order import sort_findings


def write_json_report(findings: Iterable[LocatedFinding], files: int) -> str:
    """Return one JSON object with all findings and a summary; `files` is how many definitions were read."""
    ordered = sort_findings(findings)
    report = {
        "version": 1,
        "findings": [describe_finding(finding) for finding in ordered],
        "summary": {**summarise_findings(ordered), "files": files},
    }
    # Pure ASCII: no reader's encoding, and no half surrogate of a file's name, can break it.
    return json.dumps(report, indent=2) + "\n"


def summarise_findings(findings: Sequence[LocatedFinding]) -> dict[str, int]:
    """Count errors and warnings."""
    counts = Counter(finding.severity for finding in findings)
    return {"errors": counts[Severity.ERROR], "warnings": counts[Severity.WARNING]}


def describe_finding(finding: LocatedFinding) -> dict[str, Any]:
    """Return a finding as plain data: lines and columns from 1, columns in characters, the end exclusive."""
    return {
        "rule": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
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
