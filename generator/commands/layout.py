"""Where `flowseal init` puts flows, modules, and the files around them."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from generator.commands.answers import Answers, check_ci, check_folder, check_installation, check_output, overlaps
from generator.commands.printing import open_repository
from generator.findings import show_relative
from generator.output import read_generated
from generator.project.configuration import NAME
from generator.project.discovery import discover_definitions
from generator.scaffold.ci import Ci
from generator.scaffold.flow import find_name_faults
from generator.scaffold.origin import find_installation, read_installation
from generator.scaffold.repository import Repository
from generator.scaffold.surroundings import GITLAB, Layout

HERE = Path()
FLOWS = ("flows", "bedrock-flows")
OUTPUTS = ("modules/flows", "flow-modules", "bedrock-flow-modules")
"""Folders that `init` proposes, in this order. One below `modules` stays flowseal's own when others add modules."""
EARLIER_OUTPUTS = ("modules", *OUTPUTS)
"""Folders in which an earlier run without a flowseal.yaml may have put modules."""


def find_layout(answers: Answers, root: Path) -> Layout:
    """Return the layout of the working folder in the repository at `root`."""
    team = HERE.absolute().relative_to(root).as_posix()
    repository = _open_folder(root)
    if repository.searched:
        flows = repository.flows
    else:
        proposed = _propose_flows(repository.output if repository.is_configured else answers.given.get("output", ""))
        flows = answers.find_answer("flows", "Folder of the flow definitions", proposed, check_folder)
    if repository.is_configured and repository.output:
        modules = repository.output
    else:
        modules = answers.find_answer(
            "output",
            "Folder of the Terraform modules",
            _propose_output(flows),
            lambda folder: check_output(folder, flows),
        )
    guess = Ci.GITLAB if (root / GITLAB).exists() else Ci.GITHUB
    ci = Ci(answers.find_answer("ci", f"CI ({', '.join(Ci)})", guess, check_ci))
    found = find_installation()
    if "install" in answers.given:
        found = read_installation(check_installation(answers.given["install"]))
    elif answers.is_asked and found is None and ci is not Ci.NONE:
        text = answers.find_answer(
            "install", "Where CI's pip gets flowseal from (empty: not yet)", "", check_installation
        )
        found = read_installation(text) if text else None
    own_place = "" if team == "." else check_folder(team, "the path of this folder")
    return Layout(flows, modules, ci, found, own_place, _list_named(modules))


def _open_folder(root: Path) -> Repository:
    """Return what the working folder's own flowseal.yaml says. One above it must leave this folder alone."""
    repository = open_repository()
    if repository.root == HERE or not repository.root.is_relative_to(root):
        return repository if repository.root == HERE else Repository(HERE)
    if repository.covers(HERE.absolute()):
        message = f"`flows` in {show_relative(repository.root / NAME)} covers this folder already."
        raise typer.BadParameter(f"{message} Run `flowseal init` there, or narrow its `flows` first.")
    return Repository(HERE)


def _propose_flows(output: str) -> str:
    """Return the first folder apart from `output` that is free, or has definitions in it."""
    apart = [name for name in FLOWS if not output or not overlaps(name, output)] or [FLOWS[0]]
    return next((name for name in apart if _is_free(name) or discover_definitions([name], None)[0]), apart[0])


def _propose_output(flows: str) -> str:
    """Return the folder apart from the flows in which flowseal has made modules, or the first that is free."""
    made = (name for name in EARLIER_OUTPUTS if read_generated(HERE / name) is not None and not overlaps(name, flows))
    apart = [name for name in OUTPUTS if not overlaps(name, flows)]
    return next(made, next(filter(_is_free, apart), apart[0]))


def _is_free(folder: str) -> bool:
    return not os.path.lexists(folder) or (os.path.isdir(folder) and not os.listdir(folder))


def _list_named(modules: str) -> tuple[str, ...] | None:
    """List the modules of flowseal's in a folder that holds other folders too; None where it is flowseal's alone."""
    made = read_generated(HERE / modules) or {}
    others = [path.name for path in Path(modules).iterdir() if path.is_dir()] if os.path.isdir(modules) else []
    # A lock file may have been edited by hand: any other name is not a module's.
    own = tuple(sorted(name for name in made if not find_name_faults(name)))
    return own if {name for name in others if not name.startswith(".")} - set(own) else None
