"""Deployment roles: the documented policies are enough for every example, and nothing in them is unnecessary.

One role applies, changes, and destroys the modules of all examples with real Terraform; another role plans. Those with
a release have two roles of their own, because their policies allow more, and so has a module with the engine
cloud-control and no release. The account decides and records every call.
The record shows which permissions a step needs, and deciding the recorded calls again without one of them shows that
none is unnecessary; samples are run with Terraform itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployed import Root
from identities import allow, assume, make_operator, make_role, write_document
from paths import ROOT
from proofs import Proof
from rights import (
    STEPS,
    Policy,
    Recorded,
    fill_policy,
    find_refusals,
    list_actions,
    list_smaller_policies,
    read_recorded,
    read_steps_in_the_docs,
    take_out_action,
)
from subjects import EXAMPLES, UNRELEASED, Subject, find_subject

from bench import Bench, find_missing_parts, open_bench
from generator.flow.model import Engine
from generator.terraform.module import read_copied_files

NAMES = [*EXAMPLES, UNRELEASED]

MISSING = find_missing_parts()
pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}"),
    pytest.mark.xdist_group("rights"),  # one process, so that the examples are applied once
]

DOCS = ROOT / "docs" / "deployment-permissions.md"
TABLES = re.compile(r"^.*also needs:$", re.MULTILINE)
"""What is before each table of the page but the first."""
FORMS = {"plain": (False, Engine.NATIVE), "cloud": (False, Engine.CLOUD_CONTROL), "released": (True, Engine.NATIVE)}
"""The three forms of the policies."""


def name_form(subject: Subject) -> str:
    """Return which form of the policies a module has."""
    if (subject.module / "release.tf").exists():
        return "released"
    return "cloud" if subject.is_cloud_control else "plain"


def read_form(name: str, form: str) -> Policy:
    return fill_policy(read_copied_files(*FORMS[form])[f"policies/{name}.json"])


PLAIN = [name for name in EXAMPLES if name_form(find_subject(name, ROOT)) == "plain"]
DEPLOYERS = {form: read_form("deployment", form) for form in FORMS}
PLANNERS = {form: read_form("plan", form) for form in FORMS}


@dataclass(slots=True)
class Life:
    """What came of the examples' life, step by step: Terraform's exit codes and output, and what was decided."""

    exits: dict[str, int] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)
    decided: dict[str, list[Recorded]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("rights")) as bench:
        yield bench


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture(scope="module")
def lives(bench: Bench, operator: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Life]:
    """Apply, plan, change and destroy all examples as the roles that the docs speak of."""
    callers = {label: make_role(bench, f"caller-{label}") for label in ("api", "batch")}
    boundary = bench.client("iam").create_policy(PolicyName="limit", PolicyDocument=write_document(allow("bedrock:*")))
    arguments = write_arguments(callers, boundary["Policy"]["Arn"])
    found = {}
    for form in FORMS:
        folder = tmp_path_factory.mktemp("examples")
        root = Root(folder, [name for name in NAMES if name_form(find_subject(name, folder)) == form])
        deployer = assume(operator, make_role(bench, f"{form}-deployer", *DEPLOYERS[form]["Statement"]))
        planner = assume(operator, make_role(bench, f"{form}-planner", *PLANNERS[form]["Statement"]))
        found[form] = live(root, bench.client("iam"), deployer, planner, arguments)
    return found


def live(
    root: Root, iam: Any, deployer: Bench, planner: Bench, arguments: tuple[dict[str, Any], dict[str, Any]]
) -> Life:
    """Take a root from init to destroy."""
    life = Life()
    root.write(arguments[0])
    deployer.succeed(root.folder, "init", "-input=false")
    run_step(life, "first apply", deployer, root, "apply", "-auto-approve", "-input=false")
    run_step(life, "plan", planner, root, "plan", "-input=false", "-detailed-exitcode")
    # Somebody changes a trust by hand; the next apply puts it back.
    drifted = root.read_outputs(deployer)[root.names[0]]["role_name"]
    trust = iam.get_role(RoleName=drifted)["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Sid"] = "ByHand"
    iam.update_assume_role_policy(RoleName=drifted, PolicyDocument=json.dumps(trust))
    root.write(arguments[1], later=True)
    for path in root.folder.glob("modules/*/release.tf"):
        path.write_text(path.read_text(encoding="utf-8").replace("beta", "trial"), encoding="utf-8")
    new_key = f"-replace=module.{root.names[-1]}.aws_kms_key.this"
    run_step(life, "later", deployer, root, "apply", "-auto-approve", "-input=false", new_key)
    run_step(life, "destroy", deployer, root, "destroy", "-auto-approve", "-input=false")
    return life


def write_arguments(callers: dict[str, str], boundary: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the modules' arguments before and after a change of everything that the interface lets one change.

    A service role's name carries the first 19 characters of its flow's: one name changes among them, one after them.
    """
    renamed = {PLAIN[1]: f"{PLAIN[1]}-as-it-was-in-the-later-days", PLAIN[3]: f"another-{PLAIN[3]}"}
    before, after = {}, {}
    for name in NAMES:
        before[name] = {
            "name": f"{name}-as-it-was-in-the-first-days",
            "caller_roles": {"api": callers["api"]},
            "tags": {"stage": "one", "owner": "desk"},
            "permissions_boundary_arn": boundary if name == PLAIN[0] else None,
        }
        after[name] = {
            "name": renamed.get(name, before[name]["name"]),
            "caller_roles": {"batch": callers["batch"]},
            "tags": {"stage": "two"},
            "permissions_boundary_arn": boundary if name == PLAIN[2] else None,
            "rotation_period_in_days": 180,
            "deletion_window_in_days": 7,
        }
    return before, after


def run_step(life: Life, step: str, bench: Bench, root: Root, *arguments: str) -> None:
    """Run Terraform, and keep what it needed."""
    before = len(bench.read_decisions())
    result = bench.run(root.folder, *arguments)
    life.exits[step], life.output[step] = result.returncode, result.stdout + result.stderr
    life.decided[step] = read_recorded(bench.read_decisions()[before:])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_works_with_exactly_its_deployment_policy(step: str, form: str, lives: dict[str, Life]) -> None:
    life = lives[form]
    assert life.exits[step] == 0, life.output[step][-3000:]
    role = f"{form}-planner" if step == "plan" else f"{form}-deployer"
    assert {item.verdict for item in life.decided[step]} == {"allowed"}
    assert {item.request.principal.role for item in life.decided[step]} == {f"arn:aws:iam::123456789012:role/{role}"}


@pytest.mark.proves("deployment")
@pytest.mark.parametrize("name", NAMES)
def test_an_example_lives_with_the_deployment_policies(
    name: str, lives: dict[str, Life], proof: Proof, tmp_path: Path
) -> None:
    subject = find_subject(name, tmp_path)
    flow, life = f"module.{name}.{subject.flow}", lives[name_form(subject)]
    with proof.of("deployment"):
        assert f"{flow}: Creation complete" in life.output["first apply"]
        assert f"{flow}: Refreshing state" in life.output["plan"]
        assert f"{flow}: Modifications complete" in life.output["later"]
        assert f"{flow}: Destruction complete" in life.output["destroy"]


def test_both_engines_have_the_same_policies_with_a_release() -> None:
    native, cloud = (read_copied_files(is_released=True, engine=engine) for engine in Engine)
    policies = [path for path in native if path.startswith("policies/")]
    assert [native[path] for path in policies] == [cloud[path] for path in policies]


def list_needs(name: str, form: str, lives: dict[str, Life]) -> list[Recorded]:
    """Return what the roles with a policy asked for.

    The policy of a released module is also that of other modules. Of the key and of roles, a module needs the same with
    each engine.
    """
    if form != "cloud":
        chosen = lives.values() if form == "released" else [lives[form]]
        return [item for life in chosen for item in list_own_needs(name, life)]
    shared = [item for item in list_own_needs(name, lives["plain"]) if item.request.action[:4] in ("iam:", "kms:")]
    return [*shared, *list_own_needs(name, lives["cloud"])]


def list_own_needs(name: str, life: Life) -> list[Recorded]:
    return [item for step in STEPS if (step == "plan") == (name == "plan") for item in life.decided[step]]


@pytest.mark.parametrize("action", sorted(list_actions(DEPLOYERS["released"])))
def test_without_an_action_a_deployment_step_fails(action: str, lives: dict[str, Life]) -> None:
    needs = list_needs("deployment", "released", lives)
    refused = find_refusals(needs, take_out_action(DEPLOYERS["released"], action))
    assert {item.request.action for item in refused} == {action}


@pytest.mark.parametrize("action", sorted(list_actions(PLANNERS["released"])))
def test_without_an_action_a_plan_fails(action: str, lives: dict[str, Life]) -> None:
    refused = find_refusals(lives["released"].decided["plan"], take_out_action(PLANNERS["released"], action))
    assert {item.request.action for item in refused} == {action}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["deployment", "plan"])
def test_no_statement_grants_an_unneeded_action_or_resource(name: str, form: str, lives: dict[str, Life]) -> None:
    needs = list_needs(name, form, lives)
    smaller = list_smaller_policies(read_form(name, form))
    assert [what for what, policy in smaller if not any(find_refusals(needs, policy))] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_complete_policy_denies_nothing_and_an_empty_one_everything(form: str, lives: dict[str, Life]) -> None:
    needs = list_needs("deployment", form, lives)
    assert list(find_refusals(needs, DEPLOYERS[form])) == []
    assert list(find_refusals(needs, {"Version": "2012-10-17", "Statement": []})) == needs


@pytest.mark.parametrize("step", STEPS)
def test_the_docs_say_which_step_needs_an_action(step: str, lives: dict[str, Life]) -> None:
    asked = {form: {item.request.action for item in life.decided[step]} for form, life in lives.items()}
    plain, both, released = TABLES.split(DOCS.read_text(encoding="utf-8"))
    expected = read_steps_in_the_docs(plain)[step]
    assert expected == asked["plain"]
    assert expected | read_steps_in_the_docs(both)[step] == asked["cloud"] | expected
    expected |= read_steps_in_the_docs(both, "with a release")[step] | read_steps_in_the_docs(released)[step]
    assert expected == asked["released"] | asked["plain"]


@pytest.fixture(scope="module")
def half_made(bench: Bench, operator: Bench, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, Root]:
    """A root of one example, and a role whose policy each test sets; what stands before the flow gets made."""
    deployer = assume(operator, make_role(bench, "newcomer", *DEPLOYERS["plain"]["Statement"]))
    root = Root(tmp_path_factory.mktemp("half-made"), PLAIN[:1])
    root.write({PLAIN[0]: {}})
    deployer.succeed(root.folder, "init", "-input=false")
    return deployer, root


SAMPLES = [
    ("kms:GenerateDataKey", "CreateFlow", "arn:aws:kms:us-east-1:123456789012:key/"),
    ("kms:Decrypt", "CreateFlow", "arn:aws:kms:us-east-1:123456789012:key/"),
    ("iam:PassRole", "CreateFlow", "arn:aws:iam::123456789012:role/AmazonBedrockFlow-"),
    ("bedrock:CreateFlow", "CreateFlow", "*"),
]


@pytest.mark.parametrize(("action", "operation", "resource"), SAMPLES)
def test_terraform_fails_without_the_action_and_names_it(
    action: str, operation: str, resource: str, bench: Bench, half_made: tuple[Bench, Root]
) -> None:
    deployer, root = half_made
    document = json.dumps(take_out_action(DEPLOYERS["plain"], action))
    bench.client("iam").put_role_policy(RoleName="newcomer", PolicyName="newcomer", PolicyDocument=document)
    result = deployer.run(root.folder, "apply", "-auto-approve", "-input=false")
    said = " ".join(re.sub("[│╷╵]", "", result.stderr).split())
    assert result.returncode == 1
    assert operation in said
    assert "User: arn:aws:sts::123456789012:assumed-role/newcomer/run is not authorized" in said
    assert f"to perform: {action} on resource: {resource}" in said
    assert f"because no identity-based policy allows the {action} action" in said


def test_the_key_denies_outsiders_the_flow(bench: Bench, operator: Bench, half_made: tuple[Bench, Root]) -> None:
    deployer, root = half_made
    document = json.dumps(DEPLOYERS["plain"])
    bench.client("iam").put_role_policy(RoleName="newcomer", PolicyName="newcomer", PolicyDocument=document)
    deployer.succeed(root.folder, "apply", "-auto-approve", "-input=false")
    outputs = root.read_outputs(bench)[PLAIN[0]]
    stranger = assume(operator, make_role(bench, "stranger", allow("bedrock:*"))).client("bedrock-agent")
    with pytest.raises(ClientError, match="kms:Decrypt") as refusal:
        stranger.get_flow(flowIdentifier=outputs["flow_id"])
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"on resource: {outputs['kms_key_arn']} because no identity-based policy" in str(refusal.value)
    assert stranger.list_flows()["flowSummaries"]
