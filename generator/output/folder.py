"""The output folder as flowseal reads it: regular files only, and never through a symbolic link."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from generator.source.files import LOCK_FILE

STATE_FOLDER = ".flowseal"
"""Holds what a run needs while it writes: its lock, the journal, new and old files. Removed after the run."""
LARGEST_FILE = 256 * 1024 * 1024
"""Bytes. No file of flowseal's comes near that: the lock file of 10,000 modules is a tenth as large."""

_DRIVE_OR_CONTROL = re.compile(r"^[A-Za-z]:|[\x00-\x1f\x7f\\]")
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class ReadRefusedError(OSError):
    """The system refuses to read a file, whatever the run intended to do with it."""


class BlockedPathError(Exception):
    """Something is in the way of a path: a symbolic link, a file instead of a folder, or not a regular file.

    `part` is where that is, relative to the folder: the path itself, or a folder on the way to it.
    """

    def __init__(self, part: str, *, is_link: bool = False) -> None:
        super().__init__(part)
        self.part = part
        self.is_link = is_link


def is_confined(path: str) -> bool:
    """Return whether a relative path with forward slashes stays below the folder it is joined to, on any system."""
    return not _DRIVE_OR_CONTROL.search(path) and not {"", ".", ".."} & set(path.split("/"))


def is_module_name(name: str) -> bool:
    """Return whether a module's folder can have this name: one visible path component."""
    return is_confined(name) and "/" not in name and not name.startswith(".") and name.casefold() != LOCK_FILE


class OutputFolder:
    """Reads by paths relative to a folder. With `remember`, each folder on the way is only looked at once."""

    def __init__(self, path: Path, *, remember: bool = False) -> None:
        self.path = path
        self._root = os.fspath(path)
        self._remember = remember
        self._folders = {""}

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a regular file, or None if nothing is there.

        Raises BlockedPathError, or ReadRefusedError if the system refuses to read the file.
        """
        place = f"{self._root}/{path}"
        if not self._has_folder(path.rpartition("/")[0]):
            return None
        if not _NO_FOLLOW and os.path.islink(place):
            raise BlockedPathError(path, is_link=True)
        try:
            descriptor = os.open(place, _READ)
            try:
                data = _read_regular(descriptor)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return None
        except OSError as error:
            mode = os.lstat(place).st_mode
            if not stat.S_ISREG(mode):
                raise BlockedPathError(path, is_link=stat.S_ISLNK(mode)) from None
            raise ReadRefusedError(error.errno, error.strerror, str(self.path / path)) from error
        if data is None:
            raise BlockedPathError(path)
        return data

    def read_digest(self, path: str) -> str | None:
        """Return the SHA-256 of a regular file, or None if nothing is there. Raises what `read` raises."""
        data = self.read(path)
        return None if data is None else sha256(data).hexdigest()

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder at a path. Raises BlockedPathError."""
        if not self._has_folder(path.rpartition("/")[0]):
            return False
        if os.path.islink(self.path / path):
            raise BlockedPathError(path, is_link=True)
        return os.path.lexists(self.path / path)

    def is_intact(self, name: str, files: Mapping[str, str]) -> bool:
        """Return whether a module has all these files (SHA-256 by path), unchanged. A file that can't be read isn't."""
        try:
            return bool(files) and all(self.read_digest(f"{name}/{path}") == files[path] for path in files)
        except (BlockedPathError, OSError):
            return False

    def is_same(self, one: str, other: str) -> bool:
        """Return whether two names lead to one folder, as `Triage` and `triage` do on a disk that ignores case."""
        paths = (self.path / one, self.path / other)
        return all(path.is_dir() for path in paths) and os.path.samefile(*paths)

    def _has_folder(self, folder: str) -> bool:
        """Return whether a folder is there. Raises BlockedPathError if a part of its path is anything else."""
        end = 0
        while folder not in self._folders and end < len(folder):
            end = folder.find("/", end + 1) % (len(folder) + 1)
            part = folder[:end]
            if part in self._folders:
                continue
            try:
                mode = os.lstat(f"{self._root}/{part}").st_mode
            except FileNotFoundError:
                return False
            if not stat.S_ISDIR(mode):
                raise BlockedPathError(part, is_link=stat.S_ISLNK(mode))
            if self._remember:
                self._folders.add(part)
        return True


def _read_regular(descriptor: int) -> bytes | None:
    """Return what an open file holds; None if it is not a regular file, or too large."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
        return None
    data = os.read(descriptor, status.st_size + 1)
    while len(data) < status.st_size and (more := os.read(descriptor, status.st_size - len(data))):
        data += more
    return data
