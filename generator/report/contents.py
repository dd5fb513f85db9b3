"""What a report says in any format: its findings, their order, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from generator.findings import LocatedFinding, Severity
from generator.source.credentials import mask_credentials

_WEIGHTS = {severity: weight for weight, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a run, and what became of it.

    `files` counts the definitions that were read, `suppressed` the findings that comments suppress. `texts` maps the
    names of files, as in findings, to their text. `outcomes` are lines about modules, and `total` begins the summary
    line. `hidden` are findings whose places are masked in source lines, reported or not. `failures` are sentences about
    failed proofs. `more` is what JSON contains besides findings.
    """

    findings: Sequence[LocatedFinding]
    files: int
    total: str
    suppressed: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[LocatedFinding] = ()
    outcomes: Sequence[str] = ()
    failures: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def rename_files(self, rename: Callable[[str], str]) -> Report:
        """Return the report with new names for the files that findings are in and point to."""
        renamed = [
            replace(
                finding,
                file=rename(finding.file),
                related=tuple(replace(place, file=rename(place.file)) for place in finding.related),
            )
            for finding in self.findings
        ]
        return replace(self, findings=renamed)

    def mask_credentials(self) -> Report:
        """Return the report with credentials masked: in texts, messages, pointers, and `more`.

        Places stay correct because a mask is as long as what it hides.
        """
        shown = {finding.file for finding in self.findings}
        shown |= {place.file for finding in self.findings for place in finding.related}
        return replace(
            self,
            findings=[_mask_finding(finding) for finding in self.findings],
            texts={file: _mask_file(text) for file, text in self.texts.items() if file in shown},
            outcomes=_mask_value(self.outcomes),
            failures=_mask_value(self.failures),
            more=_mask_value(self.more),
        )


@lru_cache(maxsize=4)
def _mask_file(text: str) -> str:
    """Mask the text of a file. A run can show the same file in several reports."""
    return mask_credentials(text)


def _mask_finding(finding: LocatedFinding) -> LocatedFinding:
    return replace(
        finding,
        message=mask_credentials(finding.message),
        help=mask_credentials(finding.help),
        pointer=mask_credentials(finding.pointer),
        related=tuple(replace(place, message=mask_credentials(place.message)) for place in finding.related),
    )


def _mask_value(value: Any) -> Any:
    match value:
        case str():
            return mask_credentials(value)
        case list() | tuple():
            return [_mask_value(item) for item in value]
        case dict():
            return {key: _mask_value(item) for key, item in value.items()}
    return value


def sort_findings(findings: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return findings sorted by file, place, and rule; the sort is stable."""
    return sorted(findings, key=lambda finding: (finding.file, finding.span, finding.rule.name))


def choose_findings(findings: Sequence[LocatedFinding], most: int) -> list[LocatedFinding]:
    """Return at most `most` findings in the given order, errors before warnings; 0 means all."""
    if most == 0 or len(findings) <= most:
        return list(findings)
    by_weight = sorted(range(len(findings)), key=lambda place: _WEIGHTS[findings[place].severity])
    return [findings[place] for place in sorted(by_weight[:most])]


def summarize_findings(findings: Iterable[LocatedFinding]) -> dict[str, int]:
    """Count errors and warnings."""
    counts = Counter(finding.severity for finding in findings)
    return {"errors": counts[Severity.ERROR], "warnings": counts[Severity.WARNING]}


def write_summary(report: Report) -> str:
    """Return the summary line: what was done, and the counts of errors, warnings, and suppressed findings."""
    counts = summarize_findings(report.findings)
    parts = [write_count(counts["errors"], "error"), write_count(counts["warnings"], "warning")]
    if report.suppressed:
        parts.append(f"{report.suppressed:,} suppressed")
    return f"{report.total}{', '.join(parts)}"


def write_count(count: int, noun: str) -> str:
    """Return "no errors", "1 error", "2,000 errors"."""
    if count == 0:
        return f"no {noun}s"
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
