"""Whole documents: real ones, ones with loops, and ones of which only a part can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flow_documents import conditional, data, make_flow, make_prompt, read
from paths import ROOT

from generator.findings import Severity, locate_finding
from generator.pipeline import CheckedDefinition, DefinitionText, check_definitions
from generator.progress import Timings
from generator.project.discovery import DiskReader
from generator.source import read_document
from generator.source.position import Path as Place
from generator.validation import validate_flow

REAL = ROOT.parent / "shared" / "real_flows"
WITHIN: Place = ("definition", "nodes", 1, "configuration", "loop", "definition")


def check(file: str, data: bytes, folder: Path) -> CheckedDefinition:
    (checked,) = check_definitions(
        [DefinitionText(file, data, DiskReader(folder))], for_terraform=False, timings=Timings()
    )
    return checked


def lower_keys(value: Any) -> Any:
    """Return a CloudFormation definition under the API's names."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower_keys(item) for key, item in value.items()}
    return [lower_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.skipif(not REAL.exists(), reason="AWS's published flows are not here")
@pytest.mark.parametrize("name", ["bedrock_flows", "conditions_flow", "prompt_guardrail_flow", "rag_kb_flow"])
def test_aws_s_published_flows_are_valid(name: str) -> None:
    document = json.loads((REAL / f"{name}.json").read_text(encoding="utf-8"))
    if "Resources" in document:
        definition = document["Resources"]["BedrockFlow"]["Properties"]["Definition"]
        document = {"name": "published", "definition": lower_keys(definition)}
    checked = check(f"{name}.json", json.dumps(document).encode(), REAL)
    assert [finding for finding in checked.findings if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize("path", [*ROOT.glob("examples/flows/*/*.flow.*"), *ROOT.glob("tests/flow/documents/*.flow.*")])
def test_the_project_s_own_flows_are_valid(path: Path) -> None:
    assert check(path.name, path.read_bytes(), path.parent).findings == ()


def make_loop_flow() -> dict[str, Any]:
    path = ROOT / "tests" / "flow" / "documents" / "draft-until-good.flow.yaml"
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    return dict(document.value)  # type: ignore[call-overload, no-any-return]


def list_found(document: dict[str, Any]) -> list[tuple[str, Place]]:
    outline = read(document).outline
    assert outline is not None
    return [(finding.rule.name, finding.path) for finding in validate_flow(outline)]


def find_body(document: dict[str, Any]) -> Any:
    value: Any = document
    for part in WITHIN:
        value = value[part]
    return value


def test_nested_loops_are_checked() -> None:
    document = make_loop_flow()
    inner = make_loop_flow()["definition"]["nodes"][1] | {"name": "Inner"}
    body = find_body(document)
    body["nodes"].append(inner)
    body["connections"].append(data("Enter", "draft", "Inner", "loopInput", name="IntoInner"))
    inner["configuration"]["loop"]["definition"]["nodes"][3]["inputs"][0]["expression"] = "$.dat"
    place = (*WITHIN, "nodes", 4, "configuration", "loop", "definition", "nodes", 3, "inputs", 0, "expression")
    assert list_found(document) == [("MalformedNodeInputExpression", place)]


def test_names_of_an_outer_loop_are_not_visible_in_an_inner_one() -> None:
    document = make_loop_flow()
    inner = make_loop_flow()["definition"]["nodes"][1] | {"name": "Inner"}
    body = find_body(document)
    body["nodes"].append(inner)
    body["connections"].append(data("Enter", "draft", "Inner", "loopInput", name="IntoInner"))
    inner["configuration"]["loop"]["definition"]["connections"][0]["source"] = "Topic"
    place = (*WITHIN, "nodes", 4, "configuration", "loop", "definition", "connections", 0, "source")
    assert list_found(document) == [("InvalidLoopBoundary", place)]


def test_the_condition_that_ends_a_loop_is_read() -> None:
    document = make_loop_flow()
    find_body(document)["nodes"][3]["configuration"]["loopController"]["continueCondition"]["expression"] = "good"
    place = (*WITHIN, "nodes", 3, "configuration", "loopController", "continueCondition", "expression")
    assert list_found(document) == [("MalformedConditionExpression", place)]


def test_quotas_count_nodes_in_loops() -> None:
    document = make_loop_flow()
    judge = find_body(document)["nodes"][2]
    for number in range(5):
        code = {**judge, "name": f"More{number}"}
        document["definition"]["nodes"].append(code)
        document["definition"]["connections"].append(
            data("Topic", "document", code["name"], "text", name=f"To{number}")
        )
    found = [item for item in list_found(document) if item[0] == "NodeQuotaExceeded"]
    assert found == [("NodeQuotaExceeded", ("definition", "nodes", 7, "name"))]


@pytest.mark.parametrize(("count", "is_told"), [(33, False), (34, True)])
def test_the_total_node_quota_counts_nodes_in_loops(count: int, is_told: bool) -> None:
    document = make_loop_flow()
    improve = find_body(document)["nodes"][1]
    document["definition"]["nodes"] += [{**improve, "name": f"More{number}"} for number in range(count)]
    assert len(document["definition"]["nodes"]) + len(find_body(document)["nodes"]) == 7 + count
    found = [item for item in list_found(document) if item[0] == "NodeQuotaExceeded"]
    assert found == ([("NodeQuotaExceeded", ("definition", "nodes", 36, "name"))] if is_told else [])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("nodes", 1, "inputs"), "none"),
        (("nodes", 1, "inputs", 0, "type"), "Text"),
        (("nodes", 1, "outputs"), [{"name": "modelCompletion"}]),
        (("nodes", 1, "output"), []),
        (("nodes", 1, "configuration"), {}),
        (
            ("nodes", 1, "configuration", "prompt", "sourceConfiguration", "inline", "templateConfiguration"),
            {"txt": {}},
        ),
        (("nodes", 1, "configuration", "prompt", "guardrail"), {}),
        (("nodes", 1), None),
        (("nodes", 1), {"type": "Prompt"}),
        (("nodes", 1, "type"), "Promt"),
        (("nodes", 0, "type"), "Inputs"),
        (("nodes", 0, "outputs", 0, "type"), "Text"),
        (("nodes", 2, "type"), "Outputs"),
        (("nodes", 2, "inputs", 0, "name"), None),
        (("connections", 0), None),
        (("connections", 0, "source"), 5),
        (("connections", 1, "configuration"), {"data": {}}),
        (("connections", 1, "configuration", "data", "targetInputs"), "x"),
        (("nodes",), None),
        (("connections",), None),
        (("nodes", 1, "inputs", 0, "expression"), {"$param": "gone"}),
        (("nodes", 1, "name"), {"$param": "gone"}),
        (("nodes", 1, "configuration", "prompt", "sourceConfiguration", "inline", "modelId"), "no such model!"),
    ],
)
def test_an_invalid_shape_causes_no_follow_up_findings(place: Place, value: object) -> None:
    document = make_flow()
    inner: Any = document["definition"]
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    reading = read(document)
    assert reading.flow is None
    assert reading.findings
    assert reading.outline is None or validate_flow(reading.outline) == []


def test_the_rest_is_checked_despite_an_invalid_shape() -> None:
    document = make_flow(make_prompt(), make_prompt("More"))
    nodes, connections = document["definition"]["nodes"], document["definition"]["connections"]
    nodes[1]["colour"] = "blue"
    nodes[2]["inputs"][0]["expression"] = "$.date"
    connections.append(data("Start", "document", "Mroe", "question", name="Astray"))
    connections.append(conditional("Start", "default", "End") | {"name": "Odd"})
    found = {rule for rule, _ in list_found(document)}
    assert found == {
        "MalformedNodeInputExpression",
        "UnknownConnectionTarget",
        "UnknownConnectionCondition",
    }


def test_a_finding_in_a_referenced_file_points_into_that_file(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ask.txt").write_text("Answer {{question}}\nbriefly, in {{language}}.\n", encoding="utf-8")
    document = make_flow(make_prompt(text={"$file": "prompts/ask.txt"}))
    text = json.dumps(document, default=float).encode()
    (finding,) = check("flows/a.flow.json", text, tmp_path).findings
    assert (finding.rule.name, finding.file) == ("UnfilledPromptVariable", "flows/prompts/ask.txt")
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (2, 13, 25)


def test_an_invalid_default_is_reported_at_its_position() -> None:
    document = make_flow(parameters={"part": {"description": "What to ask", "default": "$.data.["}})
    document["definition"]["nodes"][1]["inputs"][0]["expression"] = {"$param": "part"}
    reading = read(document)
    assert reading.flow is not None
    (finding,) = validate_flow(reading.flow)
    assert (finding.path, finding.within) == (("parameters", "part", "default"), (7, 8))
    assert finding.related[0].path == ("definition", "nodes", 1, "inputs", 0, "expression")


def test_a_parameter_without_a_default_has_no_finding() -> None:
    document = make_flow(make_prompt(text={"$param": "wording"}), parameters={"wording": {}, "part": {}})
    document["definition"]["nodes"][1]["inputs"][0]["expression"] = {"$param": "part"}
    document["definition"]["nodes"][1]["inputs"][0]["name"] = "anything"
    document["definition"]["connections"][0]["configuration"]["data"]["targetInput"] = "anything"
    assert list_found(document) == []


def test_related_positions_can_be_single_characters() -> None:
    text = b"name: small\ndefinition:\n  nodes: []\n"
    document, _ = read_document("a.flow.yaml", text)
    assert document is not None
    (finding,) = (item for item in validate_flow(read(document.value).outline))  # type: ignore[arg-type]
    assert locate_finding(finding, document).span.line == 3
