"""The stand-in's validators: what the real provider refuses before any call, and what it leaves to the API."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from standin import validators
from standin.definitions import read_api
from standin.schema import SCHEMA
from standin.wire import UNKNOWN
from subjects import EXAMPLES, LOOPING, find_subject

FLOW = "aws_bedrockagent_flow"
ROLE = "arn:aws:iam::123456789012:role/flow"
BLOCK = SCHEMA["resource_schemas"][FLOW]["block"]["block_types"]["definition"]["block"]
SHAPE = botocore.session.Session().get_service_model("bedrock-agent").shape_for("FlowDefinition")


def find_faults(kind: str, **config: Any) -> list[str]:
    """Return the places of the faults, with the words that tell what is wrong."""
    found = []
    for fault in validators.find_faults(kind, config):
        steps = [step.attribute_name or str(step.element_key_int) for step in fault.attribute.steps]
        found.append(f"{'.'.join(steps)}: {fault.detail or fault.summary}")
    return found


def make_flow(*nodes: dict[str, Any], **config: Any) -> dict[str, Any]:
    definition = read_api({"nodes": list(nodes)}, SHAPE, BLOCK)
    return {"name": "small", "execution_role_arn": ROLE, "definition": [definition], **config}


def make_prompt(**inline: Any) -> dict[str, Any]:
    source = {"inline": {"modelId": "m", "templateType": "TEXT", **inline}}
    return {"name": "Ask", "type": "Prompt", "configuration": {"prompt": {"sourceConfiguration": source}}}


@pytest.mark.parametrize("name", sorted({*EXAMPLES} - {LOOPING}))
def test_an_example_has_no_fault(name: str, tmp_path: Any) -> None:
    subject = find_subject(name, tmp_path)
    definition = subject.read_definition(subject.choose_values())
    assert find_faults(FLOW, name=name, execution_role_arn=ROLE, definition=[read_api(definition, SHAPE, BLOCK)]) == []


TEXT = {"text": {"text": "x"}}
NODE = "definition.0.node.0"
INLINE = f"{NODE}.configuration.0.prompt.0.source_configuration.0.inline.0"


@pytest.mark.parametrize(
    ("config", "place", "word"),
    [
        (make_flow(name="a--b"), "name", "match"),
        (make_flow(name="a\n"), "name", "match"),
        (make_flow(name="ä"), "name", "match"),
        (make_flow(description=""), "description", "characters"),
        (make_flow(description="é" * 101), "description", "characters"),
        (make_flow(execution_role_arn="role"), "execution_role_arn", "ARN"),
        (make_flow(execution_role_arn="arn:aws:iam::12:role/x"), "execution_role_arn", "ARN"),
        (make_flow({"name": "Any", "type": "Sorcery"}), f"{NODE}.type", "one of"),
        (
            make_flow({"name": "Get", "type": "KnowledgeBase", "configuration": {
                "knowledgeBase": {"knowledgeBaseId": "K", "modelId": "m", "numberOfResults": 101}}}),
            f"{NODE}.configuration.0.knowledge_base.0.number_of_results", "100",
        ),
        (
            make_flow({"name": "Get", "type": "Input", "outputs": [{"name": "document", "type": "String"}] * 6}),
            f"{NODE}.output", "5",
        ),
        (
            make_flow(make_prompt(templateConfiguration={**TEXT, "chat": {"messages": []}})),
            f"{INLINE}.template_configuration.0", "exactly one",
        ),
        (make_flow(make_prompt(templateConfiguration={})), f"{INLINE}.template_configuration.0", "exactly one"),
        (
            make_flow(make_prompt(templateConfiguration={"chat": {"messages": [{"role": "user", "content": [{}]}]}})),
            f"{INLINE}.template_configuration.0.chat.0.message.0.content.0", "exactly one",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_a_flow_is_found_at_its_position(config: dict[str, Any], place: str, word: str) -> None:
    (found,) = find_faults(FLOW, **config)
    assert found.startswith(f"{place}: ")
    assert word in found


def test_json_strings_must_be_valid_json() -> None:
    config = make_flow(make_prompt(additionalModelRequestFields={"a": 1}, templateConfiguration=TEXT))
    assert find_faults(FLOW, **config) == []
    node = config["definition"][0]["node"][0]
    inline = node["configuration"][0]["prompt"][0]["source_configuration"][0]["inline"][0]
    inline["additional_model_request_fields"] = "{"
    (found,) = find_faults(FLOW, **config)
    assert "JSON" in found


@pytest.mark.parametrize(
    "config",
    [
        make_flow(name=UNKNOWN, description=UNKNOWN, execution_role_arn=UNKNOWN),
        make_flow({"name": "Any", "type": ""}),
        make_flow({"name": "Choose", "type": "Condition", "configuration": {"condition": {"conditions": []}}}),
        make_flow(description="é" * 100),
    ],
)
def test_unknown_values_and_api_defaults_are_not_faults(config: dict[str, Any]) -> None:
    assert find_faults(FLOW, **config) == []


def test_a_choice_with_unknown_values_is_not_checked() -> None:
    config = make_flow(make_prompt(templateConfiguration=TEXT))
    inline = config["definition"][0]["node"][0]["configuration"][0]["prompt"][0]["source_configuration"][0]["inline"][0]
    inline["template_configuration"] = [{"text": UNKNOWN, "chat": UNKNOWN}]
    assert find_faults(FLOW, **config) == []


@pytest.mark.parametrize(
    ("kind", "config", "word"),
    [
        ("aws_kms_key", {"deletion_window_in_days": 6}, "between 7 and 30"),
        ("aws_kms_key", {"rotation_period_in_days": 90}, "needs enable_key_rotation"),
        ("aws_kms_alias", {"name": "bedrock-flows/x"}, "match"),
        ("aws_kms_alias", {"name": "alias/aws/x"}, "match"),
        ("aws_kms_key_policy", {"policy": "{"}, "JSON"),
        ("aws_kms_key_policy", {"policy": "[]"}, "not a JSON object"),
        ("aws_iam_role", {"name": "x" * 65}, "64"),
        ("aws_iam_role", {"name_prefix": "x" * 39}, "38"),
        ("aws_iam_role", {"name": "a", "name_prefix": "b"}, "conflicts with name_prefix"),
        ("aws_iam_role", {"name": "a b"}, "match"),
        ("aws_iam_role", {"name": "ä"}, "match"),
        ("aws_iam_role", {"assume_role_policy": "x"}, "JSON"),
        ("aws_iam_policy", {"name_prefix": "x" * 103}, "102"),
        ("aws_iam_role_policy_attachment", {"policy_arn": "x"}, "ARN"),
        ("aws_iam_policy_document", {"version": "2012"}, "2012-10-17"),
        ("aws_iam_policy_document", {"statement": [{"effect": "Perhaps"}]}, "Deny"),
    ],
)
def test_a_fault_in_keys_and_roles_is_found(kind: str, config: dict[str, Any], word: str) -> None:
    (found,) = find_faults(kind, **config)
    assert word in found


def test_good_keys_and_roles_have_no_fault() -> None:
    assert (
        find_faults("aws_kms_key", deletion_window_in_days=7, rotation_period_in_days=90, enable_key_rotation=True)
        == []
    )
    assert find_faults("aws_kms_alias", name="alias/bedrock-flows/a_b-c", name_prefix=UNKNOWN) == []
    assert find_faults("aws_iam_role", name_prefix="x" * 38, assume_role_policy="{}", permissions_boundary=None) == []
    assert find_faults("aws_iam_policy", name="a", name_prefix=UNKNOWN, policy=UNKNOWN) == []
    assert find_faults("aws_iam_role", name=UNKNOWN, name_prefix="a") == []
