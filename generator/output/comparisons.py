"""A module against the disk, with the folders that it had under other names: what changes, and why."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from generator.findings import has_errors
from generator.output.confinement import is_same_folder
from generator.output.foreign import find_foreign_configuration
from generator.output.lock_file import LockedModule
from generator.output.module_write import ModuleComparison
from generator.output.reasons import Cause, Reason, compare_entries, group_whitespace
from generator.output.result import WriteResult

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from generator.findings import LocatedFinding
    from generator.output.change_set import ChangeSet
    from generator.output.folder import Output
    from generator.output.module_write import ModuleChange, ModuleWrite


def compare_folder(output: Output, name: str, owned: Mapping[str, Collection[str]] | None = None) -> ModuleComparison:
    """Return the comparison of a module's folder, by default with what the lock file says that flowseal made there."""
    return ModuleComparison(
        output.folder,
        name,
        output.lock.list_owned(name) if owned is None else owned,
        has_lock=output.lock_data is not None,
        must_be_writable=not output.read_only,
        is_merged=output.lock.is_disputed(name),
    )


class Comparisons:
    """Compares the folder of a module, and that of each former name, with the disk.

    `changes` gives the change of each folder. Raises OSError where one cannot be read.
    """

    def __init__(self, output: Output, module: ModuleWrite, former: Sequence[str]) -> None:
        self.output = output
        self.module = module
        self.former = tuple(former)
        self.comparisons: dict[str, ModuleComparison] = {}
        self.changes: dict[str, ModuleChange] = {}
        owned = output.lock.list_owned(module.name)
        apart = []
        for name in former:
            if is_same_folder(output.folder / name, output.folder / module.name):
                owned = {**output.lock.list_owned(name), **owned}
            else:
                apart.append(name)
        self._compare(module.name, module.files, owned)
        for name in apart:
            self._compare(name, {}, None)

    def _compare(self, name: str, files: Mapping[str, str], owned: Mapping[str, Collection[str]] | None) -> None:
        self.comparisons[name] = compare_folder(self.output, name, owned)
        self.changes[name] = self.comparisons[name].compare(files)

    def list_obstacles(self) -> list[LocatedFinding]:
        """Return what prevents the change, and else what the module's folder has beside the module."""
        findings = [finding for change in self.changes.values() for finding in change.findings]
        if not has_errors(findings):
            findings += find_foreign_configuration(self.output.folder, self.module.name, self.module.files)
        return findings

    def report_edits(self) -> list[LocatedFinding]:
        """Return a finding for each edit that the change would discard. Raises OSError where one cannot be read."""
        return [
            finding for name, change in self.changes.items() for finding in self.comparisons[name].report_edits(change)
        ]

    def list_edits(self) -> dict[str, bytes | None]:
        """Return what would stand in the place of edited files, by path relative to the output folder.

        Those of which only line ends changed are left out: their diff would be every line twice.
        """
        return {
            f"{name}/{path}": change.contents.get(path)
            for name, change in self.changes.items()
            for path in change.edits
            if path not in change.whitespace or not change.whitespace[path].is_line_ends_alone
        }

    def prepare(self, changes: ChangeSet) -> None:
        """Add every change, edits included. Raises OSError where a file cannot be prepared."""
        for name, change in self.changes.items():
            for path, each in sorted({**change.changes, **change.edits}.items()):
                changes.add_file(f"{name}/{path}", each, change.contents.get(path))

    def make_entry(self) -> LockedModule:
        """Return the lock file's entry of the module."""
        contents = self.changes[self.module.name].contents
        files = {path: sha256(data).hexdigest() for path, data in contents.items()}
        return LockedModule(self.module.making, files)

    def make_result(self, findings: Sequence[LocatedFinding]) -> WriteResult:
        """Return what becomes of the module."""
        change = self.changes[self.module.name]
        changed = {**change.changes, **change.edits}

        def list_paths(*, old: bool, new: bool) -> tuple[str, ...]:
            wanted = (old, new)
            return tuple(
                path for path, each in sorted(changed.items()) if (each.old is not None, each.new is not None) == wanted
            )

        return WriteResult(
            "written" if changed or self.former else "unchanged",
            tuple(findings),
            list_paths(old=False, new=True),
            list_paths(old=True, new=True),
            list_paths(old=True, new=False),
            tuple(self._list_reasons(bool(changed))),
            self.former,
        )

    def _list_reasons(self, is_changed: bool) -> list[Reason]:
        names = [self.module.name, *self.former]
        known = self.output.lock.modules
        before = next((known[name] for name in names if name in known), None)
        reasons = compare_entries(before, self.make_entry())
        edited = {f"{name}/{path}" for name, change in self.changes.items() for path in change.edits}
        whitespace = {
            f"{name}/{path}": each for name, change in self.changes.items() for path, each in change.whitespace.items()
        }
        reasons += group_whitespace(whitespace)
        if by_hand := sorted(edited - whitespace.keys()):
            reasons.append(Reason(Cause.EDITED, tuple(by_hand)))
        change = self.changes[self.module.name]
        owned = known[self.module.name].files if self.module.name in known else {}
        missing = sorted(path for path, each in change.changes.items() if each.old is None and path in owned)
        if missing:
            reasons.append(Reason(Cause.MISSING, tuple(f"{self.module.name}/{path}" for path in missing)))
        if is_changed and not reasons:
            reasons.append(Reason(Cause.LOCK))
        return sorted(reasons, key=lambda reason: list(Cause).index(reason.cause))
