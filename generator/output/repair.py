"""What an interrupted run left, completed or rolled back. Its journal is untrusted: it may only do what a run does."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from generator.findings import LocatedFinding
from generator.output.folder import STATE_FOLDER, BlockedPathError, OutputFolder
from generator.output.lock_file import DamagedLockError, Lock, NewerLockError, read_lock
from generator.output.rules import INCOMPLETE_REPAIR, INTERRUPTED_RUN, name_some, report_path
from generator.output.transaction import Digests, Journal, Step, Transaction
from generator.source.files import LOCK_FILE


def repair_output(transaction: Transaction) -> list[LocatedFinding]:
    """Complete the changes of an interrupted run, or roll them back: if that run was already doing so, the disk
    refuses, a file that it staged is lost, or a hand edit would be discarded.

    Raises OSError if neither is possible, DamagedLockError for a journal that no run wrote.
    """
    if not transaction.is_pending():
        transaction.clear()
        return []
    journal = transaction.read_pending()
    undo = _discards_edits(journal, transaction) or transaction.is_rolling_back()
    undo = undo or Step.BLOCKED in transaction.judge(journal)
    try:
        undo = undo or bool(transaction.apply(journal))
    except OSError:
        undo = True
    blocked = transaction.roll_back(journal) if undo else []
    transaction.discard()
    if blocked:
        message = (
            f"An earlier run was interrupted while writing. Its changes were rolled back, except {name_some(blocked)}."
        )
        help = "Review these files with `git diff`, then run again."
        return [report_path(INCOMPLETE_REPAIR, transaction.output, blocked[0], message, help)]
    message = (
        f"An earlier run was interrupted while writing; its changes were {'rolled back' if undo else 'completed'}."
    )
    return [report_path(INTERRUPTED_RUN, transaction.output, ".", message, "No action needed.")]


def _discards_edits(journal: Journal, transaction: Transaction) -> bool:
    """Return whether a change replaces or removes a file that flowseal did not generate as it is.

    Raises DamagedLockError if a change is explained neither by the lock file before it nor by the one after it.
    """
    if transaction.is_rolling_back() and transaction.judge(journal.reverse()) == {Step.DONE}:
        return False
    folder, change = transaction.folder, journal.changes.get(LOCK_FILE)
    if change is None:
        present = None
        with suppress(BlockedPathError):
            present = folder.read_digest(LOCK_FILE)
        old = new = _find_lock(folder, present, LOCK_FILE)
    else:
        old = _find_lock(folder, change.old, LOCK_FILE, f"{STATE_FOLDER}/old/{LOCK_FILE}")
        new = _find_lock(folder, change.new, LOCK_FILE, f"{STATE_FOLDER}/new/{LOCK_FILE}")
    edited, moves = False, _list_moves(old, new)
    for path, digests in journal.changes.items():
        if path == LOCK_FILE:
            continue
        name, _, file = path.partition("/")
        owned = [old.list_owned(other) for other in _list_names(name, old, folder)]
        generated = [known[file] for known in owned if file in known]
        wanted = new.list_owned(name).get(file, set())
        if (digests.old is None or generated) and (digests.new in wanted if digests.new else not wanted):
            edited |= digests.old is not None and all(digests.old not in known for known in generated)
        elif not _is_move(path, digests, journal, moves):
            raise DamagedLockError(f"its journal names '{path}', which flowseal.lock.json does not list")
    return edited


def _find_lock(folder: OutputFolder, digest: str | None, *paths: str) -> Lock:
    """Read the lock file with a digest. Raises DamagedLockError if it is at none of the paths."""
    if digest is None:
        return Lock()
    for path in paths:
        with suppress(BlockedPathError):
            data = folder.read(path)
            if data is not None and sha256(data).hexdigest() == digest:
                try:
                    return read_lock(data)
                except NewerLockError as error:
                    raise DamagedLockError("its lock file is from another version of flowseal") from error
    raise DamagedLockError("the lock file that its journal names is missing")


def _list_names(name: str, lock: Lock, folder: OutputFolder) -> list[str]:
    """List the modules of a lock file that share a folder: more than one only if the disk ignores case."""
    alike = [other for other in lock.entries if other.casefold() == name.casefold()]
    return [other for other in alike if other == name or folder.is_same(other, name)]


def _list_moves(old: Lock, new: Lock) -> set[tuple[str, str]]:
    """List the modules that go, each with the one that the same definition makes under another name."""
    made: dict[str, list[str]] = {}
    for target, entry in new.entries.items():
        made.setdefault(entry.provenance.definition, []).append(target)
    gone = [
        (name, each) for side in (old.entries, old.others) for name, each in side.items() if name not in new.entries
    ]
    return {(source, target) for source, each in gone for target in made.get(each.provenance.definition, ())}


def _is_move(path: str, digests: Digests, journal: Journal, moves: set[tuple[str, str]]) -> bool:
    """Return whether a change is half of the move of a user's file, which moves with its module and stays as it is."""
    name, _, file = path.partition("/")
    others = (target if digests.new is None else source for source, target in moves if name in (source, target))
    return any(journal.changes.get(f"{other}/{file}") == Digests(digests.new, digests.old) for other in others)
