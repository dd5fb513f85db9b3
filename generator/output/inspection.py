"""Whether a module's files are as they were made: one look at each folder, one read of each file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path


def is_intact(module: Path, files: Mapping[str, str]) -> bool:
    """Tell whether every one of `files` (SHA-256 by path) is there unchanged, without a symbolic link on its way.

    Files beside them do not count. What cannot be read is not intact.
    """
    folders: dict[str, dict[str, str]] = {}
    for path, digest in files.items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, {})[name] = digest
    try:
        return _is_real_folder(os.fspath(module)) and all(
            _is_folder_intact(os.fspath(module), folder, names) for folder, names in folders.items()
        )
    except OSError:
        return False


def _is_real_folder(path: str) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def _is_folder_intact(module: str, folder: str, names: Mapping[str, str]) -> bool:
    parts = folder.split("/") if folder else []
    steps = ["/".join((module, *parts[: count + 1])) for count in range(len(parts))]
    if not all(map(_is_real_folder, steps)):
        return False
    place = steps[-1] if steps else module
    return all(_is_file_intact(f"{place}/{name}", digest) for name, digest in names.items())


def _is_file_intact(path: str, digest: str) -> bool:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return False
        data = os.read(descriptor, status.st_size + 1)
        while len(data) < status.st_size and (more := os.read(descriptor, status.st_size)):
            data += more
    finally:
        os.close(descriptor)
    return len(data) == status.st_size and sha256(data).hexdigest() == digest
