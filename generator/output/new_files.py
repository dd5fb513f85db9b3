"""Files that are not there yet, for people to go on with: flowseal does not own them, and no lock lists them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from generator.output import disk
from generator.output.confinement import find_obstacle
from generator.output.rules import UNSAFE_PATH, report_failure, report_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.findings import LocatedFinding


def list_existing(folder: Path, paths: Iterable[str]) -> list[str]:
    """Return those of `paths` (relative to `folder`) at which something stands already, links to nowhere included."""
    return [path for path in paths if os.path.lexists(folder / path)]


def report_links(folder: Path, paths: Iterable[str]) -> list[LocatedFinding]:
    """Report each symbolic link that is, or is on the way to, one of `paths` (relative to `folder`)."""
    obstacles = dict.fromkeys(find_obstacle(folder, path) for path in paths)
    return [
        report_path(
            UNSAFE_PATH,
            folder,
            obstacle,
            f"'{obstacle}' is a symbolic link, and flowseal does not write through links; nothing was written.",
            "Replace the link with a real folder.",
        )
        for obstacle in obstacles
        if obstacle is not None and (folder / obstacle).is_symlink()
    ]


def write_new_files(folder: Path, files: Mapping[str, bytes]) -> list[LocatedFinding]:
    """Write files by their paths relative to `folder`: all of them, or none and the findings that say why.

    Never overwrites: where something stands already at a path, that is the system's refusal. Never writes through a
    symbolic link below `folder`.
    """
    if findings := report_links(folder, files):
        return findings
    made: list[Path] = []
    try:
        for path, data in files.items():
            target = folder / path
            made += disk.make_folders(target.parent)
            disk.place_new_file(target, data)
            made.append(target)
    except OSError as error:
        finding = report_failure(error, folder)
        _undo(made)
        return [finding]
    return []


def replace_text_file(path: Path, text: str) -> list[LocatedFinding]:
    """Put a text at a path that the user named; return the finding that says why it cannot be."""
    try:
        disk.make_folders(path.parent)
        disk.replace_with(path, text.encode())
    except OSError as error:
        return [report_failure(error, path)]
    return []


def _undo(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            if path.is_dir():
                disk.remove_empty_folder(path)
            else:
                disk.remove_file(path)
