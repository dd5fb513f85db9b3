"""Invoking flows in the account: the alias decides who may and which version answers, and the key lets both in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from account.node_use import list_needs
from identities import ACCOUNT, allow, assume, make_operator, make_role, make_service_role, write_document
from refusals import not_authorized, refused
from released import invoke, make_alias, make_definition, make_flow_of, make_version, prepare, read_looping_definition

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")

FLOWS = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/"
KEY_USE = ("kms:GenerateDataKey", "kms:Decrypt")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("runtime")) as bench:
        yield bench


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture(scope="module")
def key(bench: Bench) -> str:
    return str(bench.client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def role(bench: Bench, key: str) -> str:
    arn = make_service_role(bench, "AmazonBedrockFlow-invoked")
    policy = write_document(allow(*KEY_USE, resource=key), allow("bedrock:InvokeModel", sid="Nodes"))
    bench.client("iam").put_role_policy(RoleName="AmazonBedrockFlow-invoked", PolicyName="run", PolicyDocument=policy)
    return arn


@pytest.fixture
def flow(bench: Bench, role: str, key: str, request: pytest.FixtureRequest) -> str:
    return make_flow_of(bench, request.node.name[:90], role, customerEncryptionKeyArn=key)


def test_the_version_of_the_alias_answers(bench: Bench, flow: str) -> None:
    first, second = make_version(bench, flow), make_version(bench, flow)
    alias = make_alias(bench, flow, first)
    assert invoke(bench, flow, alias, "Hello") == {"flowVersion": first, "input": "Hello"}
    bench.client("bedrock-agent").update_flow_alias(
        flowIdentifier=flow, aliasIdentifier=alias, name="live", routingConfiguration=[{"flowVersion": second}]
    )
    assert invoke(bench, flow, alias, "Hello") == {"flowVersion": second, "input": "Hello"}
    assert invoke(bench, FLOWS + flow, f"{FLOWS}{flow}/alias/{alias}", "Hello")["flowVersion"] == second


def test_the_draft_answers_once_it_is_prepared(bench: Bench, flow: str) -> None:
    with refused("ConflictException", "is NotPrepared"):
        invoke(bench, flow, "TSTALIASID", "Hello")
    prepare(bench, flow)
    assert invoke(bench, flow, "TSTALIASID", "Hello")["flowVersion"] == "DRAFT"


def test_what_is_not_there_is_not_invoked(bench: Bench, flow: str) -> None:
    alias = make_alias(bench, flow, make_version(bench, flow))
    with refused("ResourceNotFoundException", "Alias"):
        invoke(bench, flow, "ABCDEFGHIJ", "Hello")
    runtime = bench.client("bedrock-agent-runtime")
    fed = {"content": {"document": "Hello"}, "nodeName": "Nowhere", "nodeOutputName": "document"}
    with refused("ValidationException", "no input node Nowhere"):
        runtime.invoke_flow(flowIdentifier=flow, flowAliasIdentifier=alias, inputs=[fed])


def test_who_may_invoke_one_alias_may_not_invoke_another(bench: Bench, operator: Bench, flow: str, key: str) -> None:
    version = make_version(bench, flow)
    live, other = (make_alias(bench, flow, version, name) for name in ("live", "next"))
    invoking = allow("bedrock:InvokeFlow", resource=f"{FLOWS}{flow}/alias/{live}", sid="Invoke")
    without_key = assume(operator, make_role(bench, "caller-without-key", invoking))
    with not_authorized("kms:GenerateDataKey", key):
        invoke(without_key, flow, live, "Hello")
    caller = assume(operator, make_role(bench, "caller", invoking, allow(*KEY_USE, resource=key, sid="Key")))
    assert invoke(caller, flow, live, "Hello")["flowVersion"] == version
    with not_authorized("bedrock:InvokeFlow", f"{flow}/alias/{other}"):
        invoke(caller, flow, other, "Hello")
    with not_authorized("bedrock:StartFlowExecution", flow):
        start(caller, flow, live)


def test_the_service_role_needs_the_key_to_run(bench: Bench, key: str) -> None:
    role = make_service_role(bench, "AmazonBedrockFlow-keyless-run")
    flow = make_flow_of(bench, "keyless-run", role, customerEncryptionKeyArn=key)
    alias = make_alias(bench, flow, make_version(bench, flow))
    with not_authorized("kms:GenerateDataKey", key) as refusal:
        invoke(bench, flow, alias, "Hello")
    assert "assumed-role/AmazonBedrockFlow-keyless-run/BedrockFlows" in str(refusal.value)


@pytest.mark.parametrize("is_in_loop", [False, True])
def test_the_service_role_needs_what_the_nodes_use_in_loops_too(bench: Bench, is_in_loop: bool) -> None:
    name, iam = f"AmazonBedrockFlow-nodes-{is_in_loop}", bench.client("iam")
    role, definition = make_service_role(bench, name), read_looping_definition() if is_in_loop else make_definition()
    flow = make_flow_of(bench, name, role, definition=definition)
    alias, node = make_alias(bench, flow, make_version(bench, flow)), definition["nodes"][0]["name"]
    with not_authorized("bedrock:InvokeModel", "foundation-model/amazon.nova-lite-v1:0") as refusal:
        invoke(bench, flow, alias, "Hello", node)
    assert f"assumed-role/{name}/BedrockFlows" in str(refusal.value)
    policy = write_document(allow("bedrock:InvokeModel"))
    iam.put_role_policy(RoleName=name, PolicyName="nodes", PolicyDocument=policy)
    assert invoke(bench, flow, alias, "Hello", node) == {"flowVersion": "1", "input": "Hello"}


HOME = f"arn:aws:bedrock:us-east-1:{ACCOUNT}"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/"
ENDPOINT = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/desk"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"modelId": "amazon.nova-lite-v1:0"}, {("InvokeModel", f"{MODEL}amazon.nova-lite-v1:0")}),
        (
            {"modelId": "us.amazon.nova-lite-v1:0"},
            {
                ("InvokeModel", f"{HOME}:inference-profile/us.amazon.nova-lite-v1:0"),
                ("GetInferenceProfile", f"{HOME}:inference-profile/us.amazon.nova-lite-v1:0"),
                ("InvokeModel", f"{MODEL}amazon.nova-lite-v1:0"),
            },
        ),
        (
            {"modelId": f"{HOME}:prompt-router/abc"},
            {
                ("InvokeModel", f"{HOME}:prompt-router/abc"),
                ("GetPromptRouter", f"{HOME}:prompt-router/abc"),
                ("InvokeModel", f"{MODEL}some.model-v1:0"),
            },
        ),
        (
            {"modelId": f"{HOME}:custom-model/abc"},
            {("InvokeModel", f"{HOME}:custom-model/abc"), ("GetCustomModel", f"{HOME}:custom-model/abc")},
        ),
        (
            {"modelId": ENDPOINT},
            {("InvokeEndpoint", ENDPOINT), ("InvokeModel", f"{HOME}:marketplace/model-endpoint/all-access")},
        ),
        (
            {"knowledgeBaseId": "KB1", "modelId": "amazon.nova-lite-v1:0"},
            {
                ("Retrieve", f"{HOME}:knowledge-base/KB1"),
                ("RetrieveAndGenerate", "*"),
                ("InvokeModel", f"{MODEL}amazon.nova-lite-v1:0"),
            },
        ),
        (
            {"knowledgeBaseId": "KB1", "rerankingConfiguration": {"modelArn": f"{MODEL}amazon.rerank-v1:0"}},
            {
                ("Retrieve", f"{HOME}:knowledge-base/KB1"),
                ("Rerank", "*"),
                ("InvokeModel", f"{MODEL}amazon.rerank-v1:0"),
            },
        ),
        ({"guardrailIdentifier": "abc"}, {("ApplyGuardrail", f"{HOME}:guardrail/abc")}),
        ({"agentAliasArn": f"{HOME}:agent-alias/A/B"}, {("InvokeAgent", f"{HOME}:agent-alias/A/B")}),
    ],
)
def test_what_a_node_uses_follows_from_its_configuration(named: dict[str, Any], expected: set[Any]) -> None:
    found = list(list_needs(HOME, {"nodes": [{"configuration": {"any": named}}]}))
    assert {(need.action.split(":")[1], need.resource) for need in found} == expected
    through = {need.resource: need.context for need in found if need.context}
    assert len(through) == (len(expected) == 3 and "knowledgeBaseId" not in named)


def start(bench: Bench, flow: str, alias: str) -> str:
    fed = {"content": {"document": "Hello"}, "nodeName": "Start", "nodeOutputName": "document"}
    runtime = bench.client("bedrock-agent-runtime")
    made = runtime.start_flow_execution(flowIdentifier=flow, flowAliasIdentifier=alias, inputs=[fed])
    return str(made["executionArn"])


def test_an_execution_is_started_read_and_stopped(bench: Bench, flow: str) -> None:
    runtime = bench.client("bedrock-agent-runtime")
    alias = make_alias(bench, flow, make_version(bench, flow))
    made, stopped = start(bench, flow, alias), start(bench, flow, alias)
    named = {"flowIdentifier": flow, "flowAliasIdentifier": alias}
    shown = [runtime.get_flow_execution(**named, executionIdentifier=made)["status"] for _ in range(2)]
    assert shown == ["Running", "Succeeded"]
    assert runtime.stop_flow_execution(**named, executionIdentifier=stopped)["status"] == "Aborted"
    listed = runtime.list_flow_executions(flowIdentifier=flow)["flowExecutionSummaries"]
    assert [item["status"] for item in listed] == ["Succeeded", "Aborted"]
    events = runtime.list_flow_execution_events(**named, executionIdentifier=made, eventType="Flow")
    assert [list(event) for event in events["flowExecutionEvents"]] == [["flowInputEvent"], ["flowOutputEvent"]]
    snapshot = runtime.get_execution_flow_snapshot(**named, executionIdentifier=made)
    assert make_definition()["nodes"][1]["name"] in snapshot["definition"]


def test_an_execution_takes_the_permissions_that_aws_names(bench: Bench, flow: str) -> None:
    runtime = bench.client("bedrock-agent-runtime")
    alias = make_alias(bench, flow, make_version(bench, flow))
    before = len(bench.read_decisions())
    execution = start(bench, flow, alias)
    named = {"flowIdentifier": flow, "flowAliasIdentifier": alias}
    runtime.get_flow_execution(**named, executionIdentifier=execution.rsplit("/", 1)[-1])
    runtime.list_flow_executions(flowIdentifier=flow)
    asked = [item for item in bench.read_decisions()[before:] if "BedrockFlows" not in item["session"]]
    found, arn = [(item["action"], item["resource"]) for item in asked], f"{FLOWS}{flow}"
    assert [item for item in found if item[0].startswith("bedrock:")] == [
        ("bedrock:StartFlowExecution", arn),
        ("bedrock:StartFlowExecution", f"{arn}/alias/{alias}"),
        ("bedrock:GetFlowExecution", arn),
        ("bedrock:GetFlowExecution", f"{arn}/alias/{alias}"),
        ("bedrock:GetFlowExecution", execution),
        ("bedrock:ListFlowExecutions", arn),
    ]


def test_the_agents_api_is_still_found(bench: Bench, flow: str, role: str) -> None:
    flows: Any = bench.client("bedrock-agent")
    assert flows.get_flow(flowIdentifier=flow)["executionRoleArn"] == role
