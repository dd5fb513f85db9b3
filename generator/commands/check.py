"""`flowseal check`: whether the modules on disk are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from generator.report.contents import MOST_FINDINGS
from generator.report.formats import Format

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
    from generator.commands.check_report import print_check, report_check, summarise_check, summarise_end
    from generator.commands.console import read_texts
    from generator.commands.requests import UnusableConfigurationError, finish, request_modules
    from generator.commands.terminal import find_view
    from generator.progress import Timings, show_progress
    from generator.run.check import check_modules

    judge_summary(summary)
    timings = Timings()
    try:
        request = request_modules(paths, output, config, output_format, strict=strict, timings=timings)
    except UnusableConfigurationError as end:
        append_summary(summarise_end(end.report), summary)
        raise
    with show_progress() as progress:
        checked = check_modules(request, timings, progress, render_all=render_all, with_differences=diff)
    view = find_view(most_findings, detail)
    report = report_check(checked, read_texts(request.findings), view)
    append_summary(summarise_check(checked, report), summary)
    print_check(checked, report, output_format, view)
    finish(timings, show_timings, checked.exit_code)


def judge_summary(file: Path | None) -> None:
    """End with 2 if nothing may be written at the path of the summary."""
    from generator.project.discovery import judge_path

    if file is not None and (refusal := judge_path(file)):
        raise typer.BadParameter(" ".join(refusal), param_hint="--summary")


def append_summary(text: str, file: Path | None) -> None:
    """Append a summary to a file, if one is given. Ends with 2 if it cannot be written."""
    from generator.scaffold.new_files import append_text

    try:
        if file is not None:
            append_text(file, text)
    except OSError as error:
        raise typer.BadParameter(f"The file cannot be written: {error.strerror}.", param_hint="--summary") from error
