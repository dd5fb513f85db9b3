"""`flowseal check`: whether the modules on disk are up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    Jobs,
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
from generator.commands.requests import Request, run_definitions
from generator.report import MOST_FINDINGS, Format
from generator.run.flags import Command, Flags

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
    jobs: Jobs = None,
    show_timings: ShowTimings = False,
) -> None:
    """Report whether modules are up to date. Writes nothing; exits with 3 if any is out of date."""
    request = Request(
        paths=paths,
        config=config,
        output=output,
        output_format=output_format,
        most_findings=most_findings,
        detail=choose_detail(quiet, verbose),
        show_timings=show_timings,
        with_diff=diff,
        summary=summary,
    )
    run_definitions(Command.CHECK, Flags(strict, render_all, jobs=jobs), request)
