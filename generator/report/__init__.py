"""Findings for people and for machines."""

from generator.report.escaping import escape_controls
from generator.report.machines import describe_finding, summarise_findings, write_json_report
from generator.report.people import write_count, write_summary, write_text_report

__all__ = [
    "describe_finding",
    "escape_controls",
    "summarise_findings",
    "write_count",
    "write_json_report",
    "write_summary",
    "write_text_report",
]
