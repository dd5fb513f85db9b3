"""`flowseal init`: the files that a repository needs around its flows, and a first flow."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from generator.scaffold.ci import Ci

EXAMPLE = "Example: flowseal init --ci gitlab --flow support-triage --template conditions"


def init(
    flow: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the first flow.", show_default="greeting")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE", help="Template of the first flow (see `flowseal new --list`).", show_default="prompt"
        ),
    ] = None,
    flows: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder of the definitions.", show_default="flows")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the modules.", show_default="modules/flows"),
    ] = None,
    ci: Annotated[Ci | None, typer.Option(help="CI system of the repository.", show_default="github")] = None,
    install: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC",
            help="Where pip in CI gets flowseal from, pinned: git+https://HOST/flowseal@COMMIT, a wheel's URL or path, "
            "or flowseal==VERSION --index-url URL. By default where this flowseal came from, if pip knows.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't prompt.")] = False,
) -> None:
    """Set up a repository, or a folder of one: flowseal.yaml, a first flow, hooks, CI. No existing file changes."""
    from generator.commands.layout import Answers
    from generator.commands.setting_up import set_up

    is_asked = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    given = {"flow": flow, "template": template, "flows": flows, "output": output, "ci": ci, "install": install}
    set_up(Answers(is_asked, {name: str(value) for name, value in given.items() if value is not None}))
