"""The changes of a whole run, made or rolled back as one: staged beside the modules, journaled, then put in place.

The journal is on disk before the first file is touched. A run that finds it completes the changes; one that finds it
under its second name rolls them back. Both ways can stop anywhere and be resumed: a staged file that is gone was put in
place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

from generator.output import disk
from generator.output.changes import FileChange
from generator.output.folder import STATE_FOLDER, BlockedPathError, OutputFolder, is_confined, is_module_name
from generator.output.lock_file import DamagedLockError, is_count, is_digest, read_object
from generator.source.files import LOCK_FILE

JOURNAL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Digests:
    """The SHA-256 of a file before and after. None means that there is no file."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """Changes by path relative to the output folder, and the folders that are created for them.

    With `is_undo`, these are the changes that undo what was begun, and `folders` may go.
    """

    changes: dict[str, Digests] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    is_undo: bool = False

    def reverse(self) -> Journal:
        """Return the journal that undoes this one."""
        changes = {path: Digests(digests.new, digests.old) for path, digests in self.changes.items()}
        return Journal(changes, self.folders, not self.is_undo)


class Step(Enum):
    """Whether a file still has to be put in place."""

    DUE = "due"
    DONE = "done"
    BLOCKED = "blocked"


class Transaction:
    """The state folder of a run: new files, the present files, and the journal.

    A power loss is survived like a kill: everything is flushed before the journal counts, and again before it goes.
    A disk that loses what it has acknowledged can leave single files empty or torn. These match no digest: the repair
    reports them, and without a journal they are edits of generated files, or a damaged lock file.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.folder = OutputFolder(output, remember=True)
        self.state = output / STATE_FOLDER
        self.new = self.state / "new"
        self.old = self.state / "old"
        self.forward = self.state / "journal.json"
        self.back = self.state / "journal-back.json"

    def stage(self, files: Mapping[str, FileChange]) -> Journal:
        """Put everything that the change needs on disk, then the journal: from here on the change counts.

        Raises OSError if the disk refuses; then nothing was changed.
        """
        draft, staged = self.state / "journal.new", []
        folders: set[str] = set()
        for path, change in sorted(files.items()):
            if change.content is not None:
                new = _make_place(self.new, path, folders)
                if change.source:
                    disk.keep_copy(self.output / change.source, new)
                else:
                    disk.write_new_file(new, change.content)
                staged.append(new)
            if change.present is not None:
                disk.keep_copy(self.output / path, _make_place(self.old, path, folders))
        changes = {path: Digests(change.old, change.new) for path, change in sorted(files.items())}
        missing = (folder for folder in sorted(_list_parents(changes)) if not (self.output / folder).exists())
        journal = Journal(changes, tuple(missing))
        disk.write_new_file(draft, write_journal(journal).encode())
        disk.sync_paths([*staged, draft, *map(Path, sorted(folders))])
        disk.replace_file(draft, self.forward)
        disk.sync_folder(self.state)
        return journal

    def apply(self, journal: Journal) -> list[str]:
        """Put the changes in place; return the paths where that isn't possible, which stay as they are.

        Each step is judged by digests, so this can stop anywhere and be repeated. Files are placed before others are
        removed, so a file that moves is never missing. The lock file comes last, because it says what the rest may be.
        """
        changes = sorted(journal.changes.items(), key=lambda item: (item[0] == LOCK_FILE, item[1].new is None))
        blocked: dict[str, str | None] = {}
        folders: set[str] = set()
        for path, digests in changes:
            step = self._judge(path, digests, journal)
            is_needed = step is Step.DUE and digests.new is None and digests.old in blocked.values()
            if step is Step.BLOCKED or is_needed:
                blocked[path] = digests.new
            elif step is Step.DUE and digests.new is None:
                disk.remove_file(self.output / path)
            elif step is Step.DUE:
                target = _make_place(self.output, path, folders)
                disk.replace_file(self.output / self._name_staged(path, journal), target)
        if journal.is_undo:
            for folder in reversed(journal.folders):
                self._remove_empty_folder(folder)
        else:
            for path, digests in changes:
                if digests.new is None:
                    self._remove_empty_parents(path)
        self._sync_folders(journal)
        return sorted(blocked)

    def judge(self, journal: Journal) -> set[Step]:
        """Return how far the files of a change are."""
        return {self._judge(path, digests, journal) for path, digests in journal.changes.items()}

    def _judge(self, path: str, digests: Digests, journal: Journal) -> Step:
        try:
            present = self.folder.read_digest(path)
            if present == digests.new:
                return Step.DONE
            staged = self._name_staged(path, journal)
            is_staged = digests.new is None or self.folder.read_digest(staged) == digests.new
        except BlockedPathError:
            return Step.BLOCKED
        return Step.DUE if present == digests.old and is_staged else Step.BLOCKED

    def _name_staged(self, path: str, journal: Journal) -> str:
        return f"{STATE_FOLDER}/{'old' if journal.is_undo else 'new'}/{path}"

    def is_pending(self) -> bool:
        """Return whether a change was begun that is neither complete nor rolled back."""
        return os.path.lexists(self.forward) or self.is_rolling_back()

    def is_rolling_back(self) -> bool:
        """Return whether the run that was interrupted was rolling back its change."""
        return os.path.lexists(self.back)

    def read_pending(self) -> Journal:
        """Read the journal that an interrupted run left. Raises DamagedLockError, or OSError."""
        paths = [path for path in (self.forward, self.back) if os.path.lexists(path)]
        if len(paths) != 1:
            raise DamagedLockError("there are two journals")
        try:
            data = self.folder.read(f"{STATE_FOLDER}/{paths[0].name}")
        except BlockedPathError:
            data = None
        if data is None:
            raise DamagedLockError("the journal is not a regular file, or is too large")
        return read_journal(data)

    def roll_back(self, journal: Journal) -> list[str]:
        """Decide to undo a change, then do it; return the paths where that isn't possible.

        The decision is a rename, which works on a full disk.
        """
        if os.path.lexists(self.forward):
            disk.replace_file(self.forward, self.back)
        disk.sync_folder(self.state)
        return self.apply(journal.reverse())

    def discard(self) -> None:
        """Remove the journal and everything that was staged: the change is complete, or rolled back."""
        disk.remove_file(self.forward)
        disk.remove_file(self.back)
        disk.sync_folder(self.state)
        self.clear()

    def clear(self) -> None:
        """Remove what a run staged. There must be no journal."""
        disk.remove_file(self.state / "journal.new")
        disk.remove_tree(self.new)
        disk.remove_tree(self.old)

    def abort(self) -> bool:
        """Undo what this run has begun. False if the disk refuses that, too: then the next run has to."""
        try:
            if self.is_pending():
                self.roll_back(self.read_pending())
                self.discard()
                return True
        except OSError:
            return False
        with suppress(OSError):
            self.clear()
        return True

    def _remove_empty_parents(self, path: str) -> None:
        for folder in PurePosixPath(path).parents:
            if folder.name and not self._remove_empty_folder(folder.as_posix()):
                return

    def _remove_empty_folder(self, folder: str) -> bool:
        """Remove a folder if it is empty and no link leads to it. Return whether it is gone."""
        try:
            self.folder.exists(folder)
        except BlockedPathError:
            return False
        return disk.remove_empty_folder(self.output / folder)

    def _sync_folders(self, journal: Journal) -> None:
        folders = {path.rpartition("/")[0] for path in (*journal.changes, *journal.folders)}
        places = (self.output / folder for folder in sorted(folders))
        disk.sync_paths([place for place in places if place.is_dir()])


def _make_place(base: Path, path: str, folders: set[str]) -> Path:
    """Create the missing folders on the way to a file, and add all with new names in them to `folders`."""
    place = base / path
    folder = os.path.dirname(place)
    if folder not in folders:
        folders |= {folder, *(os.path.dirname(made) for made in disk.make_folders(place.parent))}
    return place


def _list_parents(changes: Mapping[str, Digests]) -> set[str]:
    """Return the folders that the new files of a change are in."""
    parents: set[str] = set()
    for path, digests in changes.items():
        folder = "" if digests.new is None else path.rpartition("/")[0]
        while folder and folder not in parents:
            parents.add(folder)
            folder = folder.rpartition("/")[0]
    return parents


def write_journal(journal: Journal) -> str:
    """Write a journal as JSON; the order of the changes stays."""
    changes = {path: {"old": digests.old, "new": digests.new} for path, digests in journal.changes.items()}
    return json.dumps({"version": JOURNAL_VERSION, "changes": changes, "folders": list(journal.folders)}) + "\n"


def read_journal(data: bytes) -> Journal:
    """Read a journal. Raises DamagedLockError if flowseal did not write it, or a path in it leads out of the folder."""
    document = read_object(data)
    if not is_count(document.get("version")) or document["version"] != JOURNAL_VERSION:
        raise DamagedLockError("the journal is from another version of flowseal")
    entries, folders = document.get("changes"), document.get("folders")
    if not isinstance(entries, dict) or not isinstance(folders, list):
        raise DamagedLockError("the journal is malformed")
    changes = {path: _read_digests(path, entry) for path, entry in entries.items()}
    if LOCK_FILE in changes and changes[LOCK_FILE].new is None:
        raise DamagedLockError("the journal removes the lock file")
    parents = _list_parents(changes)
    if not all(isinstance(folder, str) and folder in parents for folder in folders):
        raise DamagedLockError("the journal names a folder that contains none of its files")
    return Journal(changes, tuple(folders))


def _read_digests(path: str, entry: Any) -> Digests:
    if not is_confined(path):
        raise DamagedLockError("the journal leads out of the folder")
    module, slash, _ = path.partition("/")
    if path != LOCK_FILE and not (slash and is_module_name(module)):
        raise DamagedLockError("the journal names a file that flowseal cannot have generated")
    if not isinstance(entry, dict) or entry.keys() != {"old", "new"}:
        raise DamagedLockError("the journal is malformed")
    if not all(value is None or is_digest(value) for value in entry.values()) or entry["old"] == entry["new"]:
        raise DamagedLockError("the journal contains invalid digests")
    return Digests(entry["old"], entry["new"])
