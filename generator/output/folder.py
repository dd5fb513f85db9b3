"""The output folder during a run: asks what is current, prepares modules, and puts all of them in place as one."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.findings import has_errors
from generator.output import disk
from generator.output.change_set import ChangeSet
from generator.output.comparisons import Comparisons, compare_folder
from generator.output.confinement import is_same_folder
from generator.output.foreign import find_foreign_configuration
from generator.output.inspection import is_intact
from generator.output.journal import Change, StateFolder
from generator.output.leaving import list_own_files, plan_move, report_left
from generator.output.lock_file import LockedModule, write_lock
from generator.output.merge_conflict import LockReading
from generator.output.reasons import Cause, Reason
from generator.output.result import WriteResult
from generator.output.rules import (
    CONFLICTED_LOCK,
    EDITED_FILE,
    MODULE_NAME_IN_USE,
    report_failure,
    report_path,
    show_definition,
)
from generator.output.whitespace import explain_whitespace
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from generator.findings import LocatedFinding
    from generator.output.lock_file import Making
    from generator.output.module_write import ModuleWrite
    from generator.output.result import Status
    from generator.output.whitespace import WhitespaceChange


class Output:
    """An output folder that this run alone holds. Nothing of a module changes before `commit`.

    `findings` tells what opening the folder met; while `usable` is false, every module is refused. With `read_only`,
    the folder is looked at and never written to. `is_interrupted` tells that a stopped run left something there,
    `has_new_lock` that `commit` wrote another lock file, `is_refused` that the disk refused to
    prepare a module: then `commit` changes nothing.
    """

    def __init__(self, folder: Path, generator_version: str, template_digest: str, *, read_only: bool = False) -> None:
        self.folder = folder
        self.findings: list[LocatedFinding] = []
        self.usable = False
        self.read_only = read_only
        self.is_interrupted = False
        self.state = StateFolder(folder)
        self.made_by = (generator_version, template_digest)
        self.changes = ChangeSet(self.state, read_only)
        self.lock = LockReading({})
        self.lock_data: bytes | None = None
        self.has_new_lock = False
        self.is_refused = False
        self._modules: dict[str, LockedModule] = {}
        self._names: dict[str, list[str]] = {}

    def start(self, lock: LockReading, data: bytes | None) -> None:
        """Take what the lock file says, and its bytes (None where there is none), and become usable."""
        self.lock = lock
        self.lock_data = data
        self._modules = dict(lock.modules)
        for name, module in lock.modules.items():
            self._names.setdefault(module.making.definition, []).append(name)
        self.usable = True

    def find_making(self, definition: str) -> tuple[str, Making] | None:
        """Return name and making of the one module that the lock file surely tells of a definition, or None."""
        names = self._names.get(definition, [])
        if not self.usable or len(names) != 1 or self.lock.is_disputed(names[0]):
            return None
        return names[0], self.lock.modules[names[0]].making

    def explain_input(self, name: str, before: str, data: bytes) -> WhitespaceChange | None:
        """Say what whitespace makes `data` of a module's input whose SHA-256 was `before`; None where more differs.

        A text that the module has a copy of is compared with that copy, where nobody changed it.
        """
        files = self.lock.modules[name].files
        copy = next((path for path, digest in files.items() if digest == before), None)
        found = None
        with suppress(OSError):
            found = disk.read_regular_file(self.folder / name / copy) if copy else None
        text = found if isinstance(found, bytes) and sha256(found).hexdigest() == before else None
        return explain_whitespace(data, text, {before})

    def is_current(self, name: str, making: Making) -> bool:
        """Whether the module was made exactly so, and all its files are as they were made."""
        return self.find_making(making.definition) == (name, making) and self.is_intact(name)

    def is_intact(self, name: str) -> bool:
        """Whether all files of a module of the lock file are as they were made."""
        return is_intact(self.folder / name, self.lock.modules[name].files)

    def list_orphans(self, definitions: Collection[str]) -> list[str]:
        """List the modules whose definition is none of `definitions`, and gone from the disk."""
        return [name for name in self._list_others(definitions) if self._is_gone(self.name_definition(name))]

    def list_uncovered(self, definitions: Collection[str]) -> list[str]:
        """List the modules whose definition is none of `definitions`, and still there."""
        return [name for name in self._list_others(definitions) if not self._is_gone(self.name_definition(name))]

    def _list_others(self, definitions: Collection[str]) -> list[str]:
        return [name for name in sorted(self._modules) if self.name_definition(name) not in definitions]

    def has_definition(self, name: str) -> bool:
        """Whether a module's definition is there, as far as anybody can see."""
        return not self._is_gone(self.lock.modules[name].making.definition)

    def name_definition(self, name: str) -> str:
        """Return the path of a module's definition, relative to the output folder."""
        return self._modules[name].making.definition

    def keep_module(self, name: str) -> WriteResult:
        """Leave a current module as it is, and say what stands beside it."""
        try:
            findings = find_foreign_configuration(self.folder, name, self.lock.modules[name].files)
        except OSError as error:
            return WriteResult("blocked", (report_failure(error, self.folder, read=True),))
        return WriteResult("blocked" if has_errors(findings) else "unchanged", tuple(findings))

    def write_module(self, module: ModuleWrite, *, overwrite: bool = False) -> WriteResult:
        """Prepare a module's change, or say why it must not be made; `commit` puts it in place.

        Edits prevent it unless `overwrite` discards them; a run that writes nothing reports them all the same. A module
        that its definition had under another name moves.
        """
        if not self.usable:
            return WriteResult("blocked")
        if taken := self._find_rival(module):
            return WriteResult("blocked", (taken,))
        former = [name for name in self._names.get(module.making.definition, ()) if name != module.name]
        try:
            comparisons = Comparisons(self, module, former)
            findings = comparisons.list_obstacles()
            edits = [] if overwrite and not self.read_only else comparisons.report_edits()
            if has_errors(findings) or (edits and not overwrite):
                return WriteResult("blocked", (*findings, *edits), edits=comparisons.list_edits())
            findings += edits
            draft = ChangeSet(self.state, self.read_only)
            comparisons.prepare(draft)
            for name in former:
                findings += self._move_own_files(name, module.name, draft)
        except OSError as error:
            return self._refuse(error)
        self.changes.take_all(draft)
        for name in former:
            del self._modules[name]
        self._modules[module.name] = comparisons.make_entry()
        return comparisons.make_result(findings)

    def remove_orphan(self, name: str) -> WriteResult:
        """Prepare that a module goes: the files that flowseal made and nobody changed. The others are named."""
        try:
            folder = self.folder / name
            shared = any(is_same_folder(self.folder / other, folder) for other in self._list_near(name))
            change = compare_folder(self, name, {} if shared else None).compare({})
            if has_errors(change.findings):
                return WriteResult("blocked", tuple(change.findings))
            for path, each in change.changes.items():
                self.changes.add_file(f"{name}/{path}", each, None)
            left = [] if shared else list_own_files(self.folder / name, set(change.changes))
            findings = [self._report_left(name, left)] if left else []
        except OSError as error:
            return self._refuse(error)
        del self._modules[name]
        reasons = (Reason(Cause.ORPHAN, (self.lock.modules[name].making.definition,)),)
        return WriteResult("removed", tuple(findings), removed=tuple(change.changes), reasons=reasons)

    def name_orphan(self, name: str, cause: Cause = Cause.ORPHAN) -> WriteResult | None:
        """Say that a module has lost its definition, or why else no definition of the run makes it.

        One that has left the disk too is forgotten: None.
        """
        module = self.lock.modules[name]
        if not any(os.path.lexists(self.folder / name / path) for path in module.files):
            del self._modules[name]
            return None
        status: Status = "uncovered" if cause is Cause.UNCOVERED else "orphaned"
        return WriteResult(status, reasons=(Reason(cause, (module.making.definition,)),))

    def write_lock(self) -> bytes | None:
        """Return what the lock file is to hold after this run; None where there is to be none."""
        if not self._modules and self.lock_data is None:
            return None
        return write_lock(self._modules, {name: self.lock.others[name] for name in self.list_open()}).encode()

    def list_open(self) -> list[str]:
        """List the modules that the sides of a merge disagree on and that this run does not make.

        The lock file keeps both sides of them: else a later run would take the other side's files for edits.
        """
        return [name for name in sorted(self.lock.others) if self._modules.get(name) is self.lock.modules[name]]

    def report_merge(self) -> list[LocatedFinding]:
        """Say what becomes of a lock file that a merge left in conflict; nothing where there is no conflict."""
        if not self.usable or not self.lock.has_conflict:
            return []
        count = len(self.lock.modules)
        disputed = ", ".join(sorted(self.lock.others)) or "none"
        message = f"This file has the conflict markers of a merge. Both sides were read, {count} "
        message += f"{'module' if count == 1 else 'modules'} in all; they contradict each other about {disputed}."
        remedy = "It is made anew from both sides and the definitions: `git add` it with what else was written."
        if self.read_only:
            remedy = "Run `flowseal generate`: it makes the file anew from both sides and the definitions."
        elif names := ", ".join(self.list_open()):
            remedy = (
                f"It keeps both sides of {names}, which this run did not make. Run `flowseal generate` again when "
                "nothing stands in the way."
            )
        return [report_path(CONFLICTED_LOCK, self.folder, LOCK_FILE, message, remedy)]

    def commit(self) -> list[LocatedFinding]:
        """Put every prepared module and the lock file in place. A finding says that nothing was changed, and why."""
        text = self.write_lock()
        if not self.usable or self.is_refused or text is None or (not self.changes.changes and text == self.lock_data):
            return []
        old = None if self.lock_data is None else sha256(self.lock_data).hexdigest()
        try:
            journal = self.changes.make_journal(text, Change(old, sha256(text).hexdigest()))
            self.state.commit(journal)
            meddled = self.state.apply(journal)
        except OSError as error:
            return [report_failure(error, self.folder, changed=not self.state.abandon())]
        if meddled:
            undone = self.state.abandon()
            return [self._report_meddling(path, undone) for path in meddled]
        self.has_new_lock = text != self.lock_data
        with suppress(OSError):
            self.state.forget()
        return []

    def _refuse(self, error: OSError) -> WriteResult:
        self.is_refused |= not isinstance(error, disk.ReadRefusedError)
        return WriteResult("blocked", (report_failure(error, self.folder, read=self.read_only),))

    def _move_own_files(self, old: str, new: str, draft: ChangeSet) -> list[LocatedFinding]:
        if is_same_folder(self.folder / old, self.folder / new):
            return []
        move = plan_move(self.folder, old, new, set(self.lock.modules[old].files))
        for path, digest in move.files.items():
            if f"{new}/{path}" in draft.changes:
                move.left.append(path)
            else:
                draft.add_move(f"{old}/{path}", f"{new}/{path}", digest)
        return [self._report_left(old, sorted(move.left))] if move.left else []

    def _report_left(self, name: str, paths: list[str]) -> LocatedFinding:
        return report_left(self.folder, name, paths, is_planned=self.read_only)

    def _list_near(self, name: str) -> list[str]:
        """List the modules whose folder a disk that ignores case takes for this one's."""
        return [other for other in self._modules if other != name and other.casefold() == name.casefold()]

    def _is_gone(self, definition: str) -> bool:
        """Whether there surely is no such file: what cannot be looked at is taken to be there."""
        try:
            os.lstat(os.path.join(os.path.realpath(self.folder), definition))
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def _find_rival(self, module: ModuleWrite) -> LocatedFinding | None:
        """Report another definition, still there, whose module has the folder that this one needs."""
        folded = module.name.casefold()
        for name, other in self.lock.modules.items():
            definition = other.making.definition
            if name.casefold() != folded or definition == module.making.definition or self._is_gone(definition):
                continue
            first, second = (show_definition(self.folder, path) for path in (definition, module.making.definition))
            message = f"This module was generated from {first}, which still exists; {second} needs the same folder."
            remedy = (
                "Rename one of the flows. If two projects share this output folder, give one of them another (`output` "
                f"in its flowseal.yaml). If {first} already has a new name, run `flowseal generate` for it first; to "
                "swap two names, rename one flow to a third name first."
            )
            return report_path(MODULE_NAME_IN_USE, self.folder, name, message, remedy)
        return None

    def _report_meddling(self, path: str, undone: bool) -> LocatedFinding:
        outcome = "nothing was changed" if undone else "the next run finishes or undoes what was begun"
        message = f"Somebody changed this file while flowseal was writing; {outcome}."
        return report_path(EDITED_FILE, self.folder, path, message, "Look at the file, then run again.")
