"""`flowseal init`: what a repository needs around its flows, and a first flow."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from generator.scaffold.ci import Ci

EXAMPLE = "Example: flowseal init --ci gitlab --flow support-triage --shape conditions"


def init(
    flow: Annotated[
        str | None, typer.Option(metavar="NAME", help="The first flow's name.", show_default="greeting")
    ] = None,
    shape: Annotated[
        str | None, typer.Option(metavar="SHAPE", help="Its shape (`flowseal new --list`).", show_default="prompt")
    ] = None,
    flows: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder of the definitions.", show_default="flows")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the modules.", show_default="modules"),
    ] = None,
    ci: Annotated[Ci | None, typer.Option(help="Whose CI the repository has.", show_default="github")] = None,
    requirement: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="How CI's pip gets flowseal, such as a git+https address.", show_default="this version"
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, also on a terminal.")] = False,
) -> None:
    """Set a repository up: flowseal.yaml, a first flow, hooks, CI. Nothing that is there is changed."""
    from generator.commands.setting_up import Answers, set_up

    is_asked = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    given = {"flow": flow, "shape": shape, "flows": flows, "output": output, "ci": ci, "requirement": requirement}
    set_up(Answers(is_asked, {name: str(value) for name, value in given.items() if value is not None}))
