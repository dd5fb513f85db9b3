"""What each node type needs, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest
from every_kind import MODELS
from flow_documents import make_flow, make_loop, make_prompt
from policy_texts import list_rights, read_small_flow, write_short

from generator.flow.api import find_shape_at, list_node_types
from generator.flow.grant import Grant
from generator.flow.model import ModelKind
from generator.flow.nodes import NODE_TYPES, collect_grants

OWN = "arn:aws:bedrock:us-east-1:123456789012:"


def make_node(kind: str, configuration: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Ask", "type": kind, "configuration": configuration}


def test_the_quotas_are_those_of_the_general_reference() -> None:
    assert {name: node.quota for name, node in NODE_TYPES.items() if node.quota is not None} == {
        "Iterator": 1,
        "Collector": 1,
        "Condition": 5,
        "InlineCode": 5,
        "Lex": 5,
        "Retrieval": 10,
        "Storage": 10,
        "Agent": 20,
        "KnowledgeBase": 20,
        "LambdaFunction": 20,
    }


def test_nodes_with_side_effects_can_leave_their_output_unused() -> None:
    acting = {name for name, node in NODE_TYPES.items() if node.acts}
    assert acting == {"Agent", "LambdaFunction", "Lex", "Loop", "Storage"}


def test_every_node_type_of_the_api_is_known() -> None:
    assert sorted(NODE_TYPES) == sorted(list_node_types())


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_a_type_needs_configuration_if_the_api_defines_keys_for_it(kind: str) -> None:
    shape = find_shape_at(("definition", "nodes", 0, "configuration", NODE_TYPES[kind].configuration))
    assert shape is not None
    assert NODE_TYPES[kind].needs_configuration is bool(shape.members)


ALIAS = f"{OWN}agent-alias/ABCDEFGHIJ/KLMNOPQRST"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:look-up:live"
BOT = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABC/DEF"
PROMPT = f"{OWN}prompt/ABCDEFGHIJ"
GUARD = {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}
NODES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an agent": (
        make_node("Agent", {"agent": {"agentAliasArn": ALIAS}}),
        ["InvokeAgent: bedrock:InvokeAgent on OWN:agent-alias/ABCDEFGHIJ/KLMNOPQRST"],
    ),
    "a function": (
        make_node("LambdaFunction", {"lambdaFunction": {"lambdaArn": FUNCTION}}),
        [f"InvokeFunction: lambda:InvokeFunction on {FUNCTION}"],
    ),
    "a bot": (
        make_node("Lex", {"lex": {"botAliasArn": BOT, "localeId": "en_GB"}}),
        [f"RecognizeUtterance: lex:RecognizeUtterance on {BOT}"],
    ),
    "reading from S3": (
        make_node("Retrieval", {"retrieval": {"serviceConfiguration": {"s3": {"bucketName": "reports"}}}}),
        ["ReadBucket: s3:GetObject on arn:aws:s3:::reports/* if StringEquals aws:ResourceAccount 123456789012"],
    ),
    "writing to S3": (
        make_node("Storage", {"storage": {"serviceConfiguration": {"s3": {"bucketName": "reports"}}}}),
        [
            "WriteBucket: s3:PutObject on arn:aws:s3:::reports/*, arn:aws:s3:::reports "
            "if StringEquals aws:ResourceAccount 123456789012"
        ],
    ),
    "a knowledge base alone": (
        make_node("KnowledgeBase", {"knowledgeBase": {"knowledgeBaseId": "KB1"}}),
        ["RetrieveFromKnowledgeBase: bedrock:Retrieve on OWN:knowledge-base/KB1"],
    ),
    "a knowledge base with a model and a guardrail": (
        make_node(
            "KnowledgeBase",
            {
                "knowledgeBase": {
                    "knowledgeBaseId": "KB1",
                    "modelId": "amazon.nova-lite-v1:0",
                    "guardrailConfiguration": GUARD,
                }
            },
        ),
        [
            "ApplyGuardrail: bedrock:ApplyGuardrail on OWN:guardrail/abc123",
            "InvokeModel: bedrock:InvokeModel on arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            "RetrieveAndGenerate: bedrock:RetrieveAndGenerate on *",
            "RetrieveFromKnowledgeBase: bedrock:Retrieve on OWN:knowledge-base/KB1",
        ],
    ),
    "a managed prompt of a version": (
        make_node("Prompt", {"prompt": {"sourceConfiguration": {"resource": {"promptArn": f"{PROMPT}:7"}}}}),
        ["RenderPrompt: bedrock:RenderPrompt on OWN:prompt/ABCDEFGHIJ:7, OWN:prompt/ABCDEFGHIJ"],
    ),
    "inline code": (make_node("InlineCode", {"inlineCode": {"code": "1", "language": "Python_3"}}), []),
    "an iterator": ({"name": "Ask", "type": "Iterator"}, []),
}


@pytest.mark.parametrize("name", NODES)
def test_a_node_gets_exactly_its_permissions(name: str) -> None:
    node, expected = NODES[name]
    statements, _ = list_rights(make_flow(node))
    assert [write_short(statement) for statement in statements] == expected


@pytest.mark.parametrize("name", NODES)
def test_a_node_in_a_loop_gets_the_same_permissions(name: str) -> None:
    node, expected = NODES[name]
    document = make_flow(make_loop(make_loop(node, name="Inner"), name="Outer"))
    statements, _ = list_rights(document)
    assert [write_short(statement) for statement in statements] == expected
    grants, _ = collect_grants(read_small_flow(document))
    assert {grant.nodes for grant in grants} <= {("Outer/Inner/Ask",)}


def test_nodes_of_one_name_inside_and_outside_a_loop_are_told_apart() -> None:
    document = make_flow(make_prompt(), make_loop(make_prompt(model="amazon.nova-pro-v1:0"), name="Ask2"))
    ((grant,), _) = collect_grants(read_small_flow(document))
    assert grant.nodes == ("Ask", "Ask2/Ask")
    assert len(grant.resources) == 2


def test_findings_about_permissions_are_the_same_in_a_loop() -> None:
    read, managed = NODES["reading from S3"][0], {**NODES["a managed prompt of a version"][0], "name": "Managed"}
    empty = {**make_node("Lex", {"lex": {"botAliasArn": "", "localeId": "en_GB"}}), "name": "Empty"}
    accounts = {"bucket_accounts": {"reports": "111122223333", "report": "111122223333"}}
    found = {}
    for nodes in ([read, managed, empty], [make_loop(read, managed, empty)]):
        statements, findings = list_rights(make_flow(*nodes, permissions=accounts))
        assert "111122223333" in str(statements)
        found[len(nodes)] = [(finding.rule.name, finding.path[-2:]) for finding in findings]
    assert sorted(found[1]) == sorted(found[3])
    assert {rule for rule, _ in found[1]} == {"UnknownPromptModel", "UnnamedResource", "UnusedBucketAccount"}


def test_a_managed_prompt_without_its_model_is_a_warning() -> None:
    node = NODES["a managed prompt of a version"][0]
    _, (finding,) = list_rights(make_flow(node))
    assert finding.rule.name == "UnknownPromptModel"
    assert finding.path[-3:] == ("sourceConfiguration", "resource", "promptArn")
    _, findings = list_rights(make_flow(node, permissions={"models": ["amazon.nova-lite-v1:0"]}))
    assert not findings


def test_an_account_for_a_bucket_that_no_node_uses_is_an_error() -> None:
    node = NODES["reading from S3"][0]
    flow = make_flow(node, permissions={"bucket_accounts": {"report": "111122223333", "reports": "111122223333"}})
    (statement,), (finding,) = list_rights(flow)
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    assert (finding.rule.name, finding.path) == ("UnusedBucketAccount", ("permissions", "bucket_accounts", "report"))


def test_a_guardrail_profile_is_allowed_only_in_the_listed_regions() -> None:
    other = "arn:aws:bedrock:eu-west-3:444455556666:guardrail-profile/eu.guardrail.v1:0"
    by_id = {"id": "us.guardrail.v1:0", "regions": ["us-east-1", "us-west-2", {"$param": "r"}]}
    document = make_flow(
        permissions={"guardrail_profiles": [by_id, other, {"$param": "p"}]}, parameters={"r": {}, "p": {}}
    )
    statements, findings = list_rights(document)
    assert not findings
    assert write_short(statements[0]) == (
        "ApplyGuardrailProfile: bedrock:ApplyGuardrail on "
        "arn:aws:bedrock:us-west-2:123456789012:guardrail-profile/us.guardrail.v1:0, "
        f"OWN:guardrail-profile/us.guardrail.v1:0, {other}, "
        "arn:aws:bedrock:<var.r>:123456789012:guardrail-profile/us.guardrail.v1:0, <var.p>"
    )


def test_permissions_from_a_parameter_use_its_variable() -> None:
    guarded = {
        "knowledgeBaseId": {"$param": "kb"},
        "guardrailConfiguration": {**GUARD, "guardrailIdentifier": {"$param": "g"}},
    }
    prompt = {"prompt": {"sourceConfiguration": {"resource": {"promptArn": {"$param": "p"}}}}}
    bucket = {"retrieval": {"serviceConfiguration": {"s3": {"bucketName": {"$param": "b"}}}}}
    document = make_flow(
        make_node("KnowledgeBase", {"knowledgeBase": guarded}),
        {**make_node("Prompt", prompt), "name": "Managed"},
        {**make_node("Retrieval", bucket), "name": "Fetch"},
        parameters={name: {} for name in ("kb", "g", "p", "b", "a", "k")},
        permissions={"bucket_accounts": {"$b": {"$param": "a"}}, "kms_keys": [{"$param": "k"}]},
    )
    statements, _ = list_rights(document)
    assert [write_short(statement) for statement in statements] == [
        "ApplyGuardrail: bedrock:ApplyGuardrail on <local.guardrail_arn_of_g>",
        "ReadBucket: s3:GetObject on arn:aws:s3:::<var.b>/* if StringEquals aws:ResourceAccount <var.a>",
        "RenderPrompt: bedrock:RenderPrompt on <var.p>, <local.unversioned_p>",
        "RetrieveFromKnowledgeBase: bedrock:Retrieve on OWN:knowledge-base/<var.kb>",
        "UseOtherKeys: kms:GenerateDataKey, kms:Decrypt on <var.k>",
    ]


def test_equal_permissions_share_one_statement() -> None:
    document = make_flow(make_prompt("One"), make_prompt("Two", "amazon.nova-pro-v1:0"), make_prompt("Three"))
    (statement,), _ = list_rights(document)
    assert statement["Resource"] == [
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    ]
    ((grant,), _) = collect_grants(read_small_flow(document))
    assert grant.nodes == ("One", "Two", "Three")


def list_grants_by_kind() -> dict[str, tuple[Grant, ...]]:
    """Return what a flow with a single node of each kind, a model of each kind and each kind of permission needs."""
    ranking = {"modelConfiguration": {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0"}}
    ranked = {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": ranking}
    base = {"knowledgeBaseId": "KB1", "rerankingConfiguration": ranked}
    prompt = {"prompt": {"sourceConfiguration": {"resource": {"promptArn": {"$param": "p"}}}}}
    profile = {"id": "us.guardrail.v1:0", "regions": ["us-east-1"]}
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    flows = {name: make_flow(node) for name, (node, _) in NODES.items()} | {
        "reranking": make_flow(make_node("KnowledgeBase", {"knowledgeBase": base})),
        "a prompt by parameter": make_flow(make_node("Prompt", prompt), parameters={"p": {}}),
        "a guardrail profile": make_flow(NODES["an iterator"][0], permissions={"guardrail_profiles": [profile]}),
        "a key": make_flow(NODES["an iterator"][0], permissions={"kms_keys": [key]}),
    }
    for kind in ModelKind:
        parameters = {"m": {"model": kind.value}}
        flows[f"a parameter of kind {kind}"] = make_flow(make_prompt(model={"$param": "m"}), parameters=parameters)
        flows[f"a model of kind {kind}"] = make_flow(make_prompt(model=MODELS[kind]))
    types = {node["type"] for flow in flows.values() for node in flow["definition"]["nodes"]}
    assert types >= {name for name, kind in NODE_TYPES.items() if kind.list_needs is not None}
    return {name: collect_grants(read_small_flow(flow))[0] for name, flow in flows.items()}


def is_wide(grant: Grant) -> bool:
    return len(grant.resources) > 1 or "*" in str(grant.resources) or "all-access" in str(grant.resources)


def test_permissions_on_more_than_one_resource_have_a_reason() -> None:
    found = list_grants_by_kind()
    bare = {(name, grant.capability) for name, grants in found.items() for grant in grants if not grant.note}
    wide = {(name, grant.capability) for name, grants in found.items() for grant in grants if is_wide(grant)}
    assert wide & bare == set()
    # Of the actions that a node's type or model's kind can need, these are wider; a new one has to be looked at.
    assert {capability for _, capability in wide} == {
        "ApplyGuardrailProfile",
        "InvokeMarketplaceModel",
        "InvokeModelThroughProfile",
        "InvokeModelThroughRouter",
        "ReadBucket",
        "RenderPrompt",
        "Rerank",
        "RetrieveAndGenerate",
        "WriteBucket",
    }


def test_a_joined_statement_keeps_every_reason() -> None:
    plain = {"prompt": {"sourceConfiguration": {"resource": {"promptArn": PROMPT}}}}
    first = {**make_node("Prompt", plain), "name": "Plain"}
    grants, _ = collect_grants(read_small_flow(make_flow(first, NODES["a managed prompt of a version"][0])))
    (grant,) = (grant for grant in grants if grant.capability == "RenderPrompt")
    assert grant.note == "AWS requires permission for the prompt itself as well as its version."
