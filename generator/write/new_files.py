"""Files that are not there yet, for people to go on with: flowseal does not own them, and no lock lists them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from generator.write import disk
from generator.write.rules import report_failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.diagnostics import LocatedFinding


def list_existing(folder: Path, paths: Iterable[str]) -> list[str]:
    """Return those of `paths` (relative to `folder`) at which something stands already, links to nowhere included."""
    return [path for path in paths if os.path.lexists(folder / path)]


def write_new_files(folder: Path, files: Mapping[str, bytes]) -> list[LocatedFinding]:
    """Write files by their paths relative to `folder`: all of them, or none and the finding that says why.

    Never overwrites: where something stands already at a path, that is the system's refusal.
    """
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
