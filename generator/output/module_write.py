"""One module against the disk: what writing it would change, and what stands in the way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.output import disk
from generator.output.confinement import find_obstacle, is_confined, is_module_name
from generator.output.journal import Change
from generator.output.reasons import group_whitespace
from generator.output.reformatted import report_reformatted
from generator.output.rules import EDITED_FILE, UNOWNED_FILE, UNSAFE_PATH, WRITE_FAILED, locate_change, report_path
from generator.output.whitespace import explain_whitespace
from generator.source.files import LOCK_FILE
from generator.source.merge_conflicts import split_merge_conflict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from generator.findings import LocatedFinding, Rule
    from generator.output.lock_file import Making
    from generator.output.whitespace import WhitespaceChange
    from generator.source import Span

ADMISSION = (
    "The key policy and the service role are the same in every module. Use the module's variables `caller_roles` and "
    "`caller_principals` to let others use the key."
)
SEALED = {"kms.tf": ADMISSION, "iam.tf": ADMISSION}
"""What to do instead of changing these files: neither the definition nor another file can say something else."""


@dataclass(frozen=True, slots=True)
class ModuleWrite:
    """A proven module to write: its files by relative path, and what they were made from."""

    name: str
    files: Mapping[str, str]
    making: Making


@dataclass(slots=True)
class ModuleChange:
    """What writing a module changes, by path relative to the module, or the findings that forbid it.

    `edits` are those changes that would take somebody's edit of a file of flowseal's away; `whitespace` says of those
    of them that a tool may have made what they are.
    """

    contents: dict[str, bytes]
    changes: dict[str, Change] = field(default_factory=dict)
    edits: dict[str, Change] = field(default_factory=dict)
    whitespace: dict[str, WhitespaceChange] = field(default_factory=dict)
    findings: list[LocatedFinding] = field(default_factory=list)


class ModuleComparison:
    """Compares one module with the disk. `owned` gives what flowseal made there: the SHA-256s that count, by path.

    `must_be_writable` tells that the change will be made, so that a disk that refuses is a finding, `is_merged` that
    the sides of a merge disagree on the module.
    """

    def __init__(
        self,
        output: Path,
        name: str,
        owned: Mapping[str, Collection[str]],
        *,
        has_lock: bool,
        must_be_writable: bool = True,
        is_merged: bool = False,
    ) -> None:
        self.output = output
        self.name = name
        self.owned = owned
        self.has_lock = has_lock
        self.must_be_writable = must_be_writable
        self.is_merged = is_merged

    def compare(self, files: Mapping[str, str]) -> ModuleChange:
        """Compare the module's texts with the disk, changing nothing. Raises OSError where it cannot be read."""
        change = ModuleChange({path: text.encode("utf-8") for path, text in files.items()})
        if not is_module_name(self.name):
            remedy = "Give the flow a name of letters, digits, '-' and '_'."
            self._report(change, UNSAFE_PATH, "", f"'{self.name}' cannot be the name of a module's folder.", remedy)
            return change
        for path in sorted(change.contents):
            self._compare_file(path, change)
        for path in sorted(self.owned.keys() - change.contents.keys()):
            self._compare_stale_file(path, change)
        return change

    def report_edits(self, change: ModuleChange) -> list[LocatedFinding]:
        """Return a finding for each edit that the change would discard; what tools changed is reported together.

        Raises OSError where a file cannot be read.
        """
        return [
            self._report_edited(path, change) if path in change.contents else self._report_stale(path)
            for path in change.edits
            if path not in change.whitespace
        ] + [
            report_reformatted(self.output, reason, self._locate(reason.details[0].partition("/")[2], change))
            for reason in group_whitespace({f"{self.name}/{path}": each for path, each in change.whitespace.items()})
        ]

    def _locate(self, path: str, change: ModuleChange) -> Span:
        present = disk.read_regular_file(self.output / self.name / path)
        return locate_change(present if isinstance(present, bytes) else b"", change.contents.get(path, b""))

    def _compare_file(self, path: str, change: ModuleChange) -> None:
        if not is_confined(path):
            message = f"'{path}' is no path inside the module."
            self._report(change, UNSAFE_PATH, "", message, "Rename the node that this file is named after.")
            return
        if self._report_link(path, change):
            return
        present = disk.read_digest(self.output / self.name / path)
        wanted = sha256(change.contents[path]).hexdigest()
        if present == wanted:
            return
        if present is not None and (path not in self.owned or present == disk.NOT_A_FILE):
            self._report_unowned(path, present, change)
        elif self._is_writable(path, change):
            self._add_change(path, Change(present, wanted), change)

    def _compare_stale_file(self, path: str, change: ModuleChange) -> None:
        if self._report_link(path, change):
            return
        present = disk.read_digest(self.output / self.name / path)
        if present not in (None, disk.NOT_A_FILE) and self._is_writable(path, change):
            self._add_change(path, Change(present, None), change)

    def _add_change(self, path: str, each: Change, change: ModuleChange) -> None:
        """Add a file's change to the edits where the file is not as flowseal made it, and say what a tool did to it."""
        known = {*self.owned.get(path, ()), *filter(None, [each.new])}
        if each.old is None or each.old in known:
            change.changes[path] = each
            return
        data = disk.read_regular_file(self.output / self.name / path)
        if isinstance(data, bytes) and _is_merged(data, known):
            change.changes[path] = each
            return
        change.edits[path] = each
        if isinstance(data, bytes) and (whitespace := explain_whitespace(data, change.contents.get(path), known)):
            change.whitespace[path] = whitespace

    def _report_link(self, path: str, change: ModuleChange) -> bool:
        obstacle = find_obstacle(self.output, f"{self.name}/{path}")
        if obstacle is None:
            return False
        if (self.output / obstacle).is_symlink():
            message = f"'{obstacle}' is a symbolic link; flowseal writes through none."
            remedy = "Put a real folder or file in its place, or choose another output folder."
            self._report_once(change, UNSAFE_PATH, obstacle, message, remedy)
        else:
            message = f"'{obstacle}' is a file that flowseal did not make, where the module needs a folder."
            self._report_once(change, UNOWNED_FILE, obstacle, message, "Move it away, then run again.")
        return True

    def _report_unowned(self, path: str, present: str, change: ModuleChange) -> None:
        message = "Here is a file that flowseal did not make; it is not overwritten."
        if present == disk.NOT_A_FILE:
            message = "A folder, or something else that is no file, stands where the module needs a file."
        remedy = "Give the flow another name, or move this away; then run again."
        if not self.has_lock:
            remedy = (
                f"If flowseal made it, bring {LOCK_FILE} back (it belongs in git); else move it away. Then run again."
            )
        self._report(change, UNOWNED_FILE, path, message, remedy)

    def _report_edited(self, path: str, change: ModuleChange) -> LocatedFinding:
        message = "This generated file was changed, by hand or by git in a merge."
        way = SEALED.get(path, "Move the change into the definition, or into a .tf file of your own beside this one.")
        remedy = f"{way} Then run `flowseal generate --overwrite`, which discards the change here."
        if self.is_merged:
            message = "This file matches neither side of the merge: git merged it, or somebody edited it."
            remedy = (
                f"Review the diff. If nothing in it is a hand edit, run `flowseal generate --overwrite`. If not: {way}"
            )
        span = self._locate(path, change)
        return report_path(EDITED_FILE, self.output, f"{self.name}/{path}", message, remedy, span)

    def _report_stale(self, path: str) -> LocatedFinding:
        message = "This generated file is no longer part of the module, but it was changed by hand."
        remedy = "Rename it to keep it, or run `flowseal generate --overwrite`, which deletes it."
        return report_path(EDITED_FILE, self.output, f"{self.name}/{path}", message, remedy)

    def _is_writable(self, path: str, change: ModuleChange) -> bool:
        if not self.must_be_writable:
            return True
        target = self.output / self.name / path
        if os.path.lexists(target) and not os.lstat(target).st_mode & 0o222:
            message = "The file is read-only; nothing was changed."
            self._report(change, WRITE_FAILED, path, message, "Make it writable (chmod u+w), then run again.")
            return False
        folder = target.parent
        while not folder.exists() and folder != self.output:
            folder = folder.parent
        if os.access(folder, os.W_OK | os.X_OK):
            return True
        shown = folder.relative_to(self.output).as_posix()
        message = "No permission to write in this folder; nothing was changed."
        self._report_once(
            change, WRITE_FAILED, shown, message, "Give yourself the right to write there, then run again."
        )
        return False

    def _report(self, change: ModuleChange, rule: Rule, path: str, message: str, remedy: str) -> None:
        shown = f"{self.name}/{path}" if path else "."
        change.findings.append(report_path(rule, self.output, shown, message, remedy))

    def _report_once(self, change: ModuleChange, rule: Rule, path: str, message: str, remedy: str) -> None:
        finding = report_path(rule, self.output, path, message, remedy)
        if finding not in change.findings:
            change.findings.append(finding)


def _is_merged(data: bytes, known: Collection[str]) -> bool:
    """Whether git merged a file from two that are as flowseal made them."""
    sides = split_merge_conflict(data)
    # Where a side has no line break at its end, git puts one between it and the next marker.
    return sides is not None and all(
        any(sha256(text).hexdigest() in known for text in (side, side.removesuffix(b"\n"))) for side in sides
    )
