"""Opening the output folder: alone, with what a stopped run left repaired, and with the lock file read."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from generator.findings import has_errors
from generator.output import disk
from generator.output.confinement import STATE_FOLDER
from generator.output.folder import Output
from generator.output.journal import StateFolder
from generator.output.lock_file import DamagedLockError, NewerLockError
from generator.output.merge_conflict import LockReading, choose_sides, read_merged_lock
from generator.output.repair import repair_output
from generator.output.rules import (
    DAMAGED_LOCK,
    INTERRUPTED_RUN,
    NEWER_LOCK,
    OUTPUT_BUSY,
    UNSAFE_PATH,
    report_failure,
    report_path,
)
from generator.output.run_lock import OutputBusyError, hold_run_lock, wait_for_run
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.findings import LocatedFinding

DAMAGED_REMEDY = (
    "Bring it back with git, or delete it and run `flowseal generate`: what is as it would be made is taken up again. "
    "It is not written by hand."
)


STATE_FILES = ("run.lock", "journal.json", "journal-back.json", "journal.new")


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
    """Report the first of flowseal's own files and folders that is something else, or a link."""
    for name in (STATE_FOLDER, *(f"{STATE_FOLDER}/{folder}" for folder in ("new", "old"))):
        path = output / name
        if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
            return [_report_reserved(output, name, "a symbolic link" if path.is_symlink() else "not a folder")]
    for name in (LOCK_FILE, *(f"{STATE_FOLDER}/{file}" for file in STATE_FILES)):
        if what := _describe_link(output, name):
            return [_report_reserved(output, name, what)]
    return []


def _describe_link(output: Path, name: str) -> str | None:
    """Say what is wrong with one of flowseal's own files: a run writes a file of one name, and through no link."""
    try:
        status = os.lstat(output / name)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    return "a hard link to another file" if _has_other_name(output, name) else None


def _has_other_name(output: Path, name: str) -> bool:
    """Whether a file has a name besides the one that a run keeps the present lock file under until its change is whole.

    A run that ends meanwhile removes that name, so what looks like another name is counted again.
    """
    copy = output / STATE_FOLDER / "old" / name
    for _ in range(2):
        status, is_copied = os.lstat(output / name), False
        with suppress(FileNotFoundError, NotADirectoryError):
            is_copied = os.path.samestat(status, os.lstat(copy))
        if status.st_nlink <= 1 + is_copied:
            return False
    return True


def _report_reserved(output: Path, name: str, what: str) -> LocatedFinding:
    remedy = "Move it away, then run again."
    if name == LOCK_FILE and what.startswith("a hard link"):
        remedy = f"Replace it with a copy: `cp {LOCK_FILE} copy && mv copy {LOCK_FILE}`. Then run again."
    elif name.startswith(f"{STATE_FOLDER}/"):
        remedy = f"Delete the folder {STATE_FOLDER}, review the modules with `git diff`, then run again."
    message = f"flowseal keeps its state under this name, and here it is {what}."
    return report_path(UNSAFE_PATH, output, name, message, remedy)


def _look_for_stopped_run(target: Output) -> list[LocatedFinding]:
    if not os.path.lexists(target.state.path):
        return []
    wait_for_run(target.state.path)
    target.is_interrupted = os.path.lexists(target.state.path)
    if not target.is_interrupted:
        return []
    message = "An earlier run was stopped while it wrote."
    remedy = "Run `flowseal generate`, which finishes or undoes that run's change."
    return [report_path(INTERRUPTED_RUN, target.folder, ".", message, remedy)]


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
        remedy = f"Delete the folder {STATE_FOLDER}, review the modules with `git diff`, then run again."
        return [report_path(DAMAGED_LOCK, output, STATE_FOLDER, message, remedy)]
    if has_errors(findings) or (target.read_only and target.state.is_pending()):
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
