"""Modules whose folder goes or moves: flowseal's own files leave, and no file of anybody else's is lost."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from generator.diagnostics import LocatedFinding, find_way
from generator.write import disk
from generator.write.confinement import LOCK_FILE, find_obstacle, is_confined
from generator.write.merge_conflict import read_made
from generator.write.rules import MODULE_ELSEWHERE, ORPHANED_MODULE, OWN_FILES_LEFT, UNCOVERED_MODULE, report_path

CACHES = frozenset({".terraform"})
"""Folders that Terraform fills anew: they are not moved."""
REMOVED = "Without the module, the next apply deletes the flow and schedules its key for deletion."
MOST_NAMED = 5
"""How many files a sentence names."""


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
        return report_path(OWN_FILES_LEFT, output, name, message, "Nothing to do yet: no file of yours is removed.")
    return report_path(OWN_FILES_LEFT, output, name, message, "Move it where you want it, or delete it.")


def report_orphan(output: Path, name: str, definition: str, *, can_go: bool = True) -> LocatedFinding:
    """Say that a module has lost its definition, and what follows for Terraform.

    Unless `can_go`, nothing is removed, as some definitions may not have been found.
    """
    message = f"This module was generated from {definition}, which no longer exists."
    remedy = f"Restore the definition, or run `flowseal generate --prune`. {REMOVED}"
    if not can_go:
        remedy = "Fix the paths and patterns that match nothing; until then, no module is removed."
    return report_path(ORPHANED_MODULE, output, name, message, remedy)


def find_other_outputs(root: Path, output: Path, definitions: Collection[str]) -> list[LocatedFinding]:
    """Report other folders below `root` with modules of `definitions` (absolute paths), which `output` is to get too.

    Hidden folders, symlinked ones and those of npm are not searched.
    """
    findings = []
    own = os.path.realpath(output)
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        if LOCK_FILE not in names or os.path.realpath(place) == own:
            continue
        made = read_made(Path(place)) or {}
        folders[:] = [name for name in folders if name not in made]
        base = os.path.realpath(place)
        twice = sorted(
            name
            for name, module in made.items()
            if os.path.normpath(os.path.join(base, module.making.definition)) in definitions
        )
        if twice:
            findings.append(_report_elsewhere(find_way(Path(place)), output, twice))
    return findings


def _report_elsewhere(folder: Path, output: Path, names: list[str]) -> LocatedFinding:
    message = f"This folder has modules that this run creates in {output.as_posix()} too: {name_some(names)}."
    remedy = (
        f"If {output.as_posix()} replaces it, change `source` of the module blocks, keep their labels, and delete this "
        "folder. If you want both, turn the rule off."
    )
    return report_path(MODULE_ELSEWHERE, folder, ".", message, remedy)


def report_uncovered(output: Path, name: str, definition: str) -> LocatedFinding:
    """Say that no run of the project makes a module, though its definition is there."""
    message = f"This module was generated from {definition}, which `flows` in flowseal.yaml does not match."
    remedy = (
        "Add the definition to `flows`, or delete it and run `flowseal generate --prune`. Until then, neither "
        "`generate` nor `check` covers the module."
    )
    return report_path(UNCOVERED_MODULE, output, name, message, remedy)
