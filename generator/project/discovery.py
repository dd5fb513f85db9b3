"""Finds definitions on disk, and reads them and the files that they reference."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from generator.findings import LocatedFinding, error, report_file, show_path
from generator.findings.suggestions import suggest_name
from generator.flow.reading import FileRefusal
from generator.flow.wording import list_names
from generator.project.access import describe_broken_link, describe_refusal, explain_failure, judge_depth, judge_path
from generator.source import LARGEST_DOCUMENT
from generator.source.files import (
    LOCK_FILE,
    is_git,
    is_text,
    read_file,
    walk_folder,
)

MISSING_PATH = error("MissingPath", "A path on the command line or in the configuration does not exist.")
UNREADABLE_PATH = error("UnreadablePath", "A file or folder cannot be read.")
NON_UTF8_PATH = error("NonUtf8Path", "The path of a definition is not valid UTF-8.")
FORBIDDEN_PATH = error("ForbiddenPath", "A path leads out of the repository or into Git's own data.")
NO_DEFINITIONS = error("NoDefinitions", "A folder or pattern matches no flow definitions.")

ENDINGS = (".flow.yaml", ".flow.yml", ".flow.json")
LARGEST_TEXT = 21_000_000
"""The API's 5,000,000 characters of inline code at UTF-8's four bytes each, and some slack."""


@dataclass(frozen=True, slots=True)
class DefinitionFile:
    """A definition: its path, and how findings show it (as the user gave it, with forward slashes).

    `project` is the folder below which it may name texts, if it is not its own; in `outputs`, modules are generated.
    """

    display: str
    path: Path
    project: Path | None = None
    outputs: tuple[Path, ...] = ()

    def open_texts(self) -> DiskReader:
        """Return the reader for the files that the definition references."""
        return DiskReader(self.path.parent, self.project, self.outputs)


def name_definition(path: Path, shown: Path) -> DefinitionFile | LocatedFinding:
    """Return the definition at `path`, which findings show as `shown`; or say that this is no text, or a link out.

    Findings and the lock file name a definition by its path, as text: two that differ in bytes of no text would be one.
    The folder of the path must be one that judge_path takes.
    """
    display = show_path(shown)
    if path.is_symlink() and (refused := report_forbidden(path, display)):
        return refused
    return DefinitionFile(display, path) if is_text(shown.as_posix()) else report_unreadable_name(display)


def report_unreadable_name(display: str) -> LocatedFinding:
    """Report a definition's path that is not valid UTF-8."""
    message = "The path of this definition is not valid UTF-8, so findings and the lock file cannot refer to it."
    return report_file(NON_UTF8_PATH, message, "Rename the file or folder.", display)


def report_forbidden(path: Path, display: str) -> LocatedFinding | None:
    """Return a finding if nothing may be read or written at a path, or None."""
    refusal = judge_path(path)
    return report_file(FORBIDDEN_PATH, *refusal, display) if refusal else None


def discover_definitions(
    paths: Sequence[str], output: Path | None
) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
    """Return the definitions that `paths` name, in their order, and findings about paths that name none.

    A file named outright is taken whatever its name. A folder is searched for *.flow.yaml, *.flow.yml and
    *.flow.json, without folders that begin with a dot, symlinked folders, and `output`; what it holds is sorted. A
    file reached twice counts once. What judge_path refuses is a finding.
    """
    named, findings = [], []
    for path in paths:
        for entry in _search_path(path, output):
            if isinstance(entry, Path):
                named.append((entry, name_definition(entry, entry)))
            else:
                findings.append(entry)
    files, refused = keep_first(named)
    return files, [*findings, *refused]


def keep_first(
    named: Iterable[tuple[Path, DefinitionFile | LocatedFinding]],
) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
    """Return definitions and findings about those that are refused, each once however often its path was reached."""
    files: dict[str, DefinitionFile] = {}
    refused: dict[str, LocatedFinding] = {}
    for path, found in named:
        if isinstance(found, LocatedFinding):
            refused.setdefault(os.path.abspath(path), found)
        else:
            files.setdefault(os.path.realpath(path), found)
    return list(files.values()), list(refused.values())


def read_definition(file: DefinitionFile) -> bytes | LocatedFinding:
    """Return a definition's bytes, or why they cannot be read.

    Of a file larger than LARGEST_DOCUMENT, one byte more is read, so that the reader can report it.
    """
    try:
        return read_file(file.path, LARGEST_DOCUMENT)
    except OSError as error:
        return report_file(UNREADABLE_PATH, *explain_failure(error, file.path), file.display)


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Reads the files that a definition in `folder` references, which must be below `project`, if it contains the
    definition, or else below `folder`.

    Git's own files are off limits. So are `outputs` and other folders with a lock file, unless they contain both
    `folder` and the file, and the file is below `folder`.
    """

    folder: Path
    project: Path | None = None
    outputs: tuple[Path, ...] = ()

    def read_text(self, path: str) -> str | FileRefusal:
        """Return the text at `path` (relative, UTF-8; a byte order mark is dropped), or why it is not read.

        Where a path leads is judged after its symlinks and `..` are resolved.
        """
        if refusal := _judge_spelling(path):
            return refusal
        home = os.path.realpath(self.folder)
        target = os.path.realpath(os.path.join(home, path))
        if refusal := self._judge_place(path, Path(home), Path(target)):
            return refusal
        if refused := judge_path(Path(home, path)):
            return FileRefusal(*refused)
        # The path itself is asked for, as it may end in a slash, or go on behind a file.
        if not os.path.exists(os.path.join(home, path)):
            return self._explain_missing(home, path)
        if not os.path.isfile(target):
            return FileRefusal(f"{path!r} is not a file.", "Use the path of a text file.")
        return _read_text(path, target)

    def _judge_place(self, path: str, home: Path, target: Path) -> FileRefusal | None:
        project = None if self.project is None else Path(os.path.realpath(self.project))
        boundary = project if project is not None and home.is_relative_to(project) else home
        if not target.is_relative_to(boundary):
            folder = "flowseal.yaml" if boundary == project else "the definition"
            help = f"Move the file into the folder of {folder} or a subfolder."
            if project is None:
                help += " To allow files anywhere in the project, add a flowseal.yaml at its top level."
            if Path(os.path.normpath(home / path)).is_relative_to(boundary):
                message = f"File {path!r} leads through a symbolic link to a place outside the folder of {folder}."
                return FileRefusal(message, "Replace the link with a copy of what it leads to.")
            return FileRefusal(f"File {path!r} is outside the folder of {folder}.", help)
        passed = [place for place in (target, *target.parents) if place.is_relative_to(boundary)]
        if any(map(is_git, passed[:-1])):
            return FileRefusal(f"File {path!r} is part of Git's own data.", "Use a file outside `.git`.")
        generated = [place for place in passed if os.path.lexists(place / LOCK_FILE)]
        for output in (*map(Path, map(os.path.realpath, self.outputs)), *generated):
            is_own = home.is_relative_to(output) and target.is_relative_to(home)
            if target.is_relative_to(output) and not is_own:
                message = f"File {path!r} is in the output folder, whose files flowseal overwrites."
                return FileRefusal(message, "Move the file out of the output folder.")
        return None

    def _explain_missing(self, home: str, path: str) -> FileRefusal:
        if os.path.islink(os.path.join(home, path)):
            message = f"File {path!r} is {describe_broken_link(Path(home, path), home)}."
            return FileRefusal(message, "Fix the link, or replace it with the file.")
        meant = self._suggest_path(home, path)
        help = f"Did you mean {meant}?" if meant else "Paths are relative to the definition's folder."
        return FileRefusal(f"File {path!r} does not exist.", help)

    def _suggest_path(self, home: str, path: str) -> str | None:
        """Return the path of the file that a path most likely means, each name of it the nearest one in its folder."""
        meant: list[str] = []
        for part in PurePosixPath(path).parts:
            here = os.path.join(home, *meant)
            name: str | None = part
            if part != ".." and not os.path.lexists(os.path.join(here, part)):
                name = suggest_name(part, _list_names(here))
            if name is None:
                return None
            meant.append(name)
        target = os.path.join(home, *meant)
        is_readable = os.path.isfile(target) and not self._judge_place(path, Path(home), Path(os.path.realpath(target)))
        return "/".join(meant) if is_readable else None


def _list_names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if is_text(name) and not name.startswith("."))
    except OSError:
        return []


def _judge_spelling(path: str) -> FileRefusal | None:
    if not path.strip() or "\0" in path:
        return FileRefusal(f"{path!r} is not a file path.", "Use a path relative to the definition's folder.")
    if "\\" in path:
        return FileRefusal(f"Path {path!r} contains backslashes.", "Use / between folders, even on Windows.")
    if path.startswith("/") or PureWindowsPath(path).drive:
        return FileRefusal(f"Path {path!r} is absolute.", "Make it relative to the definition's folder.")
    refusal = judge_depth(PurePosixPath(path))
    return FileRefusal(*refusal) if refusal else None


def _read_text(path: str, target: str) -> str | FileRefusal:
    try:
        data = read_file(target, LARGEST_TEXT)
    except OSError as error:
        return FileRefusal(f"File {path!r} cannot be read: {describe_refusal(error)}", "Check its permissions.")
    if len(data) > LARGEST_TEXT:
        return FileRefusal(f"File {path!r} is too large.", f"The limit is {LARGEST_TEXT:,} bytes.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"File {path!r} is not UTF-8: byte {error.start + 1} is invalid."
        return FileRefusal(message, "Save it as UTF-8.")


def _search_path(path: str, output: Path | None) -> Iterator[Path | LocatedFinding]:
    display = show_path(Path(path))
    if not path or not os.path.lexists(path):
        yield report_file(MISSING_PATH, "No such file or folder.", "Check the path.", display)
    elif refused := report_forbidden(Path(path), display):
        yield refused
    elif os.path.isdir(path):
        yield from search_folder(Path(path), display, output)
    else:
        yield Path(path)


def search_folder(folder: Path, display: str, output: Path | None) -> Iterator[Path | LocatedFinding]:
    """Yield the definitions in a folder and below it, by path, or why there is none. See discover_definitions.

    The folder itself must be one that judge_path takes.
    """
    skipped = os.path.realpath(output) if output is not None else None
    errors: list[OSError] = []
    found: list[Path] = []
    links: list[Path] = []
    for place, folders, names in walk_folder(folder, errors.append):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(os.path.join(place, name)) != skipped
        ]
        found += [Path(place, name) for name in names if name.endswith(ENDINGS)]
        links += [Path(place, name) for name in folders if os.path.islink(os.path.join(place, name))]
    for refusal in sorted(errors, key=lambda item: str(item.filename)):
        yield report_unreadable_folder(refusal, show_path(Path(str(refusal.filename))))
    if not found and not errors:
        message = "The folder contains no flow definitions."
        help = f"Definition file names end in {list_names(ENDINGS)}."
        if links:
            help = (
                f"Symbolic links to folders are not searched. To search '{show_path(min(links))}', list it explicitly."
            )
        yield report_file(NO_DEFINITIONS, message, help, display)
    yield from sorted(found, key=lambda item: item.as_posix())


def report_unreadable_folder(error: OSError, display: str) -> LocatedFinding:
    """Report that a folder cannot be searched."""
    help = "Reduce the nesting." if error.errno == errno.ENAMETOOLONG else "Check the folder's permissions."
    return report_file(UNREADABLE_PATH, describe_refusal(error), help, display)
