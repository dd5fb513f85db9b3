"""`flowseal check`: whether the modules on disk are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    MostFindings,
    Output,
    OutputFormat,
    Quiet,
    RenderAll,
    ShowTimings,
    Strict,
    Summary,
    Verbose,
    choose_detail,
)
from generator.report import MOST_FINDINGS, Format

if TYPE_CHECKING:
    from generator.report.contents import Report
    from generator.run.result import Run

EXAMPLE = "Example: flowseal check --diff"


def check(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what generate would change, as a diff.")] = False,
    summary: Summary = None,
    render_all: RenderAll = False,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    quiet: Quiet = False,
    verbose: Verbose = False,
    strict: Strict = False,
    show_timings: ShowTimings = False,
) -> None:
    """Report whether modules are up to date. Writes nothing; exits with 3 if any is out of date."""
    detail = choose_detail(quiet, verbose)
    from generator.commands import requests
    from generator.commands.terminal import find_view
    from generator.progress import Timings, show_progress

    judge_summary(summary)
    timings = Timings()
    try:
        project = requests.require_project(paths, output, config, output_format, timings)
    except requests.UnusableConfigurationError as end:
        append_summary(summary, end.report)
        raise
    folder = requests.require_output(project)
    with timings.measure("import"):
        from generator.run.execute import check_modules
        from generator.run.result import Flags, exit_code
    with show_progress() as progress:
        run = check_modules(project, Flags(strict, render_all), folder, timings, progress)
    report = requests.print_run(run, output_format, find_view(most_findings, detail), with_diff=diff)
    append_summary(summary, report, run)
    requests.finish(timings, show_timings, exit_code(run))


def judge_summary(file: Path | None) -> None:
    """End with 2 if nothing may be written at the path of the summary."""
    from generator.project.discovery import judge_path

    if file is not None and (refusal := judge_path(file)):
        raise typer.BadParameter(" ".join(refusal), param_hint="--summary")


def append_summary(file: Path | None, report: Report, run: Run | None = None) -> None:
    """Append the summary of a run to a file, if one is given. Ends with 2 if it cannot be written."""
    if file is None:
        return
    from generator.report.summary import summarize_end, summarize_run
    from generator.scaffold.new_files import append_text

    try:
        append_text(file, summarize_run(run, report) if run else summarize_end(report))
    except OSError as error:
        raise typer.BadParameter(f"The file cannot be written: {error.strerror}.", param_hint="--summary") from error
