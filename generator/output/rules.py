"""What writing has to say: its rules, and its findings by path."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import replace
from pathlib import Path

from generator.findings import (
    LocatedFinding,
    Rule,
    error,
    fixed_info,
    fixed_warning,
    report_file,
    show_relative,
)
from generator.output.disk import ReadRefusedError
from generator.source import Span

UNSAFE_PATH = error("UnsafePath", "A path that flowseal would write leads, or may lead, out of the output folder.")
UNOWNED_FILE = error("UnownedFile", "At a path that the module needs stands something that flowseal did not make.")
EDITED_FILE = error("EditedFile", "A file that flowseal made was changed by hand, and would be overwritten or removed.")
REFORMATTED_FILE = error(
    "ReformattedFile",
    "Of a file that flowseal made, line ends or other whitespace changed and nothing else, as tools do it.",
)
REFORMATTED_INPUT = fixed_info(
    "ReformattedInput",
    "Of a file that a module is made from, whitespace changed since and nothing else, as tools do it.",
)
OVERRIDE_FILE = error("OverrideFile", "A Terraform override file in the module changes what was proven.")
UNMANAGED_TERRAFORM_FILE = fixed_info(
    "UnmanagedTerraformFile", "A Terraform file in the module's folder is not flowseal's: nothing proves it."
)
UNMANAGED_PERMISSIONS = fixed_warning(
    "UnmanagedPermissions",
    "A Terraform file in the module's folder is not flowseal's, and it may change who can decrypt.",
)
WRITE_FAILED = error("WriteFailed", "The system refused to read or to write in the output folder; nothing was changed.")
OUTPUT_BUSY = error("OutputBusy", "Another run of flowseal is writing to the same folder.")
DAMAGED_LOCK = error(
    "DamagedLock", "flowseal.lock.json, or a stopped run's journal, cannot be read as flowseal wrote it."
)
NEWER_LOCK = error("NewerLock", "flowseal.lock.json was written by a later version of flowseal.")
MODULE_NAME_IN_USE = error(
    "ModuleNameInUse", "The folder of a module belongs to another definition, which is still there."
)
ORPHANED_MODULE = fixed_warning("OrphanedModule", "The definition that a module was made from is gone.")
MODULE_NOT_CONFIGURED = fixed_warning(
    "ModuleNotConfigured", "The project's `flows` does not match the definition of a module."
)
MODULE_ELSEWHERE = fixed_warning(
    "ModuleInAnotherFolder", "A run creates modules that another output folder has already."
)
UNMANAGED_FILES_KEPT = fixed_warning(
    "UnmanagedFilesKept", "A module's folder moved or went, and files of yours stayed where they were."
)
OUTDATED_MODULE = fixed_warning("OutdatedModule", "A module, or the lock file, is not what a fresh run would make.")
CONFLICTED_LOCK = fixed_info(
    "ConflictedLock", "flowseal.lock.json has the conflict markers of a merge; `generate` makes it anew."
)
INTERRUPTED_RUN = fixed_info(
    "InterruptedRun", "An earlier run was stopped while it wrote; `generate` finishes or undoes its change."
)
INCOMPLETE_REPAIR = error(
    "IncompleteRepair", "An earlier run was stopped while it wrote, and part of its change cannot be undone."
)

_PREPARED = re.compile(r"(^|/)\.flowseal/(?:new|old)/")
_RIGHT = "Give yourself the right to {}, then run again."
_REASONS: dict[int | None, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "Make room on the disk, then run again."),
    errno.EDQUOT: ("the disk quota is used up", "Make room on the disk, then run again."),
    errno.EROFS: ("the file system is read-only", "Choose an output folder that can be written to."),
    errno.EACCES: ("permission denied", _RIGHT),
    errno.EPERM: ("the system does not permit it", _RIGHT),
    errno.ENOTDIR: ("a part of this path is not a folder", "Choose another output folder, or move the file away."),
}


def report_path(
    rule: Rule, output: Path, path: str, message: str, remedy: str, span: Span | None = None
) -> LocatedFinding:
    """Make a finding about a path relative to the output folder, shown as the user gave that folder."""
    finding = report_file(rule, message, remedy, (output / path).as_posix())
    return finding if span is None else replace(finding, span=span)


def locate_change(present: bytes, wanted: bytes) -> Span:
    """Return the first line of a file that a fresh run would write differently; where lines are missing, the last."""
    lines, others = (data.decode("utf-8", "replace").removesuffix("\n").split("\n") for data in (present, wanted))
    changed = (number for number, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1])
    number = min(next(changed, len(others)), len(lines) - 1)
    return Span(number + 1, 1, number + 1, len(lines[number].removesuffix("\r")) + 1)


def report_failure(error: OSError, output: Path, *, changed: bool = False, read: bool = False) -> LocatedFinding:
    """Make the one finding of an OSError. `changed` says that a later run has to finish the work, `read` that nothing
    was to be written; a ReadRefusedError says the latter by itself.
    """
    read = read or isinstance(error, ReadRefusedError)
    reason, remedy = _REASONS.get(
        error.errno, (error.strerror or type(error).__name__, "See to the disk, then run again.")
    )
    file = name_shown_path(error, output)
    outcome = "it cannot be read" if read else "nothing was changed"
    outcome = "the next run finishes or undoes what was begun" if changed else outcome
    remedy = remedy.format("read it" if read else "write there")
    return report_file(WRITE_FAILED, f"The system refuses '{file}': {reason}; {outcome}.", remedy, file)


def show_definition(output: Path, definition: str) -> str:
    """Return a definition's path, which the lock file gives relative to the output folder, as findings show paths."""
    return show_relative(Path(os.path.realpath(output), definition))


def name_shown_path(error: OSError, output: Path) -> str:
    """Name the path of an OSError for the user: a file that was being prepared goes by its final path."""
    name = error.filename if isinstance(error.filename, str) else str(error.filename or output)
    return _PREPARED.sub(r"\1", name.replace("\\", "/"))
