"""The exit code of a run, as a table: proof before errors, errors before differences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.findings import LocatedFinding, Rule, Severity, report_file
from generator.output import Cause, ModuleChange, Reason, Status
from generator.output.rules import EDITED_FILE, ORPHANED_MODULE
from generator.project.opening import Project
from generator.run.result import ABOUT_DIFFERENCES, Command, Flags, ModuleResult, Run, exit_code
from generator.terraform.proof import ProofFailure

ERROR, WARNING, INFO = (Rule(f"A{word}", word, "x", can_be_suppressed=False) for word in Severity)
FAILURE = ("a.flow.yaml", ProofFailure("main.tf", "differs"))


def report(rule: Rule) -> tuple[LocatedFinding, ...]:
    return (report_file(rule, "x", "y", "a.flow.yaml"),)


def make_module(status: Status, *causes: Cause) -> ModuleResult:
    change = ModuleChange("a", "a.flow.yaml", status, reasons=tuple(map(Reason, causes)))
    return ModuleResult("a.flow.yaml", "a", "modules/a", status, change)


UNCHANGED, WRITTEN = make_module(Status.UNCHANGED), make_module(Status.WRITTEN, Cause.INPUT)
REMOVED, BLOCKED = make_module(Status.REMOVED, Cause.ORPHAN), make_module(Status.BLOCKED, Cause.EDITED)

TABLE: list[tuple[dict[str, object], tuple[int, int, int, int]]] = [
    # What happened; the exit code of validate, generate, generate --fail-on-change, and check.
    ({}, (0, 0, 0, 0)),
    ({"modules": (UNCHANGED,)}, (0, 0, 0, 0)),
    ({"modules": (WRITTEN,)}, (0, 0, 3, 3)),
    ({"modules": (REMOVED,)}, (0, 0, 3, 3)),
    ({"modules": (BLOCKED,)}, (0, 0, 0, 0)),
    ({"lock": "It is missing."}, (0, 0, 0, 3)),
    ({"has_new_lock": True}, (0, 0, 3, 0)),
    ({"findings": report(INFO), "modules": (UNCHANGED,)}, (0, 0, 0, 0)),
    ({"findings": report(WARNING)}, (0, 0, 0, 0)),
    ({"findings": report(WARNING), "flags": Flags(strict=True)}, (1, 1, 1, 1)),
    ({"findings": report(ERROR)}, (1, 1, 1, 1)),
    ({"findings": report(ERROR), "modules": (WRITTEN,)}, (1, 1, 1, 1)),
    ({"findings": report(EDITED_FILE), "modules": (WRITTEN,)}, (1, 1, 1, 3)),
    ({"findings": report(EDITED_FILE)}, (1, 1, 1, 0)),
    ({"findings": report(ORPHANED_MODULE), "modules": (REMOVED,), "flags": Flags(strict=True)}, (1, 1, 1, 3)),
    ({"findings": (*report(EDITED_FILE), *report(ERROR)), "modules": (WRITTEN,)}, (1, 1, 1, 1)),
    ({"failures": (FAILURE,)}, (4, 4, 4, 4)),
    ({"failures": (FAILURE,), "findings": report(ERROR), "lock": "x"}, (4, 4, 4, 4)),
]


@pytest.mark.parametrize(("values", "codes"), TABLE)
def test_the_exit_code(values: dict[str, object], codes: tuple[int, int, int, int]) -> None:
    run = replace(Run(Command.VALIDATE, Project((), None), Flags(), ()), **values)  # type: ignore[arg-type]
    generated, checked = replace(run, command=Command.GENERATE), replace(run, command=Command.CHECK)
    found = exit_code(run), exit_code(generated), exit_code(generated, fail_on_change=True), exit_code(checked)
    assert found == codes


def test_the_page_lists_the_rules_about_differences() -> None:
    assert {EDITED_FILE.name, ORPHANED_MODULE.name} < ABOUT_DIFFERENCES
    assert len(ABOUT_DIFFERENCES) == 7
