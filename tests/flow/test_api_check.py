"""A value against the API's grammar: one finding a mistake, at its place, with help."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.findings import Severity
from generator.flow.api import check_shape, find_shape, find_shape_at, fits_shape, list_node_types
from generator.flow.api.shapes import load_api
from generator.flow.model import ParameterReference

NAMES = st.sampled_from(["name", "type", "text", "data", "amazon.nova-lite-v1:0", "String", "Array", "$.data", ""])
LEAVES = (
    NAMES
    | st.integers(-1, 2000)
    | st.booleans()
    | st.none()
    | st.just(Decimal("0.5"))
    | st.just(ParameterReference("x"))
)
JUNK = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def check(value: Any, shape: str) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.rule.name, finding.path) for finding in check_shape(value, find_shape(shape), ("x",))]


PORT = {"name": "text", "type": "String", "expression": "$.data"}
INFERENCE = "PromptModelInferenceConfiguration"


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        (PORT, "FlowNodeInput", []),
        ({"name": "text", "type": "String"}, "FlowNodeInput", [("MissingKey", ("x",))]),
        ({**PORT, "expresion": 1}, "FlowNodeInput", [("UnknownKey", ("x", "expresion"))]),
        ({**PORT, "type": "string"}, "FlowNodeInput", [("UnknownValue", ("x", "type"))]),
        ({**PORT, "name": "a"}, "FlowNodeInput", [("MalformedValue", ("x", "name"))]),
        ({**PORT, "name": "a__b"}, "FlowNodeInput", [("MalformedValue", ("x", "name"))]),
        ({**PORT, "name": "ab\n"}, "FlowNodeInput", [("MalformedValue", ("x", "name"))]),
        ({**PORT, "name": 5}, "FlowNodeInput", [("WrongType", ("x", "name"))]),
        ({**PORT, "expression": ""}, "FlowNodeInput", [("WrongLength", ("x", "expression"))]),
        ({**PORT, "expression": "x" * 65}, "FlowNodeInput", [("WrongLength", ("x", "expression"))]),
        ("text", "FlowNodeInput", [("WrongType", ("x",))]),
        ({"temperature": Decimal("0.5"), "maxTokens": 5}, INFERENCE, []),
        ({"temperature": 1}, INFERENCE, []),
        ({"temperature": Decimal("1.01")}, INFERENCE, [("ValueOutOfRange", ("x", "temperature"))]),
        ({"temperature": "0.5"}, INFERENCE, [("WrongType", ("x", "temperature"))]),
        ({"temperature": True}, INFERENCE, [("WrongType", ("x", "temperature"))]),
        ({"maxTokens": Decimal("5.5")}, INFERENCE, [("WrongType", ("x", "maxTokens"))]),
        ({"stopSequences": ["a"] * 5}, INFERENCE, [("WrongLength", ("x", "stopSequences"))]),
        ({"stopSequences": ["a", None]}, INFERENCE, [("WrongType", ("x", "stopSequences", 1))]),
        (
            {"text": {"text": "a"}, "chat": {"messages": []}},
            "PromptTemplateConfiguration",
            [("NotExactlyOneKey", ("x",))],
        ),
        ({}, "PromptTemplateConfiguration", [("NotExactlyOneKey", ("x",))]),
        (ParameterReference("p"), "FlowNodeInputName", []),
        (ParameterReference("p"), "FlowNodeInput", [("WrongType", ("x",))]),
        ({"stopSequences": ParameterReference("p")}, INFERENCE, []),
        ("", "FlowKnowledgeBaseId", []),
        ("KB-1", "FlowKnowledgeBaseId", [("MalformedValue", ("x",))]),
    ],
)
def test_a_value_against_a_shape(value: Any, shape: str, expected: list[tuple[str, tuple[str | int, ...]]]) -> None:
    assert check(value, shape) == expected


@pytest.mark.parametrize(
    ("count", "severity"), [(20, None), (21, Severity.WARNING), (100, Severity.WARNING), (101, Severity.ERROR)]
)
def test_connections_above_the_published_model_are_a_warning(count: int, severity: Severity | None) -> None:
    ends = {"sourceOutput": "aa", "targetInput": "bb"}
    connection = {"name": "cc", "source": "dd", "target": "ee", "type": "Data", "configuration": {"data": ends}}
    findings = check_shape([connection] * count, find_shape("FlowConnections"), ())
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
def test_arns_of_every_partition_are_accepted(partition: str) -> None:
    for shape, tail in {
        "FlowAgentAliasArn": "bedrock:us-east-1:123456789012:agent-alias/ABCDEFGHIJ/ABCDEFGHIJ",
        "FlowLambdaArn": "lambda:us-gov-west-1:123456789012:function:look-up",
        "FlowPromptArn": "bedrock:cn-north-1:123456789012:prompt/ABCDEFGHIJ:1",
        "KmsKeyArn": "kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    }.items():
        assert check(f"arn:{partition}:{tail}", shape) == []


def test_a_misspelling_gets_a_suggestion() -> None:
    slip = {"name": "text", "type": "Strin", "expresion": "$.data"}
    findings = {finding.path: finding.help for finding in check_shape(slip, find_shape("FlowNodeInput"), ())}
    assert findings["expresion",] == "Did you mean expression?"
    assert findings["type",].startswith("Did you mean String? ")


def test_free_form_json_is_not_checked() -> None:
    path = ("definition", "nodes", 0, "configuration", "prompt", "sourceConfiguration", "inline")
    shape = find_shape_at((*path, "additionalModelRequestFields"))
    assert shape is not None
    assert check_shape({"anything": [None, {"a": Decimal("1.5")}]}, shape, ()) == []


def test_the_api_has_all_sixteen_node_types() -> None:
    assert len(list_node_types()) == 16


@settings(max_examples=200)
@given(st.sampled_from(sorted(load_api()["shapes"])), JUNK)
def test_a_finding_points_into_the_value(name: str, value: Any) -> None:
    findings = check_shape(value, find_shape(name), ("x",))
    assert fits_shape(value, name) is (not findings)
    for finding in findings:
        place = value
        for part in finding.path[1:]:
            place = place[part]
