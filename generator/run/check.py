"""`flowseal check`: whether the output folder is what a fresh `generate` would make, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.findings import LocatedFinding, LocatedPlace, has_errors, report_file
from generator.output import Cause, view_output
from generator.output.disk import read_regular_file
from generator.output.rules import (
    EDITED_FILE,
    MODULE_NOT_CONFIGURED,
    ORPHANED_MODULE,
    OUTDATED_MODULE,
    REFORMATTED_FILE,
    UNMANAGED_FILES_KEPT,
    locate_change,
    report_path,
)
from generator.output.whitespace import compare_whitespace
from generator.project.configuration import apply_severities
from generator.run.outcomes import GenerateResult, ModuleOutcome
from generator.run.preparation import Request, prepare_modules
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from generator.output import Output
    from generator.progress import Progress, Timings

REMEDY = "Run `flowseal generate`, and commit what it changes."
ABOUT_DIFFERENCES = frozenset(
    rule.name
    for rule in (
        EDITED_FILE,
        REFORMATTED_FILE,
        ORPHANED_MODULE,
        MODULE_NOT_CONFIGURED,
        OUTDATED_MODULE,
        UNMANAGED_FILES_KEPT,
    )
)
"""Rules whose findings are differences here: whatever their severity, they make the exit code 3, and not 1."""
EDITS = frozenset({Cause.EDITED, Cause.LINE_ENDS, Cause.WHITESPACE})
WITH_RULES = EDITS | {Cause.ORPHAN, Cause.UNCOVERED}
"""Causes that have a rule of their own; all others are OutdatedModule."""


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A file that `generate` would change, by its path as shown: its bytes before and after, None for no file."""

    path: str
    module: str
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `generate` would do. `differences` has the files only where they were asked for.

    `lock` says how the lock file differs beside the entries of modules that differ; None where it does not.
    """

    result: GenerateResult
    lock: str | None = None
    lock_path: str = ""
    differences: tuple[FileDifference, ...] = ()

    @property
    def differing(self) -> list[ModuleOutcome]:
        """The modules that differ."""
        return [outcome for outcome in self.result.outcomes if outcome.reasons]

    @property
    def exit_code(self) -> int:
        """4 when a proof failed, else 1 when there is an error, else 3 when something differs, else 0."""
        errors = [finding for finding in self.result.findings if finding.rule.name not in ABOUT_DIFFERENCES]
        if self.result.failures:
            return 4
        if has_errors(errors, strict=self.result.strict):
            return 1
        return 3 if self.differing or self.lock is not None else 0


def check_modules(
    request: Request, timings: Timings, progress: Progress, *, render_all: bool, with_differences: bool
) -> CheckResult:
    """Compare the output folder with what a fresh run would make of the definitions. Nothing is written."""
    from generator.terraform.templates import template_digest

    output = view_output(request.folder, __version__, template_digest())
    asked = replace(request, render_all=render_all, overwrite=True, prune=True)
    preparation = prepare_modules(asked, output, timings, progress)
    survey, failures = preparation.survey, preparation.failures
    prepared = preparation.refuse_all() if failures else preparation.outcomes
    outcomes = tuple(replace(item, outcome="out-of-date") if item.reasons else item for item in prepared)
    lock_path = (request.folder / LOCK_FILE).as_posix()
    lock = _judge_lock(output, outcomes)
    outdated = [finding for outcome in outcomes for finding in _report_outdated(outcome, output)]
    if lock is not None:
        span = locate_change(output.lock_data or b"", output.write_lock() or b"") if output.usable else None
        outdated.append(report_path(OUTDATED_MODULE, request.folder, LOCK_FILE, lock, REMEDY, span))
    result = GenerateResult(
        outcomes,
        apply_severities([*preparation.findings, *outdated], request.severities),
        failures,
        tuple(preparation.checked),
        len(survey.files) - len(survey.findings),
        request.strict,
    )
    return CheckResult(result, lock, lock_path, tuple(_list_differences(output)) if with_differences else ())


def _report_outdated(outcome: ModuleOutcome, output: Output) -> Iterator[LocatedFinding]:
    """Report why a module is out of date, at the first line that would change; what has a rule of its own is left out.

    Where no file of the module would change, that is at the definition.
    """
    from generator.run.outcome_texts import describe_reason

    reasons = [reason for reason in outcome.reasons if reason.cause not in WITH_RULES]
    if not reasons:
        return
    folder, said = outcome.folder or "", "; ".join(describe_reason(reason, outcome) for reason in reasons)
    finding = report_file(OUTDATED_MODULE, f"{folder} is out of date: {said}.", REMEDY, outcome.file)
    edited = {path for reason in outcome.reasons if reason.cause in EDITS for path in reason.details}
    changed = [path for path in outcome.changed if f"{outcome.name}/{path}" not in edited]
    if changed:
        path = min(changed, key=lambda path: (not path.endswith(".tf"), path))
        inside = f"{outcome.name}/{path}"
        change = _read_difference(output.folder, inside, output.changes.contents[inside])
        place = LocatedPlace("The module is generated from this definition.", outcome.file, finding.span)
        finding = replace(
            finding, file=change.path, span=locate_change(change.old or b"", change.new or b""), related=(place,)
        )
    yield finding


def _judge_lock(output: Output, outcomes: tuple[ModuleOutcome, ...]) -> str | None:
    if output.is_interrupted:
        return "An earlier run was interrupted while writing and has not been repaired."
    if not output.usable:
        return None
    if output.lock.has_conflict:
        return f"{LOCK_FILE} contains merge conflict markers."
    text = output.write_lock()
    if text == output.lock_data:
        return None
    if output.lock_data is None:
        return f"{LOCK_FILE} is missing."
    if any(outcome.reasons for outcome in outcomes):
        return None
    change = compare_whitespace(output.lock_data, text or b"")
    if change is not None:
        return (
            f"Of {LOCK_FILE} only whitespace changed ({change.words}), as git's autocrlf, a hook or an editor does it."
        )
    return f"{LOCK_FILE} is out of date."


def _list_differences(output: Output) -> Iterator[FileDifference]:
    """Yield every file that would change, in the order of their paths, the lock file last."""
    for path in sorted(output.changes.contents):
        yield _read_difference(output.folder, path, output.changes.contents[path])
    if output.usable:
        yield _read_difference(output.folder, LOCK_FILE, output.write_lock())


def _read_difference(folder: Path, path: str, new: bytes | None) -> FileDifference:
    old = read_regular_file(folder / path)
    shown = (folder / path).as_posix()
    return FileDifference(shown, path.partition("/")[0], old if isinstance(old, bytes) else None, new)
