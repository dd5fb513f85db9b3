"""What the commands of this package print alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.diagnostics import LocatedFinding


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 where one of them is an error."""
    from generator.console import print_findings
    from generator.diagnostics import has_errors

    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def print_written(paths: Iterable[str]) -> None:
    """Print one line for each new file."""
    for path in paths:
        typer.echo(f"written    {path}")
