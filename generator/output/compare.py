"""A module compared with the disk: which files change, which of them were edited, and what is in the way."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding, Rule
from generator.output.changes import Cause, FileChange, Reason
from generator.output.folder import BlockedPathError, is_confined, is_module_name
from generator.output.lock_file import Entry, Provenance
from generator.output.rules import UNOWNED_FILE, UNSAFE_PATH, WRITE_FAILED, report_path, show_definition
from generator.output.session import Session
from generator.output.whitespace import WhitespaceChange, explain_whitespace
from generator.source.files import LOCK_FILE
from generator.source.merge_conflicts import split_merge_conflict


class Comparison:
    """The files of a module (`contents`, and their SHA-256s in `digests`) compared with its folder.

    Paths are relative to the output folder. `owned` has the SHA-256s of what flowseal generated there, by path relative
    to the module. `edited` has the files that match none of them, each with what a tool did to its whitespace, None for
    a real edit. Raises OSError if a file can't be read.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        contents: Mapping[str, bytes],
        digests: Mapping[str, str],
        owned: Mapping[str, Collection[str]],
    ) -> None:
        self.files: dict[str, FileChange] = {}
        self.edited: dict[str, WhitespaceChange | None] = {}
        self.findings: list[LocatedFinding] = []
        self._session = session
        self._name = name
        self._digests = digests
        self._owned = owned
        self._writable: dict[str, bool] = {}
        if not is_module_name(name):
            message = f"'{name}' cannot be the name of a module's folder."
            self._report(UNSAFE_PATH, ".", message, "Use letters, digits, `-`, and `_` in the flow's name.")
            return
        for path in sorted(contents):
            self._compare_file(path, contents[path])
        for path in sorted(owned.keys() - contents.keys()):
            self._compare_file(path, None)

    def _compare_file(self, path: str, content: bytes | None) -> None:
        if not is_confined(path):
            message = f"'{path}' is not a path inside the module."
            self._report(UNSAFE_PATH, ".", message, "Rename the node that this file is named after.")
            return
        whole = f"{self._name}/{path}"
        try:
            present = self._session.folder.read(whole)
        except BlockedPathError as block:
            if content is not None or block.is_link or block.part != whole:
                self._report_blocked(whole, block)
            return
        if present == content:
            return
        change = FileChange(present, content, digest=self._digests.get(path))
        if present is not None and path not in self._owned:
            message = "flowseal did not generate this file and does not overwrite it."
            self._report(UNOWNED_FILE, whole, message, self._find_way_out())
        elif self._is_writable(whole, is_there=present is not None):
            self.files[whole] = change
            known = {*self._owned.get(path, ()), *([] if change.new is None else [change.new])}
            if present is not None and change.old not in known and not _is_merge(present, known):
                self.edited[whole] = explain_whitespace(present, content, known)

    def _report_blocked(self, path: str, block: BlockedPathError) -> None:
        if block.is_link:
            message = f"'{block.part}' is a symbolic link, and flowseal does not write through links."
            help = "Replace it with a real file or folder, or choose another output folder."
            self._report(UNSAFE_PATH, block.part, message, help)
        elif block.part == path:
            message = "The module needs a file here, but this is a folder or another kind of file."
            self._report(UNOWNED_FILE, path, message, self._find_way_out())
        else:
            message = f"The module needs a folder here, but '{block.part}' is a file that flowseal did not generate."
            self._report(UNOWNED_FILE, block.part, message, "Move it away, then run again.")

    def _find_way_out(self) -> str:
        if self._session.lock.data is None:
            return f"If flowseal generated it, restore {LOCK_FILE} from git. Otherwise move it away, then run again."
        return "Rename the flow or move the file, then run again."

    def _is_writable(self, path: str, *, is_there: bool) -> bool:
        output = self._session.folder.path
        if self._session.read_only:
            return True
        if is_there and not os.lstat(output / path).st_mode & 0o222:
            message = "The file is read-only; nothing was changed."
            self._report(WRITE_FAILED, path, message, "Make it writable (`chmod u+w`), then run again.")
            return False
        parent = path.rpartition("/")[0]
        if parent in self._writable:
            return self._writable[parent]
        folder = output / parent
        while not folder.exists() and folder != output:
            folder = folder.parent
        self._writable[parent] = os.access(folder, os.W_OK | os.X_OK)
        if self._writable[parent]:
            return True
        message = "No permission to write in this folder; nothing was changed."
        shown = folder.relative_to(output).as_posix()
        self._report(WRITE_FAILED, shown, message, "Grant yourself write permission, then run again.")
        return False

    def _report(self, rule: Rule, path: str, message: str, help: str) -> None:
        finding = report_path(rule, self._session.folder.path, path, message, help)
        if finding not in self.findings:
            self.findings.append(finding)


def _is_merge(present: bytes, known: Collection[str]) -> bool:
    """Return whether git merged a file from two that flowseal generated."""
    sides = split_merge_conflict(present)
    # If a side has no line break at its end, git adds one before the next marker.
    return sides is not None and all(
        any(sha256(text).hexdigest() in known for text in (side, side.removesuffix(b"\n"))) for side in sides
    )


def compare_entries(old: Entry | None, new: Entry, output: Path) -> list[Reason]:
    """Return why the lock file's entry of a module changes. Definitions are shown as findings show them."""
    if old is None:
        return [Reason(Cause.NEW)]
    reasons = _compare_provenance(old.provenance, new.provenance, output)
    return reasons or ([Reason(Cause.LOCK)] if old != new else [])


def _compare_provenance(old: Provenance, new: Provenance, output: Path) -> list[Reason]:
    reasons = []
    if old.definition != new.definition:
        reasons.append(Reason(Cause.MOVED, tuple(show_definition(output, each.definition) for each in (old, new))))
    if inputs := _list_differences(old.inputs, new.inputs):
        reasons.append(Reason(Cause.INPUT, inputs))
    if settings := _list_differences(old.configuration, new.configuration):
        reasons.append(Reason(Cause.CONFIGURATION, settings))
    if old.generator_version != new.generator_version:
        reasons.append(Reason(Cause.VERSION, (old.generator_version or "unknown",)))
    elif old.template_digest != new.template_digest:
        reasons.append(Reason(Cause.VERSION, (f"{old.generator_version} with different templates",)))
    return reasons


def _list_differences(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def group_edits(edited: Mapping[str, WhitespaceChange | None]) -> list[Reason]:
    """Return the reasons for edited files: real edits, changed line endings, and other changes to whitespace."""
    groups: dict[Cause, dict[str, str]] = {}
    for path, change in sorted(edited.items()):
        cause = Cause.EDITED
        if change is not None:
            cause = Cause.LINE_ENDS if change.is_line_ends_alone else Cause.WHITESPACE
        groups.setdefault(cause, {})[path] = change.words if change else ""
    return [
        Reason(cause, tuple(group), ", ".join(sorted({part for words in group.values() for part in words.split(", ")})))
        for cause, group in groups.items()
    ]
