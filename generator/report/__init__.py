"""Findings for people and programs. The formats are listed in `formats`; each is imported when it is used."""

from generator.report.contents import Report, View
from generator.report.formats import Format, ListFormat, write_report

__all__ = ["Format", "ListFormat", "Report", "View", "write_report"]
