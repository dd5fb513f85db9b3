"""A lock file that a merge left with conflict markers: what both of its sides come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.output import disk
from generator.output.inspection import is_intact
from generator.output.lock_file import DamagedLockError, LockedModule, NewerLockError, read_lock
from generator.source.files import LOCK_FILE
from generator.source.merge_conflicts import split_merge_conflict


@dataclass(frozen=True, slots=True)
class LockReading:
    """What a lock file says. `others` has the other side's entry for modules that the sides of a merge disagree on."""

    modules: dict[str, LockedModule]
    others: Mapping[str, LockedModule] = field(default_factory=dict)
    has_conflict: bool = False

    def is_disputed(self, name: str) -> bool:
        """Whether the sides of a merge disagree on a module, or git made one entry of both."""
        return name in self.others or (name in self.modules and not self.modules[name].is_sealed)

    def list_owned(self, name: str) -> dict[str, set[str]]:
        """Return the SHA-256s, by path, of what flowseal made in a module's folder; none for one that is not there."""
        entries = [entries[name] for entries in (self.modules, self.others) if name in entries]
        owned: dict[str, set[str]] = {}
        for entry in entries:
            for path, digest in entry.files.items():
                owned.setdefault(path, set()).add(digest)
        return owned


def read_merged_lock(data: bytes) -> LockReading:
    """Read a lock file, with or without a merge's conflict markers. Raises DamagedLockError or NewerLockError.

    Of a conflict both sides are read, and a module that only one side has counts too.
    """
    sides = split_merge_conflict(data)
    if sides is None:
        return LockReading(read_lock(data))
    try:
        ours, theirs = map(read_lock, sides)
    except DamagedLockError as error:
        raise DamagedLockError(
            f"it has the conflict markers of a merge, and one side of it is damaged: {error}"
        ) from error
    others = {name: module for name, module in theirs.items() if name in ours and ours[name] != module}
    return LockReading({**theirs, **ours}, others, has_conflict=True)


def read_made(output: Path) -> dict[str, LockedModule] | None:
    """Return what a folder's lock file lists; nothing where it cannot be read, None where there is none."""
    try:
        data = disk.read_regular_file(output / LOCK_FILE)
        return None if data is None else read_merged_lock(data).modules if isinstance(data, bytes) else {}
    except (OSError, DamagedLockError, NewerLockError):
        return {}


def choose_sides(output: Path, lock: LockReading) -> LockReading:
    """Take, of each module that the sides disagree on, the side that the files on disk are of; else the first."""
    modules, others = dict(lock.modules), dict(lock.others)
    for name, other in lock.others.items():
        folder = output / name
        if is_intact(folder, other.files) and not is_intact(folder, modules[name].files):
            modules[name], others[name] = other, modules[name]
    return replace(lock, modules=modules, others=others)
