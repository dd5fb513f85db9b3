"""The change of a whole run, done or undone as one: prepared beside the modules, journalled, then put in place.

The journal is on the disk before the first file is touched. A run that finds it finishes the change; one that finds it
under the name of the way back undoes the change. Both ways may stop anywhere and be taken up again: a prepared file
that is gone was put in place.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.output import disk
from generator.output.confinement import STATE_FOLDER, find_obstacle, is_confined, is_module_name
from generator.output.lock_file import DamagedLockError, is_count, is_digest, read_object
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """The SHA-256 of a file before and after; None where there is none."""

    old: str | None
    new: str | None

    def reverse(self) -> Change:
        """Return the change that undoes this one."""
        return Change(self.new, self.old)


@dataclass(frozen=True, slots=True)
class Journal:
    """Changes by path relative to the output folder, in the order of doing, and the folders made for them."""

    changes: dict[str, Change] = field(default_factory=dict)
    folders: tuple[str, ...] = ()


class StateFolder:
    """Where a change is prepared: new files, the present files, and the journal."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.path = output / STATE_FOLDER
        self.new = self.path / "new"
        self.old = self.path / "old"
        self.forward = self.path / "journal.json"
        self.back = self.path / "journal-back.json"

    def has_turned_back(self) -> bool:
        """Whether the run that was stopped was undoing its change."""
        return os.path.lexists(self.back)

    def is_pending(self) -> bool:
        """Whether a change was begun and is neither whole nor undone."""
        return os.path.lexists(self.forward) or os.path.lexists(self.back)

    def clear(self) -> None:
        """Remove what a run prepared. The journal must be gone, or must never have been."""
        disk.remove_file(self.path / "journal.new")
        disk.remove_tree(self.new)
        disk.remove_tree(self.old)

    def commit(self, journal: Journal) -> None:
        """Make the journal count: from here on the change is finished or undone, by this run or the next."""
        for path, change in journal.changes.items():
            if change.new is not None:
                disk.sync_file(self.new / path)
            if change.old is not None:
                disk.make_folders((self.old / path).parent)
                disk.keep_copy(self.output / path, self.old / path)
        draft = self.path / "journal.new"
        disk.write_new_file(draft, write_journal(journal).encode())
        disk.sync_file(draft)
        disk.replace_file(draft, self.forward)
        disk.sync_folder(self.path)

    def read_pending(self) -> Journal:
        """Read the journal that a stopped run left. Raises DamagedLockError, or OSError."""
        if os.path.lexists(self.forward) and os.path.lexists(self.back):
            raise DamagedLockError("there are two journals")
        data = disk.read_regular_file(self.back if os.path.lexists(self.back) else self.forward)
        if not isinstance(data, bytes):
            raise DamagedLockError("the journal is not a file, or it is too large")
        return read_journal(data)

    def apply(self, journal: Journal, *, undo: bool = False) -> list[str]:
        """Put the change in place, or undo it; return the paths where that is not possible, which stay as they are.

        Each step is told by the digests, so this may stop anywhere and be repeated. Files are placed before others are
        removed, so that a file that moves is never gone; the lock file comes last, as it tells what the rest may be.
        """
        changes = [(path, each.reverse() if undo else each) for path, each in journal.changes.items()]
        changes.sort(key=lambda item: (item[0] == LOCK_FILE, item[1].new is None))
        blocked: dict[str, str | None] = {}
        for path, change in changes:
            state = self._judge(path, change, undo)
            if state is None or (state and change.new is None and change.old in blocked.values()):
                blocked[path] = change.new
            elif state:
                self._put(path, change, undo)
        if undo:
            for folder in reversed(journal.folders):
                if not find_obstacle(self.output, folder):
                    disk.remove_empty_folder(self.output / folder)
        else:
            for path, change in changes:
                if change.new is None:
                    self._remove_empty_parents(path)
        self._sync_folders(journal)
        return sorted(blocked)

    def is_possible(self, journal: Journal) -> bool:
        """Whether every file of a change can be put in place, or is already."""
        return all(self._judge(path, change, undo=False) is not None for path, change in journal.changes.items())

    def is_undone(self, journal: Journal) -> bool:
        """Whether no file of a change is in place."""
        return all(self._judge(path, each.reverse(), undo=True) is False for path, each in journal.changes.items())

    def _judge(self, path: str, change: Change, undo: bool) -> bool | None:
        """Tell whether a file is still to be put in place; None where that is not possible."""
        if find_obstacle(self.output, path):
            return None
        present = disk.read_digest(self.output / path)
        if present == change.new:
            return False
        if present != change.old:
            return None
        source = self.old if undo else self.new
        if change.new is not None and find_obstacle(self.path, f"{source.name}/{path}"):
            return None
        return True if change.new is None or disk.read_digest(source / path) == change.new else None

    def _put(self, path: str, change: Change, undo: bool) -> None:
        target = self.output / path
        if change.new is None:
            disk.remove_file(target)
        else:
            disk.make_folders(target.parent)
            disk.replace_file((self.old if undo else self.new) / path, target)

    def turn_back(self) -> None:
        """Decide that the change is undone. A rename: it works on a full disk too."""
        if os.path.lexists(self.forward):
            disk.replace_file(self.forward, self.back)
        disk.sync_folder(self.path)

    def forget(self) -> None:
        """Drop the journal and all that was prepared: the change is whole, or undone."""
        disk.remove_file(self.forward)
        disk.remove_file(self.back)
        disk.sync_folder(self.path)
        self.clear()

    def abandon(self) -> bool:
        """Undo what this run has begun; False where the disk refuses even that, and the next run has to do it."""
        try:
            if self.is_pending():
                self.turn_back()
                self.apply(self.read_pending(), undo=True)
                self.forget()
                return True
        except OSError:
            return False
        with suppress(OSError):
            self.clear()
        return True

    def _remove_empty_parents(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        while folder and not find_obstacle(self.output, folder):
            if not disk.remove_empty_folder(self.output / folder):
                return
            folder = folder.rpartition("/")[0]

    def _sync_folders(self, journal: Journal) -> None:
        folders = {(self.output / path).parent for path in (*journal.changes, *journal.folders)}
        for folder in sorted(folders):
            if folder.is_dir():
                disk.sync_folder(folder)


def write_journal(journal: Journal) -> str:
    """Write a journal as JSON; the order of the changes stays."""
    changes = {path: asdict(change) for path, change in journal.changes.items()}
    return json.dumps({"version": JOURNAL_VERSION, "changes": changes, "folders": list(journal.folders)}) + "\n"


def read_journal(data: bytes) -> Journal:
    """Read a journal. Raises DamagedLockError for one that flowseal did not write, or that leads out of the folder."""
    document = read_object(data)
    if not is_count(document.get("version")) or document["version"] != JOURNAL_VERSION:
        raise DamagedLockError("the journal is of another version of flowseal")
    entries, folders = document.get("changes"), document.get("folders")
    if not isinstance(entries, dict) or not isinstance(folders, list):
        raise DamagedLockError("the journal is not as flowseal writes it")
    changes = {path: _read_change(path, entry) for path, entry in entries.items()}
    if LOCK_FILE in changes and changes[LOCK_FILE].new is None:
        raise DamagedLockError("the journal removes the lock file")
    parents = {
        parent.as_posix() for path, each in changes.items() if each.new for parent in PurePosixPath(path).parents
    }
    if not all(isinstance(folder, str) and folder in parents - {"."} for folder in folders):
        raise DamagedLockError("the journal names a folder that none of its files is in")
    return Journal(changes, tuple(folders))


def _read_change(path: str, entry: Any) -> Change:
    if not is_confined(path):
        raise DamagedLockError("the journal leads out of the folder")
    module, slash, _ = path.partition("/")
    if path != LOCK_FILE and not (slash and is_module_name(module)):
        raise DamagedLockError("the journal names a file that is none of flowseal's")
    if not isinstance(entry, dict) or entry.keys() != {"old", "new"}:
        raise DamagedLockError("the journal is not as flowseal writes it")
    if not all(value is None or is_digest(value) for value in entry.values()) or entry["old"] == entry["new"]:
        raise DamagedLockError("the journal has digests that flowseal does not write")
    return Change(entry["old"], entry["new"])
