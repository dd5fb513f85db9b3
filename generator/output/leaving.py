"""Modules whose folder goes or moves: flowseal's own files leave, and no file of anybody else's is lost."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import LocatedFinding, find_way
from generator.output import disk
from generator.output.confinement import find_obstacle, is_confined
from generator.output.merge_conflict import read_made
from generator.output.rules import (
    MODULE_ELSEWHERE,
    MODULE_NOT_CONFIGURED,
    ORPHANED_MODULE,
    UNMANAGED_FILES_KEPT,
    report_path,
)
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from generator.output.lock_file import LockedModule

CACHES = frozenset({".terraform"})
"""Folders that Terraform fills anew: they are not moved."""
REMOVED = "Without the module, the next apply deletes the flow and schedules its key for deletion."
MOST_NAMED = 5
"""How many files a sentence names."""
MOST_FOLDERS = 20_000
"""How many folders of a repository are searched for other output folders."""


@dataclass(slots=True)
class Move:
    """Files of the user's that move with their module (SHA-256 by path relative to it), and those that stay."""

    files: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def plan_move(output: Path, old: str, new: str, made: set[str]) -> Move:
    """Plan the move of what is nobody's but the user's from one module's folder to another's.

    `made` are the paths of flowseal's own files in the first. Regular files move where nothing is in their way; links,
    devices and Terraform's cache stay. Raises OSError where a file cannot be read.
    """
    move = Move()
    for path in list_own_files(output / old, made):
        source = output / old / path
        is_regular = stat.S_ISREG(os.lstat(source).st_mode)
        is_free = not find_obstacle(output, f"{new}/{path}") and not os.path.lexists(output / new / path)
        digest = disk.read_digest(source) if is_regular and is_free and is_confined(path) else None
        if digest is None:
            move.left.append(path)
        else:
            move.files[path] = digest
    return move


def list_own_files(module: Path, made: set[str]) -> list[str]:
    """List what is in a module's folder beside the files that flowseal made, sorted; a cache counts as one."""
    found: list[str] = []
    for place, folders, names in os.walk(module):
        at = Path(place).relative_to(module).as_posix()
        start = "" if at == "." else f"{at}/"
        unfollowed = [name for name in folders if name in CACHES or os.path.islink(os.path.join(place, name))]
        folders[:] = [name for name in folders if name not in unfollowed]
        if not folders and not names and not unfollowed and start:
            found.append(start.rstrip("/"))
        found += [start + name for name in (*names, *unfollowed)]
    return sorted(path for path in found if path not in made)


def name_some(paths: list[str]) -> str:
    """Name the first few paths, and say how many more there are."""
    named = ", ".join(paths[:MOST_NAMED])
    return f"{named} and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else named


def report_left(output: Path, name: str, paths: list[str], *, is_planned: bool) -> LocatedFinding:
    """Name the files that stay in a folder that flowseal leaves, or, where that is only planned, would leave."""
    named = name_some(paths)
    message = f"The module is gone from here, and what is not flowseal's stays: {named}."
    if is_planned:
        message = f"Where the module goes from here, what is not flowseal's stays: {named}."
        return report_path(
            UNMANAGED_FILES_KEPT, output, name, message, "Nothing to do yet: no file of yours is removed."
        )
    return report_path(UNMANAGED_FILES_KEPT, output, name, message, "Move it where you want it, or delete it.")


def report_orphan(output: Path, name: str, definition: str, *, can_go: bool = True) -> LocatedFinding:
    """Say that a module has lost its definition, and what follows for Terraform.

    Unless `can_go`, nothing is removed, as some definitions may not have been found.
    """
    message = f"This module was generated from {definition}, which no longer exists."
    remedy = f"Restore the definition, or run `flowseal generate --prune`. {REMOVED}"
    if not can_go:
        remedy = "Fix the paths and patterns that match nothing; until then, no module is removed."
    return report_path(ORPHANED_MODULE, output, name, message, remedy)


def find_other_outputs(roots: Sequence[Path], output: Path, definitions: Collection[str]) -> list[LocatedFinding]:
    """Report other folders below `roots` with modules of `definitions` (absolute paths), which `output` is to get too.

    The first root is searched as a whole, MOST_FOLDERS folders of each other one. Hidden folders, symlinked ones and
    those of npm are not searched.
    """
    findings = []
    seen = {os.path.realpath(output)}
    for number, root in enumerate(roots):
        for place, made in _find_locks(root, seen, MOST_FOLDERS if number else None):
            twice = sorted(
                name
                for name, module in made.items()
                if os.path.normpath(os.path.join(place, module.making.definition)) in definitions
            )
            if twice:
                findings.append(_report_elsewhere(find_way(Path(place)), output, twice, is_all=len(twice) == len(made)))
    return findings


def _find_locks(root: Path, seen: set[str], limit: int | None) -> Iterator[tuple[str, Mapping[str, LockedModule]]]:
    """Yield the folders below `root` that have a lock file, but those in `seen`, with the modules in it."""
    walk = os.walk(os.path.realpath(root))
    for place, folders, names in islice(walk, limit):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        if place in seen or LOCK_FILE not in names:
            continue
        seen.add(place)
        made = read_made(Path(place)) or {}
        folders[:] = [name for name in folders if name not in made]
        yield place, made


def _report_elsewhere(folder: Path, output: Path, names: list[str], *, is_all: bool) -> LocatedFinding:
    named = name_some(names) if is_all else ", ".join(names)
    message = f"This folder has modules that this run creates in {output.as_posix()} too: {named}."
    deletion = "delete their folders here. Keep the other modules of this folder"
    if is_all:
        deletion = f"delete their folders and {LOCK_FILE} here"
    remedy = (
        f"If {output.as_posix()} replaces them, change `source` of the module blocks, keep their labels, and "
        f"{deletion}. If you want both, turn the rule off."
    )
    return report_path(MODULE_ELSEWHERE, folder, ".", message, remedy)


def report_uncovered(output: Path, name: str, definition: str, configuration: str, *, is_there: bool) -> LocatedFinding:
    """Say that no run of the project makes a module, whether or not its definition is there."""
    if is_there:
        message = f"This module was generated from {definition}, which `flows` in {configuration} does not match."
        remedy = (
            f"Add the definition to `flows`, or turn the rule off if another configuration covers it. Runs with "
            f"{configuration} neither generate nor check this module."
        )
    else:
        message = (
            f"This module was generated from {definition}, which no longer exists and which `flows` in {configuration} "
            "does not match."
        )
        remedy = (
            "Restore the definition. If the flow is to go and no other configuration covers it, delete this folder and "
            f"run `flowseal generate`. {REMOVED}"
        )
    return report_path(MODULE_NOT_CONFIGURED, output, name, message, remedy)
