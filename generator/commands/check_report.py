"""What `flowseal check` prints, and its summary for the page of a CI."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from generator.commands.console import (
    count_suppressed,
    describe_failures,
    describe_module,
    list_failures,
    list_hidden,
    list_texts,
    print_report,
)
from generator.commands.terminal import print_text
from generator.report import Format, Report
from generator.report.contents import Detail
from generator.report.counts import write_count, write_summary
from generator.report.differences import show_difference
from generator.report.escaping import escape_controls
from generator.run.outcome_texts import describe_reasons, list_file_lines, write_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.report import View
    from generator.run.check import CheckResult
    from generator.run.outcomes import ModuleOutcome

MOST_ROWS = 100
"""How many modules the summary lists."""


def report_check(checked: CheckResult, texts: Mapping[str, str], view: View) -> Report:
    """Make the report of `check`: what differs, and the findings. `texts` are of other files than definitions."""
    result = checked.result
    return Report(
        result.findings,
        files=result.files,
        total=_count_modules(checked),
        suppressed=count_suppressed(result.checked),
        texts={**texts, **list_texts(result.checked)},
        hidden=list_hidden(result.checked),
        outcomes=list(_list_lines(checked, view)),
        failures=list_failures(result),
        more=_describe_check(checked),
    )


def print_check(checked: CheckResult, report: Report, output_format: Format, view: View) -> None:
    """Print the report. As text, the diff (if one was asked for) comes first, so that `git apply` takes it."""
    if output_format is Format.TEXT:
        text = write_differences((item.path, item.old, item.new) for item in checked.differences)
        if text:
            print_text(show_difference(text, view), nl=False)
    print_report(report, output_format, view)


def summarise_check(checked: CheckResult, report: Report) -> str:
    """Return Markdown for the page of a CI: the verdict, each module that differs with its reasons, and the counts."""
    from generator.terraform.readme import escape_markdown, write_code

    verdicts = {
        0: "Every module is up to date.",
        1: "At least one error was found; see the log.",
        3: "Some modules are out of date. Run `flowseal generate`, and commit what it changes.",
        4: "flowseal's own proof failed. This is a defect of flowseal.",
    }
    rows = [(write_code(outcome.folder or ""), escape_markdown(_say(outcome))) for outcome in checked.differing]
    if checked.lock is not None:
        rows.append((write_code(checked.lock_path), escape_markdown(checked.lock)))
    lines = []
    if rows:
        lines = ["| module | why |", "|--------|-----|"]
        lines += [f"| {' | '.join(row)} |" for row in rows[:MOST_ROWS]]
        lines += [f"| {len(rows) - MOST_ROWS} more | |"] if len(rows) > MOST_ROWS else []
        lines.append("")
    return _write_summary_page(verdicts[checked.exit_code], lines, report)


def summarise_end(report: Report) -> str:
    """Return the Markdown of a run that ended with its configuration."""
    return _write_summary_page("The configuration has an error; see the log.", [], report)


def _write_summary_page(verdict: str, lines: list[str], report: Report) -> str:
    return "\n".join(["## flowseal check", "", verdict, "", *lines, f"{write_summary(report)}.", ""])


def _count_modules(checked: CheckResult) -> str:
    kinds = Counter(outcome.outcome for outcome in checked.result.outcomes)
    outdated, blocked = kinds["out-of-date"], kinds["blocked"]
    parts = []
    if outdated or checked.lock is not None or not blocked:
        modules = write_count(outdated, "module")
        if checked.lock is not None and outdated:
            modules = f"{modules} and the lock file"
        parts.append(f"{modules} out of date")
        if checked.lock is not None and not outdated:
            parts[0] += ", but the lock file is"
    if blocked:
        parts.append(f"{blocked:,} blocked")
        parts += [f"{kinds['unchanged']:,} unchanged"] if kinds["unchanged"] else []
    return f"{write_count(checked.result.files, 'definition')}: {', '.join(parts)}; "


def _list_lines(checked: CheckResult, view: View) -> Iterable[str]:
    for outcome in checked.result.outcomes:
        if outcome.outcome == "out-of-date":
            yield f"out of date {escape_controls(outcome.folder or '')}: {_say(outcome)}"
            yield from list_file_lines(outcome, view)
        elif outcome.outcome == "blocked" or view.detail is Detail.FILES:
            yield f"{outcome.outcome:<11} {escape_controls(outcome.folder or outcome.file)}"
    if checked.lock is not None:
        yield f"out of date {escape_controls(checked.lock_path)}: {checked.lock}"
    if checked.exit_code == 3 and not checked.differences:
        yield "`flowseal check --diff` shows the differences."


def _say(outcome: ModuleOutcome) -> str:
    moved = "".join(f"; moves here from {escape_controls(folder)}" for folder in outcome.moved_from)
    return describe_reasons(outcome) + moved


def _describe_check(checked: CheckResult) -> dict[str, Any]:
    return {
        "modules": [
            {
                **describe_module(outcome),
                "out_of_date": outcome.outcome == "out-of-date",
                "diff": _join_differences(checked, outcome),
            }
            for outcome in checked.result.outcomes
        ],
        "lock": {
            "file": checked.lock_path,
            "out_of_date": checked.lock is not None,
            "reason": checked.lock or "",
            "diff": write_differences(
                (item.path, item.old, item.new) for item in checked.differences if item.path == checked.lock_path
            ),
        },
        "proof_failures": describe_failures(checked.result),
    }


def _join_differences(checked: CheckResult, outcome: ModuleOutcome) -> str:
    folders = {outcome.folder, *outcome.moved_from} - {None}
    return write_differences(
        (item.path, item.old, item.new)
        for item in checked.differences
        if item.path != checked.lock_path and any(item.path.startswith(f"{folder}/") for folder in folders)
    )
