"""What commands print at the end of a run: its report, in the requested format and for the terminal at hand."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from generator.commands.terminal import find_view, print_document, print_text
from generator.findings import has_errors
from generator.project.discovery import judge_path
from generator.report import Format, Report, View, write_report
from generator.report.contents import Detail
from generator.report.counts import write_count
from generator.report.escaping import escape_controls
from generator.report.people import write_findings
from generator.run.outcome_texts import describe_outcome, show_in_repository, write_edits
from generator.source import LARGEST_DOCUMENT
from generator.source.files import find_repository, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.findings import LocatedFinding
    from generator.pipeline import CheckedDefinition
    from generator.run.outcomes import GenerateResult, ModuleOutcome

PROOF_FAILED = (
    "flowseal's own proof failed: what it rendered is not what it planned. Nothing was written. "
    "This is a defect of flowseal; please report it with the definition."
)


def report_validated(
    findings: Sequence[LocatedFinding], checked: Sequence[CheckedDefinition], texts: Mapping[str, str]
) -> Report:
    """Make the report of `validate`. `texts` are of other files than definitions."""
    return Report(
        findings,
        files=len(checked),
        total=f"{write_count(len(checked), 'definition')} checked: ",
        suppressed=count_suppressed(checked),
        texts={**texts, **list_texts(checked)},
        hidden=list_hidden(checked),
    )


def report_generated(result: GenerateResult, texts: Mapping[str, str], view: View) -> Report:
    """Make the report of `generate`: what became of each definition, and the findings. `texts` are of other files."""
    shown = [item for item in result.outcomes if item.outcome != "unchanged" or view.detail is Detail.FILES]
    outcomes = [describe_outcome(outcome, view) for outcome in shown]
    kinds = Counter(outcome.outcome for outcome in result.outcomes)
    words = ["written", "unchanged", "blocked", *(word for word in ("removed", "orphaned", "uncovered") if kinds[word])]
    counts = ", ".join(f"{kinds[word]} {word}" for word in words)
    return Report(
        result.findings,
        files=result.files,
        total=f"{write_count(result.files, 'module')}: {counts}; ",
        suppressed=count_suppressed(result.checked),
        texts={**texts, **list_texts(result.checked)},
        hidden=list_hidden(result.checked),
        outcomes=[*outcomes, f"{'written':<11} {escape_controls(result.new_lock)}"] if result.new_lock else outcomes,
        failures=list_failures(result),
        more=_describe_modules(result),
    )


def list_failures(result: GenerateResult) -> list[str]:
    """Return what a failed proof has to be told; nothing where none failed."""
    failures = [
        f"{escape_controls(file)}: proof failed: {escape_controls(failure.file)}: {escape_controls(failure.message)}"
        for file, failure in result.failures
    ]
    return [*failures, PROOF_FAILED] if failures else []


def read_texts(findings: Iterable[LocatedFinding]) -> dict[str, str]:
    """Return the texts that findings point into outside of definitions, as far as they may and can be read."""
    texts = {}
    for file in {finding.file for finding in findings}:
        if judge_path(Path(file)) is not None:
            continue
        with suppress(OSError, ValueError):
            texts[file] = read_file(file, LARGEST_DOCUMENT).decode("utf-8-sig", errors="replace")
    return texts


def print_report(report: Report, output_format: Format, view: View) -> None:
    """Print a report on standard output. Services that show findings in a repository get paths from its root."""
    if output_format in (Format.SARIF, Format.GITHUB):
        here = Path.cwd()
        root = find_repository(here, os.environ.get("GITHUB_WORKSPACE"))
        report = report.rename_files(lambda file: show_in_repository(file, here, root))
    print_document(write_report(output_format, report, view))


def print_findings(findings: Sequence[LocatedFinding], texts: Mapping[str, str]) -> None:
    """Print findings for people, and nothing if there are none; `texts` gives the text of a file by its name."""
    if findings:
        print_text(write_findings(Report(findings, files=len(texts), total="", texts=texts), find_view()))


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 if one of them is an error."""
    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def count_suppressed(checked: Iterable[CheckedDefinition]) -> int:
    """Count the findings that comments suppress."""
    return sum(len(item.suppressed) for item in checked)


def list_texts(checked: Iterable[CheckedDefinition]) -> dict[str, str]:
    """Return the texts of definitions, and of the files they name that have findings, by the names in findings."""
    texts: dict[str, str] = {}
    for item in checked:
        texts |= item.texts
    return {**texts, **{item.file: item.text for item in checked}}


def list_hidden(checked: Iterable[CheckedDefinition]) -> list[LocatedFinding]:
    """Return the findings that are not reported and whose places no report may show."""
    return [finding for item in checked for finding in item.hidden]


def _describe_modules(result: GenerateResult) -> dict[str, Any]:
    """Return what the JSON of `generate` has beside its findings."""
    return {
        "modules": [{**describe_module(outcome), "diff": write_edits(outcome)} for outcome in result.outcomes],
        "new_lock": result.new_lock,
        "proof_failures": describe_failures(result),
    }


def describe_module(outcome: ModuleOutcome) -> dict[str, Any]:
    """Return what became of a module as plain data."""
    return {
        "file": outcome.file,
        "name": outcome.name,
        "folder": outcome.folder,
        "outcome": outcome.outcome,
        "created": list(outcome.created),
        "changed": list(outcome.changed),
        "removed": list(outcome.removed),
        "reasons": [{"cause": reason.cause.value, "details": list(reason.details)} for reason in outcome.reasons],
        "moved_from": list(outcome.moved_from),
        "moved_block": outcome.moved_block,
    }


def describe_failures(result: GenerateResult) -> list[dict[str, str]]:
    """Return the proof's failures as plain data."""
    return [
        {"file": file, "module_file": failure.file, "message": failure.message} for file, failure in result.failures
    ]
