"""The commands about a project as a whole: `check` and `config`."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    MostFindings,
    Output,
    OutputFormat,
    ShowTimings,
    Strict,
    Summary,
)
from generator.commands.requests import UnusableConfigurationError, finish, request_modules
from generator.report.contents import MOST_FINDINGS
from generator.report.formats import Format, ListFormat


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: flowseal check --diff")(check)
    app.command(name="config", epilog="Example: flowseal config")(show_configuration)


def check(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what generate would change, as a diff.")] = False,
    summary: Summary = None,
    render_all: Annotated[bool, typer.Option("--all", help="Regenerate and prove up-to-date modules too.")] = False,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    strict: Strict = False,
    show_timings: ShowTimings = False,
) -> None:
    """Report whether modules are up to date. Writes nothing; exits with 3 if any is out of date."""
    from generator.commands.check_report import (
        append_summary,
        print_check,
        report_check,
        summarise_check,
        summarise_end,
    )
    from generator.commands.console import read_texts
    from generator.progress import Timings, show_progress
    from generator.run.check import check_modules

    timings = Timings()
    try:
        request = request_modules(paths, output, config, output_format, strict=strict, timings=timings)
    except UnusableConfigurationError as end:
        append_summary(summarise_end(end.report), summary)
        raise
    with show_progress() as progress:
        checked = check_modules(request, timings, progress, render_all=render_all, with_differences=diff)
    report = report_check(checked, read_texts(request.findings))
    append_summary(summarise_check(checked, report), summary)
    print_check(checked, report, output_format, most_findings)
    finish(timings, show_timings, checked.exit_code)


def show_configuration(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    output_format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = ListFormat.TEXT,
) -> None:
    """Print what a run would go by, and where each value comes from."""
    from generator.commands.config_report import print_settings
    from generator.commands.requests import open_or_end

    project, findings = open_or_end(paths, output, config, Format(output_format.value))
    print_settings(project, findings, output_format)
