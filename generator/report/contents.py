"""The contents of a report, in any format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from generator.findings import LocatedFinding

MOST_FINDINGS = 30
"""How many findings text output shows by default."""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a run, and what became of it.

    `files` counts the definitions that were read, `suppressed` the findings that comments suppress. `texts` has the
    text of a file by the name that findings use. `outcomes` are lines about modules, `total` begins the summary line.
    `hidden` are findings that are not reported, but whose places are masked in source lines too. `failures` are
    sentences about failed proofs. `more` is what JSON contains besides findings.
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
        """Return the report with the files renamed that findings are in and point to."""
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
        """Return the report with credentials masked: in texts, messages, pointers and `more`.

        Places stay correct, because a mask is as long as what it hides.
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
    """Return a file's text masked. A run may show the same files in several reports."""
    return _mask_text(text)


def _mask_text(text: str) -> str:
    # Imported late: `flowseal --version` reads no document.
    from generator.source.credentials import mask_credentials

    return mask_credentials(text)


def _mask_finding(finding: LocatedFinding) -> LocatedFinding:
    return replace(
        finding,
        message=_mask_text(finding.message),
        help=_mask_text(finding.help),
        pointer=_mask_text(finding.pointer),
        related=tuple(replace(place, message=_mask_text(place.message)) for place in finding.related),
    )


def _mask_value(value: Any) -> Any:
    match value:
        case str():
            return _mask_text(value)
        case list() | tuple():
            return [_mask_value(item) for item in value]
        case dict():
            return {key: _mask_value(item) for key, item in value.items()}
    return value


class Detail(Enum):
    """How much of a run text output shows besides findings: nothing, one line per changed module, or every file."""

    FINDINGS = "findings"
    CHANGES = "changes"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class View:
    """How a person views a report: in color or not, and how many columns wide (None: lines are not wrapped).

    At most `most_findings` are shown; 0 shows all.
    """

    color: bool = False
    columns: int | None = None
    most_findings: int = MOST_FINDINGS
    detail: Detail = Detail.CHANGES
