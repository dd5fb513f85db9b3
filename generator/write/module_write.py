"""One module against the disk: what writing it would change, and what stands in the way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from generator.write import disk
from generator.write.confinement import LOCK_FILE, find_obstacle, is_confined, is_module_name
from generator.write.journal import Change
from generator.write.rules import EDITED_FILE, UNOWNED_FILE, UNSAFE_PATH, WRITE_FAILED, report_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.diagnostics import LocatedFinding, Rule


@dataclass(frozen=True, slots=True)
class ModuleWrite:
    """A proven module to write: its files by relative path, and what they were made from.

    `inputs` gives the SHA-256 of each input by its path relative to the definition's folder.
    """

    name: str
    files: Mapping[str, str]
    input_digest: str
    inputs: Mapping[str, str]


@dataclass(slots=True)
class ModuleChange:
    """What writing a module changes, by path relative to the module, or the findings that forbid it."""

    contents: dict[str, bytes]
    changes: dict[str, Change] = field(default_factory=dict)
    findings: list[LocatedFinding] = field(default_factory=list)

    def list_paths(self, *, old: bool, new: bool) -> tuple[str, ...]:
        """List the changed paths that are there (or not) before and after."""
        return tuple(
            path
            for path, change in self.changes.items()
            if (change.old is not None) is old and (change.new is not None) is new
        )


class ModuleComparison:
    """Compares one module with the disk. `owned` gives what flowseal made there: SHA-256 by path."""

    def __init__(self, output: Path, name: str, owned: Mapping[str, str], *, has_lock: bool) -> None:
        self.output = output
        self.name = name
        self.owned = owned
        self.has_lock = has_lock

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
        if present is not None and path not in self.owned:
            self._report_unowned(path, present, change)
        elif present is not None and present != self.owned[path]:
            self._report_edited(path, change)
        elif self._is_writable(path, change):
            change.changes[path] = Change(present, wanted)

    def _compare_stale_file(self, path: str, change: ModuleChange) -> None:
        if self._report_link(path, change):
            return
        present = disk.read_digest(self.output / self.name / path)
        if present is None:
            return
        if present != self.owned[path]:
            message = "flowseal made this file and the module no longer has it, but it was changed by hand."
            remedy = "Delete it, or rename it to keep it as your own; then run again."
            self._report(change, EDITED_FILE, path, message, remedy)
        elif self._is_writable(path, change):
            change.changes[path] = Change(present, None)

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
        remedy = "Move or delete it, then run again."
        if not self.has_lock:
            remedy = (
                f"If flowseal made it, bring {LOCK_FILE} back (it belongs in git); else move it away. Then run again."
            )
        self._report(change, UNOWNED_FILE, path, message, remedy)

    def _report_edited(self, path: str, change: ModuleChange) -> None:
        self._report(
            change,
            EDITED_FILE,
            path,
            "flowseal made this file and it was changed by hand since; it is not overwritten.",
            "Move the change into the definition, or into a .tf file of your own; then delete this file and run again.",
        )

    def _is_writable(self, path: str, change: ModuleChange) -> bool:
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
