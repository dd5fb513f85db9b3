"""Modules in the output folder that no definition of a run makes: which of them belong to the running project."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from generator.findings import LocatedFinding, find_way
from generator.output import Session, read_generated
from generator.output.lock_file import Entry
from generator.output.rules import MODULE_ELSEWHERE, name_some, report_path
from generator.project.configuration import find_configuration
from generator.project.opening import Project
from generator.source.files import LOCK_FILE, find_repository, walk_folder

MOST_FOLDERS = 20_000
"""How many folders of a repository are searched for other output folders."""


def list_gone(keys: Collection[str], project: Project, session: Session) -> list[str]:
    """List the modules of the project whose definition is none of `keys`, and gone from disk.

    A definition that is gone only belongs to the project if its own patterns or paths would find it. That no other
    flowseal.yaml is nearer proves nothing: the folder of its project may not be checked out.
    """
    return [
        name
        for name in session.list_leftovers(keys)
        if not session.has_definition(name)
        and _is_nearest(place := session.locate_definition(name), project)
        and project.could_find(place)
    ]


def list_uncovered(keys: Collection[str], project: Project, session: Session) -> list[str]:
    """List the modules of the project that none of its runs makes or removes, because `flows` does not match them.

    The definition may be gone if other files of its folder are there. Nothing ever removes these modules.
    """
    if project.configuration is None:
        return []
    return [
        name
        for name in session.list_leftovers(keys)
        if _is_nearest(place := session.locate_definition(name), project)
        and (session.has_definition(name) or (_is_in_place(place, project) and not project.could_find(place)))
    ]


def is_own(definition: Path, project: Project) -> bool:
    """Return whether a definition that is gone surely belonged to the project, so that another may take its place.

    It did if the project would find it, or if its folder still has other files. If not, the folder may be that of a
    project that is not checked out.
    """
    if not _is_nearest(definition, project):
        return False
    whole = replace(project, paths=())
    return project.could_find(definition) or whole.could_find(definition) or _has_files(definition.parent)


@dataclass(frozen=True, slots=True)
class OtherFolder:
    """Another output folder with modules of the run's definitions: all its modules, and these, by definition."""

    path: Path
    made: Mapping[str, Entry]
    names: Mapping[str, Sequence[str]]


def find_elsewhere(keys: Collection[str], project: Project, session: Session) -> list[OtherFolder]:
    """Return other folders that have modules of the definitions `keys`, if these are new in this one.

    None if the project turns ModuleInAnotherFolder off: then the folders are independent. Searches below the folder of
    the configuration, and the repository around it: the first as a whole, and MOST_FOLDERS folders of the second.
    Hidden folders, links, and node_modules are not searched.
    """
    folder = project.configuration.folder if project.configuration else None
    repository = find_repository((folder or Path()).absolute())
    roots = [root for root in (folder, repository if (repository / ".git").exists() else None) if root]
    place = os.path.realpath(session.folder.path)
    is_off = project.severities.get(MODULE_ELSEWHERE.name, MODULE_ELSEWHERE.severity) is None
    created = [] if is_off else [key for key in keys if session.find_provenance(key) is None]
    new = {os.path.normpath(os.path.join(place, key)): key for key in created}
    found = []
    for at, made in _find_locks(roots, {place}) if new else ():
        names: dict[str, list[str]] = {}
        for name, entry in made.items():
            if key := new.get(os.path.normpath(os.path.join(at, entry.provenance.definition))):
                names.setdefault(key, []).append(name)
        if names:
            found.append(OtherFolder(find_way(Path(at)), made, names))
    return found


def report_elsewhere(
    folders: Sequence[OtherFolder], keys: Collection[str], session: Session
) -> Iterator[LocatedFinding]:
    """Report the folders that have modules which a run creates from the definitions `keys`."""
    for folder in folders:
        twice = sorted(name for key in keys for name in folder.names.get(key, ()))
        if twice:
            yield _report_elsewhere(folder.path, session.folder.path, twice, is_all=len(twice) == len(folder.made))


def _find_locks(roots: Sequence[Path], seen: set[str]) -> Iterator[tuple[str, Mapping[str, Entry]]]:
    """Yield the folders below `roots` that have a lock file, except those in `seen`, with the modules in it."""
    for number, root in enumerate(roots):
        walk = walk_folder(os.path.realpath(root))
        for place, folders, names in islice(walk, MOST_FOLDERS if number else None):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
            if place in seen or LOCK_FILE not in names:
                continue
            seen.add(place)
            made = read_generated(Path(place)) or {}
            folders[:] = [name for name in folders if name not in made]
            yield place, made


def _report_elsewhere(folder: Path, output: Path, names: list[str], *, is_all: bool) -> LocatedFinding:
    named = name_some(names) if is_all else ", ".join(names)
    message = f"This folder contains modules that this run also creates in {output.as_posix()}: {named}."
    deletion = "delete their folders here. Keep the other modules of this folder"
    if is_all:
        deletion = f"delete their folders and {LOCK_FILE} here"
    help = (
        f"If {output.as_posix()} replaces them, change `source` of the module blocks, keep their labels, and "
        f"{deletion}. If you want both, turn the rule off."
    )
    return report_path(MODULE_ELSEWHERE, folder, ".", message, help)


def _is_nearest(definition: Path, project: Project) -> bool:
    """Return whether no other project on disk is nearer to a definition than the running one."""
    nearest = find_configuration(definition.parent)
    if nearest is None:
        return True
    if project.configuration is None:
        return False
    folder = Path(os.path.realpath(project.configuration.folder))
    return nearest.parent == folder or (definition.is_relative_to(folder) and folder.is_relative_to(nearest.parent))


def _is_in_place(definition: Path, project: Project) -> bool:
    """Return whether a definition that is gone was in a folder of the project that still has files."""
    folder = project.configuration.folder if project.configuration else None
    return folder is not None and definition.is_relative_to(os.path.realpath(folder)) and _has_files(definition.parent)


def _has_files(folder: Path) -> bool:
    """Return whether a folder is there and not empty, as that of an uninitialized submodule is."""
    try:
        return bool(os.listdir(folder))
    except OSError:
        return False
