"""Which paths are inside the output folder, and whether a symbolic link on the way leads out of it."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from generator.source.files import LOCK_FILE

STATE_FOLDER = ".flowseal"
"""Holds what a run needs while it writes: its lock, the journal, new and old files. Gone after the run."""

_DRIVE_OR_CONTROL = re.compile(r"^[A-Za-z]:|[\x00-\x1f\x7f\\]")


def is_confined(path: str) -> bool:
    """Whether a relative path with forward slashes stays below the folder that it is joined to, on any system."""
    parts = path.split("/")
    return not _DRIVE_OR_CONTROL.search(path) and all(part not in ("", ".", "..") for part in parts)


def is_module_name(name: str) -> bool:
    """Whether a name can be a module's folder: one visible path component."""
    return is_confined(name) and "/" not in name and not name.startswith(".") and name.casefold() != LOCK_FILE


def find_obstacle(output: Path, path: str) -> str | None:
    """Return the first part of `path` below `output` that is a symbolic link, or no folder though it must be one.

    The last part may be anything but a symbolic link. The result is relative to `output`.
    """
    parts = PurePosixPath(path).parts
    for count in range(1, len(parts) + 1):
        part = output.joinpath(*parts[:count])
        if part.is_symlink():
            return "/".join(parts[:count])
        if not os.path.lexists(part):
            return None
        if count < len(parts) and not part.is_dir():
            return "/".join(parts[:count])
    return None


def is_same_folder(one: Path, other: Path) -> bool:
    """Tell whether two names lead to one folder, as `Triage` and `triage` do on a disk that ignores case."""
    return one.is_dir() and other.is_dir() and os.path.samefile(one, other)
