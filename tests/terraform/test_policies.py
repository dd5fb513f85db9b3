"""Policies as data: AWS's three, their JSON, and how the nodes' permissions are split into policies."""

from __future__ import annotations

import pytest
from flow_documents import make_flow, make_prompt
from policy_texts import read_small_flow, spell

from generator.flow.grant import Grant
from generator.flow.nodes import collect_grants
from generator.terraform.policies import (
    LARGEST_POLICY,
    Condition,
    PolicyDocument,
    Statement,
    plan_caller_policy,
    plan_encryption_policy,
    plan_node_policies,
    write_policy_json,
)
from generator.terraform.policies.node_policies import ROOM_FOR_NODES, estimate_length


def make_grants(count: int, capability: str = "InvokeModel") -> tuple[Grant, ...]:
    resources = tuple(
        (f"arn:aws:bedrock:eu-west-1::foundation-model/vendor.model-{number:04}",) for number in range(count)
    )
    return (Grant(capability, ("bedrock:InvokeModel",), resources, (), ("Ask",)),)


def test_the_caller_and_the_service_role_have_the_same_permissions_on_the_key() -> None:
    caller, role = plan_caller_policy().statements[0], plan_encryption_policy().statements[0]
    assert (caller.sid, role.sid) == ("EncryptFlow", "EncryptionFlows")
    assert (caller.actions, caller.resources, caller.conditions) == (role.actions, role.resources, role.conditions)


def test_lists_are_descending_and_a_single_item_has_no_list() -> None:
    statement = Statement("A", ("b:A", "b:B"), ("one",), (), (Condition("StringEquals", "aws:x", ("a", "b")),))
    assert write_policy_json(PolicyDocument("p", (statement,)), spell) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "A",
                "Effect": "Allow",
                "Action": ["b:B", "b:A"],
                "Resource": "one",
                "Condition": {"StringEquals": {"aws:x": ["b", "a"]}},
            }
        ],
    }


def test_without_permissions_there_is_no_policy() -> None:
    assert plan_node_policies(()) == ()


@pytest.mark.parametrize("count", [1, 70, 71, 200, 500])
def test_permissions_are_split_into_as_many_policies_as_needed(count: int) -> None:
    policies = plan_node_policies(make_grants(count))
    names = ["nodes", *(f"nodes_{number}" for number in range(2, len(policies) + 1))]
    assert [policy.name for policy in policies] == names
    resources = [resource for policy in policies for item in policy.statements for resource in item.resources]
    assert sorted(map(spell, resources)) == sorted("".join(map(str, text)) for text in make_grants(count)[0].resources)
    for policy in policies:
        assert sum(map(estimate_length, policy.statements)) <= ROOM_FOR_NODES < LARGEST_POLICY
        sids = [statement.sid for statement in policy.statements]
        assert len(set(sids)) == len(sids)


def test_several_statements_of_one_capability_are_numbered() -> None:
    document = make_flow(make_prompt("One", "us.amazon.nova-pro-v1:0"), make_prompt("Two", "eu.amazon.nova-pro-v1:0"))
    grants, _ = collect_grants(read_small_flow(document))
    sids = [statement.sid for policy in plan_node_policies(grants) for statement in policy.statements]
    assert sids == ["InvokeInferenceProfile", "InvokeModelThroughProfile1", "InvokeModelThroughProfile2"]


def test_the_order_of_nodes_in_a_document_does_not_matter() -> None:
    models = ["amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"]
    nodes = [make_prompt(f"Ask{number}", model) for number, model in enumerate(models)]

    def list_statements(order: list[dict[str, object]]) -> list[tuple[str, object]]:
        grants, _ = collect_grants(read_small_flow(make_flow(*order)))
        return [(item.sid, item.resources) for policy in plan_node_policies(grants) for item in policy.statements]

    assert list_statements(nodes) == list_statements(nodes[::-1])
