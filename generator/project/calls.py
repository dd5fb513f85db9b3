"""The calls of a module in the Terraform configuration of its repository."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from generator.output.terraform_blocks import UnreadableBlocksError, list_blocks
from generator.project.opening import Project
from generator.project.ownership import MOST_FOLDERS
from generator.source import LARGEST_DOCUMENT
from generator.source.files import read_file, search_repository, walk_folder

_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"\\$%]*)"', re.MULTILINE)
_LABEL = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


_REPEATED = re.compile(r"^\s*(for_each|count)\s*=", re.MULTILINE)
_INSTANCES = {"for_each": '["KEY"]', "count": "[INDEX]"}
"""Placeholders for the instance of a repeated call in its address: only the state knows the instances."""
_Calls = dict[str, set[tuple[str, str]]]
"""By the real path of a called folder: the folder of each call, and the end of its address."""


def find_address(modules: Collection[Path], project: Project) -> str | None:
    """Return the address of the only call of modules, seen from the root module; None if there is none, or several.

    Searches the repository around the configuration, or else the configuration's folder: MOST_FOLDERS folders, without
    hidden ones, links, and files in Terraform's JSON syntax. A folder that nothing there calls counts as a root module.
    """
    here = (project.configuration.folder if project.configuration else Path()).absolute()
    root = os.path.realpath(search_repository(here) or here)
    wanted = {os.path.realpath(module) for module in modules}
    calls: _Calls = {}
    for place, folders, names in islice(walk_folder(root), MOST_FOLDERS):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        for name in names if place not in wanted else ():
            for step, source in _list_calls(Path(place, name)) if name.endswith(".tf") else ():
                calls.setdefault(source, set()).add((place, step))
    found = {address for module in wanted for address in _list_addresses(module, calls, (), {})}
    return found.pop() if len(found) == 1 else None


def _list_addresses(folder: str, calls: _Calls, inner: tuple[str, ...], known: dict[str, list[str]]) -> list[str]:
    """Return the addresses of a folder's calls, no more than two: then none is the only one."""
    if folder not in known:
        found = set()
        for caller, step in calls.get(folder, ()):
            if caller in calls and caller not in inner:
                found |= {f"{outer}.{step}" for outer in _list_addresses(caller, calls, (*inner, folder), known)}
            elif caller not in calls:
                found.add(step)
        known[folder] = sorted(found)[:2]
    return known[folder]


def _list_calls(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the address and the called folder of each module block with a local source."""
    try:
        data = b"" if file.is_symlink() else read_file(file, LARGEST_DOCUMENT)
        blocks = list_blocks(data.decode("utf-8-sig") if len(data) <= LARGEST_DOCUMENT else "")
    except (OSError, UnicodeDecodeError, UnreadableBlocksError):
        return
    for block in blocks:
        source = _SOURCE.search(block.body) if block.kind == "module" else None
        if source is not None and len(block.labels) == 1 and _LABEL.fullmatch(block.labels[0]):
            repeated = _REPEATED.search(block.body)
            instance = _INSTANCES[repeated[1]] if repeated else ""
            yield f"module.{block.labels[0]}{instance}", os.path.realpath(file.parent / source[1])
