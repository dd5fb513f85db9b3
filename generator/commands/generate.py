"""`flowseal generate`: definitions to modules on disk."""

from __future__ import annotations

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
    Verbose,
    choose_detail,
)
from generator.report import MOST_FINDINGS, Format

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
    show_timings: ShowTimings = False,
) -> None:
    """Generate one Terraform module per flow definition, and prove each before writing it."""
    detail = choose_detail(quiet, verbose)
    from generator.commands.requests import finish, print_run, require_output, require_project
    from generator.commands.terminal import find_view
    from generator.progress import Timings, show_progress

    timings = Timings()
    project = require_project(paths, output, config, output_format, timings)
    folder = require_output(project)
    with timings.measure("import"):
        from generator.run.execute import generate_modules
        from generator.run.result import Flags, exit_code
    flags = Flags(strict, render_all, overwrite, prune)
    with show_progress() as progress:
        run = generate_modules(project, flags, folder, timings, progress)
    print_run(run, output_format, find_view(most_findings, detail))
    finish(timings, show_timings, exit_code(run, fail_on_change=fail_on_change))
