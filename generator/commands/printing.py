"""How commands print and end. Nothing else writes to standard output or standard error, but the progress bar."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from generator.report.escaping import escape_controls, neutralize_commands, neutralize_old_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.findings import LocatedFinding
    from generator.scaffold.repository import Repository


USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
"""Every error of the command line itself; releases of typer keep this class in different places."""


def print_text(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text for people: no line of it is a workflow command of a CI."""
    typer.echo(neutralize_commands(text), err=err, nl=nl)


def print_document(text: str) -> None:
    """Print a document whose format has its own escapes, as it is."""
    typer.echo(text, nl=False)


class Commands(TyperGroup):
    """The commands. A message about wrong usage quotes what was given; it is one line, and no workflow command."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the arguments of flowseal itself."""
        with _clean_usage_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        with _clean_usage_errors():
            return super().invoke(ctx)


@contextmanager
def _clean_usage_errors() -> Iterator[None]:
    try:
        yield
    except USAGE_ERROR as error:
        error.message = neutralize_old_commands(escape_controls(error.message))
        raise


def stop_at_errors(findings: Sequence[LocatedFinding]) -> None:
    """Print findings, and end the command with 1 where one of them is an error."""
    from generator.commands.console import print_findings
    from generator.findings import has_errors

    print_findings(findings, {})
    if has_errors(findings):
        raise typer.Exit(1)


def open_repository() -> Repository:
    """Return the repository of the working folder. Ends with 1 where its configuration is wrong, and tells why."""
    from generator.commands.console import print_findings, read_texts
    from generator.project.opening import open_project
    from generator.scaffold.repository import describe_repository

    project, findings = open_project([], None, None)
    print_findings(findings, read_texts(findings))
    if project is None:
        raise typer.Exit(1)
    return describe_repository(project.configuration)


def print_unchanged(path: str) -> None:
    """Print the line for a file that is as it would be written."""
    print_text(f"unchanged  {escape_controls(path)}")


def print_written(paths: Iterable[str]) -> None:
    """Print one line for each new file."""
    for path in paths:
        print_text(f"written     {escape_controls(path)}")
