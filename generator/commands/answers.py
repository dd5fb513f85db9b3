"""What `flowseal init` is told: on the command line, on a terminal, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from generator.scaffold.ci import Ci
from generator.scaffold.origin import InvalidInstallationError, read_installation
from generator.scaffold.surroundings import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Answers:
    """What the command line gave; `is_asked` tells whether somebody sits there to be asked for the rest."""

    is_asked: bool
    given: Mapping[str, str]

    def find_answer(self, option: str, question: str, default: str, check: Callable[[str], str]) -> str:
        """Return what was given, or what is answered, or the default. `check` raises BadParameter where it is wrong."""
        if option in self.given:
            return check(self.given[option])
        if not self.is_asked:
            return check(default)
        answer: str = typer.prompt(question, default=default, value_proc=check)
        return answer


def check_folder(folder: str, option: str = "--flows") -> str:
    """Return a folder that patterns can be written for; any other is wrong usage of an option."""
    if is_plain(folder):
        return folder
    message = f"{folder!r} is not a folder that init can write patterns for."
    remedy = "Use one below this folder, of letters, digits, and . _ - with / between."
    raise typer.BadParameter(f"{message} {remedy}", param_hint=option)


def check_output(folder: str, flows: str) -> str:
    """Return a folder for modules that is apart from the folder of flows; any other is wrong usage."""
    check_folder(folder, "--output")
    if overlaps(folder, flows):
        message = f"{folder!r} and the folder of the flows, {flows!r}, overlap. Keep modules and flows apart."
        raise typer.BadParameter(message, param_hint="--output")
    return folder


def overlaps(folder: str, other: str) -> bool:
    """Tell whether a folder is another one, or is in it, or has it in itself; upper case counts as lower."""
    one, two = (f"{name.lower()}/" for name in (folder, other))
    return one.startswith(two) or two.startswith(one)


def check_ci(word: str) -> str:
    """Return the name of a CI; any other word is wrong usage."""
    if word in list(Ci):
        return word
    raise typer.BadParameter(f"Use one of {', '.join(Ci)}.")


def check_installation(text: str) -> str:
    """Return an installation as `--install` takes it, or nothing for none; any other text is wrong usage."""
    try:
        if text:
            read_installation(text)
    except InvalidInstallationError as error:
        raise typer.BadParameter(str(error), param_hint="--install") from error
    return text
