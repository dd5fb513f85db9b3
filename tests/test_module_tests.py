"""A module's own tests pass under Terraform, with no account at all, and find whatever is taken out of the module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from every_kind import make_flow_of_every_kind
from module_tests import judge_module, list_rounds, list_unseen
from plans import plan_document, plan_example

from bench import Bench, find_missing_parts, open_bench
from generator.module import ModulePlan
from generator.render import render_module

MISSING = find_missing_parts()
pytestmark = [pytest.mark.terraform, pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}")]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("bench")) as bench:
        yield bench


def write_module(folder: Path, plan: ModulePlan) -> Path:
    for name, text in render_module(plan).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def test_a_flow_with_a_parameter_of_every_kind(bench: Bench, tmp_path: Path) -> None:
    judgement = judge_module(bench, write_module(tmp_path, plan_document(make_flow_of_every_kind())))
    assert judgement.is_green, judgement
    assert len(judgement.runs) == 13


def test_whatever_is_cut_is_found(bench: Bench, tmp_path: Path) -> None:
    module = write_module(tmp_path / "module", plan_example("support-triage"))
    bench.succeed(module, "init", "-backend=false", "-input=false")
    rounds = list_rounds(module)
    assert [cut for cuts in rounds for cut in list_unseen(bench, module, cuts)] == []
