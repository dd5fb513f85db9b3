"""One run at a time: an advisory lock on a file inside the output folder's state folder."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.write import disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

WAIT_SECONDS = 3.0
"""How long a run waits for another one to end."""

_PAUSE_SECONDS = 0.05


class OutputBusyError(Exception):
    """Another process holds the lock; the message names it."""


@contextmanager
def hold_run_lock(state: Path) -> Iterator[None]:
    """Hold the lock of a state folder, which is made (with a .gitignore over all of it) and removed again if empty.

    Waits up to WAIT_SECONDS, then raises OutputBusyError. A lock left by a killed process is free.
    """
    path = state / "run.lock"
    descriptor = _acquire(state, path)
    try:
        yield
    finally:
        if not any(entry.name not in ("run.lock", ".gitignore") for entry in os.scandir(state)):
            disk.remove_file(state / ".gitignore")
        disk.remove_file(path)
        os.close(descriptor)
        disk.remove_empty_folder(state)


def _acquire(state: Path, path: Path) -> int:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        descriptor = _open(state, path)
        if descriptor is not None:
            if _try_lock(descriptor) and _is_same_file(descriptor, path):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if time.monotonic() > deadline:
                raise OutputBusyError(f"process {holder}" if holder.isdigit() else "another process")
        time.sleep(_PAUSE_SECONDS)


def _open(state: Path, path: Path) -> int | None:
    """Open the lock's file. None when the run before took the folder away in the meantime: try again."""
    disk.make_folders(state)
    try:
        if not os.path.lexists(state / ".gitignore"):
            disk.write_new_file(state / ".gitignore", b"*\n")
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except (FileNotFoundError, FileExistsError):
        return None


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Whether the locked file still has its name: the holder before removes it before it lets go."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False
