"""What the version behind the aliases may do, by real Terraform: its permissions stay until the aliases have moved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from audit import NODES, list_attached
from identities import allow, assume, make_operator, make_role, write_document
from lives import Life
from release_steps import PREPARING, apply, check_invocable, check_released, put_variant, try_to_apply
from releases import break_the_flow, check_taken_last, list_node_policies
from subjects import CLOUD

pytestmark = [pytest.mark.terraform, pytest.mark.only_proven]


@pytest.mark.parametrize("life", [CLOUD], indirect=True)
def test_permissions_go_last_with_cloud_control_too(life: Life) -> None:
    life.apply()
    kept, second = list_node_policies(life), life.root.subject.choose_values(1)
    life.turn(settings={name: json.dumps(value) for name, value in second.items()})
    check_taken_last(life)
    check_released(life, 2)
    assert set(kept).isdisjoint(list_node_policies(life))


def name_model(size: str) -> dict[str, str]:
    return {"summary_model": f'"us.amazon.nova-{size}-v1:0"'}


def test_three_policies_fit_while_a_failed_apply_is_corrected(life: Life) -> None:
    profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/desk"
    models = [f"{profile}{number:03}" for number in range(40)]

    def add_models(document: dict[str, Any]) -> None:
        document["permissions"] = {"models": models}

    put_variant(life, add_models)
    life.apply()
    assert len(list_node_policies(life)) == 3
    for attached, size in ((6, "pro"), (9, "premier")):
        life.turn(settings=name_model(size))
        break_the_flow(life.module)
        assert try_to_apply(life)[1] == PREPARING
        assert len(list_node_policies(life)) == attached
        check_invocable(life)
    put_variant(life, add_models)
    check_taken_last(life)
    assert len(list_node_policies(life)) == 3
    check_released(life, 2)
    # Two policies go for good.
    life.put_module(life.root.subject.module)
    life.turn(settings={})
    check_taken_last(life)
    assert len(list_node_policies(life)) == 1
    check_released(life, 3)


def test_policies_that_cannot_be_created_are_replaced_by_the_next_apply(life: Life) -> None:
    life.apply()
    refusal = {**allow("iam:CreatePolicy", sid="Never"), "Effect": "Deny"}
    role = make_role(life.bench, "deployer-without-policies", allow("*"), refusal)
    root, life.bench = life.bench, assume(make_operator(life.bench, "operator-without-policies"), role)
    life.turn(settings=name_model("pro"))
    said, steps = try_to_apply(life)
    assert (said.code, steps, "CreatePolicy" in str(said.list_diagnostics("error"))) == (1, [], True)
    life.bench = root
    check_invocable(life)
    break_the_flow(life.module)
    assert try_to_apply(life)[1] == PREPARING
    check_invocable(life)


def test_another_permission_alone_replaces_the_policies_and_nothing_else(life: Life) -> None:
    life.apply()
    model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
    put_variant(life, lambda document: document.update(permissions={"models": [model]}))
    changes, steps = apply(life)
    policy, attachment = (f"module.flow.aws_iam_{kind}.nodes" for kind in ("policy", "role_policy_attachment"))
    assert (changes, steps) == ({policy: "replace", attachment: "replace"}, [])
    assert len(list_node_policies(life)) == 1
    # Somebody changes the policy; the next apply puts it back, in place.
    (arn,) = [arn for arn in list_attached(life.bench, life.outputs["role_name"]).values() if NODES in arn]
    document = write_document(allow("bedrock:InvokeModel"))
    life.bench.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    assert apply(life) == ({policy: "update"}, [])
    check_released(life, 1)


def test_the_version_behind_the_aliases_keeps_a_role_that_is_replaced(life: Life) -> None:
    life.apply()
    life.turn(name="renamed")
    break_the_flow(life.module)
    assert try_to_apply(life)[1] == PREPARING
    check_invocable(life)
    life.put_module(life.root.subject.module)
    life.apply()
    check_released(life, 2)
