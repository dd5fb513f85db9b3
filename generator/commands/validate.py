"""`flowseal validate`: definitions checked, nothing written."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    MostFindings,
    OutputFormat,
    Quiet,
    ShowTimings,
    Strict,
    Target,
    choose_detail,
)
from generator.report import MOST_FINDINGS, Format

EXAMPLE = "Example: flowseal validate flows --target api"


def validate(
    paths: Definitions = None,
    config: ConfigurationFile = None,
    target: Annotated[
        Target, typer.Option(help="Check against the API only, or also against the Terraform resource.")
    ] = Target.TERRAFORM,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    quiet: Quiet = False,
    strict: Strict = False,
    show_timings: ShowTimings = False,
) -> None:
    """Check flow definitions. Writes nothing."""
    from generator.commands.requests import finish, print_run, require_project
    from generator.commands.terminal import find_view
    from generator.progress import Timings

    timings = Timings()
    project = require_project(paths, None, config, output_format, timings)
    with timings.measure("import"):
        from generator.run.execute import validate_definitions
        from generator.run.result import Flags, exit_code
    run = validate_definitions(project, Flags(strict, for_terraform=target is Target.TERRAFORM), timings)
    print_run(run, output_format, find_view(most_findings, choose_detail(quiet)))
    finish(timings, show_timings, exit_code(run))
