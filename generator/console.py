"""What the commands print: one line a module, the findings, a summary."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import typer

from generator.report import (
    describe_finding,
    escape_controls,
    summarise_findings,
    write_count,
    write_summary,
    write_text_report,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.diagnostics import LocatedFinding
    from generator.generate import GenerateResult, ModuleOutcome
    from generator.pipeline import CheckedDefinition


def print_validated(findings: Sequence[LocatedFinding], checked: Sequence[CheckedDefinition]) -> None:
    """Print the findings of `validate` and how many there are."""
    _print_findings(findings, checked)
    typer.echo(f"{write_count(len(checked), 'definition')} checked: {write_summary(findings)}")


def print_generated_text(result: GenerateResult, checked: Sequence[CheckedDefinition]) -> None:
    """Print what became of each definition, for people."""
    _print_findings(result.findings, checked)
    for file, failure in result.failures:
        typer.echo(
            f"{escape_controls(file)}: proof failed: {escape_controls(failure.file)}: {escape_controls(failure.what)}"
        )
    for outcome in result.outcomes:
        typer.echo(_describe_outcome(outcome))
    counts = [
        sum(outcome.outcome == kind for outcome in result.outcomes) for kind in ("written", "unchanged", "refused")
    ]
    total = f"{write_count(len(checked), 'module')}: {counts[0]} written, {counts[1]} unchanged, {counts[2]} refused"
    typer.echo(f"{total}; {write_summary(result.findings)}")
    if result.failures:
        typer.echo(
            "flowseal's own proof failed: what it rendered is not what it planned. Nothing was written. "
            "This is a defect of flowseal; please report it with the definition."
        )


def print_generated_json(result: GenerateResult, files: int) -> None:
    """Print what became of each definition, for machines, as one object on standard output."""
    report = {
        "version": 1,
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
        "findings": [describe_finding(finding) for finding in result.findings],
        "proof_failures": [
            {"file": file, "module_file": failure.file, "message": failure.what} for file, failure in result.failures
        ],
        "summary": {**summarise_findings(result.findings), "files": files},
    }
    typer.echo(json.dumps(report, indent=2))


def _print_findings(findings: Sequence[LocatedFinding], checked: Sequence[CheckedDefinition]) -> None:
    if findings:
        texts = {item.file: item.text for item in checked}
        typer.echo(write_text_report(findings, texts, color=wants_color()))


def wants_color() -> bool:
    """Tell whether colour helps: on a terminal that has it, and unless NO_COLOR (any value) asks for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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
