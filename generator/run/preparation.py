"""From definitions to a plan of what changes on disk: what both `generate` and `check` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import LocatedFinding, place_beside
from generator.output import (
    Cause,
    Module,
    ModuleChange,
    Plan,
    Provenance,
    Session,
    Status,
    plan_changes,
    show_definition,
)
from generator.output.changes import EDITS
from generator.output.messages import report_input, report_merge, report_reasons
from generator.project.configuration import Defaults
from generator.project.ownership import find_elsewhere, is_own, list_gone, list_uncovered
from generator.project.survey import Survey, survey_definitions
from generator.run.outcomes import CHANGED, ModuleOutcome

if TYPE_CHECKING:
    from generator.pipeline import CheckedDefinition, ProvenModule
    from generator.progress import Progress, Timings
    from generator.project.configuration import Severities
    from generator.project.discovery import DefinitionFile
    from generator.project.opening import Project
    from generator.terraform.proof import ProofFailure

NO_DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Request:
    """What a run was asked to do: the project, its definitions, the output folder, and the options.

    With `render_all`, unchanged modules are generated and proven again. With `overwrite`, hand edits are discarded.
    With `prune`, modules without a definition are removed. `is_whole` means that the definitions are all of the
    project's, `is_complete` that every path and pattern matched something: otherwise no definition counts as gone.
    `findings` are about paths, patterns, and configuration.
    """

    project: Project
    files: Sequence[DefinitionFile]
    folder: Path
    defaults: Defaults = NO_DEFAULTS
    severities: Severities = field(default_factory=dict)
    strict: bool = False
    render_all: bool = False
    overwrite: bool = False
    prune: bool = False
    is_whole: bool = False
    is_complete: bool = True
    findings: Sequence[LocatedFinding] = ()


@dataclass(slots=True)
class Preparation:
    """The state of a run before anything is written; `proven` and `files` by definition, as shown and as keyed."""

    survey: Survey
    checked: list[CheckedDefinition] = field(default_factory=list)
    proven: dict[str, ProvenModule] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    outcomes: list[ModuleOutcome] = field(default_factory=list)
    findings: list[LocatedFinding] = field(default_factory=list)

    @property
    def failures(self) -> tuple[tuple[str, ProofFailure], ...]:
        """The failures of the proof, each with the file of its definition."""
        return tuple((file, failure) for file, module in self.proven.items() for failure in module.failures)

    def refuse_all(self) -> tuple[ModuleOutcome, ...]:
        """Return the outcomes if nothing is written at all."""
        return tuple(refuse_definition(item) for item in self.checked)


def prepare_modules(request: Request, session: Session, timings: Timings, progress: Progress) -> Preparation:
    """Check, render, and prove what is not current, and plan the changes. After a failed proof there is no plan."""
    with timings.measure("survey"):
        values = request.defaults.list_values()
        survey = survey_definitions(request.files, session, values, render_all=request.render_all)
    preparation = Preparation(survey)
    preparation.checked = _check_changed(request, survey, timings, progress)
    preparation.findings += [*request.findings, *survey.findings, *session.findings]
    preparation.findings += [finding for item in preparation.checked for finding in item.findings]
    provenances = {item.file: _describe_provenance(item, survey, request, session) for item in preparation.checked}
    _prove_modules(preparation, provenances, request, session, timings, progress)
    if not preparation.failures:
        with timings.measure("write"):
            _plan_modules(preparation, provenances, request, session)
        preparation.findings += report_merge(session, preparation.plan)
    return preparation


def _check_changed(request: Request, survey: Survey, timings: Timings, progress: Progress) -> list[CheckedDefinition]:
    """Check the definitions that changed, and those that share a folder with another."""
    if not survey.changed and not survey.list_sharing(()):
        return []
    with timings.measure("import"):
        from generator.pipeline import DefinitionText, check_definition, settle_definitions
        from generator.terraform.module import ModuleSettings
    defaults = request.defaults
    settings = ModuleSettings(defaults.permissions_boundary_arn, defaults.provider_version)

    def check(file: str, data: bytes) -> CheckedDefinition:
        text = DefinitionText(file, data, survey.files[file].open_texts())
        try:
            return check_definition(text, defaults.describe_flows(), settings, timings)
        finally:
            progress.finish_piece()

    progress.expect(2 * len(survey.changed))
    checked = {file: check(file, data) for file, data in survey.changed.items()}
    names = [item.flow.name for item in checked.values() if item.flow is not None]
    for file in survey.list_sharing(names):
        data = survey.recheck(file)
        if data is not None:
            checked[file] = check(file, data)
    ordered = [checked[file] for file in survey.files if file in checked]
    with timings.measure("validation"):
        return settle_definitions(ordered, survey.unchanged, strict=request.strict, severities=request.severities)


def _describe_provenance(item: CheckedDefinition, survey: Survey, request: Request, session: Session) -> Provenance:
    values = request.defaults.list_values()
    return Provenance(survey.keys[item.file], item.inputs, values, item.found, *session.made_by)


def _prove_modules(
    preparation: Preparation,
    provenances: dict[str, Provenance],
    request: Request,
    session: Session,
    timings: Timings,
    progress: Progress,
) -> None:
    """Render and prove every module that is not current."""
    for item in preparation.checked if session.is_usable else ():
        plan = item.buildable_plan
        if plan is None:
            continue
        if not request.render_all and session.is_current(plan.name, provenances[item.file]):
            preparation.survey.unchanged[item.file] = plan.name
            continue
        from generator.pipeline import build_module

        preparation.proven[item.file] = build_module(plan, provenances[item.file].definition, timings)
        progress.finish_piece()


def _plan_modules(
    preparation: Preparation, provenances: dict[str, Provenance], request: Request, session: Session
) -> None:
    survey, checked = preparation.survey, {item.file: item for item in preparation.checked}
    modules: dict[str, Module] = {}
    for file in survey.files:
        if file in survey.unchanged:
            name = survey.unchanged[file]
            modules[file] = Module(name, session.lock.entries[name].provenance)
        elif file in preparation.proven:
            modules[file] = Module(_name_flow(checked[file]), provenances[file], preparation.proven[file].files)
            preparation.findings += _report_whitespace(file, provenances[file], survey, session)
    preparation.plan = plan_changes(
        session,
        tuple(modules.values()),
        _list_leftovers(survey, request, session),
        overwrite=request.overwrite,
        is_own=lambda name: is_own(session.locate_definition(name), request.project),
    )
    changes = iter(preparation.plan.modules)
    for file in survey.files:
        if file in modules:
            _add_outcome(preparation, request, session, file, next(changes))
        elif file in checked:
            preparation.outcomes.append(refuse_definition(checked[file]))
    for change in changes:
        _add_outcome(preparation, request, session, show_definition(session.folder.path, change.definition), change)
    if session.is_usable:
        made = [survey.keys[file] for file in preparation.proven]
        preparation.findings += find_elsewhere(made, request.project, session)


def _list_leftovers(survey: Survey, request: Request, session: Session) -> dict[str, Status]:
    """Return what becomes of the modules that no definition of this run makes."""
    keys = set(survey.keys.values())
    is_whole = request.is_whole and request.is_complete
    uncovered = list_uncovered(keys, request.project, session) if is_whole else []
    gone = Status.REMOVED if request.prune and request.is_complete else Status.ORPHANED
    return {
        **dict.fromkeys(uncovered, Status.UNCOVERED),
        **dict.fromkeys(list_gone(keys, request.project, session), gone),
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


def _add_outcome(preparation: Preparation, request: Request, session: Session, file: str, change: ModuleChange) -> None:
    folder, name = session.folder.path, change.name
    outcome = ModuleOutcome(file, name, (folder / name).as_posix(), change.status)
    if change.status is Status.BLOCKED:
        shown = change.list_edits(Cause.EDITED, Cause.WHITESPACE)
        outcome = replace(outcome, edits={(folder / path).as_posix(): change.files[path] for path in shown})
    else:
        outcome = replace(
            outcome,
            created=change.created,
            changed=change.changed,
            removed=change.removed,
            reasons=change.reasons,
            moved_from=tuple((folder / former).as_posix() for former in change.moved_from),
            moved_block=_write_moved_block(change.moved_from[0], name) if change.moved_from else "",
        )
    preparation.outcomes.append(outcome)
    preparation.findings += change.findings
    project = request.project.configuration
    preparation.findings += report_reasons(
        change,
        session,
        _list_causes(change, request, session),
        file=file,
        configuration=project.file if project else "",
        can_prune=request.is_complete,
    )


def _list_causes(change: ModuleChange, request: Request, session: Session) -> frozenset[Cause]:
    """Return what to report of a module: `check` reports every difference, `generate` what it does not change."""
    if session.read_only:
        return EDITS if change.status is Status.BLOCKED else frozenset(Cause)
    edits = frozenset() if request.overwrite else EDITS
    return edits if change.status is Status.REMOVED else edits | {Cause.ORPHAN, Cause.UNCOVERED}


def _write_moved_block(old: str, new: str) -> str:
    """Return the block for a module call whose label follows the flow's name; nothing if the label stays the same."""
    from generator.terraform.hcl import Attribute, Block, Reference, write_block
    from generator.terraform.readme import name_label

    ends = (("from", name_label(old)), ("to", name_label(new)))
    if ends[0][1] == ends[1][1]:
        return ""
    return write_block(Block("moved", (), tuple(Attribute(key, Reference(f"module.{label}")) for key, label in ends)))


def _name_flow(item: CheckedDefinition) -> str:
    return item.flow.name if item.flow else ""


def refuse_definition(item: CheckedDefinition) -> ModuleOutcome:
    """Return the outcome of a definition that no module was generated from."""
    return ModuleOutcome(item.file, item.flow.name if item.flow else None, None, "blocked")


def withdraw(outcome: ModuleOutcome) -> ModuleOutcome:
    """Return the outcome of a module whose change was not made."""
    if outcome.outcome not in CHANGED:
        return outcome
    folder = None if outcome.outcome == "written" else outcome.folder
    return ModuleOutcome(outcome.file, outcome.name, folder, "blocked")
