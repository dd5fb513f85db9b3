"""How a report is printed: the formats of `--format`, and the view of text output.

A new format is a member here, a case in write_report, a writer in a file of its own, and a section of docs/formats.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

MOST_FINDINGS = 30
"""How many findings text output shows by default."""


class Format(StrEnum):
    """How findings are printed: as text for people, or for programs."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class ListFormat(StrEnum):
    """How rules and settings are printed."""

    TEXT = "text"
    JSON = "json"


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
