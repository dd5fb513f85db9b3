"""Opening the output folder: alone, with what a stopped run left repaired, and with the lock file read."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from generator.source.files import LOCK_FILE, read_file
from generator.write import disk
from generator.write.confinement import STATE_FOLDER, find_obstacle
from generator.write.journal import StateFolder, read_journal
from generator.write.lock_file import DamagedLockError, NewerLockError
from generator.write.merge_conflict import LockReading, choose_sides, read_merged_lock
from generator.write.output import Output
from generator.write.rules import (
    DAMAGED_LOCK,
    INTERRUPTED_RUN,
    NEWER_LOCK,
    OUTPUT_BUSY,
    UNSAFE_PATH,
    report_failure,
    report_path,
)
from generator.write.run_lock import OutputBusyError, hold_run_lock, wait_for_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.diagnostics import LocatedFinding

DAMAGED_REMEDY = (
    "Bring it back with git, or delete it and run `flowseal generate`: what is as it would be made is taken up again. "
    "It is not written by hand."
)


@contextmanager
def open_output(output: Path, generator_version: str, template_digest: str) -> Iterator[Output]:
    """Hold `output` (made where it is missing) for this run; see Output. Problems are its findings, never exceptions.

    Without a commit, everything is afterwards as it was before.
    """
    target = Output(output, generator_version, template_digest)
    with ExitStack() as stack:
        _try_opening(target, lambda: _enter_folder(output, stack), lambda: repair_output(output))
        yield target


def view_output(output: Path, generator_version: str, template_digest: str) -> Output:
    """Look at an output folder without writing anything; see Output. Problems are its findings, never exceptions."""
    target = Output(output, generator_version, template_digest, read_only=True)
    _try_opening(target, lambda: _find_reserved(output), lambda: _look_for_stopped_run(target))
    return target


def _try_opening(
    target: Output, enter: Callable[[], list[LocatedFinding]], repair: Callable[[], list[LocatedFinding]]
) -> None:
    try:
        target.findings += enter()
        if not target.findings:
            target.findings += _read_folder(target, repair)
    except OSError as error:
        target.findings.append(report_failure(error, target.folder, read=target.read_only))
    except OutputBusyError as error:
        message = f"Another run of flowseal ({error}) is writing to this folder."
        remedy = "Wait until it ends, then run again."
        target.findings.append(report_path(OUTPUT_BUSY, target.folder, ".", message, remedy))


def _enter_folder(output: Path, stack: ExitStack) -> list[LocatedFinding]:
    stack.callback(_remove_if_empty, disk.make_folders(output))
    if reserved := _find_reserved(output):
        return reserved
    stack.enter_context(hold_run_lock(output / STATE_FOLDER))
    stack.callback(_clear_state, StateFolder(output))
    return []


def _find_reserved(output: Path) -> list[LocatedFinding]:
    for name in (STATE_FOLDER, LOCK_FILE):
        path = output / name
        if find_obstacle(output, name) or (name == STATE_FOLDER and path.exists() and not path.is_dir()):
            message = f"flowseal keeps its state under this name, and here it is {_describe(path)}."
            return [report_path(UNSAFE_PATH, output, name, message, "Move it away, then run again.")]
    return []


def _look_for_stopped_run(target: Output) -> list[LocatedFinding]:
    if not os.path.lexists(target.state.path):
        return []
    wait_for_run(target.state.path)
    target.is_interrupted = os.path.lexists(target.state.path)
    if not target.is_interrupted:
        return []
    message = "An earlier run was stopped while it wrote."
    remedy = "Run `flowseal generate`: it finishes or undoes that run's change, so that every module is whole."
    return [report_path(INTERRUPTED_RUN, target.folder, ".", message, remedy)]


def _describe(path: Path) -> str:
    return "a symbolic link" if path.is_symlink() else "no folder"


def _remove_if_empty(folders: list[Path]) -> None:
    with suppress(OSError):
        for folder in reversed(folders):
            disk.remove_empty_folder(folder)


def _clear_state(state: StateFolder) -> None:
    with suppress(OSError):
        if not state.is_pending():
            state.clear()


def _read_folder(target: Output, repair: Callable[[], list[LocatedFinding]]) -> list[LocatedFinding]:
    output = target.folder
    try:
        findings = repair()
    except DamagedLockError as error:
        message = f"A run of flowseal was stopped here, and what it left cannot be used: {error}."
        remedy = f"Delete the folder {STATE_FOLDER}, look at the modules with 'git diff', then run again."
        return [report_path(DAMAGED_LOCK, output, STATE_FOLDER, message, remedy)]
    if target.read_only and target.state.is_pending():
        return findings
    data = disk.read_regular_file(output / LOCK_FILE)
    try:
        if isinstance(data, str):
            raise DamagedLockError("it is no file")
        lock = LockReading({}) if data is None else read_merged_lock(data)
    except DamagedLockError as error:
        message = f"This file is not as flowseal writes it: {error}."
        return [*findings, report_path(DAMAGED_LOCK, output, LOCK_FILE, message, DAMAGED_REMEDY)]
    except NewerLockError as error:
        message = f"A later flowseal wrote this file (its version is {error}); this one does not know it."
        return [*findings, report_path(NEWER_LOCK, output, LOCK_FILE, message, "Upgrade flowseal, then run again.")]
    target.start(choose_sides(output, lock), data)
    return findings


def repair_output(output: Path) -> list[LocatedFinding]:
    """Finish the change of a run that was stopped, or undo it where that run had turned back or the disk refuses.

    Raises OSError where neither way is possible, DamagedLockError for a journal that is none.
    """
    state = StateFolder(output)
    if not state.is_pending():
        state.clear()
        return []
    going_back = state.back.exists()
    journal = read_journal(read_file(state.back if going_back else state.forward, disk.LARGEST_FILE))
    try:
        if not going_back:
            state.apply(journal)
    except OSError:
        going_back = True
    if going_back:
        state.turn_back()
        state.undo(journal)
    state.forget()
    message = f"An earlier run was stopped while it wrote; its change was {'undone' if going_back else 'finished'}."
    return [report_path(INTERRUPTED_RUN, output, ".", message, "Nothing to do: every module is whole.")]
