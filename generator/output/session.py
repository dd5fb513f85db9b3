"""The output folder during a run: held by this run alone or only watched, repaired, and with its lock file read."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding, Rule, has_errors
from generator.output import disk
from generator.output.folder import STATE_FOLDER, BlockedPathError, OutputFolder
from generator.output.lock_file import DamagedLockError, Lock, NewerLockError, Provenance, choose_sides, read_lock
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
from generator.output.transaction import Transaction
from generator.output.whitespace import WhitespaceChange, explain_whitespace
from generator.source.files import LOCK_FILE

_STATE_FOLDERS = (STATE_FOLDER, f"{STATE_FOLDER}/new", f"{STATE_FOLDER}/old")
_STATE_FILES = tuple(
    f"{STATE_FOLDER}/{name}" for name in ("run.lock", "journal.json", "journal-back.json", "journal.new")
)
_RESET = f"Delete the folder {STATE_FOLDER}, review the modules with `git diff`, then run again."


class Session:
    """An output folder that a run holds, or, if `read_only`, only looks at.

    `findings` are about opening the folder; while `is_usable` is false, nothing is known of its modules and nothing may
    be changed. `is_interrupted` is set if an interrupted run left something. `made_by` is the flowseal version and the
    digest of its templates.
    """

    def __init__(self, output: Path, made_by: tuple[str, str], *, read_only: bool) -> None:
        self.folder = OutputFolder(output, remember=True)
        self.made_by = made_by
        self.read_only = read_only
        self.findings: list[LocatedFinding] = []
        self.is_usable = False
        self.is_interrupted = False
        self.lock = Lock()
        self._names: dict[str, list[str]] = {}
        self._alike: dict[str, list[str]] = {}

    def use_lock(self, lock: Lock) -> None:
        """Take what the lock file says, and become usable."""
        self.lock = lock
        for name, entry in lock.entries.items():
            self._names.setdefault(entry.provenance.definition, []).append(name)
            self._alike.setdefault(name.casefold(), []).append(name)
        self.is_usable = True

    def report(self, rule: Rule, path: str, message: str, help: str) -> None:
        """Add a finding about a path relative to the folder."""
        self.findings.append(report_path(rule, self.folder.path, path, message, help))

    def list_names(self, definition: str) -> list[str]:
        """List the modules that were generated from a definition."""
        return self._names.get(definition, [])

    def list_alike(self, name: str) -> list[str]:
        """List the modules whose name is this one, if case is ignored."""
        return self._alike.get(name.casefold(), [])

    def find_provenance(self, definition: str) -> tuple[str, Provenance] | None:
        """Return name and provenance of a definition's module, if the lock file is clear about it."""
        names = self.list_names(definition)
        if len(names) != 1 or self.lock.is_disputed(names[0]):
            return None
        return names[0], self.lock.entries[names[0]].provenance

    def explain_input(self, name: str, before: str, data: bytes) -> WhitespaceChange | None:
        """Explain a change of whitespace to a module's input whose SHA-256 was `before`; None if more changed.

        If the module contains an unedited copy of the input, that copy is used.
        """
        files = self.lock.entries[name].files
        copy = next((path for path, digest in files.items() if digest == before), None)
        text = None
        with suppress(OSError, BlockedPathError):
            text = self.folder.read(f"{name}/{copy}") if copy else None
        if text is not None and sha256(text).hexdigest() != before:
            text = None
        return explain_whitespace(data, text, {before})

    def is_current(self, name: str, provenance: Provenance) -> bool:
        """Return whether a module was generated from exactly this, and none of its files changed since."""
        return self.find_provenance(provenance.definition) == (name, provenance) and self.is_intact(name)

    def is_intact(self, name: str) -> bool:
        """Return whether none of a module's files changed since it was generated."""
        return self.folder.is_intact(name, self.lock.entries[name].files)

    def list_leftovers(self, definitions: Collection[str]) -> list[str]:
        """List the modules that were generated from none of these definitions, sorted."""
        entries = self.lock.entries
        return [name for name in sorted(entries) if entries[name].provenance.definition not in definitions]

    def has_definition(self, name: str) -> bool:
        """Return whether a module's definition is there. One that can't be looked at counts as there."""
        try:
            os.lstat(self.locate_definition(name))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def locate_definition(self, name: str) -> Path:
        """Return the absolute path of a module's definition."""
        definition = self.lock.entries[name].provenance.definition
        return Path(os.path.normpath(os.path.join(os.path.realpath(self.folder.path), definition)))


@contextmanager
def open_output(output: Path, generator_version: str, template_digest: str) -> Iterator[Session]:
    """Hold an output folder for this run, created if missing. Problems are the session's findings, never exceptions.

    If nothing is applied, everything stays as it was.
    """
    session = Session(output, (generator_version, template_digest), read_only=False)
    with ExitStack() as stack:
        with _report_problems(session):
            stack.callback(_remove_if_empty, disk.make_folders(output))
            if not _has_reserved(session):
                transaction = Transaction(output)
                stack.enter_context(hold_run_lock(transaction.state))
                stack.callback(_clear_state, transaction)
                session.findings += repair_output(transaction)
                _read_lock(session)
        yield session


def view_output(output: Path, generator_version: str, template_digest: str) -> Session:
    """Look at an output folder without writing anything. Problems are the session's findings, never exceptions."""
    session = Session(output, (generator_version, template_digest), read_only=True)
    with _report_problems(session):
        if not _has_reserved(session):
            transaction = Transaction(output)
            if os.path.lexists(transaction.state):
                wait_for_run(transaction.state)
            session.is_interrupted = os.path.lexists(transaction.state)
            if session.is_interrupted:
                message = "An earlier run was interrupted while writing."
                help = "Run `flowseal generate`, which completes that run's changes or rolls them back."
                session.report(INTERRUPTED_RUN, ".", message, help)
            if not transaction.is_pending():
                _read_lock(session)
    return session


@contextmanager
def _report_problems(session: Session) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        session.findings.append(report_failure(error, session.folder.path, read=session.read_only))
    except OutputBusyError as error:
        message = f"Another flowseal run ({error}) is writing to this folder."
        session.report(OUTPUT_BUSY, ".", message, "Wait until it ends, then run again.")
    except DamagedLockError as error:
        message = f"An earlier run was interrupted, and flowseal cannot repair its changes: {error}."
        session.report(DAMAGED_LOCK, STATE_FOLDER, message, _RESET)


def _remove_if_empty(folders: list[Path]) -> None:
    with suppress(OSError):
        for folder in reversed(folders):
            disk.remove_empty_folder(folder)


def _clear_state(transaction: Transaction) -> None:
    with suppress(OSError):
        if not transaction.is_pending():
            transaction.clear()


def _has_reserved(session: Session) -> bool:
    """Return whether one of flowseal's own files and folders is something else, or a link; report the first one."""
    output = session.folder.path
    for name in (*_STATE_FOLDERS, LOCK_FILE, *_STATE_FILES):
        try:
            status = os.lstat(output / name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        help = "Move it away, then run again." if "/" not in name else _RESET
        if stat.S_ISLNK(status.st_mode):
            what = "a symbolic link"
        elif name in _STATE_FOLDERS and not stat.S_ISDIR(status.st_mode):
            what = "not a folder"
        elif name not in _STATE_FOLDERS and not stat.S_ISREG(status.st_mode):
            what = "not a regular file"
        elif name not in _STATE_FOLDERS and _has_other_name(output, name):
            what = "a hard link to another file"
            if name == LOCK_FILE:
                help = f"Replace the link with a copy: `cp {LOCK_FILE} copy && mv copy {LOCK_FILE}`. Then run again."
        else:
            continue
        session.report(UNSAFE_PATH, name, f"flowseal uses this path for its own state, but it is {what}.", help)
        return True
    return False


def _has_other_name(output: Path, name: str) -> bool:
    """Return whether a file has another name, besides the one under which a run keeps the present lock file.

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


def _read_lock(session: Session) -> None:
    if has_errors(session.findings):
        return
    try:
        data = session.folder.read(LOCK_FILE)
        lock = Lock() if data is None else read_lock(data)
    except (DamagedLockError, BlockedPathError) as error:
        why = "it is not a regular file" if isinstance(error, BlockedPathError) else error
        help = (
            "Restore it from git. Or delete it and run `flowseal generate`, which adopts files that match its output. "
            "Don't edit it by hand."
        )
        session.report(DAMAGED_LOCK, LOCK_FILE, f"This file is damaged: {why}.", help)
    except NewerLockError as error:
        message = f"A later version of flowseal wrote this file (format version {error})."
        session.report(NEWER_LOCK, LOCK_FILE, message, "Upgrade flowseal, then run again.")
    else:
        session.use_lock(choose_sides(session.folder, lock))
