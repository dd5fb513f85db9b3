"""The output folder during a run: asks what is current, prepares modules, and puts all of them in place as one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from generator.diagnostics import has_errors
from generator.write import disk
from generator.write.confinement import LOCK_FILE, find_obstacle
from generator.write.foreign import find_foreign_configuration
from generator.write.journal import Change, Journal, StateFolder
from generator.write.lock_file import LockedModule, write_lock
from generator.write.module_write import ModuleComparison
from generator.write.rules import EDITED_FILE, report_failure, report_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.diagnostics import LocatedFinding
    from generator.write.module_write import ModuleChange, ModuleWrite

Status = Literal["written", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a module; paths are relative to it. "written" is true once Output.commit has found nothing."""

    status: Status
    findings: tuple[LocatedFinding, ...] = ()
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Output:
    """An output folder that this run alone holds. Nothing of a module changes before `commit`.

    `findings` tells what opening the folder met; while `usable` is false, every module is refused.
    """

    def __init__(self, folder: Path, generator_version: str, template_digest: str) -> None:
        self.folder = folder
        self.findings: list[LocatedFinding] = []
        self.usable = False
        self.state = StateFolder(folder)
        self._made_by = (generator_version, template_digest)
        self._modules: dict[str, LockedModule] = {}
        self._lock_digest: str | None = None
        self._changes: dict[str, Change] = {}

    def start(self, modules: dict[str, LockedModule], lock_digest: str | None) -> None:
        """Take what the lock file says (None where there is none) and become usable."""
        self._modules = modules
        self._lock_digest = lock_digest
        self.usable = True

    def is_current(self, name: str, input_digest: str, inputs: Mapping[str, str]) -> bool:
        """Whether the module was made from this input by this flowseal, and all its files are as they were made."""
        locked = self._modules.get(name)
        if not self.usable or locked is None:
            return False
        if locked != LockedModule(*self._made_by, input_digest, dict(inputs), locked.files):
            return False
        try:
            return all(
                find_obstacle(self.folder, f"{name}/{path}") is None
                and disk.read_digest(self.folder / name / path) == digest
                for path, digest in locked.files.items()
            )
        except OSError:
            return False

    def keep_module(self, name: str) -> WriteResult:
        """Leave a current module as it is, and say what stands beside it."""
        findings = find_foreign_configuration(self.folder, name, self._modules[name].files)
        return WriteResult("refused" if has_errors(findings) else "unchanged", tuple(findings))

    def write_module(self, module: ModuleWrite) -> WriteResult:
        """Prepare a module's change, or say why it must not be made; `commit` puts it in place."""
        if not self.usable:
            return WriteResult("refused")
        locked = self._modules.get(module.name)
        owned = locked.files if locked else {}
        comparison = ModuleComparison(self.folder, module.name, owned, has_lock=self._lock_digest is not None)
        try:
            change = comparison.compare(module.files)
            if not change.findings:
                change.findings += find_foreign_configuration(self.folder, module.name, module.files)
            if has_errors(change.findings):
                return WriteResult("refused", tuple(change.findings))
            self._prepare(module.name, change)
        except OSError as error:
            return WriteResult("refused", (report_failure(error, self.folder),))
        self._modules[module.name] = _lock_module(module, self._made_by, change.contents)
        return WriteResult(
            "written" if change.changes else "unchanged",
            tuple(change.findings),
            change.list_paths(old=False, new=True),
            change.list_paths(old=True, new=True),
            change.list_paths(old=True, new=False),
        )

    def _prepare(self, name: str, change: ModuleChange) -> None:
        for path, each in change.changes.items():
            if each.new is not None:
                prepared = self.state.new / name / path
                disk.make_folders(prepared.parent)
                disk.write_new_file(prepared, change.contents[path])
        self._changes |= {f"{name}/{path}": each for path, each in change.changes.items()}

    def commit(self) -> list[LocatedFinding]:
        """Put every prepared module and the lock file in place. A finding says that nothing was changed, and why."""
        if not self.usable:
            return []
        text = write_lock(self._modules).encode()
        change = Change(self._lock_digest, sha256(text).hexdigest())
        if not self._changes and (change.new == change.old or not self._modules):
            return []
        try:
            journal = self._make_journal(text, change)
            self.state.commit(journal)
            meddled = self.state.apply(journal)
        except OSError as error:
            return [report_failure(error, self.folder, changed=not self.state.abandon())]
        if meddled:
            undone = self.state.abandon()
            return [self._report_meddling(path, undone) for path in meddled]
        with suppress(OSError):
            self.state.forget()
        return []

    def _make_journal(self, lock_text: bytes, lock_change: Change) -> Journal:
        changes = dict(sorted(self._changes.items()))
        if lock_change.new != lock_change.old:
            disk.make_folders(self.state.new)
            disk.write_new_file(self.state.new / LOCK_FILE, lock_text)
            changes[LOCK_FILE] = lock_change
        made = {path for path, change in changes.items() if change.new is not None}
        parents = {parent.as_posix() for path in made for parent in PurePosixPath(path).parents} - {"."}
        missing = (parent for parent in sorted(parents) if not (self.folder / parent).exists())
        return Journal(changes, tuple(missing))

    def _report_meddling(self, path: str, undone: bool) -> LocatedFinding:
        outcome = "nothing was changed" if undone else "the next run finishes or undoes what was begun"
        message = f"Somebody changed this file while flowseal was writing; {outcome}."
        return report_path(EDITED_FILE, self.folder, path, message, "Look at the file, then run again.")


def _lock_module(module: ModuleWrite, made_by: tuple[str, str], contents: Mapping[str, bytes]) -> LockedModule:
    files = {path: sha256(data).hexdigest() for path, data in contents.items()}
    return LockedModule(*made_by, module.input_digest, dict(module.inputs), files)
