"""Folders as mappings from path to bytes, for tests that compare whole trees."""

from __future__ import annotations

import shutil
from pathlib import Path


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by its path with forward slashes; nothing for a folder that is not there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def write_tree(folder: Path, tree: dict[str, bytes]) -> None:
    """Make a folder hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def compare_trees(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """Say which files are missing, were not expected, or differ; nothing where the trees are equal."""
    differences = [f"missing: {name}" for name in sorted(expected.keys() - found.keys())]
    differences += [f"not expected: {name}" for name in sorted(found.keys() - expected.keys())]
    return differences + [
        f"differs: {name}" for name in sorted(found.keys() & expected.keys()) if found[name] != expected[name]
    ]
