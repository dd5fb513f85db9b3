"""Modules in the output folder that no definition of a run makes: which of them are the running project's."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from generator.output import find_other_outputs
from generator.project.configuration import find_configuration
from generator.source.files import find_repository

if TYPE_CHECKING:
    from generator.findings import LocatedFinding
    from generator.output import Output
    from generator.project.opening import Project


def list_gone(keys: Collection[str], project: Project, output: Output) -> list[str]:
    """List the modules of the project whose definition is none of `keys`, and gone from the disk.

    A definition that is gone is the project's only where its own patterns or paths would find it. That no other
    flowseal.yaml is nearer says nothing: the folder of its project may not be checked out.
    """
    return [
        name
        for name in output.list_orphans(keys)
        if _is_nearest(place := _locate(name, output), project) and project.could_find(place)
    ]


def list_uncovered(keys: Collection[str], project: Project, output: Output) -> list[str]:
    """List the modules of the project that none of its runs makes or removes, as `flows` finds no such definition.

    The definition may be gone too, while other files of its folder are there. Nothing ever removes these modules.
    """
    if project.configuration is None:
        return []
    gone = [
        name
        for name in output.list_orphans(keys)
        if _is_in_place(place := _locate(name, output), project) and not project.could_find(place)
    ]
    return [name for name in [*output.list_uncovered(keys), *gone] if _is_nearest(_locate(name, output), project)]


def find_elsewhere(keys: Collection[str], project: Project, output: Output) -> list[LocatedFinding]:
    """Report other folders that have the modules of the definitions `keys`, where they are new in this one.

    Searches below the folder of the configuration, and the repository around it.
    """
    new = [key for key in keys if output.find_making(key) is None]
    folder = project.configuration.folder if project.configuration else None
    repository = find_repository((folder or Path()).absolute())
    roots = [root for root in (folder, repository if (repository / ".git").exists() else None) if root]
    if not new or not roots:
        return []
    place = os.path.realpath(output.folder)
    return find_other_outputs(roots, output.folder, {os.path.normpath(os.path.join(place, key)) for key in new})


def _locate(name: str, output: Output) -> Path:
    return Path(os.path.normpath(os.path.join(os.path.realpath(output.folder), output.name_definition(name))))


def _is_nearest(definition: Path, project: Project) -> bool:
    """Tell whether no other project that is there is nearer to a definition than the running one."""
    nearest = find_configuration(definition.parent)
    if nearest is None:
        return True
    if project.configuration is None:
        return False
    folder = Path(os.path.realpath(project.configuration.folder))
    return nearest.parent == folder or (definition.is_relative_to(folder) and folder.is_relative_to(nearest.parent))


def _is_in_place(definition: Path, project: Project) -> bool:
    """Tell whether a definition that is gone lay in a folder of the project that still has files.

    An empty folder is what an uninitialized submodule looks like.
    """
    if project.configuration is None or not definition.is_relative_to(os.path.realpath(project.configuration.folder)):
        return False
    try:
        return bool(os.listdir(definition.parent))
    except OSError:
        return False
