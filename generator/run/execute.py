"""`generate`, `check`, and `validate`: from a project to a run. Nothing is written until everything is proven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator import __version__
from generator.findings import LocatedFinding
from generator.output import Session, Status, apply_plan, open_output, view_output
from generator.output.messages import OUTDATED_HELP, describe_reformatting
from generator.output.rules import OUTDATED_MODULE, report_path
from generator.output.whitespace import compare_whitespace
from generator.progress import Progress, Timings
from generator.project.configuration import apply_severities
from generator.project.opening import Project
from generator.run.plan import plan_run
from generator.run.result import Command, Flags, ModuleResult, Run
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from pathlib import Path


def generate_modules(project: Project, flags: Flags, output: Path, timings: Timings, progress: Progress) -> Run:
    """Generate the modules of a project in a folder, and write all of them as one transaction.

    A definition with an error is blocked and the others continue. A failed proof, or a disk that refuses, stops the
    whole run before anything changes. `timings` gets the stages, `progress` each piece of work.
    """
    from generator.terraform.templates import template_digest

    with timings.measure("discovery"):
        discovery = project.discover_definitions()
    with open_output(output, __version__, template_digest()) as session:
        run = plan_run(Command.GENERATE, project, flags, discovery, session, (timings, progress))
        refusals: list[LocatedFinding] = []
        if run.plan is not None:
            with timings.measure("write"):
                refusals = apply_plan(session, run.plan)
    modules = tuple(map(_withdraw, run.modules)) if refusals else run.modules
    is_new = run.plan is not None and run.plan.changes_lock
    findings = apply_severities([*run.findings, *refusals], project.severities)
    return replace(run, modules=modules, findings=findings, has_new_lock=is_new and not refusals)


def check_modules(project: Project, flags: Flags, output: Path, timings: Timings, progress: Progress) -> Run:
    """Compare a folder with what `generate --overwrite --prune` would make of it. Nothing is written."""
    from generator.terraform.templates import template_digest

    with timings.measure("discovery"):
        discovery = project.discover_definitions()
    session = view_output(output, __version__, template_digest())
    asked = replace(flags, overwrite=True, prune=True)
    run = plan_run(Command.CHECK, project, asked, discovery, session, (timings, progress))
    lock = None if run.failures else _compare_lock(session, run)
    findings = list(run.findings)
    if lock is not None:
        span = run.plan.lock.locate() if run.plan else None
        findings.append(report_path(OUTDATED_MODULE, output, LOCK_FILE, lock, OUTDATED_HELP, span))
    return replace(run, lock=lock, findings=apply_severities(findings, project.severities))


def validate_definitions(project: Project, flags: Flags, timings: Timings) -> Run:
    """Find, read, and check the definitions of a project."""
    with timings.measure("import"):
        from generator.pipeline import DefinitionText, check_definitions
        from generator.project.discovery import read_definition
    with timings.measure("discovery"):
        files, findings = project.discover_definitions()
        definitions: list[DefinitionText] = []
        for file in files:
            data = read_definition(file)
            if isinstance(data, bytes):
                definitions.append(DefinitionText(file.display, data, file.open_texts()))
            else:
                findings.append(data)
    checked = check_definitions(
        definitions,
        for_terraform=flags.for_terraform,
        strict=flags.strict,
        timings=timings,
        defaults=project.defaults,
        severities=project.severities,
    )
    own = apply_severities([*project.findings, *findings], project.severities)
    found = (*own, *(finding for item in checked for finding in item.findings))
    return Run(Command.VALIDATE, project, flags, found, tuple(checked), len(checked))


def _withdraw(module: ModuleResult) -> ModuleResult:
    """Return the result of a module whose change was not made."""
    if module.status not in (Status.WRITTEN, Status.REMOVED):
        return module
    folder = None if module.status is Status.WRITTEN else module.folder
    return replace(module, folder=folder, status=Status.BLOCKED)


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
    if present is None:
        return f"{LOCK_FILE} is missing."
    if run.outdated:
        return None
    if change := compare_whitespace(present, wanted or b""):
        return describe_reformatting("whitespace", LOCK_FILE, change.words)
    return f"{LOCK_FILE} is out of date."
