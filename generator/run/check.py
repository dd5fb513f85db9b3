"""`flowseal check`: whether the output folder is what a fresh `generate` would make, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator import __version__
from generator.findings import has_errors
from generator.output import FileChange, Plan, Session, Status, view_output
from generator.output.messages import OUTDATED_REMEDY
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
    from generator.progress import Progress, Timings

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

    `lock` says how the lock file differs, besides the entries of modules that differ; None if it doesn't.
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
    """Compare the output folder with what a fresh run would generate. Nothing is written."""
    from generator.terraform.templates import template_digest

    session = view_output(request.folder, __version__, template_digest())
    asked = replace(request, render_all=render_all, overwrite=True, prune=True)
    preparation = prepare_modules(asked, session, timings, progress)
    survey, failures, plan = preparation.survey, preparation.failures, preparation.plan
    prepared = preparation.refuse_all() if failures else preparation.outcomes
    outcomes = tuple(replace(item, outcome="out-of-date") if item.reasons else item for item in prepared)
    findings = preparation.findings
    lock = None if failures else _compare_lock(session, plan)
    if lock is not None:
        span = locate_change(session.lock.data or b"", plan.lock_text or b"") if session.is_usable else None
        findings.append(report_path(OUTDATED_MODULE, request.folder, LOCK_FILE, lock, OUTDATED_REMEDY, span))
    result = GenerateResult(
        outcomes,
        apply_severities(findings, request.severities),
        failures,
        tuple(preparation.checked),
        len(survey.files) - len(survey.findings),
        request.strict,
    )
    lock_path = (request.folder / LOCK_FILE).as_posix()
    return CheckResult(result, lock, lock_path, tuple(_list_differences(session, plan)) if with_differences else ())


def _compare_lock(session: Session, plan: Plan) -> str | None:
    """Return how the lock file differs, besides the entries of modules that differ; None if it doesn't."""
    if session.is_interrupted:
        return "An earlier run was interrupted while writing and has not been repaired."
    if not session.is_usable:
        return None
    if session.lock.has_conflict:
        return f"{LOCK_FILE} contains merge conflict markers."
    present, wanted = session.lock.data, plan.lock_text
    if wanted == present:
        return None
    if present is None:
        return f"{LOCK_FILE} is missing."
    if any(change.reasons and change.status is not Status.BLOCKED for change in plan.modules):
        return None
    if change := compare_whitespace(present, wanted or b""):
        return (
            f"Only whitespace changed in {LOCK_FILE}: {change.words}. Git's autocrlf, a hook, or an editor does that."
        )
    return f"{LOCK_FILE} is out of date."


def _list_differences(session: Session, plan: Plan) -> Iterator[FileDifference]:
    """Yield every file that would change, in the order of their paths, the lock file last."""
    files = plan.files
    if session.is_usable:
        files[LOCK_FILE] = FileChange(session.lock.data, plan.lock_text)
    for path, change in files.items():
        shown = (session.folder.path / path).as_posix()
        yield FileDifference(shown, path.partition("/")[0], change.present, change.content)
