"""New files for people to continue with: flowseal does not own them, and no lock file lists them."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.findings import LocatedFinding
from generator.output import disk
from generator.output.folder import BlockedPathError, OutputFolder
from generator.output.rules import UNSAFE_PATH, report_failure, report_path
from generator.source.files import demand_regular


def list_existing(folder: Path, paths: Iterable[str]) -> list[str]:
    """Return the paths (relative to `folder`) at which something exists, broken links included."""
    return [path for path in paths if os.path.lexists(folder / path)]


def report_links(folder: Path, paths: Iterable[str]) -> list[LocatedFinding]:
    """Report each symbolic link that is one of the paths (relative to `folder`), or on the way to one."""
    links: dict[str, None] = {}
    for path in paths:
        try:
            OutputFolder(folder).exists(path)
        except BlockedPathError as block:
            links |= {block.part: None} if block.is_link else {}
    return [
        report_path(
            UNSAFE_PATH,
            folder,
            link,
            f"'{link}' is a symbolic link, and flowseal does not write through links; nothing was written.",
            "Replace the link with a real folder.",
        )
        for link in links
    ]


def write_new_files(folder: Path, files: Mapping[str, bytes]) -> list[LocatedFinding]:
    """Write files by path relative to `folder`: all of them, or none, with findings that say why.

    Never overwrites: if something exists at a path, the system refuses. Never writes through a symbolic link below
    `folder`.
    """
    if findings := report_links(folder, files):
        return findings
    made: list[Path] = []
    try:
        for path, data in files.items():
            target = folder / path
            made += disk.make_folders(target.parent)
            place_new_file(target, data)
            made.append(target)
    except OSError as error:
        finding = report_failure(error, folder)
        _undo(made)
        return [finding]
    return []


def replace_text_file(path: Path, text: str) -> list[LocatedFinding]:
    """Write a file at a path that the user named, or change nothing and return the finding that says why."""
    made: list[Path] = []
    try:
        made = disk.make_folders(path.parent)
        replace_with(path, text.encode())
    except OSError as error:
        _undo(made)
        return [report_failure(error, path)]
    return []


def append_text(path: Path, text: str) -> None:
    """Append a text to a file that the user named, creating it if it is missing. Raises OSError, and changes nothing.

    The folder of the file must exist.
    """
    size = os.path.getsize(path) if path.exists() else None
    if size is not None:
        demand_regular(path)
    try:
        disk.append_to(path, text.encode())
    except OSError:
        with suppress(OSError):
            disk.remove_file(path) if size is None else os.truncate(path, size)
        raise


def _undo(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            if path.is_dir():
                disk.remove_empty_folder(path)
            else:
                disk.remove_file(path)


def replace_with(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside its place, then renamed. Symbolic links are followed.

    An existing file must be regular; its mode is kept.
    """
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        demand_regular(target)
    with _write_beside(target, path, data) as beside:
        with suppress(FileNotFoundError):
            shutil.copymode(target, beside)
        disk.replace_file(beside, target)


def place_new_file(path: Path, data: bytes) -> None:
    """Write a new file whole or not at all: beside its place, then linked. Raises FileExistsError if one exists."""
    with _write_beside(path, path, data) as beside:
        try:
            os.link(beside, path)
        except FileExistsError:
            raise
        except OSError:
            # On a file system without links, a file that has just appeared there would be replaced.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            disk.replace_file(beside, path)


@contextmanager
def _write_beside(target: Path, shown: Path, data: bytes) -> Iterator[Path]:
    """Write a file in the target's folder, and remove it at the end if it still exists. Errors name `shown`."""
    beside = target.with_name(f".flowseal-{os.getpid()}.new")
    try:
        disk.remove_file(beside)
        disk.write_new_file(beside, data)
        yield beside
    except OSError as error:
        error.filename = str(shown)
        raise
    finally:
        with suppress(OSError):
            disk.remove_file(beside)
