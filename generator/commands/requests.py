"""From the command line to the project of a run; a command line that is not enough for one ends here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from generator.commands.terminal import find_view, print_text
from generator.report import Format

if TYPE_CHECKING:
    from generator.progress import Timings
    from generator.project.opening import Project
    from generator.report import View
    from generator.report.contents import Report
    from generator.run.result import Run
    from generator.scaffold.repository import Repository


class UsageError(typer.BadParameter):
    """Wrong usage that is not about the value of one parameter: only the message is printed."""

    def format_message(self) -> str:
        """Return the message, without "Invalid value" before it."""
        return self.message


class UnusableConfigurationError(typer.Exit):
    """Ends a run whose configuration has an error with exit code 1, after `report` was printed."""

    def __init__(self, report: Report) -> None:
        super().__init__(1)
        self.report = report


def open_or_end(paths: list[str] | None, output: Path | None, config: Path | None, output_format: Format) -> Project:
    """Return the project, with the findings about its configuration in the severities that it sets.

    If the configuration has an error, prints why and raises UnusableConfigurationError.
    """
    from generator.project.configuration import apply_severities
    from generator.project.opening import open_project

    project, findings = open_project(paths or [], output, config)
    if project is None:
        from generator.commands.console import print_report, read_texts
        from generator.report.contents import Report

        report = Report(findings, files=0, total="no definition was read: ", texts=read_texts(findings))
        print_report(report, output_format, find_view())
        raise UnusableConfigurationError(report)
    return replace(project, findings=apply_severities(findings, project.severities))


def open_repository() -> Repository:
    """Return the repository of the working directory. Prints why and ends with 1 if its configuration has an error."""
    from generator.commands.console import print_findings, read_texts
    from generator.project.opening import open_project
    from generator.scaffold.repository import describe_repository

    project, findings = open_project([], None, None)
    print_findings(findings, read_texts(findings))
    if project is None:
        raise typer.Exit(1)
    return describe_repository(project.configuration)


def require_project(
    paths: list[str] | None, output: Path | None, config: Path | None, output_format: Format, timings: Timings
) -> Project:
    """Do the same as open_or_end, and end with 2 if no definitions are named, by argument or configuration."""
    with timings.measure("discovery"):
        project = open_or_end(paths, output, config, output_format)
    if not project.names_definitions:
        end_incomplete(project, "flows", "pass the path of a definition or of a folder of definitions")
    return project


def end_incomplete(project: Project, key: str, argument: str) -> NoReturn:
    """End with 2: the configuration does not set `key`, which the run needs; `argument` says how to pass it instead."""
    if project.configuration is None:
        problem = "No flowseal.yaml found in this folder or any parent folder."
        raise UsageError(f"{problem} Run `flowseal init` to create one, or {argument}.")
    raise UsageError(f"{project.configuration.file} does not set `{key}`. Add it, or {argument}.")


def require_output(project: Project) -> Path:
    """Return the output folder; ends with 2 if neither the command line nor the configuration names it."""
    if project.output is None:
        end_incomplete(project, "output", "pass the folder of the modules with `--output DIR`")
    return project.output


def print_run(run: Run, output_format: Format, view: View, *, with_diff: bool = False) -> Report:
    """Print the report of a run, and return it. As text, the diff comes first, so that `git apply` accepts it."""
    from generator.commands.console import find_names, print_report
    from generator.report.differences import show_difference
    from generator.report.outcomes import report_run, write_diff

    names = find_names()
    report = report_run(run, list_texts(run.project), view, names, with_diff=with_diff)
    if with_diff and output_format is Format.TEXT:
        print_text(show_difference(write_diff(run.list_differences(), names), view), nl=False)
    print_report(report, output_format, view)
    return report


def list_texts(project: Project) -> dict[str, str]:
    """Return the text of the configuration, by the name that findings use."""
    configuration = project.configuration
    return {} if configuration is None else {configuration.file: configuration.document.text}


def finish(timings: Timings, show_timings: bool, exit_code: int) -> None:
    """End with an exit code, after the timings if requested."""
    if show_timings:
        print_text(timings.write_table(), err=True, nl=False)
    raise typer.Exit(exit_code)
