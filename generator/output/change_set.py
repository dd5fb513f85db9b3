"""The change of a run while it grows: what is to be done to which file, and what is to stand in it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.output import disk
from generator.output.journal import Change, Journal
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from generator.output.journal import StateFolder


class ChangeSet:
    """Changes by path relative to the output folder. New files are prepared in the state folder at once.

    With `read_only` they are kept in `contents` instead (None for a file that goes).
    """

    def __init__(self, state: StateFolder, read_only: bool) -> None:
        self.state = state
        self.read_only = read_only
        self.changes: dict[str, Change] = {}
        self.contents: dict[str, bytes | None] = {}

    def add_file(self, path: str, change: Change, content: bytes | None) -> None:
        """Add one file's change; `content` is what it becomes. Raises OSError where it cannot be prepared."""
        if self.read_only:
            self.contents[path] = content
        elif content is not None:
            prepared = self.state.new / path
            disk.make_folders(prepared.parent)
            disk.write_new_file(prepared, content)
        self.changes[path] = change

    def add_move(self, source: str, target: str, digest: str) -> None:
        """Add the move of one file, which keeps its mode. Raises OSError where it cannot be prepared."""
        if self.read_only:
            data = disk.read_regular_file(self.state.output / source)
            self.contents |= {source: None, target: data if isinstance(data, bytes) else None}
        else:
            prepared = self.state.new / target
            disk.make_folders(prepared.parent)
            disk.keep_copy(self.state.output / source, prepared)
        self.changes |= {source: Change(digest, None), target: Change(None, digest)}

    def take_all(self, other: ChangeSet) -> None:
        """Add what another one of the same folder has."""
        self.changes |= other.changes
        self.contents |= other.contents

    def make_journal(self, lock_text: bytes, lock_change: Change) -> Journal:
        """Return the journal of all changes, the lock file's with them, and prepare that too."""
        if lock_change.new != lock_change.old:
            disk.make_folders(self.state.new)
            disk.write_new_file(self.state.new / LOCK_FILE, lock_text)
            self.changes[LOCK_FILE] = lock_change
        changes = dict(sorted(self.changes.items()))
        made = {path for path, change in changes.items() if change.new is not None}
        parents = {parent.as_posix() for path in made for parent in PurePosixPath(path).parents} - {"."}
        missing = (parent for parent in sorted(parents) if not (self.state.output / parent).exists())
        return Journal(changes, tuple(missing))
