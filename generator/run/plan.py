"""From a project to checked definitions and a plan of what changes on disk: what all three commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.findings import LocatedFinding, has_errors, place_beside
from generator.output import (
    Cause,
    Module,
    ModuleChange,
    Plan,
    Provenance,
    Session,
    Status,
    is_any_blocked,
    plan_changes,
    show_definition,
)
from generator.output.changes import EDITS
from generator.output.reasons import report_input, report_merge, report_reasons
from generator.progress import Progress, Timings
from generator.project.configuration import apply_severities
from generator.project.discovery import DefinitionFile
from generator.project.opening import Project
from generator.project.ownership import OtherFolder, find_elsewhere, is_own, list_gone, list_uncovered, report_elsewhere
from generator.project.survey import Survey, survey_definitions
from generator.run.engines import add_engine_findings, find_import, report_import
from generator.run.flags import Command, Flags
from generator.run.result import ModuleResult, Run
from generator.run.workers import Workers

if TYPE_CHECKING:
    # Importing the pipeline takes longer than a run without changes.
    from generator.pipeline import CheckedDefinition, ProvenModule


Discovery = tuple[list[DefinitionFile], list[LocatedFinding]]
"""The definitions of a project, and findings about paths and patterns that match none."""
Stages = tuple[Timings, Progress]
UNMATCHED = "Fix the paths and patterns that match nothing; until then, no module is removed."
BLOCKED = "Fix what is blocked; until then, no module is removed, because a blocked definition may take it over."


@dataclass(slots=True)
class _Work:
    """What planning works with. `obstacle` says what to do before `--prune` can remove modules; empty if it can.

    `elsewhere` are other output folders with the modules that the run creates.
    """

    project: Project
    flags: Flags
    session: Session
    survey: Survey
    obstacle: str
    elsewhere: Sequence[OtherFolder]
    timings: Timings
    workers: Workers
    findings: list[LocatedFinding]


def plan_run(
    command: Command, flags: Flags, project: Project, discovery: Discovery, session: Session | None, stages: Stages
) -> Run:
    """Check the definitions of a project that are not current, prove their modules, and plan what changes in a folder.

    Nothing is written. Without a session, all definitions are checked, and nothing more. After a failed proof, there is
    no plan and every checked definition is blocked.
    """
    (files, found), timings = discovery, stages[0]
    with timings.measure("survey"):
        survey = survey_definitions(files, session, project.defaults.list_values(), render_all=flags.render_all)
    elsewhere: Sequence[OtherFolder] = ()
    with Workers(project.defaults, flags.jobs, stages, for_terraform=flags.for_terraform) as workers:
        checked = _check_changed(flags, project, survey, timings, workers)
        if session is not None and session.is_usable:
            elsewhere = find_elsewhere([survey.keys[item.file] for item in checked], project, session)
            checked = add_engine_findings(checked, survey.keys, project, session, elsewhere)
        findings = [*project.findings, *found, *survey.findings, *(each for item in checked for each in item.findings)]
        run = Run(command, project, flags, (), tuple(checked), len(survey.files) - len(survey.findings))
        if session is not None:
            obstacle = UNMATCHED if has_errors(found) else ""
            run = _add_plan(
                run, _Work(project, flags, session, survey, obstacle, elsewhere, timings, workers, findings)
            )
    return replace(run, findings=apply_severities(findings, project.severities))


def _check_changed(
    flags: Flags, project: Project, survey: Survey, timings: Timings, workers: Workers
) -> list[CheckedDefinition]:
    """Check the definitions that changed, and those that share a folder with another."""
    if not survey.changed and not survey.list_sharing(()):
        return []
    with timings.measure("import"):
        from generator.pipeline import DefinitionText, settle_definitions

    def check(definitions: Mapping[str, bytes]) -> dict[str, CheckedDefinition]:
        texts = [DefinitionText(file, data, survey.files[file].open_texts()) for file, data in definitions.items()]
        return {item.file: item for item in workers.check(texts)}

    checked = check(survey.changed)
    sharing = survey.list_sharing([item.name for item in checked.values() if item.name is not None])
    rechecked = {file: data for file in sharing if (data := survey.recheck(file)) is not None}
    checked |= check(rechecked)
    ordered = [checked[file] for file in survey.files if file in checked]
    with timings.measure("validation"):
        return settle_definitions(ordered, survey.unchanged, strict=flags.strict, severities=project.severities)


def _add_plan(run: Run, work: _Work) -> Run:
    """Return a run with the proof of its modules, and the plan of what changes in the folder."""
    work.findings += work.session.findings
    provenances = {item.file: _describe_provenance(item, work) for item in run.checked}
    proven = _prove_modules(run.checked, provenances, work)
    # What follows needs memory, too.
    work.workers.end()
    if failures := tuple((file, failure) for file, module in proven.items() for failure in module.failures):
        return replace(run, modules=tuple(map(_block, run.checked)), failures=failures)
    with work.timings.measure("write"):
        plan, modules = _plan_modules(run.checked, proven, provenances, work)
    work.findings += report_merge(work.session, plan)
    return replace(run, modules=modules, plan=plan if work.session.is_usable else None)


def _describe_provenance(item: CheckedDefinition, work: _Work) -> Provenance:
    values = work.project.defaults.list_values()
    return Provenance(work.survey.keys[item.file], item.inputs, values, item.found, *work.session.made_by)


def _prove_modules(
    checked: Sequence[CheckedDefinition], provenances: Mapping[str, Provenance], work: _Work
) -> dict[str, ProvenModule]:
    """Render and prove every module that is not current, by the file of its definition."""
    outdated = []
    for item in checked if work.session.is_usable else ():
        if item.name is None or not item.is_buildable:
            continue
        if not work.flags.render_all and work.session.is_current(item.name, provenances[item.file]):
            work.survey.unchanged[item.file] = item.name
        else:
            outdated.append((item.file, provenances[item.file].definition))
    return {file: module for (file, _), module in zip(outdated, work.workers.build(outdated), strict=True)}


def _plan_modules(
    checked: Sequence[CheckedDefinition],
    proven: Mapping[str, ProvenModule],
    provenances: Mapping[str, Provenance],
    work: _Work,
) -> tuple[Plan, tuple[ModuleResult, ...]]:
    survey, session, found = work.survey, work.session, {item.file: item for item in checked}
    modules: dict[str, Module] = {}
    for file in survey.files:
        if file in survey.unchanged:
            name = survey.unchanged[file]
            modules[file] = Module(name, session.lock.entries[name].provenance)
        elif file in proven:
            modules[file] = Module(found[file].name or "", provenances[file], proven[file].files)
            work.findings += _report_whitespace(file, provenances[file], survey, session)
    leftovers = _list_leftovers(checked, work)
    plan = plan_changes(
        session,
        tuple(modules.values()),
        leftovers,
        overwrite=work.flags.overwrite,
        is_own=lambda name: is_own(session.locate_definition(name), work.project),
    )
    if is_any_blocked(plan.modules[: len(modules)]):
        work.obstacle = work.obstacle or BLOCKED
    changes = iter(plan.modules)
    results = []
    for file in survey.files:
        if file in modules:
            result = _describe_change(file, next(changes), work)
            results.append(_add_import(result, found[file], work) if file in proven else result)
        elif file in found:
            results.append(_block(found[file]))
    results += [_describe_change(show_definition(session.folder.path, item.definition), item, work) for item in changes]
    if session.is_usable:
        work.findings += report_elsewhere(work.elsewhere, [survey.keys[file] for file in proven], session)
    return plan, tuple(results)


def _add_import(result: ModuleResult, item: CheckedDefinition, work: _Work) -> ModuleResult:
    """Return the result of a module with the call whose flow must be imported, and report it, if there is one."""
    call = find_import(item, work.survey.keys[item.file], work.project, work.session, work.elsewhere)
    work.findings += report_import(item, call) if call else ()
    return replace(result, imported_by=call)


def _list_leftovers(checked: Sequence[CheckedDefinition], work: _Work) -> dict[str, Status]:
    """Return what becomes of the modules that no definition of this run makes.

    A blocked definition may be the moved one of a module that looks like a leftover, and the name of its flow may be
    unknown. So nothing is removed while there is one.
    """
    keys = set(work.survey.keys.values())
    is_whole = not work.project.paths and not work.obstacle
    uncovered = list_uncovered(keys, work.project, work.session) if is_whole else []
    if work.survey.findings or not all(item.is_buildable for item in checked):
        work.obstacle = work.obstacle or BLOCKED
    gone = Status.REMOVED if work.flags.prune and not work.obstacle else Status.ORPHANED
    return {
        **dict.fromkeys(uncovered, Status.UNCOVERED),
        **dict.fromkeys(list_gone(keys, work.project, work.session), gone),
    }


def _report_whitespace(file: str, made: Provenance, survey: Survey, session: Session) -> list[LocatedFinding]:
    """Report what tools did to the whitespace of a module's inputs since it was last generated."""
    known = session.find_provenance(made.definition)
    if known is None:
        return []
    reader = survey.files[file].open_texts()
    own = file.rpartition("/")[2]
    findings = []
    for path, before in sorted(known[1].inputs.items()):
        if made.inputs.get(path, before) == before:
            continue
        text = survey.changed.get(file, b"") if path == own else reader.read_text(path)
        data = text.encode("utf-8") if isinstance(text, str) else text
        if isinstance(data, bytes) and (change := session.explain_input(known[0], before, data)):
            findings.append(report_input(place_beside(file, path), change, is_text=path != own))
    return findings


def _describe_change(file: str, change: ModuleChange, work: _Work) -> ModuleResult:
    """Return the result of a planned module, and report its findings and reasons."""
    configuration = work.project.configuration
    work.findings += change.findings
    work.findings += report_reasons(
        change,
        work.session,
        _list_causes(change, work),
        file=file,
        configuration=configuration.file if configuration else "",
        obstacle=work.obstacle,
    )
    return ModuleResult(file, change.name, (work.session.folder.path / change.name).as_posix(), change.status, change)


def _list_causes(change: ModuleChange, work: _Work) -> frozenset[Cause]:
    """Return what to report of a module: `check` reports every difference, `generate` what it does not change."""
    if work.session.read_only:
        # A module whose files are all there is not new: the lock file is out of date.
        known = {Cause.NEW} if change.status is Status.UNCHANGED else set()
        return EDITS if change.status is Status.BLOCKED else frozenset(Cause) - known
    edits = frozenset() if work.flags.overwrite else EDITS
    return edits if change.status is Status.REMOVED else edits | {Cause.ORPHAN, Cause.UNCOVERED}


def _block(item: CheckedDefinition) -> ModuleResult:
    """Return the result of a definition that no module was generated from."""
    return ModuleResult(item.file, item.name, None, Status.BLOCKED)
