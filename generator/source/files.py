"""Files of a user's, opened only where they are regular: a pipe is waited for without end, a device may have no end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LOCK_FILE = "flowseal.lock.json"
"""The file that marks a folder of generated modules."""


def read_file(path: Path | str, most: int) -> bytes:
    """Return a file's bytes, one more than `most` where it has more. Symbolic links are followed. Raises OSError."""
    demand_regular(path)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:
        # What was looked at may have been replaced since.
        _demand_mode(os.fstat(descriptor).st_mode, path)
        return stream.read(most + 1)


def is_text(text: str) -> bool:
    """Tell whether UTF-8 can carry a text: not where it has half a surrogate pair, as paths of other bytes do."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def demand_regular(path: Path | str) -> None:
    """Raise OSError where there is anything but a regular file, and FileNotFoundError where there is nothing."""
    _demand_mode(os.stat(path).st_mode, path)


def _demand_mode(mode: int, path: Path | str) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
