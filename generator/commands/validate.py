"""`flowseal validate`: definitions checked, nothing written."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    Jobs,
    MostFindings,
    OutputFormat,
    Quiet,
    ShowTimings,
    Strict,
    Target,
    choose_detail,
)
from generator.commands.requests import Request, run_definitions
from generator.report import MOST_FINDINGS, Format
from generator.run.flags import Command, Flags

EXAMPLE = "Example: flowseal validate flows --target api"


def validate(
    paths: Definitions = None,
    config: ConfigurationFile = None,
    target: Annotated[
        Target, typer.Option(help="Check against the API only, or also against the engine.")
    ] = Target.TERRAFORM,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    quiet: Quiet = False,
    strict: Strict = False,
    jobs: Jobs = None,
    show_timings: ShowTimings = False,
) -> None:
    """Check flow definitions. Writes nothing."""
    request = Request(
        paths=paths,
        config=config,
        output_format=output_format,
        most_findings=most_findings,
        detail=choose_detail(quiet),
        show_timings=show_timings,
    )
    run_definitions(Command.VALIDATE, Flags(strict, for_terraform=target is Target.TERRAFORM, jobs=jobs), request)
