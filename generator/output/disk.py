"""The functions by which a run changes the output folder. Each names its path in the OSErrors that it raises."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FEW = 50
"""Up to so many files and folders are flushed one by one, which does not wait for what other programs write."""


def make_folders(folder: Path) -> list[Path]:
    """Create a folder and its missing parents, all or none; return those that were created, outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    missing.reverse()
    made: list[Path] = []
    for path in missing:
        try:
            os.mkdir(path)
        except FileExistsError:
            continue
        except OSError:
            for parent in reversed(made):
                remove_empty_folder(parent)
            raise
        made.append(path)
    return made


def write_new_file(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, with mode 0666 less the umask."""
    with _name_path(path):
        _write_all(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), data)


def append_to(path: Path, data: bytes) -> None:
    """Append to a file, creating it if it is missing."""
    with _name_path(path):
        _write_all(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o666), data)


def open_lock(path: Path) -> int:
    """Open a file to lock it, created if missing; never through a symbolic link."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def sync_paths(paths: Collection[Path]) -> None:
    """Flush files, and the names in folders, to disk. All are on one file system."""
    if len(paths) > FEW and sync_file_system(next(iter(paths))):
        return
    for path in paths:
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)


def sync_file_system(path: Path) -> bool:
    """Flush the file system that a path is on, which is faster than thousands of files. False if it was not flushed:
    only Linux can, and the errors of single files are reported only for each by itself.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    with suppress(OSError, AttributeError):
        sync = ctypes.CDLL(None).syncfs
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return bool(sync(descriptor) == 0)
        finally:
            os.close(descriptor)
    return False


def sync_file(path: Path) -> None:
    """Flush a file to disk."""
    with _name_path(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk, if the system can: Windows cannot open a folder."""
    if os.name == "posix":
        sync_file(folder)


def keep_copy(path: Path, copy: Path) -> None:
    """Keep a file's present content under a second name: a hard link, or a copy if the file system has none."""
    try:
        os.link(path, copy, follow_symlinks=False)
    except OSError:
        with _name_path(copy):
            shutil.copy2(path, copy, follow_symlinks=False)


def replace_file(source: Path, target: Path) -> None:
    """Replace `target` with `source` in one step."""
    os.replace(source, target)


def remove_file(path: Path) -> None:
    """Remove a file; a missing one is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def remove_empty_folder(folder: Path) -> bool:
    """Remove a folder if nothing is in it; return whether it is gone."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it, never through a symbolic link; a missing one is fine."""
    if folder.is_symlink():
        os.unlink(folder)
    folders = [os.fspath(folder)]
    for place in folders:
        entries: list[os.DirEntry[str]] = []
        # A folder that cannot be read may be empty. If it isn't, removing it fails below.
        with suppress(OSError), os.scandir(place) as scan:
            entries = list(scan)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                os.unlink(entry.path)
    for place in reversed(folders[1:]):
        os.rmdir(place)
    remove_empty_folder(folder)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write to a descriptor until nothing is left, and close it."""
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


@contextmanager
def _name_path(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename is None or isinstance(error.filename, int):
            error.filename = str(path)
        raise
