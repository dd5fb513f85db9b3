"""What a run of `generate`, `check`, or `validate` came to, as data, and its exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import LocatedFinding, has_errors
from generator.output import Cause, FileChange, ModuleChange, Plan, Status
from generator.output.rules import (
    EDITED_FILE,
    MODULE_NOT_CONFIGURED,
    ORPHANED_MODULE,
    OUTDATED_MODULE,
    REFORMATTED_FILE,
    UNMANAGED_FILES_KEPT,
)
from generator.project.opening import Project
from generator.run.engines import FLOW_NEEDS_IMPORT
from generator.run.flags import Command, Flags
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    # Importing the pipeline takes longer than a run without changes.
    from generator.pipeline import CheckedDefinition
    from generator.terraform.proof import ProofFailure

ABOUT_DIFFERENCES = frozenset(
    rule.name
    for rule in (
        EDITED_FILE,
        REFORMATTED_FILE,
        ORPHANED_MODULE,
        MODULE_NOT_CONFIGURED,
        OUTDATED_MODULE,
        UNMANAGED_FILES_KEPT,
        FLOW_NEEDS_IMPORT,
    )
)
"""Rules whose findings are differences for `check`: whatever their severity, they set exit code 3, not 1."""


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """What became of a definition's module, or of a leftover: its planned change, unless it was blocked before that.

    `file` is how findings show the definition, `folder` how they show the module; None if it has no folder. If its
    engine changes from `cloud-control` to `native`, a deployed flow must be imported, and `imported_by` is the
    address of the module's call.
    """

    file: str
    name: str | None
    folder: str | None
    status: Status
    change: ModuleChange | None = None
    imported_by: str | None = None

    @property
    def done(self) -> ModuleChange:
        """The change; an empty one if the module is blocked, and one without reasons if it is only unrecorded."""
        if self.change is None or self.status is Status.BLOCKED:
            return ModuleChange(self.name or "", "", self.status)
        return replace(self.change, reasons=()) if self.is_unrecorded else self.change

    @property
    def is_unrecorded(self) -> bool:
        """Whether all files are up to date, and only the module's entry in the lock file is missing."""
        reasons = self.change.reasons if self.change and self.status is Status.UNCHANGED else ()
        return any(reason.cause is Cause.NEW for reason in reasons)

    @property
    def edits(self) -> dict[str, FileChange]:
        """What --overwrite would change in the edited files of a blocked module, by path relative to its folder."""
        if self.change is None or self.change.status is not Status.BLOCKED:
            return {}
        paths = self.change.list_edits(Cause.EDITED, Cause.WHITESPACE)
        return {path.partition("/")[2]: self.change.files[path] for path in paths}


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what it worked on, what it checked, and what it planned.

    `files` counts the definitions that were read, `modules` are in the order of the definitions, leftovers last.
    `failures` are those of the proof, each with the file of its definition: then there is no plan. `lock` tells how
    the lock file differs, besides its entries of modules that do; None if it doesn't. `has_new_lock` is
    set if the lock file was written.
    """

    command: Command
    project: Project
    flags: Flags
    findings: tuple[LocatedFinding, ...]
    checked: tuple[CheckedDefinition, ...] = ()
    files: int = 0
    modules: tuple[ModuleResult, ...] = ()
    failures: tuple[tuple[str, ProofFailure], ...] = ()
    plan: Plan | None = None
    lock: str | None = None
    has_new_lock: bool = False

    @property
    def folder(self) -> Path:
        """The output folder, as findings show it."""
        return self.project.output or Path()

    @property
    def lock_path(self) -> str:
        """The lock file, as findings show it."""
        return (self.folder / LOCK_FILE).as_posix()

    @property
    def has_new_lock_alone(self) -> bool:
        """Whether the lock file was written and no module was."""
        return self.has_new_lock and not self.has_changed_modules

    @property
    def has_changed_modules(self) -> bool:
        """Whether a module was written or removed."""
        return any(module.status in (Status.WRITTEN, Status.REMOVED) for module in self.modules)

    @property
    def outdated(self) -> list[ModuleResult]:
        """The modules that `generate` would change."""
        return [module for module in self.modules if module.done.reasons]

    def list_differences(self) -> Mapping[str, FileChange]:
        """Return the changes to files, by the path shown to the user, with the lock file last."""
        if self.plan is None:
            return {}
        files = {(self.folder / path).as_posix(): change for path, change in self.plan.files.items()}
        return files | {self.lock_path: self.plan.lock}


def exit_code(run: Run, *, fail_on_change: bool = False) -> int:
    """Return 4 after a failed proof, 1 after an error, 3 if modules are out of date or were changed, else 0.

    Out of date counts for `check`, changed for `generate` with `fail_on_change`. With `strict`, warnings are errors.
    """
    if run.failures:
        return 4
    is_check = run.command is Command.CHECK
    findings = [item for item in run.findings if not (is_check and item.rule.name in ABOUT_DIFFERENCES)]
    if has_errors(findings, strict=run.flags.strict):
        return 1
    if is_check:
        return 3 if run.outdated or run.lock is not None else 0
    return 3 if fail_on_change and (run.has_changed_modules or run.has_new_lock) else 0
