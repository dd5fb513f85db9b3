"""The change of a whole run, done or undone as one: prepared beside the modules, journalled, then put in place.

The journal is on the disk before the first file is touched. A run that finds it finishes the change; one that finds it
under the name of the way back undoes the change. Both ways may stop anywhere and be taken up again: a prepared file
that is gone was put in place.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from generator.source.files import LOCK_FILE, is_text, read_file
from generator.write import disk
from generator.write.confinement import STATE_FOLDER, find_obstacle, is_confined, is_module_name
from generator.write.lock_file import DamagedLockError

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Change:
    """The SHA-256 of a file before and after; None where there is none."""

    old: str | None
    new: str | None


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

    def is_pending(self) -> bool:
        """Whether a change was begun and is neither whole nor undone."""
        return self.forward.exists() or self.back.exists()

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

    def apply(self, journal: Journal) -> list[str]:
        """Put every prepared file in place and take away what goes; return the paths that somebody changed meanwhile.

        Those are left as they are.
        """
        changed = [path for path, change in journal.changes.items() if not self._apply_change(path, change)]
        for path, change in journal.changes.items():
            if change.new is None:
                self._remove_empty_parents(path)
        self._sync_folders(journal)
        return changed

    def _apply_change(self, path: str, change: Change) -> bool:
        target = self.output / path
        if find_obstacle(self.output, path) or find_obstacle(self.path, f"new/{path}"):
            return False
        present = disk.read_digest(target)
        if present == change.new:
            return True
        prepared = self.new / path
        if present != change.old or (change.new is not None and disk.read_digest(prepared) != change.new):
            return False
        if change.new is None:
            disk.remove_file(target)
        else:
            disk.make_folders(target.parent)
            disk.replace_file(prepared, target)
        return True

    def turn_back(self) -> None:
        """Decide that the change is undone. A rename: it works on a full disk too."""
        if self.forward.exists():
            disk.replace_file(self.forward, self.back)
        disk.sync_folder(self.path)

    def undo(self, journal: Journal) -> None:
        """Bring every file back that still is what the change made of it, and remove the folders made for it."""
        for path, change in reversed(journal.changes.items()):
            target = self.output / path
            if find_obstacle(self.output, path) or find_obstacle(self.path, f"old/{path}"):
                continue
            if disk.read_digest(target) != change.new:
                continue
            if change.old is None:
                disk.remove_file(target)
            elif disk.read_digest(self.old / path) == change.old:
                disk.make_folders(target.parent)
                disk.replace_file(self.old / path, target)
        for folder in reversed(journal.folders):
            if not find_obstacle(self.output, folder):
                disk.remove_empty_folder(self.output / folder)
        self._sync_folders(journal)

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
                self.undo(read_journal(read_file(self.back, disk.LARGEST_FILE)))
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
    try:
        document: Any = json.loads(data)
        if document["version"] != JOURNAL_VERSION:
            raise DamagedLockError("the journal is of another version of flowseal")
        changes = {path: Change(entry["old"], entry["new"]) for path, entry in document["changes"].items()}
        folders = tuple(document["folders"])
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise DamagedLockError("the journal is not as flowseal writes it") from error
    for path in (*changes, *folders):
        if not isinstance(path, str) or not is_text(path) or not is_confined(path):
            raise DamagedLockError("the journal leads out of the folder")
        if path != LOCK_FILE and not is_module_name(path.split("/")[0]):
            raise DamagedLockError("the journal names a file that is none of flowseal's")
    return Journal(changes, folders)
