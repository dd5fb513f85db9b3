"""`flowseal generate`: definitions to modules on disk."""

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
    Verbose,
    choose_detail,
)
from generator.commands.requests import Request, run_definitions
from generator.report import MOST_FINDINGS, Format
from generator.run.flags import Command, Flags

EXAMPLE = "Example: flowseal generate flows -o modules"


def generate(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    render_all: RenderAll = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Overwrite files that were edited by hand, discarding the edits.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove modules whose definition no longer exists, except hand-edited files."),
    ] = False,
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="Exit with 3 if anything was written. For hooks.")
    ] = False,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    quiet: Quiet = False,
    verbose: Verbose = False,
    strict: Strict = False,
    jobs: Jobs = None,
    show_timings: ShowTimings = False,
) -> None:
    """Generate one Terraform module per flow definition, and prove each before writing it."""
    request = Request(
        paths=paths,
        config=config,
        output=output,
        output_format=output_format,
        most_findings=most_findings,
        detail=choose_detail(quiet, verbose),
        show_timings=show_timings,
        fail_on_change=fail_on_change,
    )
    run_definitions(Command.GENERATE, Flags(strict, render_all, overwrite, prune, jobs=jobs), request)
