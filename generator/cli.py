"""The command line: registers the commands. Anything slow to import is imported where it is used."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from generator.commands import check, config, generate, importing, init, new, rules, schema, validate
from generator.commands.terminal import Commands, print_text

DEFECT = 4
"""Exit code of a defect in flowseal: a failed proof, or an internal error."""
LONGEST_MESSAGE = 200
"""Characters of an internal error's message that are printed: some quote their whole input."""
CLOSED_OUTPUT = frozenset({errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EBADF})

app = typer.Typer(
    cls=Commands,
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turn Amazon Bedrock Flow definitions into Terraform modules. Each module encrypts its flow with its own "
    "customer managed KMS key and is proven before it is written.",
    epilog="Exit codes: 0 no errors, 1 at least one error (with --strict, at least one warning), 2 usage error, "
    "3 modules are out of date (check) or were changed (generate --fail-on-change), "
    "4 the proof failed, or flowseal crashed.",
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
    """Turn Amazon Bedrock Flow definitions into Terraform modules."""


app.command(epilog=generate.EXAMPLE)(generate.generate)
app.command(epilog=check.EXAMPLE)(check.check)
app.command(epilog=validate.EXAMPLE)(validate.validate)
app.command(epilog=init.EXAMPLE)(init.init)
app.command(epilog=new.EXAMPLE)(new.new)
app.command("import", epilog=importing.EXAMPLE)(importing.import_flows)
app.command(epilog=config.EXAMPLE)(config.config)
app.command(epilog=rules.EXAMPLE)(rules.rules)
app.command(epilog=schema.EXAMPLE)(schema.schema)


def main() -> None:
    """Run the command line. An unexpected error is reported on one line, as a defect of flowseal: exit code 4."""
    # If the caller closed an output, nobody reads it. That is no reason to stop halfway.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())
    # File names that are not UTF-8, and terminals with other encodings, must not cause a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # A run keeps what it reads and creates few cycles: garbage collection takes a fifth of a short run.
    gc.disable()
    try:
        app(prog_name="flowseal")
    except OSError as error:
        # Errors of the disk are findings. What is left is an output that cannot be written to.
        if error.filename is None and error.errno in CLOSED_OUTPUT:
            print_text(f"flowseal: cannot write output: {error.strerror}. The report is incomplete.", err=True)
            sys.exit(1)
        end_defective(error)
    except Exception as error:
        end_defective(error)
    finally:
        # The interpreter collects once more before it exits.
        gc.freeze()


def end_defective(error: Exception) -> NoReturn:
    """Print one line about an unexpected error, after the traceback if FLOWSEAL_TRACEBACK=1 is set; end with 4.

    An installation that cannot work is not a defect: exit code 2.
    """
    from generator.source.reading import MissingLibyamlError

    if isinstance(error, MissingLibyamlError):
        print_text(f"flowseal: {error}.", err=True)
        sys.exit(2)
    if os.environ.get("FLOWSEAL_TRACEBACK") == "1":
        print_text("".join(traceback.format_exception(error)), err=True, nl=False)
    print_text(describe_defect(error), err=True)
    sys.exit(DEFECT)


def describe_defect(error: Exception) -> str:
    """Return one line that names the place in flowseal's code where an error occurred."""
    from generator.report.display import escape_controls
    from generator.source.credentials import mask_credentials

    place = "?"
    if error.__traceback__ is not None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
    kind = type(error).__name__
    said = escape_controls(mask_credentials(str(error)))
    what = f"{kind} at {place}: {said[:LONGEST_MESSAGE]}{'...' if len(said) > LONGEST_MESSAGE else ''}"
    return f"flowseal: internal error ({what}). Please report it; FLOWSEAL_TRACEBACK=1 prints the traceback."
