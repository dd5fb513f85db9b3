"""A module's own tests pass under Terraform, with no account at all, and find whatever is taken out of the module."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from every_kind import make_flow_of_every_kind
from module_tests import ASSERTIONS, CLOUD_FLOW, Cut, judge_module, list_rounds, list_unseen, make_cuts, write_module
from plans import plan_document
from proofs import Proof
from subjects import EVERYDAY, LOOPING, MODULES, RELEASED, Subject

from bench import Bench
from generator.terraform.module import TEST_FILE, release_tf
from generator.terraform.module.tftest_fixed import KEY_AND_ROLE, PROPERTIES
from generator.terraform.module.tftest_flow import Rejection
from generator.terraform.module.variables_tf import VARIABLES

pytestmark = pytest.mark.terraform
ROUNDS = list_rounds(MODULES / EVERYDAY)
SEEN = {cut.complaint for cuts in ROUNDS for cut in cuts}
RELEASE_ROUNDS = [
    found for cuts in list_rounds(MODULES / RELEASED) if (found := [cut for cut in cuts if cut.complaint not in SEEN])
]
"""What only the tests of a released module can see."""
CLOUD_ROUNDS = [
    found for cuts in list_rounds(MODULES / LOOPING) if (found := [cut for cut in cuts if cut.file == "main.tf"])
]
"""What only the tests of a module with the engine cloud-control can see."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cuts" in metafunc.fixturenames:
        end = None if metafunc.config.getoption("--prove") else 1
        chosen = {EVERYDAY: ROUNDS[:end], RELEASED: RELEASE_ROUNDS[:end], LOOPING: CLOUD_ROUNDS[:end]}
        rounds = [(name, cuts) for name, found in chosen.items() for cuts in found]
        metafunc.parametrize(("name", "cuts"), rounds, ids=[f"{name}-{at}" for at, (name, _) in enumerate(rounds)])


@pytest.mark.proves("tests")
def test_the_tests_of_a_module(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    module = shutil.copytree(subject.module, tmp_path / "module")
    with proof.of("tests"):
        judgment = judge_module(bench, module)
        assert judgment.is_green, judgment


def test_the_tests_pass_for_a_parameter_of_every_kind(bench: Bench, tmp_path: Path) -> None:
    judgment = judge_module(bench, write_module(tmp_path / "module", plan_document(make_flow_of_every_kind())))
    assert judgment.is_green, judgment
    refusals = {f"parameters_reject_{why}" for why in Rejection}
    assert refusals <= set(judgment.runs)


def test_every_removal_is_detected(name: str, cuts: list[Cut], bench: Bench, tmp_path: Path) -> None:
    module = shutil.copytree(MODULES / name, tmp_path / "module")
    bench.succeed(module, "init", "-backend=false", "-input=false")
    assert list_unseen(bench, module, cuts) == []


FAILED = json.dumps(
    {**KEY_AND_ROLE, "Status": "Failed", "Validations": [{"Message": "No 'x'."}, {"Message": "No 'y'."}]}
)
REASONS = "Amazon Bedrock rejected the flow: No 'x'. No 'y'. Correct the definition, and apply again."


def judge_cloud_control(bench: Bench, folder: Path, found: str) -> list[str]:
    """Run the tests of a module with the engine cloud-control; AWS returns `found`. Return their complaints."""
    module = shutil.copytree(MODULES / LOOPING, folder / "module")
    make_cuts(module, [Cut(TEST_FILE, f"properties = {json.dumps(PROPERTIES)}", f"properties = {found}", "")])
    return judge_module(bench, module).complaints


def test_nothing_is_reported_of_a_flow_whose_update_failed(bench: Bench, tmp_path: Path) -> None:
    # The provider has reported it. The tests that another definition is reported complain that it is not.
    assert set(judge_cloud_control(bench, tmp_path, "null")) == {CLOUD_FLOW}


def test_a_rejected_flow_is_reported_with_the_reasons(bench: Bench, tmp_path: Path) -> None:
    complaints = judge_cloud_control(bench, tmp_path, json.dumps(FAILED))
    assert complaints
    assert all(REASONS in said for said in complaints), complaints


def test_the_first_round_removes_every_rule() -> None:
    complaints = {cut.complaint for cut in (*ROUNDS[0], *RELEASE_ROUNDS[0])}
    variables = [item for item in (*VARIABLES, *release_tf.VARIABLES) if item.validations]
    assert {*ASSERTIONS.values(), *(f"var.{item.name}" for item in variables)} <= complaints
