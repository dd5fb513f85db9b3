"""What the resource rejects although the API accepts it, with its location, and the order in a block."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flow_documents import load_document, make_flow, make_prompt, read
from paths import DEFINITIONS
from plans import INLINE_CHAT

from generator.findings import Finding
from generator.flow.model import Engine, Flow, Node, ParameterReference
from generator.flow.reading import read_flow
from generator.project.discovery import DiskReader
from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, write_block
from generator.terraform.resource import translate_definition

REFERENCE = Path(__file__).parents[3] / "shared" / "reference_module"
NODE = ("definition", "nodes", 1)


def load_flow(document: dict[str, Any]) -> Flow:
    reading = read(document)
    assert reading.flow is not None, reading.findings
    return reading.flow


def list_findings(flow: Flow) -> list[tuple[str, tuple[str | int, ...]]]:
    _, findings = translate_definition(flow, lambda node, path, text: text)
    return [(finding.rule.name, finding.path) for finding in findings]


def find_only(flow: Flow) -> Finding:
    _, (finding,) = translate_definition(flow, lambda node, path, text: text)
    return finding


def make_flow_with_expression(expression: str) -> Flow:
    node = make_prompt()
    node["inputs"][0]["expression"] = expression
    return load_flow(make_flow(node))


def make_inline(**inline: object) -> Flow:
    """Return a flow whose prompt is changed after reading, so that the check of the API's grammar does not see it."""
    flow = load_flow(make_flow())
    node = make_prompt()
    node["configuration"]["prompt"]["sourceConfiguration"]["inline"] |= inline
    nodes = flow.definition["nodes"]
    assert isinstance(nodes, list)
    return replace(flow, definition={**flow.definition, "nodes": [nodes[0], node, nodes[2]]})


@pytest.mark.parametrize(("text", "is_taken"), [("a" * 64, True), ("ä" * 32, True), ("ä" * 32 + "a", False)])
def test_an_expression_is_counted_in_bytes(text: str, is_taken: bool) -> None:
    place = (*NODE, "inputs", 0, "expression")
    flow = make_flow_with_expression(text)
    assert list_findings(flow) == ([] if is_taken else [("ProviderIsStricter", place)])


def test_the_finding_contains_the_length_of_the_string() -> None:
    finding = find_only(make_flow_with_expression("é" * 40))
    assert "'expression'" in finding.message
    assert "1 to 64 bytes" in finding.message
    assert "80" in finding.message


@pytest.mark.parametrize(("text", "is_taken"), [("a" * 200, True), ("ä" * 101, False)])
def test_the_description_of_the_flow_is_checked_too(text: str, is_taken: bool) -> None:
    flow = load_flow(make_flow(description=text))
    assert list_findings(flow) == ([] if is_taken else [("ProviderIsStricter", ("description",))])


def test_a_parameter_without_a_value_is_not_checked() -> None:
    flow = replace(make_flow_with_expression("$.data"), description=ParameterReference("about"))
    assert list_findings(flow) == []


def test_empty_code_is_rejected() -> None:
    configuration = {"inlineCode": {"language": "Python_3", "code": ""}}
    code = {"name": "Ask", "type": "InlineCode", "configuration": configuration}
    place = (*NODE, "configuration", "inlineCode", "code")
    assert list_findings(load_flow(make_flow(code))) == [("ProviderIsStricter", place)]


def test_a_guardrail_without_identifier_and_version_is_two_findings() -> None:
    node = make_prompt()
    node["configuration"]["prompt"]["guardrailConfiguration"] = {}
    place = (*NODE, "configuration", "prompt", "guardrailConfiguration")
    assert list_findings(load_flow(make_flow(node))) == [("ProviderIsStricter", place)] * 2


def test_a_chat_without_messages_is_rejected() -> None:
    node = make_prompt()
    inline = node["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline |= {"templateType": "CHAT", "templateConfiguration": {"chat": {"messages": []}}}
    place = (*NODE, "configuration", "prompt", "sourceConfiguration", "inline", "templateConfiguration", "chat")
    assert list_findings(load_flow(make_flow(node))) == [("ProviderIsStricter", (*place, "messages"))]


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_of_several_is_required(count: int) -> None:
    system = {"text": "One", "cachePoint": {"type": "default"}} if count else {}
    chat = {"messages": [{"role": "user", "content": [{"text": "Say it."}]}], "system": [system]}
    finding = find_only(make_inline(templateType="CHAT", templateConfiguration={"chat": chat}))
    assert finding.rule.name == "ProviderIsStricter"
    assert finding.path[-2:] == ("system", 0)
    assert f"exactly one of text, cachePoint here, but there are {count}" in finding.message


def test_parameters_become_variables_and_prompts_go_where_they_are_placed() -> None:
    node = make_prompt(model={"$param": "model"})
    inline = node["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline["inferenceConfiguration"]["text"]["stopSequences"] = {"$param": "stops"}
    inline["additionalModelRequestFields"] = {"top_k": 3}
    parameters = {"model": {"description": "A model"}, "stops": {"description": "Where to stop"}}
    asked = []

    def place_text(node: Node, path: tuple[str | int, ...], text: str) -> Reference:
        asked.append((node.name, path, text))
        return Reference("local.text")

    block, findings = translate_definition(load_flow(make_flow(node, parameters=parameters)), place_text)
    assert findings == []
    attributes = dict(list_attributes(block))
    assert attributes["model_id"] == Reference("var.model")
    assert attributes["stop_sequences"] == Reference("var.stops")
    assert attributes["additional_model_request_fields"] == Call("jsonencode", ({"top_k": 3},))
    assert attributes["text"] == Reference("local.text")
    place = ("prompt", "sourceConfiguration", "inline", "templateConfiguration", "text", "text")
    assert asked == [("Ask", (*NODE, "configuration", *place), "Say {{question}}.")]


def list_attributes(block: Block) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for item in block.body:
        if isinstance(item, Attribute):
            found.append((item.name, item.value))
        elif isinstance(item, Block):
            found += list_attributes(item)
    return found


def list_positions(block: Block) -> list[list[str]]:
    """Return the type of each block, followed by the kinds of its items, in order."""
    kinds = [
        "block" if isinstance(item, Block) else "attribute" for item in block.body if not isinstance(item, Comment)
    ]
    inner = [position for item in block.body if isinstance(item, Block) for position in list_positions(item)]
    return [[block.type, *kinds], *inner]


@pytest.mark.parametrize("path", [*DEFINITIONS, INLINE_CHAT], ids=lambda path: path.stem)
def test_an_example_is_translated_completely_with_attributes_before_blocks(path: Path) -> None:
    flow = read_flow(load_document(path), DiskReader(path.parent)).flow
    assert flow is not None
    block, findings = translate_definition(flow, lambda node, path, text: text)
    assert findings == []
    assert isinstance(block, Block) == (flow.engine is Engine.NATIVE)
    for _, *kinds in list_positions(block) if isinstance(block, Block) else ():
        assert kinds == sorted(kinds)


def list_tokens(text: str) -> list[str]:
    return [line.strip().replace(" ", "") for line in text.splitlines() if line.strip()]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the module written by hand is not here")
def test_the_block_equals_the_handwritten_one() -> None:
    text = (REFERENCE / "support-triage" / "main.tf").read_text(encoding="utf-8")
    written = text[text.index("  definition {") : text.index("  # The rights of the nodes")]
    (path,) = (REFERENCE / "flows").glob("support-triage.flow.*")
    flow = read_flow(load_document(path), DiskReader(path.parent)).flow
    assert flow is not None
    block, findings = translate_definition(
        flow,
        lambda node, path, text: Call("file", (Template((Reference("path.module"), f"/prompts/{node.name}.txt")),)),
    )
    assert findings == []
    assert list_tokens(write_block(block)) == list_tokens(written)
