"""A released module with the engine cloud-control, by real Terraform, without the AWS CLI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from damage import CLOUD_DAMAGES, CLOUD_RELEASE_DAMAGES, Damage, run_until_red
from identities import make_service_role
from lives import LIFE, LONG_NAME, ROLE, Life, open_life
from proofs import Proof
from release_steps import MOVING, PREPARING, apply, check_invocable, check_released, try_to_apply
from releases import break_the_flow, list_columns, prove_damaged, prove_release
from repairs import CLOUD_STAGES, read_draft, repair, without
from roots import Root
from subjects import CLOUD, RELEASED, edit_a_prompt, find_subject

from bench import Bench

pytestmark = pytest.mark.terraform
COLUMNS = list_columns(CLOUD_STAGES)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "release_damage" in metafunc.fixturenames:
        chosen = [item for item in CLOUD_RELEASE_DAMAGES if item.everyday or metafunc.config.getoption("--prove")]
        metafunc.parametrize("release_damage", chosen, ids=lambda damage: damage.what)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(find_subject(CLOUD, tmp_path / "subject"))


@pytest.mark.only_proven
@pytest.mark.proves(*COLUMNS)
@pytest.mark.parametrize("name", [CLOUD])
def test_the_release_of_a_module(name: str, root: Root, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench.with_cli("none"), tmp_path / "root", root, proof) as life:
        bench.succeed(life.folder, "init", "-input=false")
        prove_release(life, CLOUD_STAGES)


def test_damage_turns_the_right_cell_red(release_damage: Damage, root: Root, bench: Bench, tmp_path: Path) -> None:
    proof = Proof(CLOUD, COLUMNS)
    with open_life(bench, tmp_path / "root", root, proof) as life:
        bench.succeed(life.folder, "init", "-input=false")
        try:
            with pytest.raises(AssertionError):
                prove_damaged(life, CLOUD_STAGES, release_damage)
        finally:
            life.restore()
    assert proof.list_red() == [release_damage.column]


@pytest.mark.only_proven
@pytest.mark.parametrize("damage", CLOUD_DAMAGES, ids=lambda damage: damage.what)
def test_damage_of_a_life_turns_the_right_cell_red(damage: Damage, root: Root, bench: Bench, tmp_path: Path) -> None:
    proof = Proof(CLOUD, LIFE)
    with open_life(bench, tmp_path / "root", replace(root, name=LONG_NAME), proof) as life:
        try:
            with pytest.raises(AssertionError):
                run_until_red(life, damage)
        finally:
            life.restore()
    assert proof.list_red() == [damage.column]


def test_every_column_of_a_release_can_fail() -> None:
    assert {damage.column for damage in CLOUD_RELEASE_DAMAGES} == set(COLUMNS)


TAGGED = 'provider "aws" {\n  default_tags {\n    tags = { cost = "desk", team = "provider" }\n  }\n}\n'
TEAMS = {RELEASED: "support", CLOUD: "web"}


@pytest.mark.only_proven
@pytest.mark.parametrize("name", TEAMS)
def test_tags_of_the_provider_reach_the_flow_and_its_aliases(name: str, bench: Bench, tmp_path: Path) -> None:
    flows, root = bench.client("bedrock-agent"), Root(find_subject(name, tmp_path / "subject"))
    with open_life(bench, tmp_path / "root", root, Proof(name, [])) as life:
        life.turn(beside=TAGGED)
        life.begin()
        arns = [life.outputs["flow_arn"], *life.outputs["alias_arns"].values()]
        found = [flows.list_tags_for_resource(resourceArn=arn)["tags"] for arn in arns]
        # A tag of the module takes precedence over one of the provider.
        assert [(tags["cost"], tags["team"]) for tags in found] == [("desk", TEAMS[name])] * 3
        life.check_nothing_to_do()


@pytest.fixture
def life(root: Root, bench: Bench, tmp_path: Path) -> Iterator[Life]:
    """A released module, initialized and not yet applied."""
    with open_life(bench, tmp_path / "root", root, Proof(CLOUD, [])) as life:
        bench.succeed(life.folder, "init", "-input=false")
        yield life


@pytest.mark.only_proven
def test_a_flow_that_could_not_be_prepared_when_created_is_deleted_by_hand(life: Life) -> None:
    break_the_flow(life.module)
    said, steps = try_to_apply(life)
    assert (said.code, steps) == (1, ["CreateFlow", "PrepareFlow"])
    life.put_module(life.root.subject.module)
    said, _ = try_to_apply(life)
    assert (said.code, "AlreadyExists" in str(said.list_diagnostics("error"))) == (1, True)
    flows = life.bench.client("bedrock-agent")
    (left,) = flows.list_flows()["flowSummaries"]
    flows.delete_flow(flowIdentifier=left["id"])
    apply(life)
    check_released(life, 1)


@pytest.mark.only_proven
def test_another_role_stops_the_plan_and_goes_with_the_next_one(life: Life) -> None:
    apply(life)
    flows, before = life.bench.client("bedrock-agent"), read_draft(life)
    request = {name: before[name] for name in ("name", "customerEncryptionKeyArn", "description", "definition")}
    role = make_service_role(life.bench, "role-by-hand")
    key = life.outputs["kms_key_arn"]
    assert request["customerEncryptionKeyArn"] == key
    flows.update_flow(flowIdentifier=before["id"], executionRoleArn=role, **request)
    said = life.bench.ask(life.folder, "plan")
    (error,) = said.list_diagnostics("error")
    assert (said.code, "does not have this module's service role and key" in error) == (1, True)
    life.apply("-auto-approve", f"-replace={ROLE}")
    check_released(life, 2)
    assert read_draft(life)["executionRoleArn"] == life.outputs["role_arn"]


@pytest.mark.only_proven
def test_a_flow_that_was_written_and_not_prepared_is_written_again(life: Life) -> None:
    apply(life)
    edit_a_prompt(life.module)
    with without("bedrock:PrepareFlow", life):
        said, _ = try_to_apply(life)
    assert (said.code, "bedrock:PrepareFlow" in str(said.list_diagnostics("error"))) == (1, True)
    # The flow has the definition, so that Terraform sends nothing, and a version needs a prepared flow.
    said, steps = try_to_apply(life)
    assert (said.code, steps) == (1, ["CreateFlowVersion"])
    assert "NotPrepared" in str(said.list_diagnostics("error"))
    check_invocable(life)
    assert repair(life) == PREPARING + MOVING
    check_released(life, 2)
