"""A module's own tests pass under Terraform, with no account at all, and find whatever is taken out of the module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from every_kind import make_flow_of_every_kind
from module_tests import ASSERTIONS, judge_module, list_rounds, list_unseen, write_module
from plans import plan_document, plan_example

from bench import Bench, find_missing_parts, open_bench
from generator.module.interface import VARIABLES

MISSING = find_missing_parts()
pytestmark = [pytest.mark.terraform, pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}")]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("bench")) as bench:
        yield bench


def test_a_flow_with_a_parameter_of_every_kind(bench: Bench, tmp_path: Path) -> None:
    judgement = judge_module(bench, write_module(tmp_path / "module", plan_document(make_flow_of_every_kind())))
    assert judgement.is_green, judgement
    assert {f"parameters_refuse_{why}" for why in ("wildcards", "blanks", "too_little", "too_much")} <= set(
        judgement.runs
    )


def test_whatever_is_cut_is_found(bench: Bench, tmp_path: Path) -> None:
    module = write_module(tmp_path / "module", plan_example("support-triage"))
    bench.succeed(module, "init", "-backend=false", "-input=false")
    rounds = list_rounds(module)
    assert {*ASSERTIONS.values(), *(f"var.{item.name}" for item in VARIABLES)} <= {cut.complaint for cut in rounds[0]}
    assert [cut for cuts in rounds for cut in list_unseen(bench, module, cuts)] == []
