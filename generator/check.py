"""`flowseal check`: whether the output folder is what a fresh `generate` would make, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.configuration import apply_severities
from generator.diagnostics import LocatedFinding, Severity, has_errors, report_file
from generator.outcomes import GenerateResult, ModuleOutcome
from generator.preparation import Request, prepare_modules
from generator.write import Cause, report_uncovered, view_output
from generator.write.confinement import LOCK_FILE
from generator.write.disk import read_regular_file
from generator.write.leaving import REMOVED
from generator.write.reformatted import report_reformatted
from generator.write.rules import (
    EDITED_FILE,
    ORPHANED_MODULE,
    OUTDATED_OUTPUT,
    OWN_FILES_LEFT,
    REFORMATTED_FILE,
    UNCOVERED_MODULE,
)
from generator.write.whitespace import compare_whitespace

if TYPE_CHECKING:
    from generator.progress import Progress
    from generator.timings import Timings
    from generator.write import Output

REMEDY = "Run `flowseal generate`, and commit what it changes."
ABOUT_DIFFERENCES = frozenset(
    rule.name
    for rule in (EDITED_FILE, REFORMATTED_FILE, ORPHANED_MODULE, UNCOVERED_MODULE, OUTDATED_OUTPUT, OWN_FILES_LEFT)
)
"""Rules whose findings are differences here: they make the exit code 3, and not 1."""


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

    def list_difference_findings(self) -> list[LocatedFinding]:
        """Return each difference as a finding, for those who read nothing else: warnings, because 3 tells them."""
        findings = [finding for outcome in self.differing for finding in _report_difference(outcome)]
        if self.lock is not None:
            findings.append(report_file(OUTDATED_OUTPUT, self.lock, REMEDY, self.lock_path))
        return findings


def check_modules(request: Request, timings: Timings, progress: Progress, *, with_differences: bool) -> CheckResult:
    """Compare the output folder with what a fresh run would make of the definitions. Nothing is written."""
    from generator.templates import template_digest

    output = view_output(request.folder, __version__, template_digest())
    asked = replace(request, overwrite=True, prune=True)
    preparation = prepare_modules(asked, output, timings, progress)
    survey, failures = preparation.survey, preparation.failures
    outcomes = preparation.refuse_all() if failures else tuple(preparation.outcomes)
    result = GenerateResult(
        outcomes,
        apply_severities(preparation.findings, request.severities),
        failures,
        tuple(preparation.checked),
        len(survey.files) - len(survey.findings),
        request.strict,
    )
    lock_path = (request.folder / LOCK_FILE).as_posix()
    checked = CheckResult(result, _judge_lock(output, outcomes), lock_path)
    return replace(checked, differences=tuple(_list_differences(output))) if with_differences else checked


def _judge_lock(output: Output, outcomes: tuple[ModuleOutcome, ...]) -> str | None:
    if output.is_interrupted:
        return "An earlier run was stopped while it wrote, and what it left is still there."
    if not output.usable:
        return None
    if output.lock.has_conflict:
        return f"{LOCK_FILE} has the conflict markers of a merge."
    text = output.write_lock()
    if text == output.lock_data:
        return None
    if output.lock_data is None:
        return f"{LOCK_FILE} is missing, which says what flowseal made."
    if any(outcome.reasons for outcome in outcomes):
        return None
    change = compare_whitespace(output.lock_data, text or b"")
    if change is not None:
        return (
            f"Of {LOCK_FILE} only whitespace changed ({change.words}), as git's autocrlf, a hook or an editor does it."
        )
    return f"{LOCK_FILE} is not as flowseal writes it."


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


def _report_difference(outcome: ModuleOutcome) -> Iterator[LocatedFinding]:
    from generator.outcome_texts import describe_reason

    edited = replace(EDITED_FILE, severity=Severity.WARNING)
    folder = outcome.folder or ""
    for reason in outcome.reasons:
        said = describe_reason(reason, outcome)
        if reason.cause is Cause.EDITED:
            output = folder.rpartition("/")[0]
            for path in reason.details:
                message = "flowseal made this file, and it was changed by hand since."
                remedy = (
                    "Move the change into the definition, or into a .tf file of your own; then run with --overwrite."
                )
                yield report_file(edited, message, remedy, f"{output}/{path}" if output else path)
        elif reason.cause in (Cause.LINE_ENDS, Cause.WHITESPACE):
            finding = report_reformatted(Path(folder).parent, reason, is_kept=False)
            yield replace(finding, rule=replace(finding.rule, severity=Severity.WARNING))
        elif reason.cause is Cause.UNCOVERED:
            yield report_uncovered(Path(folder).parent, outcome.name or "", outcome.file)
        elif reason.cause is Cause.ORPHAN:
            message = f"This module was made from {outcome.file}, which is gone."
            remedy = f"Bring the definition back, or run `flowseal generate --prune`. {REMOVED}"
            yield report_file(ORPHANED_MODULE, message, remedy, folder)
        else:
            yield report_file(
                OUTDATED_OUTPUT, f"{folder} is not what this definition makes: {said}.", REMEDY, outcome.file
            )
