"""A run or findings -> text, JSON, SARIF, GitHub annotations, Markdown. Pure: nothing here prints or reads a file.

Public here is how a report is printed. What is printed: `contents.Report`, which `outcomes` makes of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.report.formats import MOST_FINDINGS, Detail, Format, ListFormat, View

if TYPE_CHECKING:  # deferred, because every start imports the formats
    from generator.report.contents import Report


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
