"""The Markdown summary of `check`, for the page of a CI."""

from __future__ import annotations

from collections.abc import Sequence

from generator.report.contents import Report, write_summary
from generator.report.outcomes import describe_reasons
from generator.run.result import Run, exit_code
from generator.terraform.readme import escape_markdown, write_code

MOST_ROWS = 100
"""How many modules the summary lists."""
VERDICTS = {
    0: "Every module is up to date.",
    1: "At least one error was found; see the log.",
    3: "Some modules are out of date. Run `flowseal generate`, and commit what it changes.",
    4: "flowseal's own proof failed. This is a defect of flowseal.",
}
UNUSABLE = "The configuration has an error; see the log."


def summarize_run(run: Run, report: Report) -> str:
    """Return the verdict, each module that is out of date with its reasons, and the counts."""
    rows = [
        (write_code(module.folder or ""), escape_markdown(describe_reasons(module, run))) for module in run.outdated
    ]
    if run.lock is not None:
        rows.append((write_code(run.lock_path), escape_markdown(run.lock)))
    lines = []
    if rows:
        lines = ["| module | why |", "|--------|-----|"]
        lines += [f"| {' | '.join(row)} |" for row in rows[:MOST_ROWS]]
        lines += [f"| {len(rows) - MOST_ROWS} more | |"] if len(rows) > MOST_ROWS else []
        lines.append("")
    return _write_page(VERDICTS[exit_code(run)], lines, report)


def summarize_end(report: Report) -> str:
    """Return the summary of a run whose configuration has an error."""
    return _write_page(UNUSABLE, [], report)


def _write_page(verdict: str, lines: Sequence[str], report: Report) -> str:
    return "\n".join(["## flowseal check", "", verdict, "", *lines, f"{write_summary(report)}.", ""])
