"""What the commands print: the report of a run, in the format and on the terminal that the user has."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import typer

from generator.report import Format, ListFormat, Report, View, write_report
from generator.report.counts import write_count
from generator.report.escaping import escape_controls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.diagnostics import LocatedFinding, Rule
    from generator.generate import GenerateResult, ModuleOutcome
    from generator.pipeline import CheckedDefinition

NARROWEST = 40
"""Columns below which nothing is cut or folded any further."""
PROOF_FAILED = (
    "flowseal's own proof failed: what it rendered is not what it planned. Nothing was written. "
    "This is a defect of flowseal; please report it with the definition."
)


def report_validated(findings: Sequence[LocatedFinding], checked: Sequence[CheckedDefinition]) -> Report:
    """Make the report of `validate`."""
    return Report(
        findings,
        files=len(checked),
        total=f"{write_count(len(checked), 'definition')} checked: ",
        silenced=_count_silenced(checked),
        texts=_list_texts(checked),
    )


def report_generated(result: GenerateResult, checked: Sequence[CheckedDefinition]) -> Report:
    """Make the report of `generate`: what became of each definition, and the findings."""
    counts = [
        f"{sum(outcome.outcome == kind for outcome in result.outcomes)} {kind}"
        for kind in ("written", "unchanged", "refused")
    ]
    failures = [
        f"{escape_controls(file)}: proof failed: {escape_controls(failure.file)}: {escape_controls(failure.what)}"
        for file, failure in result.failures
    ]
    return Report(
        result.findings,
        files=len(checked),
        total=f"{write_count(len(checked), 'module')}: {', '.join(counts)}; ",
        silenced=_count_silenced(checked),
        texts=_list_texts(checked),
        outcomes=[_describe_outcome(outcome) for outcome in result.outcomes],
        failures=[*failures, PROOF_FAILED] if failures else [],
        more=_describe_modules(result),
    )


def print_report(report: Report, output_format: Format, most_findings: int) -> None:
    """Print a report on standard output."""
    typer.echo(write_report(output_format, report, _find_view(most_findings)), nl=False)


def print_findings(findings: Sequence[LocatedFinding], texts: Mapping[str, str]) -> None:
    """Print findings for people, and nothing where there is none; `texts` gives the text of a file by its name."""
    from generator.report.people import write_findings

    if findings:
        typer.echo(write_findings(Report(findings, files=len(texts), total="", texts=texts), _find_view()))


def print_rules(rules: Iterable[Rule], output_format: ListFormat) -> None:
    """Print all rules."""
    from generator.report.explanations import write_rule_list, write_rule_list_json

    is_text = output_format is ListFormat.TEXT
    typer.echo(write_rule_list(rules, _find_view()) if is_text else write_rule_list_json(rules), nl=False)


def print_rule(rule: Rule, output_format: ListFormat) -> None:
    """Print the page of one rule."""
    from generator.report.explanations import write_rule, write_rule_json
    from generator.rule_catalogue import check_example
    from generator.rule_pages import read_page

    page = read_page(rule.name)
    if output_format is ListFormat.JSON:
        typer.echo(write_rule_json(rule, page), nl=False)
        return
    findings = check_example(rule, page.wrong) if page.wrong else []
    typer.echo(write_rule(rule, page, findings, _find_view()), nl=False)


def _find_view(most_findings: int = 0) -> View:
    return View(_wants_color(), _measure_terminal(), most_findings)


def _count_silenced(checked: Iterable[CheckedDefinition]) -> int:
    return sum(len(item.silenced) for item in checked)


def _list_texts(checked: Iterable[CheckedDefinition]) -> dict[str, str]:
    return {item.file: item.text for item in checked}


def _describe_modules(result: GenerateResult) -> dict[str, Any]:
    """Return what the JSON of `generate` has beside its findings."""
    return {
        "modules": [
            {
                "file": outcome.file,
                "name": outcome.name,
                "folder": outcome.folder,
                "outcome": outcome.outcome,
                "created": list(outcome.created),
                "changed": list(outcome.changed),
                "removed": list(outcome.removed),
            }
            for outcome in result.outcomes
        ],
        "proof_failures": [
            {"file": file, "module_file": failure.file, "message": failure.what} for file, failure in result.failures
        ],
    }


def _wants_color() -> bool:
    """Tell whether colour helps: on a terminal that has it, and unless NO_COLOR (any value) asks for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _measure_terminal() -> int | None:
    """Return the columns of the terminal, or None where standard output is none."""
    return max(shutil.get_terminal_size().columns, NARROWEST) if sys.stdout.isatty() else None


def _describe_outcome(outcome: ModuleOutcome) -> str:
    if outcome.folder is None:
        return f"{outcome.outcome:<10} {escape_controls(outcome.file)}"
    changes = [
        f"{len(paths)} {word}"
        for word, paths in (("created", outcome.created), ("changed", outcome.changed), ("removed", outcome.removed))
        if paths
    ]
    detail = f" ({', '.join(changes)})" if changes else ""
    return f"{outcome.outcome:<10} {escape_controls(outcome.folder)}{detail}"
