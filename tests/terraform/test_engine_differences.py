"""What the API accepts and an engine does not: exactly this, each reported where it is, in loops too."""

from __future__ import annotations

from typing import Any

import pytest
from every_kind import make_node
from flow_documents import make_flow, make_prompt, read
from unexpressible import Difference, list_differences

from generator.findings import Finding
from generator.flow.model import Engine, Node
from generator.source.position import Path
from generator.terraform.hcl import Attribute
from generator.terraform.resource import translate_definition

NATIVE, CLOUD_CONTROL = Engine
TEXT = {"text": "Say it."}
LONG = "é" * 33
ORCHESTRATION = {"promptTemplate": {"textPromptTemplate": "$query$"}}
RANKING = {"type": "BEDROCK_RERANKING_MODEL"}
ISO_FUNCTION = "arn:aws-iso:lambda:us-iso-east-1:123456789012:function:look-up"
CHINESE_BOT = "arn:aws-cn:lex:cn-north-1:123456789012:bot-alias/ABC/DEF"


def make_knowledge_base(**more: object) -> dict[str, Any]:
    return make_node("Ask", "KnowledgeBase", **{"knowledgeBaseId": "KB1", "modelId": "amazon.nova-lite-v1:0"} | more)


def make_inline(**more: object) -> dict[str, Any]:
    node = make_prompt()
    node["configuration"]["prompt"]["sourceConfiguration"]["inline"] |= more
    return node


def make_text(**more: object) -> dict[str, Any]:
    return make_inline(templateConfiguration={"text": {"text": "Say {{question}}."} | more})


def make_chat(content: list[dict[str, Any]], **tool: object) -> dict[str, Any]:
    messages = [{"role": "user", "content": content}] if content else []
    chat: dict[str, Any] = {"messages": messages}
    if tool:
        spec = {"name": "look_up", "inputSchema": {"json": {"type": "object"}}, **tool}
        chat["toolConfiguration"] = {"tools": [{"toolSpec": spec}]}
    return make_inline(templateType="CHAT", templateConfiguration={"chat": chat})


def make_guarded(**guard: object) -> dict[str, Any]:
    return make_knowledge_base(guardrailConfiguration=guard)


def make_loop(*inner: dict[str, Any]) -> dict[str, Any]:
    return make_node("Again", "Loop", definition={"nodes": list(inner), "connections": []})


def make_condition(expression: str) -> dict[str, Any]:
    conditions = [{"name": "short", "expression": expression}, {"name": "default"}]
    return make_node("Ask", "Condition", conditions=conditions)


def make_input(expression: str) -> dict[str, Any]:
    return make_prompt() | {"inputs": [{"name": "question", "type": "String", "expression": expression}]}


def make_bucket(node_type: str) -> dict[str, Any]:
    return make_node("Ask", node_type, serviceConfiguration={"s3": {"bucketName": ""}})


CONTROLLER = make_node("Ask", "LoopController", continueCondition={"name": "again", "expression": "x > 1"})
MISMATCHED = make_prompt()
KNOWLEDGE_BASE, PROMPT = "KnowledgeBaseFlowNodeConfiguration", "PromptFlowNodeInlineConfiguration"
Sample = tuple[dict[str, Any], str]
"""A node with something that an engine does not accept, and the last key of the path that is reported."""
DIFFERENCES: dict[Engine, dict[Difference, Sample]] = {
    NATIVE: {
        ("AgentFlowNodeConfiguration", "agentAliasArn", "ARN"): (
            make_node("Ask", "Agent", agentAliasArn=""),
            "agentAliasArn",
        ),
        ("ChatPromptTemplateConfiguration", "messages", "items from 1"): (make_chat([]), "messages"),
        ("FlowCondition", "expression", "bytes 1..64"): (make_condition(f'x == "{LONG}"'), "expression"),
        ("FlowNode", "type", "value Loop"): (make_loop(), "type"),
        ("FlowNode", "type", "value LoopController"): (CONTROLLER, "type"),
        ("FlowNode", "type", "value LoopInput"): (make_node("Ask", "LoopInput"), "type"),
        ("FlowNodeConfiguration", "loop", "key"): (
            MISMATCHED | {"configuration": {"loop": {"definition": {}}}},
            "loop",
        ),
        ("FlowNodeConfiguration", "loopController", "key"): (
            MISMATCHED | {"configuration": CONTROLLER["configuration"]},
            "loopController",
        ),
        ("FlowNodeConfiguration", "loopInput", "key"): (MISMATCHED | {"configuration": {"loopInput": {}}}, "loopInput"),
        ("FlowNodeInput", "expression", "bytes 1..64"): (make_input(f"$.data.{LONG}"), "expression"),
        ("GuardrailConfiguration", "guardrailIdentifier", "required"): (
            make_guarded(guardrailVersion="DRAFT"),
            "guardrailConfiguration",
        ),
        ("GuardrailConfiguration", "guardrailVersion", "required"): (
            make_guarded(guardrailIdentifier="abc"),
            "guardrailConfiguration",
        ),
        ("InlineCodeFlowNodeConfiguration", "code", "bytes 1..5000000"): (
            make_node("Ask", "InlineCode", language="Python_3", code=""),
            "code",
        ),
        (KNOWLEDGE_BASE, "modelId", "required"): (
            make_node("Ask", "KnowledgeBase", knowledgeBaseId="KB1"),
            "knowledgeBase",
        ),
        (KNOWLEDGE_BASE, "orchestrationConfiguration", "key"): (
            make_knowledge_base(orchestrationConfiguration=ORCHESTRATION),
            "orchestrationConfiguration",
        ),
        (KNOWLEDGE_BASE, "promptTemplate", "key"): (
            make_knowledge_base(promptTemplate={"textPromptTemplate": "$search_results$"}),
            "promptTemplate",
        ),
        (KNOWLEDGE_BASE, "rerankingConfiguration", "key"): (
            make_knowledge_base(rerankingConfiguration=RANKING),
            "rerankingConfiguration",
        ),
        ("LambdaFunctionFlowNodeConfiguration", "lambdaArn", "ARN"): (
            make_node("Ask", "LambdaFunction", lambdaArn=""),
            "lambdaArn",
        ),
        ("LexFlowNodeConfiguration", "botAliasArn", "ARN"): (
            make_node("Ask", "Lex", botAliasArn="", localeId="en_GB"),
            "botAliasArn",
        ),
        ("Message", "content", "items to 1"): (make_chat([TEXT, TEXT]), "content"),
        ("PromptFlowNodeResourceConfiguration", "promptArn", "ARN"): (
            make_node("Ask", "Prompt", sourceConfiguration={"resource": {"promptArn": ""}}),
            "promptArn",
        ),
        ("PromptInputVariable", "name", "required"): (make_text(inputVariables=[{}]), "0"),
        ("ToolSpecification", "strict", "key"): (make_chat([TEXT], strict=True), "strict"),
    },
    CLOUD_CONTROL: {
        ("AgentFlowNodeConfiguration", "agentAliasArn", "pattern"): (
            make_node("Ask", "Agent", agentAliasArn=""),
            "agentAliasArn",
        ),
        (KNOWLEDGE_BASE, "knowledgeBaseId", "pattern"): (make_knowledge_base(knowledgeBaseId=""), "knowledgeBaseId"),
        ("KnowledgeBasePromptTemplate", "textPromptTemplate", "required"): (
            make_knowledge_base(promptTemplate={}),
            "promptTemplate",
        ),
        ("LambdaFunctionFlowNodeConfiguration", "lambdaArn", "pattern"): (
            make_node("Ask", "LambdaFunction", lambdaArn=ISO_FUNCTION),
            "lambdaArn",
        ),
        ("LexFlowNodeConfiguration", "botAliasArn", "pattern"): (
            make_node("Ask", "Lex", botAliasArn=CHINESE_BOT, localeId="en_GB"),
            "botAliasArn",
        ),
        ("LexFlowNodeConfiguration", "localeId", "characters from 1"): (
            make_node(
                "Ask", "Lex", botAliasArn=CHINESE_BOT.replace("-cn", "").replace("cn-north", "us-east"), localeId=""
            ),
            "localeId",
        ),
        (PROMPT, "additionalModelRequestFields", "key"): (
            make_inline(additionalModelRequestFields={"top_k": 3}),
            "additionalModelRequestFields",
        ),
        (PROMPT, "modelId", "characters from 1"): (make_inline(modelId=""), "modelId"),
        (PROMPT, "templateType", "value CHAT"): (make_chat([TEXT]), "templateType"),
        ("PromptFlowNodeResourceConfiguration", "promptArn", "pattern"): (
            make_node("Ask", "Prompt", sourceConfiguration={"resource": {"promptArn": ""}}),
            "promptArn",
        ),
        ("PromptModelInferenceConfiguration", "maxTokens", "range to 4096"): (
            make_inline(inferenceConfiguration={"text": {"maxTokens": 4097}}),
            "maxTokens",
        ),
        ("PromptTemplateConfiguration", "chat", "key"): (
            make_inline(templateConfiguration={"chat": {"messages": [{"role": "user", "content": [TEXT]}]}}),
            "chat",
        ),
        ("RetrievalFlowNodeS3Configuration", "bucketName", "pattern"): (make_bucket("Retrieval"), "bucketName"),
        ("StorageFlowNodeS3Configuration", "bucketName", "pattern"): (make_bucket("Storage"), "bucketName"),
        ("TextPromptTemplateConfiguration", "cachePoint", "key"): (
            make_text(cachePoint={"type": "default"}),
            "cachePoint",
        ),
        ("TextPromptTemplateConfiguration", "text", "characters to 200000"): (make_text(text="é" * 200_001), "text"),
    },
}
"""API minus engine. If a refresh of either side changes this, review it before accepting it."""
WIDER = {(PROMPT, "modelId", "pattern")}
"""Patterns of CloudFormation that are not the API's, but reject nothing that the API accepts."""
SAMPLES = [(engine, what) for engine, differences in DIFFERENCES.items() for what in differences]
of_each_difference = pytest.mark.parametrize(
    ("engine", "what"), SAMPLES, ids=[f"{engine}-{'.'.join(what)}" for engine, what in SAMPLES]
)


def report(node: dict[str, Any], engine: Engine) -> list[Finding]:
    reading = read(make_flow(node, engine=engine.value))
    assert reading.flow is not None, reading.findings
    return translate_definition(reading.flow, lambda node, path, text: text)[1]


def is_rule_of(what: Difference, finding: Finding) -> bool:
    kind = what[2].partition(" ")[0]
    is_lacking = kind in ("key", "value") or what[2] == "items to 1"
    return finding.rule.name == ("ProviderCannotExpress" if is_lacking else "ProviderIsStricter")


@pytest.mark.parametrize("engine", Engine)
def test_api_minus_engine_is_exactly_this(engine: Engine) -> None:
    differences = set(list_differences(engine))
    assert differences - WIDER == set(DIFFERENCES[engine])
    assert engine is NATIVE or differences >= WIDER


@of_each_difference
def test_each_difference_is_reported_once(engine: Engine, what: Difference) -> None:
    node, end = DIFFERENCES[engine][what]
    (finding,) = report(node, engine)
    assert str(finding.path[-1]) == end
    assert finding.path[:3] == ("definition", "nodes", 1)
    assert is_rule_of(what, finding)
    assert finding.message.startswith(f"Engine `{engine}` (")


@of_each_difference
def test_each_difference_is_reported_in_a_loop_too(engine: Engine, what: Difference) -> None:
    node, end = DIFFERENCES[engine][what]
    (finding,) = report(make_loop(make_loop(node)), engine)
    inner: Path = ("definition", "nodes", 1)
    if engine is CLOUD_CONTROL:
        inner += ("configuration", "loop", "definition", "nodes", 0) * 2
    assert finding.path[: len(inner)] == inner
    assert str(finding.path[-1]) == (end if engine is CLOUD_CONTROL else "type")


@of_each_difference
def test_the_help_names_the_other_engine_exactly_if_it_accepts_the_same(engine: Engine, what: Difference) -> None:
    node, _ = DIFFERENCES[engine][what]
    (other,) = set(Engine) - {engine}
    (finding,) = report(node, engine)
    # AWS probably rejects inline chat prompts, whatever the engine.
    is_chat = "CHAT" in finding.message
    assert (f"et `engine: {other}`" in finding.help) == (not is_chat and not report(node, other))
    assert f"engine: {engine}" not in finding.help
    assert ("`flowseal rules EngineChange`" in finding.help) == (f"`engine: {CLOUD_CONTROL}`" in finding.help)


def test_prompts_and_code_in_loops_go_where_they_are_placed() -> None:
    code = make_node("Ask", "InlineCode", language="Python_3", code="1 + 1")
    search = make_knowledge_base(
        promptTemplate={"textPromptTemplate": "Found"}, orchestrationConfiguration=ORCHESTRATION
    )
    loop = make_loop(code, make_loop(make_prompt(), search))
    flow = read(make_flow(make_prompt(), loop, engine="cloud-control")).flow
    assert flow is not None
    asked: list[tuple[Path, str]] = []

    def place_text(node: Node, path: Path, text: str) -> str:
        assert path[: len(node.path)] == node.path
        asked.append((node.path, text))
        return f"<{len(asked)}>"

    made, findings = translate_definition(flow, place_text)
    assert findings == []
    inner = ("configuration", "loop", "definition", "nodes")
    outer: Path = ("definition", "nodes")
    assert asked == [
        ((*outer, 1), "Say {{question}}."),
        ((*outer, 2, *inner, 0), "1 + 1"),
        ((*outer, 2, *inner, 1, *inner, 0), "Say {{question}}."),
        ((*outer, 2, *inner, 1, *inner, 1), "Found"),
        ((*outer, 2, *inner, 1, *inner, 1), "$query$"),
    ]
    assert isinstance(made, Attribute)
    value: Any = made.value
    again = value["Nodes"][2]["Configuration"]["Loop"]["Definition"]["Nodes"]
    assert again[0]["Configuration"]["InlineCode"] == {"Language": "Python_3", "Code": "<2>"}
    assert again[1]["Configuration"]["Loop"]["Definition"]["Nodes"][1]["Configuration"]["KnowledgeBase"][
        "OrchestrationConfiguration"
    ] == {"PromptTemplate": {"TextPromptTemplate": "<5>"}}
    assert [node["Name"] for node in value["Nodes"]] == ["Start", "Ask", "Again", "End"]
