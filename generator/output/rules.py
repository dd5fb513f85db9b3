"""The rules about the output folder, and findings by path in it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
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
from generator.output.folder import ReadRefusedError
from generator.source import Span

UNSAFE_PATH = error("UnsafePath", "A path that flowseal would write to leads, or could lead, out of the output folder.")
UNOWNED_FILE = error("UnownedFile", "A file that flowseal did not generate is in the way of the module.")
EDITED_FILE = error("EditedFile", "A generated file was edited, and `generate` would overwrite or delete it.")
REFORMATTED_FILE = error("ReformattedFile", "Only line endings or other whitespace changed in a generated file.")
REFORMATTED_INPUT = fixed_info("ReformattedInput", "Only whitespace changed in a file that a module is generated from.")
OVERRIDE_FILE = error("OverrideFile", "A Terraform override file in the module changes what was proven.")
UNMANAGED_TERRAFORM_FILE = fixed_info(
    "UnmanagedTerraformFile", "The module's folder contains a Terraform file that flowseal did not generate or prove."
)
UNMANAGED_PERMISSIONS = fixed_warning(
    "UnmanagedPermissions", "A Terraform file that flowseal did not generate may change who can decrypt."
)
WRITE_FAILED = error("WriteFailed", "A file in the output folder could not be read or written.")
OUTPUT_BUSY = error("OutputBusy", "Another flowseal run is writing to the same folder.")
DAMAGED_LOCK = error("DamagedLock", "flowseal.lock.json, or the journal of an interrupted run, is damaged.")
NEWER_LOCK = error("NewerLock", "flowseal.lock.json was written by a later version of flowseal.")
MODULE_NAME_IN_USE = error("ModuleNameInUse", "The module's folder belongs to another definition.")
ORPHANED_MODULE = fixed_warning("OrphanedModule", "The definition that a module was generated from no longer exists.")
MODULE_NOT_CONFIGURED = fixed_warning(
    "ModuleNotConfigured", "The project's `flows` does not match the definition of a module."
)
MODULE_ELSEWHERE = fixed_warning(
    "ModuleInAnotherFolder", "A run creates modules that another output folder already contains."
)
UNMANAGED_FILES_KEPT = fixed_warning(
    "UnmanagedFilesKept",
    "A module was removed or moved, and files that flowseal did not generate stayed in its folder.",
)
OUTDATED_MODULE = fixed_warning("OutdatedModule", "A module, or the lock file, is out of date.")
CONFLICTED_LOCK = fixed_info(
    "ConflictedLock", "flowseal.lock.json contains merge conflict markers; `generate` rewrites it."
)
INTERRUPTED_RUN = fixed_info(
    "InterruptedRun", "An earlier run was interrupted; `generate` completes its changes or rolls them back."
)
INCOMPLETE_REPAIR = error(
    "IncompleteRepair", "An earlier run was interrupted, and some of its changes could not be rolled back."
)

_PREPARED = re.compile(r"(^|/)\.flowseal/(?:new|old)/")
_PERMISSION = "Grant yourself permission to {}, then run again."
_REASONS: dict[int | None, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "Free some disk space, then run again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some disk space, then run again."),
    errno.EROFS: ("the file system is read-only", "Choose an output folder that you can write to."),
    errno.EACCES: ("permission denied", _PERMISSION),
    errno.EPERM: ("the operation is not permitted", _PERMISSION),
    errno.ENOTDIR: ("part of this path is not a folder", "Choose another output folder, or move the file away."),
}
MOST_NAMED = 5
"""How many files a sentence names."""


def name_some(paths: Sequence[str], most: int = MOST_NAMED) -> str:
    """Name the first few paths, and say how many more there are."""
    named = ", ".join(paths[:most])
    return f"{named} and {len(paths) - most} more" if len(paths) > most else named


def report_path(
    rule: Rule, output: Path, path: str, message: str, help: str, span: Span | None = None
) -> LocatedFinding:
    """Make a finding about a path relative to the output folder, shown the way the user gave that folder."""
    finding = report_file(rule, message, help, (output / path).as_posix())
    return finding if span is None else replace(finding, span=span)


def report_failure(error: OSError, output: Path, *, changed: bool = False, read: bool = False) -> LocatedFinding:
    """Make the one finding of an OSError. `changed` means that a later run has to finish the work, `read` that nothing
    was going to be written; a ReadRefusedError implies the latter.
    """
    read = read or isinstance(error, ReadRefusedError)
    other = (error.strerror or type(error).__name__, "Check the disk, then run again.")
    reason, help = _REASONS.get(error.errno, other)
    file = name_shown_path(error, output)
    help = help.format("read it" if read else "write there")
    message = f"Cannot {'read' if read else 'write to'} '{file}': {reason}"
    if changed:
        message += "; the next run completes the changes or rolls them back"
    elif not read:
        message += "; nothing was changed"
    return report_file(WRITE_FAILED, f"{message}.", help, file)


def show_definition(output: Path, definition: str) -> str:
    """Return a definition's path, relative to the output folder, the way findings show paths."""
    return show_relative(Path(os.path.realpath(output), definition))


def name_shown_path(error: OSError, output: Path) -> str:
    """Return the path of an OSError as the user knows it: a staged file goes by its final path."""
    name = error.filename if isinstance(error.filename, str) else str(error.filename or output)
    return _PREPARED.sub(r"\1", name.replace("\\", "/"))
