"""The variables of a module, judged by Terraform itself: what they take and what they refuse."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from flow_documents import make_flow, make_prompt
from hcl_strategies import run_terraform
from plans import plan_document

from generator.model import ModelKind
from generator.render import render_module

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(not shutil.which("terraform"), reason="the terraform command is missing"),
]

HOME = "arn:aws:bedrock:us-east-1:123456789012:"
MODELS = {
    ModelKind.FOUNDATION_MODEL: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    ModelKind.INFERENCE_PROFILE: "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.x.y:0",
    ModelKind.GLOBAL_INFERENCE_PROFILE: f"{HOME}inference-profile/global.amazon.nova-2-lite-v1:0",
    ModelKind.APPLICATION_INFERENCE_PROFILE: f"{HOME}application-inference-profile/abc123",
    ModelKind.PROVISIONED_MODEL: f"{HOME}provisioned-model/abc123",
    ModelKind.CUSTOM_MODEL: f"{HOME}custom-model/amazon.nova-lite-v1:0/abc123",
    ModelKind.CUSTOM_MODEL_DEPLOYMENT: f"{HOME}custom-model-deployment/abc123",
    ModelKind.IMPORTED_MODEL: f"{HOME}imported-model/abc123",
    ModelKind.PROMPT_ROUTER: f"{HOME}prompt-router/abc123",
    ModelKind.DEFAULT_PROMPT_ROUTER: f"{HOME}default-prompt-router/amazon.nova:1",
    ModelKind.MARKETPLACE_ENDPOINT: "arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop",
}
GOOD: dict[str, Any] = {
    **{kind.value.replace("-", "_"): arn for kind, arn in MODELS.items()},
    "agent": f"{HOME}agent-alias/ABCDEFGHIJ/ABCDEFGHIJ",
    "function": "arn:aws-cn:lambda:cn-north-1:123456789012:function:look-up:live",
    "bot": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABC/DEF",
    "prompt": f"{HOME}prompt/ABCDEFGHIJ:7",
    "guardrail": "abc123",
    "guardrail_version": "DRAFT",
    "bucket": "my-bucket",
    "account": "111122223333",
    "base": "KB1",
    "own_key": "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "heat": 0.5,
    "words": ["a", "b"],
    "team": "support desk",
}
FIXED: dict[str, Any] = {
    "name": "a-name",
    "caller_roles": {"a": "arn:aws:iam::123456789012:role/path/name"},
    "caller_principals": {
        "sso": "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1",
        "user": "arn:aws-us-gov:iam::123456789012:user/somebody",
    },
    "caller_policy_name": "flow+callers",
    "permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess",
    "deletion_window_in_days": 7,
    "key_rotation_period_in_days": 2560,
    "tags": {"team": "x"},
}
BAD: dict[str, list[Any]] = {
    **{
        name: ["*", "", value + "*", value + " ", value + "\n"]
        for name, value in GOOD.items()
        if isinstance(value, str)
    },
    "team": ["<x>"],
    "heat": [1.5, -0.1],
    "words": [["a"] * 5],
    "name": ["", "a--b", "ä"],
    "caller_roles": [
        {"a": "arn:aws:iam::123456789012:user/x"},
        {"a": "arn:aws:iam::123456789012:role/*"},
        {"a": "arn:aws:iam::123456789012:role/path/"},
        {"a": "arn:aws:sts::123456789012:assumed-role/x/y"},
        {"a": FIXED["caller_principals"]["sso"]},
        {"a": "arn:aws:iam::123456789012:role/x", "b": "arn:aws:iam::123456789012:role/x"},
    ],
    "caller_principals": [{"a": "*"}, {"a": "arn:aws:iam::123456789012:root"}],
    "caller_policy_name": ["", "a b"],
    "permissions_boundary_arn": ["PowerUserAccess", "arn:aws:iam::aws:policy/*"],
    "deletion_window_in_days": [6, 31, 7.5],
    "key_rotation_period_in_days": [89, 2561, 100.5],
    "tags": [{"AWS:x": "y"}, {"": "y"}, {"a*": "y"}, {"a": "*"}, {"a": "x" * 257}, {"Team": "a", "team": "b"}],
}


def make_node(name: str, kind: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "configuration": {kind[0].lower() + kind[1:]: configuration}}


def refer(name: str) -> dict[str, str]:
    return {"$param": name}


def write_variables(folder: Path) -> None:
    """Write the variables of a flow that has a parameter of every kind."""
    models = [
        make_prompt(f"Model{number}", refer(kind.value.replace("-", "_"))) for number, kind in enumerate(ModelKind)
    ]
    inline = models[0]["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline["inferenceConfiguration"] = {"text": {"temperature": refer("heat"), "stopSequences": refer("words")}}
    guard = {"guardrailIdentifier": refer("guardrail"), "guardrailVersion": refer("guardrail_version")}
    models[0]["configuration"]["prompt"]["guardrailConfiguration"] = guard
    flow = make_flow(
        *models,
        make_node("Help", "Agent", agentAliasArn=refer("agent")),
        make_node("Call", "LambdaFunction", lambdaArn=refer("function")),
        make_node("Hear", "Lex", botAliasArn=refer("bot"), localeId="en_GB"),
        make_node("Say", "Prompt", sourceConfiguration={"resource": {"promptArn": refer("prompt")}}),
        make_node("Find", "KnowledgeBase", knowledgeBaseId=refer("base"), modelId="amazon.nova-lite-v1:0"),
        make_node("Fetch", "Retrieval", serviceConfiguration={"s3": {"bucketName": refer("bucket")}}),
        parameters={name: {} for name in GOOD}
        | {kind.value.replace("-", "_"): {"model": kind.value} for kind in ModelKind},
        permissions={"bucket_accounts": {"$bucket": refer("account")}, "kms_keys": [refer("own_key")]},
        tags={"team": refer("team")},
    )
    files = render_module(plan_document(flow))
    (folder / "variables.tf").write_text(files["variables.tf"], encoding="utf-8")


def plan_with(folder: Path, values: dict[str, Any]) -> str:
    """Return what Terraform says against these values."""
    (folder / "terraform.tfvars.json").write_text(json.dumps(values), encoding="utf-8")
    return run_terraform(folder, "plan", "-input=false", "-no-color").stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("variables")
    write_variables(folder)
    return folder


def test_good_values_are_taken(folder: Path) -> None:
    assert set(re.findall(r'variable "(\w+)"', (folder / "variables.tf").read_text())) == {*GOOD, *FIXED}
    assert plan_with(folder, {**GOOD, **FIXED}) == ""
    assert plan_with(folder, {**GOOD, **dict.fromkeys(("name", "caller_policy_name", "deletion_window_in_days"))}) == ""


@pytest.mark.parametrize("turn", range(max(map(len, BAD.values()))))
def test_bad_values_are_refused_each_by_its_own_variable(folder: Path, turn: int) -> None:
    bad = {name: values[turn] for name, values in BAD.items() if turn < len(values)}
    said = plan_with(folder, {**GOOD, **FIXED, **bad})
    refused = set(re.findall(r"│ var\.(\w+) is ", said))
    assert refused == set(bad)


def test_null_stands_for_no_parameter(folder: Path) -> None:
    assert "required variable may not be set to null" in plan_with(folder, {**GOOD, "base": None})
