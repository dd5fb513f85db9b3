"""What a run has to tell, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from generator.diagnostics import LocatedFinding

MOST_FINDINGS = 30
"""How many findings a person is shown unless they ask for more."""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a run and what became of it.

    `files` is how many definitions were read, `silenced` how many findings a comment silenced. `texts` gives the text
    of a file by the name that the findings use. `outcomes` are lines on what became of each definition, `total` is what
    the summary begins with. `hidden` are findings that are not reported, and whose places are masked in source lines as
    those of reported ones are. `failures` are sentences on proofs that failed. `more` is what JSON has beside findings.
    """

    findings: Sequence[LocatedFinding]
    files: int
    total: str
    silenced: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[LocatedFinding] = ()
    outcomes: Sequence[str] = ()
    failures: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def rename_files(self, rename: Callable[[str], str]) -> Report:
        """Return the report with other names of the files that findings are in and point to."""
        renamed = [
            replace(
                finding,
                file=rename(finding.file),
                related=tuple(replace(place, file=rename(place.file)) for place in finding.related),
            )
            for finding in self.findings
        ]
        return replace(self, findings=renamed)


@dataclass(frozen=True, slots=True)
class View:
    """What a person looks at: in colour or not, so many columns wide (None: lines are not folded).

    At most `most_findings` are shown; 0 shows all.
    """

    color: bool = False
    columns: int | None = None
    most_findings: int = MOST_FINDINGS
