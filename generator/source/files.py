"""Files of a user's: which may be opened (regular ones only), and where symbolic links may lead.

A pipe is waited for without end, a device may have no end, and a link may lead to what a pull request must not see.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

LOCK_FILE = "flowseal.lock.json"
"""The file that marks a folder of generated modules."""
CONFIGURATION_FILE = "flowseal.yaml"
MOST_LINKS = 40
"""How many links Linux follows on the way to one file."""
MOST_LEVELS = 200
"""Folders in one path. Few enough to ask the system about each, and more than any repository has."""
_GIT_DATA = ("HEAD", "objects", "refs")


def read_file(path: Path | str, most: int) -> bytes:
    """Return a file's bytes, one more than `most` where it has more. Symbolic links are followed. Raises OSError."""
    demand_regular(path)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:
        # What was looked at may have been replaced since.
        _demand_mode(os.fstat(descriptor).st_mode, path)
        return stream.read(most + 1)


def is_text(text: str) -> bool:
    """Return whether UTF-8 can carry a text: not where it has half a surrogate pair, as paths of other bytes do."""
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


def refuse_depth(place: Path | str) -> OSError:
    """Return the error for a folder that is nested too deeply to be searched."""
    return OSError(errno.ENAMETOOLONG, f"The folder is more than {MOST_LEVELS} levels deep", str(place))


def walk_folder(
    root: Path | str, refuse: Callable[[OSError], object] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder from `root` down with the names of its folders and of all else in it, both sorted.

    The caller may remove names of folders that are not to be visited. Symbolic links are not followed. `refuse` gets
    the error for each folder that cannot be read or is more than MOST_LEVELS below `root`.
    """
    waiting = [os.fspath(root)]
    deepest = waiting[0].count(os.sep) + MOST_LEVELS
    while waiting:
        place = waiting.pop()
        try:
            if place.count(os.sep) > deepest:
                raise refuse_depth(place)
            with os.scandir(place) as scan:
                entries = sorted((entry.name, os.path.isdir(entry), entry.is_symlink()) for entry in scan)
        except OSError as error:
            if refuse is not None:
                refuse(error)
            continue
        folders = [name for name, is_folder, _ in entries if is_folder]
        links = {name for name, _, is_link in entries if is_link}
        yield place, folders, [name for name, is_folder, _ in entries if not is_folder]
        waiting += [os.path.join(place, name) for name in reversed(folders) if name not in links]


def find_repository(here: Path, workspace: str | None = None) -> Path:
    """Return the root of the repository around a folder: the nearest one with `.git`, else `workspace`, else itself."""
    return search_repository(here, workspace) or here


def search_repository(here: Path, workspace: str | None = None) -> Path | None:
    """Return the same, or None if there is no repository around the folder."""
    around = [here, *here.parents]
    root = next((folder for folder in around if os.path.exists(folder / ".git")), None)
    if root is None and workspace and Path(os.path.realpath(workspace)) in around:
        root = Path(os.path.realpath(workspace))
    return root


def find_escape(path: Path | str) -> tuple[Path, str] | None:
    """Return the first symbolic link on the way to a path that leads out of where it is, and what it leads out of.

    A link may lead to any place inside its repository. Without a repository, the folder of the nearest flowseal.yaml
    counts, then the working folder, then the folder of a link to a file. A link to a folder that has none of these
    around it belongs to the machine and may lead anywhere.
    """
    if os.path.realpath(path) == os.path.abspath(path):
        return None
    here = Path(Path(path).anchor or os.getcwd())
    ahead = _list_parts(Path(path))
    followed = 0
    while ahead and followed < MOST_LINKS:
        part = ahead.pop()
        step = here.parent if part == ".." else here / part
        if part == ".." or not os.path.islink(step):
            here = step
            continue
        around, name = _find_surroundings(step)
        if around is not None and not Path(os.path.realpath(step)).is_relative_to(around):
            return step, name
        target = Path(os.readlink(step))
        here = Path(target.anchor or here)
        ahead += _list_parts(target)
        followed += 1
    return None


def is_git(place: Path) -> bool:
    """Return whether a path is git's: `.git` as any file system may spell it, or a folder of git data with any name."""
    name = "".join(character for character in place.name if unicodedata.category(character) != "Cf")
    name = name.casefold().partition(":")[0].rstrip(" .")
    return name in (".git", "git~1") or all(os.path.lexists(place / name) for name in _GIT_DATA)


def belongs_to_git(path: Path) -> bool:
    """Return whether git's own data is at a path, or around it inside the nearest repository."""
    real = Path(os.path.realpath(path))
    root = search_repository(real)
    return any(is_git(place) for place in (real, *real.parents) if root is None or root in place.parents)


def _list_parts(path: Path) -> list[str]:
    """Return the names in a path without its root, the last one first."""
    return [part for part in reversed(path.parts) if part != path.anchor]


def _find_surroundings(link: Path) -> tuple[Path | None, str]:
    """Return the folder that a link must not lead out of, if there is one, and what it is called."""
    folder = link.parent
    if root := search_repository(folder, os.environ.get("GITHUB_WORKSPACE")):
        return root, "the repository"
    for place in (folder, *folder.parents):
        if os.path.lexists(place / CONFIGURATION_FILE):
            return place, f"the folder of {CONFIGURATION_FILE}"
    if folder.is_relative_to(Path.cwd()):
        return Path.cwd(), "the working directory"
    return None if link.is_dir() else folder, "its own folder"
