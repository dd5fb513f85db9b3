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
from generator.report.contents import MOST_FINDINGS
from generator.report.formats import Format

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
    from generator.commands.console import print_report, read_texts, report_validated
    from generator.commands.requests import finish, require_project
    from generator.commands.terminal import find_view
    from generator.findings import has_errors
    from generator.progress import Timings
    from generator.run.validate import validate_definitions

    timings = Timings()
    project, found = require_project(paths, None, config, output_format)
    checked, more = validate_definitions(project, target is Target.TERRAFORM, strict, timings)
    findings = [*found, *more, *(finding for item in checked for finding in item.findings)]
    view = find_view(most_findings, choose_detail(quiet))
    print_report(report_validated(findings, checked, read_texts(found)), output_format, view)
    finish(timings, show_timings, int(has_errors(findings, strict=strict)))
