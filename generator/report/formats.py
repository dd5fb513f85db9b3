"""How a report is printed: the formats of `--format`, and the view of text output.

A new format is a member and a case here, a writer in a file of its own, and a section of docs/formats.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The command line imports this file to list the formats; a report is imported by the commands that print one.
    from generator.report.contents import Report

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


def write_report(output_format: Format, report: Report, view: View) -> str:
    """Return a report in a format, ready to be printed, with credentials masked.

    Only the text format uses `view`.
    """
    report = report.mask_credentials()
    match output_format:
        case Format.TEXT:
            from generator.report.text import write_text_report

            return write_text_report(report, view)
        case Format.JSON:
            from generator.report.json_report import write_json_report

            return write_json_report(report)
        case Format.SARIF:
            from generator.report.sarif import write_sarif_report

            return write_sarif_report(report)
        case Format.GITHUB:
            from generator.report.github import write_github_report

            return write_github_report(report)
