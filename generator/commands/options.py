"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from generator.report import Detail, Format


class Target(StrEnum):
    """What a definition is checked against: AWS's API only, or also what the engine supports."""

    TERRAFORM = "terraform"
    API = "api"


def demand_path(text: str) -> str:
    """Return a path as passed. An empty one (an unset shell variable) is a usage error, not the current folder."""
    if not text:
        raise typer.BadParameter("the path is empty")
    return text


def read_path(text: str) -> Path:
    """Return the path that was passed. See demand_path."""
    return Path(demand_path(text))


def choose_detail(quiet: bool, verbose: bool = False) -> Detail:
    """Return how much text output shows; both options together are a usage error."""
    if quiet and verbose:
        raise typer.BadParameter("cannot be combined with --verbose", param_hint="--quiet")
    return Detail.FINDINGS if quiet else Detail.FILES if verbose else Detail.CHANGES


Definitions = Annotated[
    list[str] | None,
    typer.Argument(
        parser=demand_path,
        metavar="[PATH]...",
        help="A definition file, or a folder searched for *.flow.yaml, *.flow.yml, and *.flow.json. "
        "Default: `flows` in flowseal.yaml.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        parser=read_path,
        metavar="DIR",
        help="Folder of the modules: DIR/<flow name>/. Default: `output` in flowseal.yaml.",
        show_default=False,
    ),
]
ConfigurationFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        parser=read_path,
        metavar="FILE",
        help="Configuration file. Default: the nearest flowseal.yaml, in the working directory or above.",
        show_default=False,
    ),
]
OutputFormat = Annotated[Format, typer.Option("--format", help="Output format.")]
MostFindings = Annotated[
    int,
    typer.Option(
        "--max-findings",
        min=0,
        metavar="N",
        help="Maximum number of findings in text output, errors first; 0 shows all.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
ShowTimings = Annotated[bool, typer.Option("--timings", help="Print timings to standard error.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        metavar="N",
        help="Number of processes for large runs. Default: one per available CPU.",
        show_default=False,
    ),
]
Summary = Annotated[
    Path | None,
    typer.Option(
        "--summary",
        metavar="FILE",
        help="Append a Markdown summary to FILE, for example $GITHUB_STEP_SUMMARY.",
        show_default=False,
    ),
]
RenderAll = Annotated[bool, typer.Option("--all", help="Regenerate and prove up-to-date modules too.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings and errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print one line per module and per file.")]
