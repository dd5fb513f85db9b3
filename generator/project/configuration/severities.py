"""Severities that a project sets for rules: which it can set, and how they change findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from generator.findings import LocatedFinding, Rule, Severity

OFF = "off"
"""The word for a rule that is not reported."""

Severities: TypeAlias = Mapping[str, Severity | None]
"""The severity of rules by name; None for those that are off."""

_WEIGHTS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1, None: 0}


def may_have_severity(rule: Rule, severity: Severity | None) -> bool:
    """Return whether a project can set a rule's severity: an error that cannot be suppressed cannot be lowered."""
    is_lowered = _WEIGHTS[severity] < _WEIGHTS[rule.severity]
    return not is_lowered or rule.can_be_suppressed or rule.severity is not Severity.ERROR


def apply_severities(findings: Iterable[LocatedFinding], severities: Severities) -> tuple[LocatedFinding, ...]:
    """Return the findings with the severities that the project sets, without those whose rules are off."""
    if not severities:
        return tuple(findings)
    weighed = ((finding, severities.get(finding.rule.name, finding.severity)) for finding in findings)
    return tuple(
        finding if severity is finding.severity else replace(finding, rule=replace(finding.rule, severity=severity))
        for finding, severity in weighed
        if severity is not None
    )
