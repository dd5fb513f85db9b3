"""`generate`, `check`, and `validate`: from a project to a run. Nothing is written until everything is proven."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator import __version__
from generator.output import Session, Status, apply_plan, open_output, view_output
from generator.output.reasons import OUTDATED_HELP, describe_reformatting
from generator.output.rules import OUTDATED_MODULE, name_some, report_path
from generator.output.whitespace import compare_whitespace
from generator.progress import Progress, Timings
from generator.project.configuration import apply_severities
from generator.project.opening import Project
from generator.run.flags import Command, Flags
from generator.run.plan import plan_run
from generator.run.result import ModuleResult, Run
from generator.source.files import LOCK_FILE
from generator.terraform.templates import template_digest


def execute(
    command: Command, flags: Flags, project: Project, output: Path | None, timings: Timings, progress: Progress
) -> Run:
    """Run a command on a project. `validate` has no `output`; it checks the definitions and stops there.

    `generate` writes all modules as one transaction. A definition with an error is blocked and the others continue; a
    failed proof or a failing disk stops the whole run before anything changes. `check` compares the folder with what
    `generate --overwrite --prune` would write, and writes nothing.
    """
    stages = timings, progress
    with timings.measure("discovery"):
        discovery = project.discover_definitions()
    if output is None:
        return plan_run(command, flags, project, discovery, None, stages)
    made_by = __version__, template_digest()
    if command is Command.CHECK:
        session = view_output(output, *made_by)
        asked = replace(flags, overwrite=True, prune=True)
        return _add_lock(plan_run(command, asked, project, discovery, session, stages), session)
    with open_output(output, *made_by) as session:
        run = plan_run(command, flags, project, discovery, session, stages)
        progress.begin("Writing modules")
        with timings.measure("write"):
            return _apply(run, session)


def _apply(run: Run, session: Session) -> Run:
    """Write what a run planned. If the disk refuses, nothing was written."""
    if run.plan is None:
        return run
    if refusals := apply_plan(session, run.plan):
        findings = (*run.findings, *apply_severities(refusals, run.project.severities))
        return replace(run, findings=findings, modules=tuple(map(_withdraw, run.modules)))
    return replace(run, has_new_lock=run.plan.changes_lock)


def _withdraw(module: ModuleResult) -> ModuleResult:
    """Return the result of a module whose change was not made."""
    if module.status not in (Status.WRITTEN, Status.REMOVED):
        return module
    folder = None if module.status is Status.WRITTEN else module.folder
    return replace(module, folder=folder, status=Status.BLOCKED)


def _add_lock(run: Run, session: Session) -> Run:
    """Return a run with the finding about a lock file that is out of date."""
    lock = None if run.failures else _compare_lock(session, run)
    if lock is None:
        return run
    span = run.plan.lock.locate() if run.plan else None
    finding = report_path(OUTDATED_MODULE, session.folder.path, LOCK_FILE, lock, OUTDATED_HELP, span)
    return replace(run, lock=lock, findings=(*run.findings, *apply_severities([finding], run.project.severities)))


def _compare_lock(session: Session, run: Run) -> str | None:
    """Return how the lock file differs, besides the entries of modules that differ; None if it doesn't."""
    if session.is_interrupted:
        return "An earlier run was interrupted while writing and has not been repaired."
    if run.plan is None:
        return None
    if session.lock.has_conflict:
        return f"{LOCK_FILE} contains merge conflict markers."
    present, wanted = run.plan.lock.present, run.plan.lock.content
    if wanted == present:
        return None
    unrecorded = [module.name or "" for module in run.modules if module.is_unrecorded]
    if present is None and unrecorded:
        return f"{LOCK_FILE} is missing."
    if unrecorded:
        return f"{LOCK_FILE} has no entry for {name_some(unrecorded)}."
    if run.outdated or present is None:
        return None
    if change := compare_whitespace(present, wanted or b""):
        return describe_reformatting("whitespace", LOCK_FILE, change.words)
    return f"{LOCK_FILE} is out of date."
