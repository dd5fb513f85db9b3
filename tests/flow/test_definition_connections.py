"""Names for connections that have none."""

from __future__ import annotations

import re
from typing import Any

from flow_documents import conditional, data
from hypothesis import given
from hypothesis import strategies as st

from generator.findings import Finding
from generator.flow.reading.connections import LONGEST, name_connections, rename_connections

PATTERN = re.compile(r"[a-zA-Z]([_]?[0-9a-zA-Z]){1,100}")
NAMES = st.from_regex(r"[a-zA-Z](_?[0-9a-zA-Z]){1,50}", fullmatch=True)


def list_names(*connections: dict[str, Any]) -> list[str]:
    named: Any = name_connections({"nodes": [], "connections": list(connections)})
    return [connection["name"] for connection in named["connections"]]


def test_a_generated_name_contains_source_output_target_and_input() -> None:
    names = list_names(data("Question", "document", "Ask", "text"), conditional("Route", "urgent", "Call"))
    assert names == ["Question_document_to_Ask_text", "Route_urgent_to_Call"]


def test_an_existing_name_is_kept() -> None:
    assert list_names(data("A1", "b1", "C1", "d1", name="Mine")) == ["Mine"]


def test_similar_connections_get_a_hash_of_their_content() -> None:
    first, second = data("A1", "b1_c1", "D1", "e1"), data("A1_b1", "c1", "D1", "e1")
    names = list_names(first, second)
    assert len(set(names)) == 2
    assert list_names(second, first) == names[::-1]
    assert all(re.fullmatch(r"A1_b1_c1_to_D1_e1_[0-9a-f]{8}", name) for name in names)


def test_a_generated_name_is_not_reused() -> None:
    names = list_names(data("A1", "b1", "C1", "d1"), data("E1", "f1", "G1", "h1", name="A1_b1_to_C1_d1"))
    assert names[0] != names[1]


def test_a_name_does_not_depend_on_other_connections() -> None:
    alone = list_names(data("A1", "b1", "C1", "d1"))
    assert list_names(data("E1", "f1", "G1", "h1"), data("A1", "b1", "C1", "d1"))[1:] == alone


def test_connections_in_a_loop_are_named() -> None:
    inner = {"nodes": [], "connections": [data("A1", "b1", "C1", "d1")]}
    loop = {"name": "Again", "type": "Loop", "configuration": {"loop": {"definition": inner}}}
    named: Any = name_connections({"nodes": [loop], "connections": []})
    found = named["nodes"][0]["configuration"]["loop"]["definition"]["connections"][0]
    assert found["name"] == "A1_b1_to_C1_d1"
    assert "name" not in inner["connections"][0]


CONSOLE = (
    "ConditionNode_1ConditionNodeHandleDefaultConditionNode_1ToLambdaFunctionNode_1LambdaFunctionNode_1HeaderHandle"
)
ENDS = data("Start", "document", "End", "document")


def rename(*names: object, inner: tuple[str, ...] = ()) -> tuple[list[str], list[Finding]]:
    """Return the names of connections, those of a nested loop last, and what is reported."""
    loop = {"definition": {"connections": [{**ENDS, "name": name} for name in inner]}}
    nodes = [{"name": "Again", "configuration": {"loop": loop}}]
    document: Any = {"nodes": nodes, "connections": [{**ENDS, "name": name} for name in names]}
    findings: list[Finding] = []
    found: Any = rename_connections(document, findings)
    nested = found["nodes"][0]["configuration"]["loop"]["definition"]["connections"]
    return [item["name"] for item in (*found["connections"], *nested)], findings


def test_console_names_are_shortened_with_one_warning() -> None:
    names, (finding,) = rename("Mine", CONSOLE, CONSOLE.replace("Lambda", "Another"), inner=(CONSOLE,))
    assert [len(name) for name in names] == [4, 100, 100, 100]
    assert names[1].startswith("ConditionNode_1ConditionNodeHandleDefault")
    assert names[1] == names[3] != names[2]
    assert (finding.rule.name, finding.path) == ("ConnectionRenamed", ("definition", "connections", 1, "name"))
    assert "3 connections" in finding.message
    assert repr(names[1]) in finding.message
    assert names[1:2] == rename(CONSOLE)[0]


def test_shortened_names_in_a_loop_are_reported_there() -> None:
    _, (finding,) = rename("Mine", inner=("Fine", CONSOLE))
    loop = ("definition", "nodes", 0, "configuration", "loop", "definition")
    assert finding.path == (*loop, "connections", 1, "name")


def test_a_generated_name_does_not_collide_with_an_existing_one() -> None:
    ((first,), _), ((second, other), _) = rename(CONSOLE), rename(CONSOLE, rename(CONSOLE)[0][0])
    assert (first, second) == (other, rename(CONSOLE, first)[0][0])
    assert first != second
    assert PATTERN.fullmatch(second)


@given(st.text(max_size=200))
def test_the_api_accepts_every_shortened_name(name: str) -> None:
    (new,), findings = rename(name)
    assert PATTERN.fullmatch(new)
    assert (new == name) is (not findings)
    assert bool(findings) is not bool(PATTERN.fullmatch(name))


def test_invalid_names_are_left_to_the_api_check() -> None:
    assert rename(3, None) == ([3, None], [])
    assert rename_connections([], []) == []


@given(NAMES, NAMES, NAMES, NAMES)
def test_the_api_accepts_every_generated_name(source: str, output: str, target: str, port: str) -> None:
    for name in list_names(data(source, output, target, port), conditional(source, output, target)):
        assert len(name) <= LONGEST
        assert PATTERN.fullmatch(name)


@given(st.sampled_from([None, 3, [], {}, "", {"a": 1}, ["x"]]))
def test_invalid_endpoints_do_not_affect_names(wrong: Any) -> None:
    connection = data("A1", "b1", "C1", "d1") | {"source": wrong}
    assert PATTERN.fullmatch(list_names(connection)[0])
    assert name_connections({"connections": wrong}) == {"connections": wrong}
    assert name_connections(wrong) == wrong


def test_a_name_of_maximum_length_is_not_shortened() -> None:
    names = list_names(data("A" * 50, "b1", "C" * 40, "d1"), data("A" * 50, "b1", "C" * 41, "d1"))
    assert names[0] == f"{'A' * 50}_b1_to_{'C' * 40}_d1"
    assert [len(name) for name in names] == [100, 100]


def test_a_name_cut_at_an_underscore_keeps_a_single_one() -> None:
    (name,) = list_names(data("A" * 51, "b" * 38, "C" * 51, "d1"))
    assert re.fullmatch(r"A{51}_b{38}_[0-9a-f]{8}", name)
