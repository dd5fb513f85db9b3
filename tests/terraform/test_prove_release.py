"""A released module through its life, by real Terraform, and what can be in the way of a release."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from damage import RELEASE_DAMAGES, Damage
from identities import allow, assume, make_operator, make_role, write_document
from lives import ALIAS, NATIVE_FLOW, PREPARED, VERSION, Life, open_life
from proofs import Proof
from release_steps import MOVING, NEW, PREPARING, apply, check_released, put_variant, try_to_apply
from released import prepare
from releases import STAGES, list_columns, prove_damaged, prove_release
from roots import Root
from subjects import RELEASED, edit_a_prompt, find_subject

from bench import Bench

pytestmark = pytest.mark.terraform
SETTINGS = ("name", "routingConfiguration", "description", "concurrencyConfiguration")
"""What UpdateFlowAlias takes. What a call leaves out is removed."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "damage" in metafunc.fixturenames:
        chosen = [item for item in RELEASE_DAMAGES if item.everyday or metafunc.config.getoption("--prove")]
        metafunc.parametrize("damage", chosen, ids=lambda damage: damage.what)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(find_subject(RELEASED, tmp_path / "subject"))


@pytest.mark.proves(*list_columns(STAGES))
@pytest.mark.parametrize("name", [RELEASED])
def test_the_release_of_a_module(name: str, root: Root, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path / "root", root, proof) as life:
        bench.succeed(life.folder, "init", "-input=false")
        prove_release(life, STAGES)


def test_damage_turns_the_right_cell_red(damage: Damage, root: Root, bench: Bench, tmp_path: Path) -> None:
    proof = Proof(RELEASED, list_columns(STAGES))
    with open_life(bench, tmp_path / "root", root, proof) as life:
        bench.succeed(life.folder, "init", "-input=false")
        try:
            with pytest.raises(AssertionError):
                prove_damaged(life, STAGES, damage)
        finally:
            life.restore()
    assert proof.list_red() == [damage.column]


def test_every_column_of_a_release_can_fail() -> None:
    assert {damage.column for damage in RELEASE_DAMAGES} == set(list_columns(STAGES))


def test_without_the_cli_the_message_says_so_and_the_next_apply_goes_on(life: Life) -> None:
    apply(life)
    edit_a_prompt(life.module)
    bench, life.bench = life.bench, life.bench.with_cli("none")
    said, steps = try_to_apply(life)
    (error,) = said.list_diagnostics("error")
    assert (said.code, steps) == (1, ["UpdateFlow"])
    assert "The AWS CLI is not installed where Terraform runs." in error
    life.bench = bench
    changes, steps = apply(life)
    assert (NATIVE_FLOW in changes, PREPARED in changes, steps) == (False, True, ["PrepareFlow", *MOVING])
    check_released(life, 2)


@pytest.mark.only_proven
def test_a_version_that_cannot_be_created_leaves_the_aliases_and_the_next_apply_goes_on(life: Life) -> None:
    apply(life)
    flows, flow = life.bench.client("bedrock-agent"), life.outputs["flow_id"]
    others = [flows.create_flow_version(flowIdentifier=flow)["version"] for _ in range(9)]
    edit_a_prompt(life.module)
    said, steps = try_to_apply(life)
    assert (said.code, steps) == (1, [*PREPARING, "CreateFlowVersion"])
    for alias in life.outputs["alias_ids"].values():
        found = flows.get_flow_alias(flowIdentifier=flow, aliasIdentifier=alias)
        assert found["routingConfiguration"] == [{"flowVersion": "1"}]
    for version in others:
        flows.delete_flow_version(flowIdentifier=flow, flowVersion=version)
    changes, steps = apply(life)
    assert (NATIVE_FLOW in changes, steps) == (False, MOVING)
    check_released(life, 11)


MODEL = 'resource "terraform_data" "model" {{\n  input            = "{model}"\n  triggers_replace = "{trigger}"\n}}\n'


@pytest.mark.only_proven
def test_a_parameter_that_is_unknown_at_plan_takes_one_apply(life: Life) -> None:
    first, second = (f"us.amazon.nova-{size}-v1:0" for size in ("lite", "pro"))
    expression = {"summary_model": "terraform_data.model.output"}
    life.turn(settings=expression, beside=MODEL.format(model=first, trigger=1))
    _, steps = apply(life)
    assert steps == ["CreateFlow", *NEW]
    check_released(life, 1)
    life.turn(beside=MODEL.format(model=second, trigger=1))
    _, steps = apply(life)
    assert steps == PREPARING + MOVING
    check_released(life, 2)
    # The same value, but Terraform does not know it before the apply.
    life.turn(beside=MODEL.format(model=second, trigger=2))
    apply(life)
    check_released(life, 3)


@pytest.mark.only_proven
def test_a_flow_can_be_prepared_by_hand(life: Life) -> None:
    life.turn(settings={"prepare_flow": "false"})
    said, steps = try_to_apply(life)
    assert (said.code, steps) == (1, ["CreateFlow", "CreateFlowVersion"])
    (made,) = life.bench.client("bedrock-agent").list_flows()["flowSummaries"]
    prepare(life.bench, made["id"])
    _, steps = apply(life)
    assert steps == NEW[1:]
    check_released(life, 1)
    edit_a_prompt(life.module)
    said, steps = try_to_apply(life)
    assert (said.code, steps) == (1, ["UpdateFlow", "CreateFlowVersion"])
    prepare(life.bench, made["id"])
    _, steps = apply(life)
    assert steps == MOVING
    check_released(life, 2)


PREPARER = (allow("bedrock:PrepareFlow", "bedrock:GetFlow", "kms:Decrypt", "kms:GenerateDataKey"),)


def who_prepared(bench: Bench) -> str:
    """Return the principal of the last PrepareFlow."""
    asked = [item for item in bench.read_decisions() if item["action"] == "bedrock:PrepareFlow"]
    return str(asked[-1]["principal"])


@pytest.mark.only_proven
def test_the_cli_assumes_the_role_that_it_is_given(life: Life) -> None:
    role = make_role(life.bench, "preparer-by-role", *PREPARER)
    iam, name = life.bench.client("iam"), "user-of-the-cli"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=write_document(allow("sts:AssumeRole")))
    deployer = make_role(life.bench, "deployer-of-a-release", allow("*"))
    root, life.bench = life.bench, life.bench.acting_with(iam.create_access_key(UserName=name)["AccessKey"])
    assuming = f'provider "aws" {{\n  assume_role {{\n    role_arn = "{deployer}"\n  }}\n}}\n'
    life.turn(beside=assuming)
    said, steps = try_to_apply(life)
    (error,) = said.list_diagnostics("error")
    assert (said.code, "CreateFlowVersion" in steps, "AccessDenied" in error) == (1, False, True)
    life.turn(settings={"aws_cli_role_arn": json.dumps(role)})
    apply(life)
    assert who_prepared(root) == role
    life.bench.do(life.folder, "destroy", "-auto-approve")


@pytest.mark.only_proven
def test_the_cli_uses_the_profile_that_it_is_given(life: Life) -> None:
    iam, name = life.bench.client("iam"), "profile-of-the-cli"
    user = iam.create_user(UserName=name)["User"]["Arn"]
    iam.put_user_policy(UserName=name, PolicyName="prepare", PolicyDocument=write_document(*PREPARER))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    file = life.folder / "credentials"
    secrets = f"aws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n"
    file.write_text(f"[pipeline]\n{secrets}", encoding="ascii")
    environment = {**life.bench.environment, "AWS_SHARED_CREDENTIALS_FILE": str(file)}
    life.bench = replace(life.bench, environment=environment)
    life.turn(settings={"aws_cli_profile": '"pipeline"'})
    apply(life)
    assert who_prepared(life.bench) == user


@pytest.mark.only_proven
def test_the_real_cli_prepares_too(life: Life) -> None:
    life.bench = life.bench.with_cli("real")
    if shutil.which("aws", path=life.bench.environment["PATH"]) is None:
        pytest.skip("missing: the AWS CLI")
    _, steps = apply(life)
    assert steps == ["CreateFlow", *NEW]


def test_an_alias_that_was_moved_stops_the_plan_and_is_moved_back(life: Life) -> None:
    life.apply()
    flows = life.bench.client("bedrock-agent")
    flow, aliases = life.outputs["flow_id"], life.outputs["alias_ids"]
    other = flows.create_flow_version(flowIdentifier=flow)["version"]
    live = {"flowIdentifier": flow, "aliasIdentifier": aliases["live"]}
    kept = {key: item for key, item in flows.get_flow_alias(**live).items() if key in SETTINGS}
    flows.update_flow_alias(**live, **{**kept, "routingConfiguration": [{"flowVersion": other}]})
    said = life.bench.ask(life.folder, "plan")
    assert said.code == 1
    (error,) = said.list_diagnostics("error")
    assert "Alias live does not use version 1" in error
    changes = life.apply("-auto-approve", f"-replace={VERSION}")
    assert changes == {VERSION: "replace", f'{ALIAS}["live"]': "update", f'{ALIAS}["beta"]': "update"}
    life.check_nothing_to_do()
    assert life.outputs["alias_ids"] == aliases
    flows.delete_flow_version(flowIdentifier=flow, flowVersion=other)


@pytest.mark.only_proven
def test_lost_settings_of_an_alias_stop_the_plan_until_they_are_set(life: Life) -> None:
    life.apply()
    flows, flow = life.bench.client("bedrock-agent"), life.outputs["flow_id"]
    live = {"flowIdentifier": flow, "aliasIdentifier": life.outputs["alias_ids"]["live"]}
    found = flows.get_flow_alias(**live)
    settings = {name: found[name] for name in SETTINGS}
    four = settings["concurrencyConfiguration"]
    for change in ({"description": "Another"}, {"concurrencyConfiguration": {**four, "maxConcurrency": 2}}):
        flows.update_flow_alias(**live, **settings | change)
        said = life.bench.ask(life.folder, "plan")
        (error,) = said.list_diagnostics("error")
        assert (said.code, "Alias live does not have the description or concurrency" in error) == (1, True)
        flows.update_flow_alias(**live, **settings)
        life.check_nothing_to_do()
    # The definition says nothing of these.
    beta = {"flowIdentifier": flow, "aliasIdentifier": life.outputs["alias_ids"]["beta"]}
    own = {"description": "Ours", "concurrencyConfiguration": {"type": "Manual", "maxConcurrency": 3}}
    flows.update_flow_alias(**beta, **settings | own | {"name": "beta"})
    for alias in life.outputs["alias_arns"].values():
        flows.tag_resource(resourceArn=alias, tags={"scanned": "yes"})
    life.check_nothing_to_do()
    # An update that fails is lost.
    refusal = {**allow("bedrock:UpdateFlowAlias", sid="Never"), "Effect": "Deny"}
    role = make_role(life.bench, "deployer-without-aliases", allow("*"), refusal)
    root, life.bench = life.bench, assume(make_operator(life.bench, "operator-without-aliases"), role)
    put_variant(life, lambda document: document["release"]["aliases"]["live"].update(description="Changed"))
    assert life.bench.ask(life.folder, "apply", "-auto-approve").code == 1
    life.bench = root
    assert "Alias live does not have" in str(life.bench.ask(life.folder, "plan").list_diagnostics("error"))
    flows.update_flow_alias(**live, **settings | {"description": "Changed"})
    life.check_nothing_to_do()
    flows.update_flow_alias(**live, **settings)
    life.bench.do(life.folder, "destroy", "-auto-approve")


def test_a_flow_that_was_updated_and_not_prepared_is_prepared_by_the_next_apply(life: Life) -> None:
    life.apply()
    edit_a_prompt(life.module)
    assert life.bench.ask(life.folder, "apply", "-auto-approve", f"-target={NATIVE_FLOW}").code == 0
    released = life.next_version
    assert life.apply() == released
    life.check_nothing_to_do()
    assert life.outputs["flow_version"] == "2"
