"""The order of findings in every report."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics import LocatedFinding


def sort_findings(findings: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return findings by file, place and rule; what is equal in all of these keeps its order."""
    return sorted(findings, key=lambda finding: (finding.file, finding.span, finding.rule.name))
