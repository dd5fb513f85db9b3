"""The counts in the last line of a report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.findings import LocatedFinding
    from generator.report.contents import Report


def summarise_findings(findings: Iterable[LocatedFinding]) -> dict[str, int]:
    """Count errors and warnings."""
    counts = Counter(finding.severity for finding in findings)
    return {"errors": counts[Severity.ERROR], "warnings": counts[Severity.WARNING]}


def write_summary(report: Report) -> str:
    """Return the summary line: what was done, and the counts of errors, warnings, and suppressed findings."""
    counts = summarise_findings(report.findings)
    parts = [write_count(counts["errors"], "error"), write_count(counts["warnings"], "warning")]
    if report.suppressed:
        parts.append(f"{report.suppressed:,} suppressed")
    return f"{report.total}{', '.join(parts)}"


def write_count(count: int, noun: str) -> str:
    """Return "no errors", "1 error", "2,000 errors"."""
    if count == 0:
        return f"no {noun}s"
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
