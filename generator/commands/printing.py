"""What the commands of this package print alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.diagnostics import LocatedFinding


def print_findings(findings: Sequence[LocatedFinding], texts: Mapping[str, str]) -> None:
    """Print findings for people; `texts` gives the text of a file by the name that the findings use."""
    from generator.console import wants_color
    from generator.report import write_text_report

    if findings:
        typer.echo(write_text_report(findings, texts, color=wants_color()))


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 where one of them is an error."""
    from generator.diagnostics import has_errors

    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def print_written(paths: Iterable[str]) -> None:
    """Print one line for each new file."""
    for path in paths:
        typer.echo(f"written    {path}")
