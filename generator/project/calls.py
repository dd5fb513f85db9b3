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


def find_calls(modules: Collection[Path], project: Project) -> list[str]:
    """Return the labels of the blocks that call modules by their folders, sorted, each once.

    Searches the repository around the configuration, or else the configuration's folder: MOST_FOLDERS folders, without
    hidden ones, links, and files in Terraform's JSON syntax.
    """
    here = (project.configuration.folder if project.configuration else Path()).absolute()
    root = os.path.realpath(search_repository(here) or here)
    wanted = {os.path.realpath(module) for module in modules}
    labels = set()
    for place, folders, names in islice(walk_folder(root), MOST_FOLDERS):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        for name in names if place not in wanted else ():
            if name.endswith(".tf"):
                labels |= {label for label, source in _list_calls(Path(place, name)) if source in wanted}
    return sorted(labels)


def _list_calls(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the label and the called folder of each module block with a local source."""
    try:
        data = b"" if file.is_symlink() else read_file(file, LARGEST_DOCUMENT)
        blocks = list_blocks(data.decode("utf-8-sig") if len(data) <= LARGEST_DOCUMENT else "")
    except (OSError, UnicodeDecodeError, UnreadableBlocksError):
        return
    for block in blocks:
        source = _SOURCE.search(block.body) if block.kind == "module" else None
        if source is not None and len(block.labels) == 1 and _LABEL.fullmatch(block.labels[0]):
            yield block.labels[0], os.path.realpath(file.parent / source[1])
