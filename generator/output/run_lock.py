"""One run at a time: an advisory lock on a file in the state folder. Windows has none."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.output import disk

if sys.platform != "win32":
    import fcntl

WAIT_SECONDS = 3.0
"""How long a run waits for another to end."""

_PAUSE_SECONDS = 0.05
_NAME = "run.lock"


class OutputBusyError(Exception):
    """Another process holds the lock; the message names it."""


@contextmanager
def hold_run_lock(state: Path) -> Iterator[None]:
    """Hold the lock of a state folder. Creates the folder with a .gitignore that covers it; removes it if it is empty.

    Waits up to WAIT_SECONDS, then raises OutputBusyError. When a process is killed, its lock is released.
    """
    descriptor = _acquire(state)
    try:
        yield
    finally:
        try:
            _leave(state)
        finally:
            os.close(descriptor)


def wait_for_run(state: Path) -> None:
    """Return once no process holds the lock of a state folder. Changes nothing; waits and raises like hold_run_lock."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            descriptor = os.open(
                state / _NAME, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            )
        except FileNotFoundError:
            return
        try:
            if _try_lock(descriptor, shared=True):
                return
            holder = _read_holder(descriptor)
        finally:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise OutputBusyError(holder)
        time.sleep(_PAUSE_SECONDS)


def _acquire(state: Path) -> int:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        descriptor = _open(state)
        holder = ""
        if descriptor is not None:
            try:
                if _try_lock(descriptor) and _is_same_file(descriptor, state / _NAME):
                    with suppress(OSError):
                        os.ftruncate(descriptor, 0)
                        os.write(descriptor, f"{os.getpid()}\n".encode())
                    return descriptor
            except OSError:
                os.close(descriptor)
                raise
            holder = _read_holder(descriptor)
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise OutputBusyError(holder or "another process")
        time.sleep(_PAUSE_SECONDS)


def _open(state: Path) -> int | None:
    """Open the lock file. None if the previous run removed the folder in the meantime: try again."""
    try:
        disk.make_folders(state)
        if not os.path.lexists(state / ".gitignore"):
            disk.write_new_file(state / ".gitignore", b"*\n")
        return disk.open_lock(state / _NAME)
    except (FileNotFoundError, FileExistsError):
        return None
    except OSError:
        with suppress(OSError):
            if set(os.listdir(state)) <= {".gitignore"}:
                _leave(state)
        raise


def _leave(state: Path) -> None:
    """Remove the lock file, and the folder if it is otherwise empty. Ignores errors: leftovers are harmless."""
    with suppress(OSError):
        if set(os.listdir(state)) <= {_NAME, ".gitignore"}:
            disk.remove_file(state / ".gitignore")
        disk.remove_file(state / _NAME)
        disk.remove_empty_folder(state)


def _read_holder(descriptor: int) -> str:
    holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f"process {holder}" if holder.isdigit() else "another process"


def _try_lock(descriptor: int, *, shared: bool = False) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Return whether the locked file still has its name: its last holder removes the name before it lets go."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False
