"""What the parts of a flow say of each other."""

from __future__ import annotations

from typing import Any

import pytest
from flow_documents import conditional, data, make_flow, make_loop, make_prompt, read

from generator.findings import Finding
from generator.source.position import Path
from generator.validation import find_colliding_flows, validate_flow

CONNECTIONS: Path = ("definition", "connections")
CODE = {"inlineCode": {"code": "x = 1", "language": "Python_3"}}


def validate(document: dict[str, Any]) -> list[Finding]:
    reading = read(document)
    assert reading.flow is not None, reading.findings
    return validate_flow(reading.flow)


def validate_with(*connections: dict[str, Any], nodes: tuple[dict[str, Any], ...] = ()) -> list[tuple[str, Path, str]]:
    """Return what is reported at these connections between the small flow's nodes and `nodes`."""
    document = make_flow(make_prompt(), *nodes)
    document["definition"]["connections"] = list(connections)
    found = [(finding.rule.name, finding.path, finding.help) for finding in validate(document)]
    return [item for item in found if item[1][:2] == CONNECTIONS]


def validate_alone(rule: str, document: dict[str, Any]) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in validate(document) if finding.rule.name == rule]


def make_condition(*names: str) -> dict[str, Any]:
    conditions = [{"name": name} for name in names]
    return {"name": "Route", "type": "Condition", "configuration": {"condition": {"conditions": conditions}}}


def test_a_consistent_flow_has_no_findings() -> None:
    assert validate(make_flow()) == []
    route = make_condition("urgent", "default")
    assert validate_with(conditional("Route", "default", "Ask"), nodes=(route,)) == []


@pytest.mark.parametrize(
    ("connection", "rule", "end", "meant"),
    [
        (data("Strat", "document", "Ask", "question"), "UnknownConnectionSource", ("source",), "Start"),
        (data("Start", "document", "Asks", "question"), "UnknownConnectionTarget", ("target",), "Ask"),
        (
            data("Start", "documents", "Ask", "question"),
            "UnknownConnectionSourceOutput",
            ("configuration", "data", "sourceOutput"),
            "document",
        ),
        (
            data("Start", "document", "Ask", "questions"),
            "UnknownConnectionTargetInput",
            ("configuration", "data", "targetInput"),
            "question",
        ),
        (
            conditional("Route", "urgnt", "Ask"),
            "UnknownConnectionCondition",
            ("configuration", "conditional", "condition"),
            "urgent",
        ),
    ],
)
def test_a_connection_with_an_unknown_endpoint(connection: dict[str, Any], rule: str, end: Path, meant: str) -> None:
    route = make_condition("urgent", "default")
    expected = [(rule, (*CONNECTIONS, 0, *end), f"Did you mean {meant}?")]
    assert validate_with(connection, nodes=(route,)) == expected


@pytest.mark.parametrize(
    ("port", "help"),
    [
        ("question", "Did you mean question, as in the prompt?"),
        ("questoin", "Did you mean {{questoin}} where the prompt has {{question}}? Otherwise rename the input."),
    ],
)
def test_the_more_frequent_of_two_input_names_is_meant(port: str, help: str) -> None:
    prompt = make_prompt()
    prompt["inputs"][0]["name"] = "questoin"
    document = make_flow(prompt)
    document["definition"]["connections"][0]["configuration"]["data"]["targetInput"] = port
    (finding,) = validate_alone("UnknownNodeInput", document)
    assert finding.help == help


def test_conditions_belong_to_condition_nodes() -> None:
    ((rule, _, _),) = validate_with(conditional("Ask", "urgent", "End"))
    assert rule == "UnknownConnectionCondition"


def test_an_unlisted_default_condition_is_reported_at_the_node() -> None:
    route = make_condition("urgent")
    assert validate_with(conditional("Route", "default", "Ask"), nodes=(route,)) == []
    rules = [finding.rule.name for finding in validate(make_flow(make_prompt(), route))]
    assert "MissingDefaultCondition" in rules


def test_a_connection_s_configuration_fits_its_type() -> None:
    wrong = data("Start", "document", "Ask", "question") | {"type": "Conditional"}
    ((rule, path, _),) = validate_with(wrong)
    assert (rule, path) == ("MismatchedConnectionConfiguration", (*CONNECTIONS, 0, "configuration", "data"))


def test_a_connection_without_configuration() -> None:
    connection = data("Start", "document", "Ask", "question")
    del connection["configuration"]
    assert [rule for rule, _, _ in validate_with(connection)] == ["MissingConnectionConfiguration"]


def test_nodes_with_the_same_name() -> None:
    (finding,) = validate(make_flow(make_prompt(), make_prompt()))
    assert (finding.rule.name, finding.path) == ("DuplicateNodeName", ("definition", "nodes", 2, "name"))
    assert finding.related[0].path == ("definition", "nodes", 1, "name")


def test_connections_with_the_same_name() -> None:
    same = data("Start", "document", "Ask", "question", name="Same")
    assert ("DuplicateConnectionName", (*CONNECTIONS, 1, "name")) in [item[:2] for item in validate_with(same, same)]


NO_INPUT = {"source": "Start", "target": "Ask", "type": "Data", "configuration": {"data": {"sourceOutput": "document"}}}


@pytest.mark.parametrize(
    "pair",
    [
        (data("Start", "document", "Ask", "is it"), data("Start", "document", "Ask", "was-it")),
        (data("Start", "document", "Ask", "is it"), data("Start", "document", "Ask", "is it")),
        (data("Start", "a b", "Ask", "question"), data("Start", "c d", "Ask", "question")),
        (data("Start one", "document", "Ask", "question"), data("Start two", "document", "Ask", "question")),
        (NO_INPUT, NO_INPUT),
    ],
)
def test_generated_names_of_connections_with_an_end_that_is_reported_are_no_duplicates(pair: Any) -> None:
    for connections in (pair, (*pair, *pair)):
        document = make_flow(make_prompt())
        document["definition"]["connections"] = list(connections)
        reading = read(document)
        assert {finding.rule.name for finding in reading.findings} <= {"MalformedValue", "MissingKey"}
        assert reading.outline is not None
        assert "DuplicateConnectionName" not in [finding.rule.name for finding in validate_flow(reading.outline)]


def test_equal_connections_without_names_are_duplicates() -> None:
    same = data("Start", "document", "Ask", "question")
    assert "DuplicateConnectionName" in [rule for rule, _, _ in validate_with(same, same)]


def test_a_node_with_the_configuration_of_another_type() -> None:
    prompt = make_prompt() | {"configuration": CODE}
    (finding,) = validate(make_flow(prompt))
    assert finding.rule.name == "MismatchedNodeConfiguration"
    assert finding.path == ("definition", "nodes", 1, "configuration", "inlineCode")


def test_a_missing_configuration_matters_if_the_type_needs_one() -> None:
    prompt = make_prompt()
    del prompt["configuration"]
    (finding,) = validate(make_flow(prompt))
    assert (finding.rule.name, finding.path) == ("MissingNodeConfiguration", ("definition", "nodes", 1))


def test_nodes_with_the_same_file_name() -> None:
    code = {"name": "ask", "type": "InlineCode", "configuration": CODE}
    assert validate_alone("CollidingNodeFiles", make_flow(make_prompt("Ask"), code)) == []
    template = {"promptTemplate": {"textPromptTemplate": "Answer from $search_results$."}}
    for prompts in (template, {"orchestrationConfiguration": template}):
        base = {"knowledgeBase": {"knowledgeBaseId": "KB1", "modelId": "amazon.nova-lite-v1:0", **prompts}}
        search = {"name": "ask", "type": "KnowledgeBase", "configuration": base}
        (finding,) = validate_alone("CollidingNodeFiles", make_flow(make_prompt("Ask"), search))
        assert finding.path == ("definition", "nodes", 2, "name")
    (finding,) = validate_alone("CollidingNodeFiles", make_flow(make_prompt("Ask"), make_prompt("ASK")))
    assert finding.path == ("definition", "nodes", 2, "name")


def test_nodes_of_loops_with_the_same_file_name() -> None:
    def check(*nodes: dict[str, Any]) -> list[str]:
        return [str(item.path[-2]) for item in validate_alone("CollidingNodeFiles", make_flow(*nodes))]

    code = {"name": "Count", "type": "InlineCode", "configuration": CODE}
    prompt, other = make_prompt("Ask"), make_prompt("ASK")
    assert check(make_loop(prompt), other) == []
    assert check(make_loop(prompt, name="One"), make_loop(other, name="Two")) == []
    assert check(make_loop(prompt, other)) == ["1"]
    assert check(make_loop(prompt, name="Refine"), make_loop(prompt, name="REFINE")) == ["2"]
    assert check(make_loop(make_loop(prompt), name="Outer"), make_loop(make_loop(prompt), name="outer")) == ["2"]
    # Prompts and code are in different folders, a prompt is in a file next to a folder, and nothing else has a file.
    assert check(make_loop(prompt, name="Refine"), make_loop(code, name="REFINE")) == []
    assert check(make_loop(prompt, name="Ask"), other) == []
    assert check(make_loop(name="Refine"), make_loop(name="REFINE")) == []


@pytest.mark.parametrize("name", ["con", "AUX", "Com1", "LPT9"])
def test_names_reserved_for_devices_on_windows(name: str) -> None:
    document = make_flow(make_prompt(), make_prompt(name)) | {"name": name}
    paths = [finding.path for finding in validate(document) if finding.rule.name == "ForbiddenFileName"]
    assert paths == [("name",), ("definition", "nodes", 2, "name")]
    assert validate_alone("ForbiddenFileName", make_flow(make_prompt(), make_prompt("Console"))) == []
    nested = make_flow(make_loop(make_prompt(name), name=name))
    found = [finding.message for finding in validate_alone("ForbiddenFileName", nested)]
    assert [f"a {what} named {name!r}" in found[at] for at, what in enumerate(("folder", "file"))] == [True, True]
    assert validate_alone("ForbiddenFileName", make_flow(make_loop(name=name))) == []


def test_flows_with_the_same_module_folder() -> None:
    names = {"a.flow.yaml": "Triage", "b.flow.yaml": "orders", "c.flow.yaml": "triage", "d.flow.yaml": "orders"}
    found = find_colliding_flows(names)
    assert [file for file, _ in found] == ["a.flow.yaml", "b.flow.yaml", "c.flow.yaml", "d.flow.yaml"]
    assert "case-insensitive" in found[0][1].message
    assert found[1][1].message == "The flow in d.flow.yaml is also named 'orders'."
    assert find_colliding_flows({"a.flow.yaml": "Triage", "b.flow.yaml": "orders"}) == []
