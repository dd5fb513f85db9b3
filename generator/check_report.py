"""What `flowseal check` prints, and its summary for the page of a CI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from generator.console import (
    count_silenced,
    describe_failures,
    describe_module,
    find_view,
    list_failures,
    list_texts,
    print_report,
    read_texts,
)
from generator.outcome_texts import describe_reasons
from generator.report import Format, Report
from generator.report.counts import summarise_findings, write_count
from generator.report.differences import paint_difference, write_difference
from generator.report.escaping import escape_controls
from generator.report.folding import fold_text
from generator.write import Cause
from generator.write.leaving import REMOVED
from generator.write.reformatted import PREVENTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.check import CheckResult
    from generator.diagnostics import LocatedFinding
    from generator.outcomes import ModuleOutcome

LEFT = frozenset({Cause.EDITED, Cause.LINE_ENDS, Cause.WHITESPACE, Cause.ORPHAN, Cause.UNCOVERED})
"""Causes of differences that `generate` leaves alone until it is told more."""
MOST_ROWS = 100
"""How many modules the summary lists."""


def print_check(
    checked: CheckResult, output_format: Format, most_findings: int, found: Sequence[LocatedFinding]
) -> None:
    """Print the result. As text, the diff (if one was asked for) comes first, so that `git apply` takes it."""
    if output_format is Format.TEXT:
        text = "".join(write_difference(item.path, item.old, item.new) for item in checked.differences)
        if text:
            shown = text.removesuffix("\n")
            typer.echo(paint_difference(shown, escape=True) if find_view().color else _escape_for_terminal(shown))
    print_report(_make_report(checked, output_format, found), output_format, most_findings)


def append_summary(checked: CheckResult, file: Path) -> None:
    """Append the summary to a file. Ends with 2 where that cannot be written."""
    try:
        with file.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(write_markdown_summary(checked))
    except OSError as error:
        raise typer.BadParameter(
            f"The system refuses to write it: {error.strerror}.", param_hint="--summary"
        ) from error


def write_markdown_summary(checked: CheckResult) -> str:
    """Return what the page of a CI shows: the verdict, and each module that differs with its reasons."""
    from generator.readme import escape_markdown, write_code

    counts = summarise_findings(checked.result.findings)
    verdicts = {
        0: "Every module is what its definition makes.",
        1: "At least one error stands in the way: the log names it.",
        3: "Not everything is what the definitions make. Run `flowseal generate`, and commit what it changes.",
        4: "flowseal's own proof failed. This is a defect of flowseal.",
    }
    lines = ["## flowseal check", "", verdicts[checked.exit_code], ""]
    rows = [(write_code(outcome.folder or ""), escape_markdown(_say(outcome))) for outcome in checked.differing]
    if checked.lock is not None:
        rows.append((write_code(checked.lock_path), escape_markdown(checked.lock)))
    if rows:
        lines += ["| module | why |", "|--------|-----|"]
        lines += [f"| {' | '.join(row)} |" for row in rows[:MOST_ROWS]]
        lines += [f"| {len(rows) - MOST_ROWS} more | |"] if len(rows) > MOST_ROWS else []
        lines.append("")
    words = f"{write_count(counts['errors'], 'error')}, {write_count(counts['warnings'], 'warning')}"
    lines += [f"{_count_modules(checked)}{words}.", ""]
    return "\n".join(lines)


def _make_report(checked: CheckResult, output_format: Format, found: Sequence[LocatedFinding]) -> Report:
    result = checked.result
    findings = list(result.findings)
    if output_format is not Format.TEXT:
        findings += checked.list_difference_findings()
    return Report(
        findings,
        files=result.files,
        total=_count_modules(checked),
        silenced=count_silenced(result.checked),
        texts={**read_texts(found), **list_texts(result.checked)},
        outcomes=list(_list_lines(checked)),
        failures=list_failures(result),
        more=_describe_check(checked),
    )


def _count_modules(checked: CheckResult) -> str:
    differing = len(checked.differing)
    modules = write_count(differing, "module")
    verdict = f"{modules} differ{'s' if differing == 1 else ''} from a fresh generate"
    if checked.lock is not None and differing:
        verdict = f"{modules} and the lock file differ from a fresh generate"
    elif checked.lock is not None:
        verdict += ", but the lock file does"
    refused = sum(outcome.outcome == "refused" for outcome in checked.result.outcomes)
    verdict += f", {refused} refused" if refused else ""
    return f"{write_count(checked.result.files, 'definition')}: {verdict}; "


def _list_lines(checked: CheckResult) -> Iterable[str]:
    for outcome in checked.result.outcomes:
        if outcome.reasons:
            yield f"{'differs':<10} {escape_controls(outcome.folder or '')}: {_say(outcome)}"
        elif outcome.outcome == "refused":
            yield f"{'refused':<10} {escape_controls(outcome.folder or outcome.file)}"
    if checked.lock is not None:
        yield f"{'differs':<10} {escape_controls(checked.lock_path)}: {checked.lock}"
    if checked.exit_code == 3 and not checked.differences:
        for sentence in _list_advice(checked):
            yield "\n".join(fold_text(sentence, find_view().columns))


def _list_advice(checked: CheckResult) -> Iterable[str]:
    causes = {reason.cause for outcome in checked.differing for reason in outcome.reasons}
    left = causes & LEFT
    if causes - LEFT or checked.lock is not None:
        rest = "everything else" if left else "everything"
        yield f"`flowseal generate` brings {rest} up to date; `flowseal check --diff` shows how."
    elif left - {Cause.UNCOVERED}:
        yield "`flowseal check --diff` shows how they differ."
    if Cause.EDITED in causes:
        yield "`flowseal generate` leaves what was edited by hand, unless you say --overwrite: then the edit is gone."
    if {Cause.LINE_ENDS, Cause.WHITESPACE} & causes:
        yield f"`flowseal generate` leaves what a tool did to whitespace, unless you say --overwrite. {PREVENTION}"
    if Cause.ORPHAN in causes:
        yield f"`flowseal generate` leaves orphans, unless you say --prune. {REMOVED}"
    if Cause.UNCOVERED in causes:
        yield "Add the definition that `flows` in flowseal.yaml does not find to it; or delete it, and use --prune."


def _say(outcome: ModuleOutcome) -> str:
    moved = "".join(f"; moves here from {escape_controls(folder)}" for folder in outcome.moved_from)
    return describe_reasons(outcome) + moved


def _describe_check(checked: CheckResult) -> dict[str, Any]:
    return {
        "modules": [
            {**describe_module(outcome), "differs": bool(outcome.reasons), "diff": _join_differences(checked, outcome)}
            for outcome in checked.result.outcomes
        ],
        "lock": {
            "file": checked.lock_path,
            "differs": checked.lock is not None,
            "reason": checked.lock or "",
            "diff": "".join(
                write_difference(item.path, item.old, item.new)
                for item in checked.differences
                if item.path == checked.lock_path
            ),
        },
        "proof_failures": describe_failures(checked.result),
    }


def _join_differences(checked: CheckResult, outcome: ModuleOutcome) -> str:
    folders = {outcome.folder, *outcome.moved_from} - {None}
    return "".join(
        write_difference(item.path, item.old, item.new)
        for item in checked.differences
        if item.path != checked.lock_path and any(item.path.startswith(f"{folder}/") for folder in folders)
    )


def _escape_for_terminal(text: str) -> str:
    """Keep a diff byte for byte, but for a terminal."""
    return "\n".join(map(escape_controls, text.split("\n"))) if sys.stdout.isatty() else text
