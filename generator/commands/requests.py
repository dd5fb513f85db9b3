"""From the arguments of a command to a project, and to a run of it with its report and exit code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from generator.commands.terminal import find_view, print_text
from generator.progress import Timings, show_progress
from generator.report import MOST_FINDINGS, Detail, Format
from generator.run.flags import Command, Flags

if TYPE_CHECKING:  # deferred, because every start imports every command
    from generator.project.opening import Project
    from generator.report.contents import Report
    from generator.run.result import Run
    from generator.scaffold.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked of `generate`, `check`, or `validate`, apart from the flags of the run.

    `with_diff` and `summary` are the options of `check`, `fail_on_change` is that of `generate`.
    """

    paths: list[str] | None
    config: Path | None
    output: Path | None = None
    output_format: Format = Format.TEXT
    most_findings: int = MOST_FINDINGS
    detail: Detail = Detail.CHANGES
    show_timings: bool = False
    fail_on_change: bool = False
    with_diff: bool = False
    summary: Path | None = None


class UsageError(typer.BadParameter):
    """Wrong usage that is not about the value of one parameter: only the message is printed."""

    def format_message(self) -> str:
        """Return the message, without "Invalid value" before it."""
        return self.message


def run_definitions(command: Command, flags: Flags, request: Request) -> NoReturn:
    """Run a command on the definitions of a request, print the report, and end with the exit code."""
    _check_summary(request.summary)
    timings = Timings()
    with timings.measure("discovery"):
        project = open_or_end(request.paths, request.output, request.config, request.output_format, request.summary)
    if not project.names_definitions:
        _end_incomplete(project, "flows", "pass the path of a definition or of a folder of definitions")
    if project.output is None and command is not Command.VALIDATE:
        _end_incomplete(project, "output", "pass the folder of the modules with `--output DIR`")
    output = None if command is Command.VALIDATE else project.output
    with timings.measure("import"):
        from generator.run.execute import execute
        from generator.run.result import exit_code
        from generator.run.workers import WorkerLostError
    try:
        with show_progress() as progress:
            run = execute(command, flags, project, output, timings, progress)
    except WorkerLostError as error:
        print_text(f"flowseal: {error}", err=True)
        raise typer.Exit(4) from error
    report = _print_run(run, request)
    _append_summary(request.summary, report, run)
    if request.show_timings:
        print_text(timings.write_table(), err=True, nl=False)
    raise typer.Exit(exit_code(run, fail_on_change=request.fail_on_change))


def open_or_end(
    paths: list[str] | None,
    output: Path | None,
    config: Path | None,
    output_format: Format,
    summary: Path | None = None,
) -> Project:
    """Return the project, with the findings about its configuration in the severities that it sets.

    If the configuration has an error, prints the report, appends the summary, and ends with 1.
    """
    from generator.project.configuration import apply_severities
    from generator.project.opening import open_project

    project, findings = open_project(paths or [], output, config)
    if project is None:
        from generator.commands.console import print_report, read_texts
        from generator.report.contents import Report

        report = Report(findings, files=0, total="no definition was read: ", texts=read_texts(findings))
        print_report(report, output_format, find_view())
        _append_summary(summary, report)
        raise typer.Exit(1)
    return replace(project, findings=apply_severities(findings, project.severities))


def open_repository() -> Repository:
    """Return the repository of the working directory. Prints findings, and ends with 1 if one is an error."""
    from generator.commands.console import print_findings, read_texts
    from generator.project.opening import open_project
    from generator.scaffold.repository import describe_repository

    project, findings = open_project([], None, None)
    print_findings(findings, read_texts(findings))
    if project is None:
        raise typer.Exit(1)
    return describe_repository(project.configuration)


def list_texts(project: Project) -> dict[str, str]:
    """Return the text of the configuration by its name in findings."""
    configuration = project.configuration
    return {} if configuration is None else {configuration.file: configuration.document.text}


def _end_incomplete(project: Project, key: str, argument: str) -> NoReturn:
    """End with 2: the configuration does not set `key`, which the run needs; `argument` is the alternative to it."""
    if project.configuration is None:
        problem = "No flowseal.yaml found in this folder or any parent folder."
        raise UsageError(f"{problem} Run `flowseal init` to create one, or {argument}.")
    raise UsageError(f"{project.configuration.file} does not set `{key}`. Add it, or {argument}.")


def _print_run(run: Run, request: Request) -> Report:
    """Print the report of a run, and return it. As text, the diff comes first, so that `git apply` accepts it."""
    from generator.commands.console import find_names, print_report
    from generator.report.differences import show_difference
    from generator.report.outcomes import report_run, write_diff

    view = find_view(request.most_findings, request.detail)
    names = find_names()
    report = report_run(run, list_texts(run.project), view, names, with_diff=request.with_diff)
    if request.with_diff and request.output_format is Format.TEXT:
        print_text(show_difference(write_diff(run.list_differences(), names), view), nl=False)
    print_report(report, request.output_format, view)
    return report


def _check_summary(file: Path | None) -> None:
    """End with 2 if nothing may be written at the path of the summary."""
    if file is None:
        return
    from generator.project.access import judge_path

    if refusal := judge_path(file):
        raise typer.BadParameter(" ".join(refusal), param_hint="--summary")


def _append_summary(file: Path | None, report: Report, run: Run | None = None) -> None:
    """Append the summary of a run to a file, if one is given. Ends with 2 if it cannot be written."""
    if file is None:
        return
    from generator.report.summary import summarize_end, summarize_run
    from generator.scaffold.new_files import append_text

    try:
        append_text(file, summarize_run(run, report) if run else summarize_end(report))
    except OSError as error:
        raise typer.BadParameter(f"The file cannot be written: {error.strerror}.", param_hint="--summary") from error
