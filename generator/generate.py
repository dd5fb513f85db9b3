"""`flowseal generate`: checked definitions into module folders; nothing is written before everything is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import __version__
from generator.diagnostics import LocatedFinding, has_errors
from generator.pipeline import build_module
from generator.write import ModuleWrite, open_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.pipeline import CheckedDefinition, ProvenModule
    from generator.timings import Timings
    from generator.verify import ProofFailure
    from generator.write import Output


@dataclass(frozen=True, slots=True)
class ModuleOutcome:
    """What became of one definition: "written", "unchanged" or "refused".

    `folder` is shown as the user gave the output folder; the paths are relative to it.
    """

    file: str
    name: str | None
    folder: str | None
    outcome: str
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """The outcome of each definition in their order, all findings, and the proof's failures by definition file.

    `strict` tells that a warning counts as an error.
    """

    outcomes: tuple[ModuleOutcome, ...]
    findings: tuple[LocatedFinding, ...]
    failures: tuple[tuple[str, ProofFailure], ...] = ()
    strict: bool = False

    @property
    def exit_code(self) -> int:
        """4 when a proof failed, else 1 when there is an error, else 0."""
        if self.failures:
            return 4
        return int(has_errors(self.findings, strict=self.strict))

    @property
    def has_changes(self) -> bool:
        """Whether a module was written."""
        return any(outcome.outcome == "written" for outcome in self.outcomes)


def generate_modules(checked: Sequence[CheckedDefinition], folder: Path, timings: Timings) -> GenerateResult:
    """Make the modules of `checked` in `folder`, all of them in one step.

    A definition with an error is refused and the others go on; one failed proof, or a disk that refuses, stops the
    whole run before anything is changed. `timings` gets the stages render, verify and write.
    """
    from generator.render import template_digest

    findings = [finding for item in checked for finding in item.findings]
    with open_output(folder, __version__, template_digest()) as output:
        findings += output.findings
        modules = _build_modules(checked, output, timings)
        failures = tuple((file, failure) for file, module in modules.items() for failure in module.failures)
        if failures:
            return GenerateResult(tuple(map(_refuse, checked)), tuple(findings), failures)
        outcomes = []
        with timings.measure("write"):
            for item in checked:
                outcome, more = _write_definition(item, modules.get(item.file), output)
                outcomes.append(outcome)
                findings += more
            refusals = output.commit()
    if refusals:
        outcomes = [
            _refuse(item) if outcome.outcome == "written" else outcome
            for item, outcome in zip(checked, outcomes, strict=True)
        ]
    return GenerateResult(tuple(outcomes), (*findings, *refusals))


def _build_modules(checked: Sequence[CheckedDefinition], output: Output, timings: Timings) -> dict[str, ProvenModule]:
    """Render and prove every module that is not current, by its definition's file."""
    modules = {}
    for item in checked if output.usable else ():
        plan = item.buildable_plan
        if plan is None:
            continue
        with timings.measure("write"):
            current = output.is_current(plan.name, item.input_digest, item.inputs)
        if not current:
            modules[item.file] = build_module(plan, timings)
    return modules


def _write_definition(
    item: CheckedDefinition, module: ProvenModule | None, output: Output
) -> tuple[ModuleOutcome, tuple[LocatedFinding, ...]]:
    if item.buildable_plan is None or not output.usable:
        return _refuse(item), ()
    name = item.buildable_plan.name
    if module is None:
        result = output.keep_module(name)
    else:
        result = output.write_module(ModuleWrite(name, module.files, item.input_digest, item.inputs))
    folder = (output.folder / name).as_posix()
    outcome = ModuleOutcome(item.file, name, folder, result.status, result.created, result.changed, result.removed)
    return outcome, result.findings


def _refuse(item: CheckedDefinition) -> ModuleOutcome:
    return ModuleOutcome(item.file, item.flow.name if item.flow else None, None, "refused")
