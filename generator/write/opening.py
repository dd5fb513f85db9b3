"""Opening the output folder: alone, with what a stopped run left repaired, and with the lock file read."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.write import disk
from generator.write.confinement import LOCK_FILE, STATE_FOLDER, find_obstacle
from generator.write.journal import StateFolder, read_journal
from generator.write.lock_file import DamagedLockError, NewerLockError, read_lock
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
from generator.write.run_lock import OutputBusyError, hold_run_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.diagnostics import LocatedFinding


@contextmanager
def open_output(output: Path, generator_version: str, template_digest: str) -> Iterator[Output]:
    """Hold `output` (made where it is missing) for this run; see Output. Problems are its findings, never exceptions.

    Without a commit, everything is afterwards as it was before.
    """
    target = Output(output, generator_version, template_digest)
    with ExitStack() as stack:
        try:
            target.findings += _enter_folder(output, stack)
            if not target.findings:
                target.findings += _read_folder(target)
        except OSError as error:
            target.findings.append(report_failure(error, output))
        except OutputBusyError as error:
            message = f"Another run of flowseal ({error}) is writing to this folder."
            target.findings.append(
                report_path(OUTPUT_BUSY, output, ".", message, "Wait until it ends, then run again.")
            )
        yield target


def _enter_folder(output: Path, stack: ExitStack) -> list[LocatedFinding]:
    stack.callback(_remove_if_empty, disk.make_folders(output))
    for name in (STATE_FOLDER, LOCK_FILE):
        path = output / name
        if find_obstacle(output, name) or (name == STATE_FOLDER and path.exists() and not path.is_dir()):
            message = f"flowseal keeps its state under this name, and here it is {_describe(path)}."
            return [report_path(UNSAFE_PATH, output, name, message, "Move it away, then run again.")]
    stack.enter_context(hold_run_lock(output / STATE_FOLDER))
    stack.callback(_clear_state, StateFolder(output))
    return []


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


def _read_folder(target: Output) -> list[LocatedFinding]:
    output = target.folder
    try:
        findings = repair_output(output)
    except DamagedLockError as error:
        message = f"A run of flowseal was stopped here, and what it left cannot be used: {error}."
        remedy = f"Delete the folder {STATE_FOLDER}, look at the modules with 'git diff', then run again."
        return [report_path(DAMAGED_LOCK, output, STATE_FOLDER, message, remedy)]
    data = disk.read_regular_file(output / LOCK_FILE)
    try:
        if isinstance(data, str):
            raise DamagedLockError("it is no file")
        modules = {} if data is None else read_lock(data)
    except DamagedLockError as error:
        message = f"This file is not as flowseal writes it: {error}."
        remedy = "Bring it back with git (after a merge: take one side, then run again); it is not written by hand."
        return [*findings, report_path(DAMAGED_LOCK, output, LOCK_FILE, message, remedy)]
    except NewerLockError as error:
        message = f"A later flowseal wrote this file (its version is {error}); this one does not know it."
        return [*findings, report_path(NEWER_LOCK, output, LOCK_FILE, message, "Upgrade flowseal, then run again.")]
    target.start(modules, None if data is None else sha256(data).hexdigest())
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
    journal = read_journal((state.back if going_back else state.forward).read_bytes())
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
