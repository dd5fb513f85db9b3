"""The comparison with AWS's own validation, against a stand-in of that one call (botocore's, which knows its model)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT / "tools"))

boto3 = pytest.importorskip("boto3")
stub = pytest.importorskip("botocore.stub")
compare_with_aws = pytest.importorskip("compare_with_aws")

SOME_CASE = ROOT / "tests" / "cases"
CYCLE = SOME_CASE / "cyclic-connections" / "input" / "wrong.flow.yaml"
CHAIN = SOME_CASE / "unreachable-node" / "input" / "wrong-a-chain.flow.yaml"
RIGHT = ROOT / "examples" / "flows" / "policy-answers" / "policy-answers.flow.yaml"


@pytest.fixture
def aws() -> Iterator[Any]:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("bedrock-agent", region_name="us-east-1", **keys)
    with stub.Stubber(client) as stubber:
        stubber.client = client
        yield stubber


def answer(aws: Any, *validations: tuple[str, dict[str, str]]) -> Any:
    """Let AWS say this, whatever it is asked; botocore checks the question and the answer against its model."""
    told = [
        {"message": kind, "severity": "Error", "type": kind, "details": {kind[0].lower() + kind[1:]: details}}
        for kind, details in validations
    ]
    aws.add_response("validate_flow_definition", {"validations": told})
    return aws.client


def test_findings_of_both_are_no_difference(aws: Any) -> None:
    client = answer(aws, ("CyclicConnection", {"connection": "Check_response_to_Draft_notes"}))
    assert compare_with_aws.compare(CYCLE, {}, client) == []


def test_findings_of_only_one_are_reported(aws: Any) -> None:
    client = answer(aws, ("UnreachableNode", {"node": "End"}))
    lines = compare_with_aws.compare(CYCLE, {}, client)
    assert lines[0] == "AWS alone: UnreachableNode (End): Error: UnreachableNode"
    assert lines[1].startswith("flowseal alone: CyclicConnection (Check, Check_response_to_Draft_notes, Draft")
    assert len(lines) == 2


def test_a_combined_finding_agrees_with_each_of_its_parts(aws: Any) -> None:
    client = answer(aws, *(("UnreachableNode", {"node": name}) for name in ("First", "Second", "Third")))
    assert compare_with_aws.compare(CHAIN, {}, client) == []


def test_kinds_without_details_are_compared_by_their_kind() -> None:
    ours = [compare_with_aws.Verdict("MissingEndingNodes", frozenset(), "none")]
    assert compare_with_aws.list_differences(ours, ours) == []
    assert len(compare_with_aws.list_differences(ours, [])) == 1


def test_parameters_are_filled_in_and_the_request_is_valid(aws: Any) -> None:
    given = {"policy_documents_id": "KB12345678", "guardrail": "abc123", "temperature": "0.5"}
    assert compare_with_aws.compare(RIGHT, given, answer(aws)) == []


def test_a_parameter_without_a_value_is_requested(aws: Any) -> None:
    with pytest.raises(compare_with_aws.UnusableError, match="--value policy_documents_id="):
        compare_with_aws.compare(RIGHT, {}, answer(aws))


def test_an_invalid_definition_is_not_sent(tmp_path: Path, aws: Any) -> None:
    path = tmp_path / "a.flow.yaml"
    path.write_text("name: small\ndefinition: {nodes: 1}\n", encoding="utf-8")
    with pytest.raises(compare_with_aws.UnusableError, match="wrong in shape"):
        compare_with_aws.compare(path, {}, answer(aws))
