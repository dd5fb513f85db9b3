"""From the command line to what a run is asked for; what cannot be asked for ends here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from generator.commands.printing import print_text
from generator.report.formats import Format

if TYPE_CHECKING:
    from generator.findings import LocatedFinding
    from generator.progress import Timings
    from generator.project.opening import Project
    from generator.report import Report
    from generator.run.preparation import Request


class IncompleteRequestError(typer.BadParameter):
    """Wrong usage that is no matter of one parameter: the message is all that is printed."""

    def format_message(self) -> str:
        """Return the message, without "Invalid value" before it."""
        return self.message


class UnusableConfigurationError(typer.Exit):
    """The end of a run whose configuration has an error: exit code 1, after `report` was printed."""

    def __init__(self, report: Report) -> None:
        super().__init__(1)
        self.report = report


def open_or_end(
    paths: list[str] | None, output: Path | None, config: Path | None, output_format: Format
) -> tuple[Project, list[LocatedFinding]]:
    """Return the project and findings about its configuration, which may weigh them itself.

    Where the configuration is wrong, prints why and raises UnusableConfigurationError.
    """
    from generator.project.configuration import apply_severities
    from generator.project.opening import open_project

    project, findings = open_project(paths or [], output, config)
    if project is None:
        from generator.commands.console import print_report, read_texts
        from generator.report import Report

        report = Report(findings, files=0, total="no definition was read: ", texts=read_texts(findings))
        print_report(report, output_format, 0)
        raise UnusableConfigurationError(report)
    return project, list(apply_severities(findings, project.severities))


def require_project(
    paths: list[str] | None, output: Path | None, config: Path | None, output_format: Format
) -> tuple[Project, list[LocatedFinding]]:
    """Do as open_or_end, and end with 2 where neither the command line nor the configuration names definitions."""
    project, findings = open_or_end(paths, output, config, output_format)
    if not project.names_definitions:
        end_incomplete(project, "flows", "pass the path of a definition or of a folder of definitions")
    return project, findings


def end_incomplete(project: Project, key: str, argument: str) -> NoReturn:
    """End with 2: a run lacks what the configuration gives under `key`; `argument` says how to pass it instead."""
    if project.configuration is None:
        problem = "No flowseal.yaml found in this folder or any parent folder."
        raise IncompleteRequestError(f"{problem} Run `flowseal init` to create one, or {argument}.")
    raise IncompleteRequestError(f"{project.configuration.file} does not set `{key}`. Add it, or {argument}.")


def request_modules(
    paths: list[str] | None,
    output: Path | None,
    config: Path | None,
    output_format: Format,
    *,
    strict: bool,
    timings: Timings,
) -> Request:
    """Return what a run is asked for; ends with 2 where neither command line nor configuration says enough.

    Where the configuration is wrong, ends as open_or_end does.
    """
    with timings.measure("import"):
        from generator.findings import has_errors
        from generator.run.preparation import Request
    with timings.measure("intake"):
        project, findings = require_project(paths, output, config, output_format)
        if project.output is None:
            end_incomplete(project, "output", "pass the folder of the modules with `--output DIR`")
        files, more = project.discover_definitions()
    return Request(
        project,
        files,
        project.output,
        project.defaults,
        project.severities,
        strict,
        is_whole=not project.paths,
        is_complete=not has_errors(more),
        findings=(*findings, *more),
    )


def finish(timings: Timings, show_timings: bool, exit_code: int) -> None:
    """End with an exit code, after the timings if they are wanted."""
    if show_timings:
        print_text(timings.write_table(), err=True, nl=False)
    raise typer.Exit(exit_code)
