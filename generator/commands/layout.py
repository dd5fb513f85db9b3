"""Where `flowseal init` puts flows, modules, and the files around them: as passed, as answered, or by default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from generator.commands.requests import open_repository
from generator.commands.terminal import ask
from generator.findings import show_relative
from generator.output import read_generated
from generator.project.configuration import NAME
from generator.project.discovery import discover_definitions
from generator.scaffold.ci import Ci
from generator.scaffold.flow import find_name_faults
from generator.scaffold.origin import Installation, InvalidInstallationError, find_installation, read_installation
from generator.scaffold.repository import Repository
from generator.scaffold.setup_files import GITLAB, Layout, is_plain

HERE = Path()
FLOWS = ("flows", "bedrock-flows")
OUTPUTS = ("modules/flows", "flow-modules", "bedrock-flow-modules")
"""Folders that `init` proposes, in this order. A subfolder of `modules` stays flowseal's when others add modules."""
EARLIER_OUTPUTS = ("modules", *OUTPUTS)
"""Folders in which an earlier run without a flowseal.yaml may have written modules."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The options that were passed; `is_asked` tells whether there is a terminal to ask for the others."""

    is_asked: bool
    given: Mapping[str, str]

    def find_answer(self, option: str, question: str, default: str, check: Callable[[str], str]) -> str:
        """Return the option's value, or else the answer, or else the default. `check` raises BadParameter if wrong."""
        if option in self.given:
            return check(self.given[option])
        if not self.is_asked:
            return check(default)
        return ask(question, default, check)


def find_layout(answers: Answers, root: Path) -> Layout:
    """Return the layout of the working directory in the repository at `root`."""
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
        found = _read_given_installation(answers.given["install"])
    elif answers.is_asked and found is None and ci is not Ci.NONE:
        text = answers.find_answer(
            "install", "Where pip in CI gets flowseal from (leave empty to set it later)", "", check_installation
        )
        found = read_installation(text) if text else None
    own_place = "" if team == "." else check_folder(team, "the path of this folder")
    return Layout(flows, modules, ci, found, own_place, _list_named(modules))


def _open_folder(root: Path) -> Repository:
    """Return what the working directory's own flowseal.yaml says. One in a parent folder must not cover this one."""
    repository = open_repository()
    if repository.root == HERE or not repository.root.is_relative_to(root):
        return repository if repository.root == HERE else Repository(HERE)
    if repository.covers(HERE.absolute()):
        message = f"`flows` in {show_relative(repository.root / NAME)} covers this folder already."
        raise typer.BadParameter(f"{message} Run `flowseal init` there, or narrow its `flows` first.")
    return Repository(HERE)


def _propose_flows(output: str) -> str:
    """Return the first folder outside `output` that is free or contains definitions."""
    apart = [name for name in FLOWS if not output or not overlaps(name, output)] or [FLOWS[0]]
    return next((name for name in apart if _is_free(name) or discover_definitions([name], None)[0]), apart[0])


def _propose_output(flows: str) -> str:
    """Return the folder outside the flows that already contains generated modules, or the first free one."""
    made = (name for name in EARLIER_OUTPUTS if read_generated(HERE / name) is not None and not overlaps(name, flows))
    apart = [name for name in OUTPUTS if not overlaps(name, flows)]
    return next(made, next(filter(_is_free, apart), apart[0]))


def _is_free(folder: str) -> bool:
    return not os.path.lexists(folder) or (os.path.isdir(folder) and not os.listdir(folder))


def _list_named(modules: str) -> tuple[str, ...] | None:
    """List flowseal's modules in a folder that has other folders too; None if all of them are flowseal's."""
    made = read_generated(HERE / modules) or {}
    others = [path.name for path in Path(modules).iterdir() if path.is_dir()] if os.path.isdir(modules) else []
    # A lock file may have been edited by hand: skip names that no module can have.
    own = tuple(sorted(name for name in made if not find_name_faults(name)))
    return own if {name for name in others if not name.startswith(".")} - set(own) else None


def check_folder(folder: str, option: str = "--flows") -> str:
    """Return a folder that init can write patterns for; any other is a usage error of an option."""
    if is_plain(folder):
        return folder
    message = f"{folder!r} is not a folder that init can write patterns for."
    help = "Use one below this folder, of letters, digits, and . _ - with / between."
    raise typer.BadParameter(f"{message} {help}", param_hint=option)


def check_output(folder: str, flows: str) -> str:
    """Return a folder for modules that doesn't overlap the folder of flows; any other is a usage error."""
    check_folder(folder, "--output")
    if overlaps(folder, flows):
        message = f"{folder!r} and the folder of the flows, {flows!r}, overlap. Keep modules and flows apart."
        raise typer.BadParameter(message, param_hint="--output")
    return folder


def overlaps(folder: str, other: str) -> bool:
    """Return whether two folders are the same, or one contains the other; case is ignored."""
    one, two = (f"{name.lower()}/" for name in (folder, other))
    return one.startswith(two) or two.startswith(one)


def check_ci(word: str) -> str:
    """Return the name of a CI system; any other word is a usage error."""
    if word in list(Ci):
        return word
    raise typer.BadParameter(f"Use one of {', '.join(Ci)}.")


def _read_given_installation(text: str) -> Installation:
    """Return what `--install` names. An empty value, as of a CI variable that is not set, is a usage error."""
    if not text:
        raise typer.BadParameter("the value is empty", param_hint="--install")
    return read_installation(check_installation(text))


def check_installation(text: str) -> str:
    """Return an installation as `--install` takes it, or an empty string for none; anything else is a usage error."""
    try:
        if text:
            read_installation(text)
    except InvalidInstallationError as error:
        raise typer.BadParameter(str(error), param_hint="--install") from error
    return text
