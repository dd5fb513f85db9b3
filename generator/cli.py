"""The command line: arguments in, text and exit codes out. Everything heavy is imported where it is used."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from generator.commands import init, new, schema
from generator.commands import project as cli_project
from generator.commands.options import (
    ConfigurationFile,
    Definitions,
    MostFindings,
    Output,
    OutputFormat,
    ShowTimings,
    Strict,
    Target,
)
from generator.commands.printing import Commands, print_text
from generator.commands.requests import finish, request_modules, require_project
from generator.report.contents import MOST_FINDINGS
from generator.report.formats import Format, ListFormat

CHANGED = 3
"""The exit code where the modules on disk are, or were, not what the definitions come to."""
DEFECT = 4
"""The exit code where flowseal itself went wrong: a failed proof, or what nobody foresaw."""
LONGEST_MESSAGE = 200
"""Characters of an unforeseen error's own words: some quote all that they were given."""
CLOSED_OUTPUT = frozenset({errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EBADF})

app = typer.Typer(
    cls=Commands,
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Amazon Bedrock Flows as Terraform modules, each under its own KMS key, proven before they are written.",
    epilog="Exit codes: 0 no error, 1 at least one error (with --strict, a warning), 2 wrong usage, "
    "3 (check) modules are out of date, 4 flowseal's own proof failed, or an internal error.",
)


def _print_version(value: bool) -> None:
    if value:
        from generator import __version__

        print_text(f"flowseal {__version__}")
        raise typer.Exit


@app.callback()
def flowseal(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold what every command shares: nothing but --version."""


@app.command(epilog="Example: flowseal generate flows -o modules")
def generate(
    paths: Definitions = None,
    output: Output = None,
    config: ConfigurationFile = None,
    render_all: Annotated[bool, typer.Option("--all", help="Regenerate and prove up-to-date modules too.")] = False,
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
    strict: Strict = False,
    show_timings: ShowTimings = False,
) -> None:
    """Generate one Terraform module per flow definition, and prove each before writing it."""
    from generator.commands.console import print_report, read_texts, report_generated
    from generator.progress import Timings, show_progress
    from generator.run.generate import generate_modules

    timings = Timings()
    request = request_modules(paths, output, config, output_format, strict=strict, timings=timings)
    request = replace(request, render_all=render_all, overwrite=overwrite, prune=prune)
    with show_progress() as progress:
        result = generate_modules(request, timings, progress)
    print_report(report_generated(result, read_texts(request.findings)), output_format, most_findings)
    finish(timings, show_timings, result.exit_code or (CHANGED if fail_on_change and result.has_changes else 0))


@app.command(epilog="Example: flowseal validate flows --target api")
def validate(
    paths: Definitions = None,
    config: ConfigurationFile = None,
    target: Annotated[
        Target, typer.Option(help="Check against the API only, or also against the Terraform resource.")
    ] = Target.TERRAFORM,
    output_format: OutputFormat = Format.TEXT,
    most_findings: MostFindings = MOST_FINDINGS,
    strict: Strict = False,
    show_timings: ShowTimings = False,
) -> None:
    """Check flow definitions. Writes nothing."""
    from generator.commands.console import print_report, read_texts, report_validated
    from generator.findings import has_errors
    from generator.progress import Timings
    from generator.run.validate import validate_definitions

    timings = Timings()
    project, found = require_project(paths, None, config, output_format)
    checked, more = validate_definitions(project, target is Target.TERRAFORM, strict, timings)
    findings = [*found, *more, *(finding for item in checked for finding in item.findings)]
    print_report(report_validated(findings, checked, read_texts(found)), output_format, most_findings)
    finish(timings, show_timings, int(has_errors(findings, strict=strict)))


@app.command(epilog="Example: flowseal rules UnusedParameter")
def rules(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The rule to explain.", show_default=False)
    ] = None,
    output_format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = ListFormat.TEXT,
) -> None:
    """List everything that flowseal reports, or explain one rule with a wrong and a right example."""
    from generator.commands.rules import print_rule, print_rules
    from generator.findings.catalog import list_rules
    from generator.findings.suggestions import advise_name

    known = list_rules()
    if name is None:
        print_rules(known.values(), output_format)
    elif name in known:
        print_rule(known[name], output_format)
    else:
        advice = advise_name(name, known, "Run `flowseal rules` to list all rules.")
        raise typer.BadParameter(f"Unknown rule {name!r}. {advice}", param_hint="NAME")


cli_project.add_commands(app)
app.command(epilog=init.EXAMPLE)(init.init)
app.command(epilog=new.EXAMPLE)(new.new)
app.command(epilog=schema.EXAMPLE)(schema.schema)


def main() -> None:
    """Run the command line. What flowseal did not foresee is told on one line, as a defect of its own: exit code 4."""
    # Where the caller closed an output, nobody listens: that is no reason to stop half-way.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())
    # Names of files that are no UTF-8, and terminals of other encodings, must not end in a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # A run keeps what it reads and leaves few cycles: to look for garbage costs a fifth of a short one.
    gc.disable()
    try:
        app(prog_name="flowseal")
    except OSError as error:
        # What the disk refuses is a finding: what is left is an output that takes no more.
        if error.filename is None and error.errno in CLOSED_OUTPUT:
            print_text(
                f"flowseal: the output takes no more: {error.strerror}. No report was printed in full.", err=True
            )
            sys.exit(1)
        end_defective(error)
    except Exception as error:
        end_defective(error)
    finally:
        # The interpreter looks a last time before it ends.
        gc.freeze()


def end_defective(error: Exception) -> NoReturn:
    """Print one line about what nobody foresaw, after the traceback if FLOWSEAL_TRACEBACK=1 asks for it; end with 4."""
    if os.environ.get("FLOWSEAL_TRACEBACK") == "1":
        print_text("".join(traceback.format_exception(error)), err=True, nl=False)
    print_text(describe_defect(error), err=True)
    sys.exit(DEFECT)


def describe_defect(error: Exception) -> str:
    """Return one line that names the place in flowseal's code where something went wrong."""
    from generator.report.escaping import escape_controls
    from generator.source.credentials import mask_credentials

    place = "?"
    if error.__traceback__ is not None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
    kind = type(error).__name__
    said = escape_controls(mask_credentials(str(error)))
    what = f"{kind} at {place}: {said[:LONGEST_MESSAGE]}{'...' if len(said) > LONGEST_MESSAGE else ''}"
    return f"flowseal: internal error ({what}). Please report it; FLOWSEAL_TRACEBACK=1 prints the traceback."
