"""The formats of `--format`. A new one is a member here, a writer, and a section of docs/formats.md."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.report.contents import Report, View


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


def write_report(output_format: Format, report: Report, view: View) -> str:
    """Return a report in a format, ready to be printed, with credentials masked.

    Only the text format uses `view`.
    """
    report = report.mask_credentials()
    match output_format:
        case Format.TEXT:
            from generator.report.people import write_text_report

            return write_text_report(report, view)
        case Format.JSON:
            from generator.report.machines import write_json_report

            return write_json_report(report)
        case Format.SARIF:
            from generator.report.sarif import write_sarif_report

            return write_sarif_report(report)
        case Format.GITHUB:
            from generator.report.github import write_github_report

            return write_github_report(report)
