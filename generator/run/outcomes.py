"""What became of each definition, and of each module that has lost its definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.findings import has_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.findings import LocatedFinding
    from generator.output import FileChange, Reason
    from generator.pipeline import CheckedDefinition
    from generator.terraform.proof import ProofFailure

CHANGED = ("written", "removed")
"""The outcomes of modules that are no longer as they were."""


@dataclass(frozen=True, slots=True)
class ModuleOutcome:
    """What became of one definition: "written", "unchanged" or "blocked"; of a module without one: "orphaned",
    "removed" or "blocked"; of a module that `flows` does not cover: "uncovered". Where nothing is written:
    "out-of-date", "unchanged" or "blocked".

    `folder` is shown as the user gave the output folder; `created`, `changed` and `removed` are relative to it.
    `reasons` say why the module changes. `moved_from` are the folders that it had under other names, `moved_block` is
    what Terraform needs where the caller's label changes with the name. `edits` gives what flowseal would put in the
    place of files that were changed by hand, by path as shown.
    """

    file: str
    name: str | None
    folder: str | None
    outcome: str
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    moved_from: tuple[str, ...] = ()
    moved_block: str = ""
    edits: Mapping[str, FileChange] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """The outcomes in the order of the definitions, orphans last, all findings, and the proof's failures by file.

    `checked` are the definitions that were read, `files` counts all. `strict` tells that a warning counts as an error.
    `new_lock` is the lock file, as shown, where it was written and no module was.
    """

    outcomes: tuple[ModuleOutcome, ...]
    findings: tuple[LocatedFinding, ...]
    failures: tuple[tuple[str, ProofFailure], ...] = ()
    checked: tuple[CheckedDefinition, ...] = ()
    files: int = 0
    strict: bool = False
    new_lock: str = ""

    @property
    def exit_code(self) -> int:
        """4 when a proof failed, else 1 when there is an error, else 0."""
        if self.failures:
            return 4
        return int(has_errors(self.findings, strict=self.strict))

    @property
    def has_changes(self) -> bool:
        """Whether a module was written or removed, or the lock file alone."""
        return bool(self.new_lock) or any(outcome.outcome in CHANGED for outcome in self.outcomes)
