"""The order of findings in every report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.findings import LocatedFinding, Severity

_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


def sort_findings(findings: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return findings sorted by file, place, and rule; the sort is stable."""
    return sorted(findings, key=lambda finding: (finding.file, finding.span, finding.rule.name))


def choose_findings(findings: Sequence[LocatedFinding], most: int) -> list[LocatedFinding]:
    """Return at most `most` findings in the given order, errors before warnings; 0 means all."""
    if most == 0 or len(findings) <= most:
        return list(findings)
    by_weight = sorted(range(len(findings)), key=lambda place: _WEIGHTS[findings[place].severity])
    return [findings[place] for place in sorted(by_weight[:most])]
