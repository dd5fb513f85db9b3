"""The terminal: the only place, except the progress bar, that writes to standard output and standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from generator.report import Detail, View
from generator.report.display import escape_controls, neutralize_commands, neutralize_old_commands

NARROWEST = 40
"""The minimum width for truncating and wrapping."""
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
"""The base class of all command-line errors; releases of Typer keep it in different modules."""
NO_ARGUMENTS: Any = vars(sys.modules[USAGE_ERROR.__module__])["NoArgsIsHelpError"]
"""What a command without arguments ends with: its message is the help, which quotes nothing."""


def print_text(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text for people: no line of it is a workflow command of a CI."""
    typer.echo(neutralize_commands(text), err=err, nl=nl, color=True)


def print_document(text: str) -> None:
    """Print a document whose format has its own escapes, unchanged."""
    # Without `color`, escape sequences would be stripped from a pipe: what is printed would not be the document.
    typer.echo(text, nl=False, color=True)


def print_written(paths: Iterable[str]) -> None:
    """Print one line for each file that was written."""
    for path in paths:
        print_text(f"{'written':<11} {escape_controls(path)}")


def print_unchanged(path: str) -> None:
    """Print the line for a file that is up to date already."""
    print_text(f"{'unchanged':<11} {escape_controls(path)}")


def ask(question: str, default: str, check: Callable[[str], str]) -> str:
    """Ask until `check` accepts the answer, and return what it returns. It raises BadParameter for a wrong answer."""

    def check_cleanly(answer: str) -> str:
        with clean_usage_errors():
            return check(answer)

    shown = neutralize_commands(f"{escape_controls(question)} [{escape_controls(default)}]")
    answer: str = typer.prompt(shown, default=default, show_default=False, value_proc=check_cleanly)
    return answer


def find_view(most_findings: int = 0, detail: Detail = Detail.CHANGES) -> View:
    """Return how standard output is viewed: its colors, its width, and how much the user wants to see."""
    return View(_wants_color(), _measure_terminal(), most_findings, detail)


@contextmanager
def clean_usage_errors() -> Iterator[None]:
    """Make the message of a usage error safe to print: it may quote anything that was passed or read."""
    try:
        yield
    except NO_ARGUMENTS:
        raise
    except USAGE_ERROR as error:
        error.message = neutralize_old_commands(escape_controls(error.message))
        raise


class Commands(TyperGroup):
    """The commands. A message about a usage error is one line, and no workflow command."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the arguments of flowseal itself."""
        with clean_usage_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        with clean_usage_errors():
            return super().invoke(ctx)


def _wants_color() -> bool:
    """Use color on a terminal that supports it, unless NO_COLOR is set to any value."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _measure_terminal() -> int | None:
    """Return the columns of the terminal, or None if standard output is not a terminal."""
    return max(shutil.get_terminal_size().columns, NARROWEST) if sys.stdout.isatty() else None
