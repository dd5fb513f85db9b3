"""What a run is asked to do. Apart from the rest, because the command line needs it at start-up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    """The commands that run definitions."""

    GENERATE = "generate"
    CHECK = "check"
    VALIDATE = "validate"


@dataclass(frozen=True, slots=True)
class Flags:
    """The options of a run.

    With `strict`, a warning stops a module. With `render_all`, unchanged modules are generated and proven again. With
    `overwrite`, hand edits are discarded. With `prune`, modules without a definition are removed, unless a definition
    is blocked. Unless `for_terraform`, what only Terraform cannot express is not reported. `jobs` limits the number of
    processes; None means the number of available CPUs.
    """

    strict: bool = False
    render_all: bool = False
    overwrite: bool = False
    prune: bool = False
    for_terraform: bool = True
    jobs: int | None = None
