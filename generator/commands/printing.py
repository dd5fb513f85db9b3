"""How the commands of this package begin and end alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.diagnostics import LocatedFinding
    from generator.scaffold.repository import Repository


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 where one of them is an error."""
    from generator.console import print_findings
    from generator.diagnostics import has_errors

    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def open_repository() -> Repository:
    """Return the repository of the working folder. Ends with 1 where its configuration is wrong, and tells why."""
    from generator.console import print_findings, read_texts
    from generator.project import open_project
    from generator.scaffold.repository import describe_repository

    project, findings = open_project([], None, None)
    print_findings(findings, read_texts(findings))
    if project is None:
        raise typer.Exit(1)
    return describe_repository(project.configuration)


def print_unchanged(path: str) -> None:
    """Print the line for a file that is as it would be written."""
    typer.echo(f"unchanged  {path}")


def print_written(paths: Iterable[str]) -> None:
    """Print one line for each new file."""
    for path in paths:
        typer.echo(f"written     {path}")
