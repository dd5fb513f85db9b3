"""`flowseal generate`: checked definitions into module folders; nothing is written before everything is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.diagnostics import LocatedFinding, Severity
from generator.pipeline import build_module

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.pipeline import CheckedDefinition, ProvenModule
    from generator.timings import Timings
    from generator.verify import ProofFailure
    from generator.write import ModuleResult, Output


@dataclass(frozen=True, slots=True)
class ModuleOutcome:
    """What became of one definition: "written", "unchanged" or "refused"; paths are relative to the module."""

    file: str
    name: str | None
    folder: str | None
    outcome: str
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """The outcome of each definition in their order, all findings, and the proof's failures by definition file."""

    outcomes: tuple[ModuleOutcome, ...]
    findings: tuple[LocatedFinding, ...]
    failures: tuple[tuple[str, ProofFailure], ...] = ()


def generate_modules(
    checked: Sequence[CheckedDefinition], folder: Path, display: str, timings: Timings
) -> GenerateResult:
    """Make the modules of `checked` in `folder` (shown as `display`).

    A definition with an error is refused and the others go on; one failed proof stops the whole run before it
    writes anything.
    """
    from generator.write import open_output

    findings = [finding for item in checked for finding in item.findings]
    with open_output(folder, display) as output:
        findings += output.findings
        modules = _build_modules(checked, output, timings)
        failures = [(file, failure) for file, module in modules.items() for failure in module.failures]
        if failures:
            outcomes = [_refuse(item, display) for item in checked]
            return GenerateResult(tuple(outcomes), tuple(findings), tuple(failures))
        with timings.measure("write"):
            outcomes = []
            for item in checked:
                outcome, more = _write_definition(item, modules.get(item.file), output, display)
                outcomes.append(outcome)
                findings += more
    return GenerateResult(tuple(outcomes), tuple(findings))
