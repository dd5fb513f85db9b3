"""Findings for people and for machines. The formats stand in `formats`; each is imported when it is asked for."""

from generator.report.contents import Report, View
from generator.report.formats import Format, ListFormat, write_report

__all__ = ["Format", "ListFormat", "Report", "View", "write_report"]
