"""A run or findings -> text, JSON, SARIF, GitHub annotations, Markdown. Pure: nothing here prints or reads a file.

Public here is how a report is printed. What is printed: `contents.Report`, which `outcomes` makes of a run.
"""

from generator.report.formats import MOST_FINDINGS, Detail, Format, ListFormat, View, write_report
