"""What became of a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.findings import LocatedFinding
from generator.output.reasons import Reason

Status = Literal["written", "unchanged", "blocked", "removed", "orphaned", "uncovered"]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a module; paths are relative to it. "written" is true once Output.commit has found nothing.

    `reasons` say why it changes. `moved_from` are names that it had before. `edits` gives what flowseal would put
    in the place of files that were changed by hand (None: nothing), by path relative to the output folder.
    """

    status: Status
    findings: tuple[LocatedFinding, ...] = ()
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    moved_from: tuple[str, ...] = ()
    edits: Mapping[str, bytes | None] = field(default_factory=dict)
