"""What a run changes in an output folder, as data: files, reasons, modules, and the plan of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from generator.findings import LocatedFinding
from generator.output.lock_file import Entry, Provenance
from generator.source import Span


@dataclass(frozen=True)
class FileChange:
    """The bytes of a file before and after, None for no file. `source` is where a user's own file moves from.

    `digest` is the SHA-256 of `content`, if it is known already.
    """

    present: bytes | None
    content: bytes | None
    source: str = ""
    digest: str | None = None

    @cached_property
    def old(self) -> str | None:
        """The SHA-256 of `present`."""
        return None if self.present is None else sha256(self.present).hexdigest()

    @cached_property
    def new(self) -> str | None:
        """The SHA-256 of `content`."""
        return self.digest if self.digest or self.content is None else sha256(self.content).hexdigest()

    def locate(self) -> Span:
        """Return the first line that would change; if lines are only missing at the end, the last line."""
        lines, others = (
            (data or b"").decode("utf-8", "replace").removesuffix("\n").split("\n")
            for data in (self.present, self.content)
        )
        changed = (number for number, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1])
        number = min(next(changed, len(others)), len(lines) - 1)
        return Span(number + 1, 1, number + 1, len(lines[number].removesuffix("\r")) + 1)


class Cause(StrEnum):
    """Why a module changes, in the order in which reasons are reported."""

    NEW = "new"
    MOVED = "definition-moved"
    INPUT = "input-changed"
    CONFIGURATION = "configuration-changed"
    VERSION = "other-version"
    EDITED = "edited"
    LINE_ENDS = "line-ends"
    WHITESPACE = "whitespace"
    MISSING = "missing"
    ORPHAN = "orphan"
    UNCOVERED = "uncovered"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a module changes. Depending on the cause, `details` are paths, settings, or versions; `words` adds to them.

    Files are relative to the output folder, inputs to the definition's folder.
    """

    cause: Cause
    details: tuple[str, ...] = ()
    words: str = ""


EDITS = frozenset({Cause.EDITED, Cause.LINE_ENDS, Cause.WHITESPACE})


class Status(StrEnum):
    """What becomes of a module."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    REMOVED = "removed"
    ORPHANED = "orphaned"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Module:
    """A module that a run makes: its name, its texts by path, and what they were generated from.

    `files` is None for a module that stays as it is.
    """

    name: str
    provenance: Provenance
    files: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """What becomes of a module, and why. `definition` and the paths of `files` are relative to the output folder.

    `moved_from` has the module's former names, `entry` its new entry in the lock file. The files of a blocked
    module stay as they are.
    """

    name: str
    definition: str
    status: Status
    files: Mapping[str, FileChange] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    moved_from: tuple[str, ...] = ()
    findings: tuple[LocatedFinding, ...] = ()
    entry: Entry | None = None

    @property
    def created(self) -> tuple[str, ...]:
        """The generated files that are new, relative to the module."""
        return self._list_files(had=False, has=True)

    @property
    def changed(self) -> tuple[str, ...]:
        """The generated files that change, relative to the module."""
        return self._list_files(had=True, has=True)

    @property
    def removed(self) -> tuple[str, ...]:
        """The generated files that are removed, relative to the module."""
        return self._list_files(had=True, has=False)

    def _list_files(self, *, had: bool, has: bool) -> tuple[str, ...]:
        start = f"{self.name}/"
        return tuple(
            path.removeprefix(start)
            for path, change in sorted(self.files.items())
            if path.startswith(start) and not change.source
            if (change.present is not None, change.content is not None) == (had, has)
        )

    def list_edits(self, *causes: Cause) -> list[str]:
        """Return the edited files: all of them, or those edited in the given ways."""
        return [path for reason in self.reasons if reason.cause in (causes or EDITS) for path in reason.details]


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of a run: the modules in the order of the definitions, leftovers last.

    `lock` is the change of the lock file, without content if the file is removed. It keeps both sides of the
    modules in `disputed`, which a merge left in conflict and this run does not make: otherwise a later run would take
    the other side's files for edits.
    """

    modules: tuple[ModuleChange, ...] = ()
    lock: FileChange = FileChange(None, None)
    disputed: tuple[str, ...] = ()

    @property
    def changes_lock(self) -> bool:
        """Whether the lock file has to be written."""
        return self.lock.content not in (None, self.lock.present)

    @property
    def files(self) -> dict[str, FileChange]:
        """All files that change, sorted by path relative to the output folder, without the lock file."""
        changes = (change for change in self.modules if change.status in (Status.WRITTEN, Status.REMOVED))
        files = {path: each for change in changes for path, each in change.files.items()}
        return {path: files[path] for path in sorted(files)}
