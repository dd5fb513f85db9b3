"""`flowseal generate`: definitions to modules on disk."""

from __future__ import annotations

from dataclasses import replace
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
from generator.report.contents import MOST_FINDINGS
from generator.report.formats import Format

EXAMPLE = "Example: flowseal generate flows -o modules"
CHANGED = 3
"""Exit code of --fail-on-change if anything was written."""


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
    from generator.commands.console import print_report, read_texts, report_generated
    from generator.commands.requests import finish, request_modules
    from generator.commands.terminal import find_view
    from generator.progress import Timings, show_progress
    from generator.run.generate import generate_modules

    timings = Timings()
    request = request_modules(paths, output, config, output_format, strict=strict, timings=timings)
    request = replace(request, render_all=render_all, overwrite=overwrite, prune=prune)
    with show_progress() as progress:
        result = generate_modules(request, timings, progress)
    view = find_view(most_findings, detail)
    print_report(report_generated(result, read_texts(request.findings), view), output_format, view)
    finish(timings, show_timings, result.exit_code or (CHANGED if fail_on_change and result.has_changes else 0))
