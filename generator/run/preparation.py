"""From definitions to modules that wait to be written: what both `generate` and `check` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.findings import LocatedFinding, place_beside
from generator.output import Cause, Making, ModuleWrite, report_orphan, report_uncovered, show_definition
from generator.output.reformatted import report_reformatted_input
from generator.project.configuration import Defaults
from generator.project.ownership import find_elsewhere, list_gone, list_uncovered
from generator.project.survey import Survey, survey_definitions
from generator.run.outcomes import CHANGED, ModuleOutcome

if TYPE_CHECKING:
    from generator.output import Output, Reason, WriteResult
    from generator.pipeline import CheckedDefinition, ProvenModule
    from generator.progress import Progress, Timings
    from generator.project.configuration import Severities
    from generator.project.discovery import DefinitionFile
    from generator.project.opening import Project
    from generator.terraform.proof import ProofFailure

NO_DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked for: the project, its definitions, the folder of the modules, and how to go about it.

    With `render_all`, what is current is made and proven again. With `overwrite`, files that were changed by hand are
    made anew. With `prune`, modules without a definition go. `is_whole` tells that the definitions are those of the
    project, `is_complete` that no path or pattern failed to find what it should: else nothing is taken for gone.
    `findings` are about paths, patterns and configuration.
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
    """What a run has come to, before anything of it is written; `proven` by the definition's file."""

    survey: Survey
    checked: list[CheckedDefinition] = field(default_factory=list)
    proven: dict[str, ProvenModule] = field(default_factory=dict)
    outcomes: list[ModuleOutcome] = field(default_factory=list)
    findings: list[LocatedFinding] = field(default_factory=list)

    @property
    def failures(self) -> tuple[tuple[str, ProofFailure], ...]:
        """The proof's failures, each with its definition's file."""
        return tuple((file, failure) for file, module in self.proven.items() for failure in module.failures)

    def refuse_all(self) -> tuple[ModuleOutcome, ...]:
        """Return the outcomes where nothing is written at all."""
        return tuple(refuse_definition(item) for item in self.checked)


def prepare_modules(request: Request, output: Output, timings: Timings, progress: Progress) -> Preparation:
    """Check, render and prove what is not current, and prepare it in `output`. With a failed proof nothing is."""
    with timings.measure("survey"):
        values = request.defaults.list_values()
        survey = survey_definitions(request.files, output, values, render_all=request.render_all)
    preparation = Preparation(survey)
    preparation.checked = _check_changed(request, survey, timings, progress)
    preparation.findings += [*request.findings, *survey.findings, *output.findings]
    preparation.findings += [finding for item in preparation.checked for finding in item.findings]
    makings = {item.file: _describe_making(item, survey, request, output) for item in preparation.checked}
    _prove_modules(preparation, makings, request, output, timings, progress)
    if not preparation.failures:
        with timings.measure("write"):
            _prepare_all(preparation, makings, request, output)
        preparation.findings += output.report_merge()
    return preparation


def _check_changed(request: Request, survey: Survey, timings: Timings, progress: Progress) -> list[CheckedDefinition]:
    """Check what is not current, and what shares its folder with another."""
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
        data = survey.wake(file)
        if data is not None:
            checked[file] = check(file, data)
    ordered = [checked[file] for file in survey.files if file in checked]
    with timings.measure("validation"):
        return settle_definitions(ordered, survey.kept, strict=request.strict, severities=request.severities)


def _describe_making(item: CheckedDefinition, survey: Survey, request: Request, output: Output) -> Making:
    return Making(survey.keys[item.file], item.inputs, request.defaults.list_values(), item.found, *output.made_by)


def _prove_modules(
    preparation: Preparation,
    makings: dict[str, Making],
    request: Request,
    output: Output,
    timings: Timings,
    progress: Progress,
) -> None:
    """Render and prove every module that is not current."""
    for item in preparation.checked if output.usable else ():
        plan = item.buildable_plan
        if plan is None:
            continue
        if not request.render_all and output.is_current(plan.name, makings[item.file]):
            preparation.survey.kept[item.file] = plan.name
            continue
        from generator.pipeline import build_module

        preparation.proven[item.file] = build_module(plan, makings[item.file].definition, timings)
        progress.finish_piece()


def _prepare_all(preparation: Preparation, makings: dict[str, Making], request: Request, output: Output) -> None:
    survey = preparation.survey
    checked = {item.file: item for item in preparation.checked}
    for file in survey.files:
        if file in survey.kept and output.usable:
            name = survey.kept[file]
            _add_outcome(preparation, output, file, name, output.keep_module(name))
        elif file in preparation.proven:
            name = _name_flow(checked[file])
            module = ModuleWrite(name, preparation.proven[file].files, makings[file])
            preparation.findings += _report_whitespace(file, makings[file], survey, output)
            result = output.write_module(module, overwrite=request.overwrite)
            _add_outcome(preparation, output, file, name, result)
        elif file in checked:
            preparation.outcomes.append(refuse_definition(checked[file]))
    if output.usable:
        made = [preparation.survey.keys[file] for file in preparation.proven]
        preparation.findings += find_elsewhere(made, request.project, output)
        _prepare_others(preparation, request, output)


def _prepare_others(preparation: Preparation, request: Request, output: Output) -> None:
    """Say of the modules that no definition of this run makes what becomes of them."""
    keys = set(preparation.survey.keys.values())
    is_whole = request.is_whole and request.is_complete
    uncovered = list_uncovered(keys, request.project, output) if is_whole else []
    left = {name: output.name_orphan(name, Cause.UNCOVERED) for name in uncovered}
    for name in list_gone(keys, request.project, output):
        goes = request.prune and request.is_complete
        left[name] = output.remove_orphan(name) if goes else output.name_orphan(name)
    for name, result in sorted(left.items()):
        if result is None:
            continue
        file = show_definition(output.folder, output.lock.modules[name].making.definition)
        _add_outcome(preparation, output, file, name, result)
        if result.status == "uncovered" and request.project.configuration is not None:
            configuration, is_there = request.project.configuration.file, output.has_definition(name)
            finding = report_uncovered(output.folder, name, file, configuration, is_there=is_there)
            preparation.findings.append(finding)
        elif result.status == "orphaned" or (result.status == "removed" and output.read_only):
            preparation.findings.append(report_orphan(output.folder, name, file, can_go=request.is_complete))


def _report_whitespace(file: str, making: Making, survey: Survey, output: Output) -> list[LocatedFinding]:
    """Tell of the files that a module is made from what tools did to them since it was made before."""
    known = output.find_making(making.definition)
    if known is None:
        return []
    reader = survey.files[file].open_texts()
    own = file.rpartition("/")[2]
    findings = []
    for path, before in sorted(known[1].inputs.items()):
        if making.inputs.get(path, before) == before:
            continue
        text = survey.changed.get(file, b"") if path == own else reader.read_text(path)
        data = text.encode("utf-8") if isinstance(text, str) else text
        if isinstance(data, bytes) and (change := output.explain_input(known[0], before, data)):
            findings.append(report_reformatted_input(place_beside(file, path), change, is_text=path != own))
    return findings


def _add_outcome(preparation: Preparation, output: Output, file: str, name: str, result: WriteResult) -> None:
    folder = output.folder
    outcome = ModuleOutcome(
        file,
        name,
        (folder / name).as_posix(),
        result.status,
        result.created,
        result.changed,
        result.removed,
        tuple(_show_paths(reason, folder) for reason in result.reasons),
        tuple((folder / former).as_posix() for former in result.moved_from),
        _write_moved_block(result.moved_from[0], name) if result.moved_from else "",
        {(folder / path).as_posix(): data for path, data in result.edits.items()},
    )
    preparation.outcomes.append(outcome)
    preparation.findings += result.findings


def _show_paths(reason: Reason, folder: Path) -> Reason:
    """Return a reason with the paths of definitions as findings show them."""
    if reason.cause in (Cause.ORPHAN, Cause.UNCOVERED, Cause.MOVED):
        return replace(reason, details=tuple(show_definition(folder, path) for path in reason.details))
    return reason


def _write_moved_block(old: str, new: str) -> str:
    """Return the block for a module call whose label follows the flow's name; nothing where both have one label."""
    from generator.terraform.hcl import Attribute, Block, Reference, write_block
    from generator.terraform.readme import name_label

    ends = (("from", name_label(old)), ("to", name_label(new)))
    if ends[0][1] == ends[1][1]:
        return ""
    return write_block(Block("moved", (), tuple(Attribute(key, Reference(f"module.{label}")) for key, label in ends)))


def _name_flow(item: CheckedDefinition) -> str:
    return item.flow.name if item.flow else ""


def refuse_definition(item: CheckedDefinition) -> ModuleOutcome:
    """Return the outcome of a definition that becomes no module."""
    return ModuleOutcome(item.file, item.flow.name if item.flow else None, None, "blocked")


def withdraw(outcome: ModuleOutcome) -> ModuleOutcome:
    """Return the outcome of a module that was to be changed and was not."""
    if outcome.outcome not in CHANGED:
        return outcome
    folder = None if outcome.outcome == "written" else outcome.folder
    return ModuleOutcome(outcome.file, outcome.name, folder, "blocked")
