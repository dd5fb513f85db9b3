"""What a stopped run left, finished or undone. Its journal is untrusted: it may only do what a run would have done."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding
from generator.output import disk
from generator.output.confinement import is_same_folder
from generator.output.journal import Change, Journal, StateFolder
from generator.output.leaving import name_some
from generator.output.lock_file import DamagedLockError, NewerLockError
from generator.output.merge_conflict import LockReading, read_merged_lock
from generator.output.rules import INCOMPLETE_REPAIR, INTERRUPTED_RUN, report_path
from generator.source.files import LOCK_FILE


def repair_output(output: Path) -> list[LocatedFinding]:
    """Finish the change of a run that was stopped, or undo it: where that run had turned back, the disk refuses, a file
    that it prepared is lost, or a hand edit would be discarded.

    Raises OSError where neither way is possible, DamagedLockError for a journal that no run wrote.
    """
    state = StateFolder(output)
    if not state.is_pending():
        state.clear()
        return []
    journal = state.read_pending()
    undo = _discards_edits(journal, state) or state.has_turned_back() or not state.is_possible(journal)
    try:
        if not undo:
            undo = bool(state.apply(journal))
    except OSError:
        undo = True
    blocked = []
    if undo:
        state.turn_back()
        blocked = state.apply(journal, undo=True)
    state.forget()
    if blocked:
        message = f"An earlier run was stopped while it wrote. Its change was undone, except for {name_some(blocked)}."
        remedy = "Review these files with `git diff`, then run again."
        return [report_path(INCOMPLETE_REPAIR, output, blocked[0], message, remedy)]
    message = f"An earlier run was stopped while it wrote; its change was {'undone' if undo else 'finished'}."
    return [report_path(INTERRUPTED_RUN, output, ".", message, "No action needed.")]


def _discards_edits(journal: Journal, state: StateFolder) -> bool:
    """Tell whether a change replaces or removes a file that is not as flowseal made it.

    Raises DamagedLockError where it does to a file what neither the lock file before nor the one after explains.
    """
    if state.has_turned_back() and state.is_undone(journal):
        return False
    present = state.output / LOCK_FILE
    change = journal.changes.get(LOCK_FILE)
    if change is None:
        old = new = _find_lock(disk.read_digest(present), present)
    else:
        old = _find_lock(change.old, present, state.old / LOCK_FILE)
        new = _find_lock(change.new, present, state.new / LOCK_FILE)
    edited, moves = False, _list_moves(old, new)
    for path, each in journal.changes.items():
        if path == LOCK_FILE:
            continue
        name, _, file = path.partition("/")
        owned = [lock.list_owned(other) for lock, other in _list_names(name, old, state.output)]
        made = [digests[file] for digests in owned if file in digests]
        wanted = new.list_owned(name).get(file, set())
        if (each.old is None or made) and (each.new in wanted if each.new else not wanted):
            edited |= each.old is not None and all(each.old not in digests for digests in made)
        elif not _is_move(path, each, journal, moves):
            raise DamagedLockError(f"its journal names '{path}', which flowseal.lock.json does not explain")
    return edited


def _find_lock(digest: str | None, *places: Path) -> LockReading:
    """Read the lock file with a digest. Raises DamagedLockError where it is at none of the places."""
    if digest is None:
        return LockReading({})
    for place in places:
        data = disk.read_regular_file(place)
        if isinstance(data, bytes) and sha256(data).hexdigest() == digest:
            try:
                return read_merged_lock(data)
            except NewerLockError as error:
                raise DamagedLockError("its lock file is of another version of flowseal") from error
    raise DamagedLockError("the lock file that its journal names is not there")


def _list_names(name: str, lock: LockReading, output: Path) -> list[tuple[LockReading, str]]:
    """List the modules of a lock file that have a folder: more than one where a disk ignores case."""
    near = [other for other in lock.modules if other.casefold() == name.casefold()]
    return [(lock, other) for other in near if other == name or is_same_folder(output / other, output / name)]


def _list_moves(old: LockReading, new: LockReading) -> set[tuple[str, str]]:
    """List the modules that go, each with the one that the same definition makes under another name."""
    made: dict[str, list[str]] = {}
    for target, module in new.modules.items():
        made.setdefault(module.making.definition, []).append(target)
    gone = (
        (name, each) for lock in (old.modules, old.others) for name, each in lock.items() if name not in new.modules
    )
    return {(source, target) for source, each in gone for target in made.get(each.making.definition, ())}


def _is_move(path: str, change: Change, journal: Journal, moves: set[tuple[str, str]]) -> bool:
    """Tell whether a change is half of the move of a user's file, which moves with its module and stays as it is."""
    name, _, file = path.partition("/")
    others = (target if change.new is None else source for source, target in moves if name in (source, target))
    return any(journal.changes.get(f"{other}/{file}") == change.reverse() for other in others)
