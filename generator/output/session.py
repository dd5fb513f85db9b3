"""The output folder during a run: held by this run alone or only watched, repaired, and with its lock file read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding, has_errors
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

STATE_FILES = ("run.lock", "journal.json", "journal-back.json", "journal.new")


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

    If nothing is applied, everything is afterwards as it was before.
    """
    session = Session(output, (generator_version, template_digest), read_only=False)
    with ExitStack() as stack:
        _open(session, lambda: _enter_folder(output, stack), lambda: repair_output(Transaction(output)))
        yield session


def view_output(output: Path, generator_version: str, template_digest: str) -> Session:
    """Look at an output folder without writing anything. Problems are the session's findings, never exceptions."""
    session = Session(output, (generator_version, template_digest), read_only=True)
    _open(session, lambda: _find_reserved(output), lambda: _find_interrupted_run(session))
    return session


Findings = Callable[[], list[LocatedFinding]]


def _open(session: Session, enter: Findings, repair: Findings) -> None:
    try:
        session.findings += enter()
        if not session.findings:
            session.findings += _read_folder(session, repair)
    except OSError as error:
        session.findings.append(report_failure(error, session.folder.path, read=session.read_only))
    except OutputBusyError as error:
        message = f"Another flowseal run ({error}) is writing to this folder."
        finding = report_path(OUTPUT_BUSY, session.folder.path, ".", message, "Wait until it ends, then run again.")
        session.findings.append(finding)


def _enter_folder(output: Path, stack: ExitStack) -> list[LocatedFinding]:
    stack.callback(_remove_if_empty, disk.make_folders(output))
    if reserved := _find_reserved(output):
        return reserved
    stack.enter_context(hold_run_lock(output / STATE_FOLDER))
    stack.callback(_clear_state, Transaction(output))
    return []


def _remove_if_empty(folders: list[Path]) -> None:
    with suppress(OSError):
        for folder in reversed(folders):
            disk.remove_empty_folder(folder)


def _clear_state(transaction: Transaction) -> None:
    with suppress(OSError):
        if not transaction.is_pending():
            transaction.clear()


def _find_reserved(output: Path) -> list[LocatedFinding]:
    """Report the first of flowseal's own files and folders that is something else, or a link."""
    for name in (STATE_FOLDER, *(f"{STATE_FOLDER}/{folder}" for folder in ("new", "old"))):
        path = output / name
        if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
            return [_report_reserved(output, name, "a symbolic link" if path.is_symlink() else "not a folder")]
    for name in (LOCK_FILE, *(f"{STATE_FOLDER}/{file}" for file in STATE_FILES)):
        if what := _describe_oddity(output, name):
            return [_report_reserved(output, name, what)]
    return []


def _describe_oddity(output: Path, name: str) -> str | None:
    """Say what is wrong with one of flowseal's own files, which a run would write to."""
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


def _report_reserved(output: Path, name: str, what: str) -> LocatedFinding:
    remedy = "Move it away, then run again."
    if name == LOCK_FILE and what.startswith("a hard link"):
        remedy = f"Replace it with a copy: `cp {LOCK_FILE} copy && mv copy {LOCK_FILE}`. Then run again."
    elif name.startswith(f"{STATE_FOLDER}/"):
        remedy = f"Delete the folder {STATE_FOLDER}, review the modules with `git diff`, then run again."
    message = f"flowseal keeps its state under this name, but it is {what}."
    return report_path(UNSAFE_PATH, output, name, message, remedy)


def _find_interrupted_run(session: Session) -> list[LocatedFinding]:
    state = session.folder.path / STATE_FOLDER
    if os.path.lexists(state):
        wait_for_run(state)
    session.is_interrupted = os.path.lexists(state)
    if not session.is_interrupted:
        return []
    message = "An earlier run was interrupted while writing."
    remedy = "Run `flowseal generate`, which completes that run's changes or rolls them back."
    return [report_path(INTERRUPTED_RUN, session.folder.path, ".", message, remedy)]


def _read_folder(session: Session, repair: Findings) -> list[LocatedFinding]:
    output = session.folder.path
    try:
        findings = repair()
    except DamagedLockError as error:
        message = f"A run was interrupted here, and what it left cannot be used: {error}."
        remedy = f"Delete the folder {STATE_FOLDER}, review the modules with `git diff`, then run again."
        return [report_path(DAMAGED_LOCK, output, STATE_FOLDER, message, remedy)]
    if has_errors(findings) or (session.read_only and Transaction(output).is_pending()):
        return findings
    try:
        data = session.folder.read(LOCK_FILE)
        lock = Lock() if data is None else read_lock(data)
    except (DamagedLockError, BlockedPathError) as error:
        why = "it is not a regular file" if isinstance(error, BlockedPathError) else error
        message = f"This file is not as flowseal writes it: {why}."
        remedy = (
            "Restore it from git. Or delete it and run `flowseal generate`, which adopts files that match its output. "
            "Don't edit it by hand."
        )
        return [*findings, report_path(DAMAGED_LOCK, output, LOCK_FILE, message, remedy)]
    except NewerLockError as error:
        message = f"A later version of flowseal wrote this file (format version {error})."
        return [*findings, report_path(NEWER_LOCK, output, LOCK_FILE, message, "Upgrade flowseal, then run again.")]
    session.use_lock(choose_sides(session.folder, lock))
    return findings
