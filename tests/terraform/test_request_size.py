"""Flows that are too large for one request to Cloud Control."""

from __future__ import annotations

from typing import Any

import pytest
from cloud_control import write_properties
from every_kind import make_node
from flow_documents import make_flow, make_prompt, read
from standin.documents import write_go_json

from generator.findings import Finding
from generator.flow.model import Engine, Flow
from generator.terraform.resource import translate_definition
from generator.terraform.resource.limits import MOST_CHARACTERS

NATIVE, CLOUD_CONTROL = Engine
LONGEST = 200_000
UNKNOWN = {"Name": "", "ExecutionRoleArn": "", "CustomerEncryptionKeyArn": ""}


def make_prompts(*texts: object) -> list[dict[str, Any]]:
    prompts = [make_prompt() | {"name": f"Ask{index}"} for index in range(len(texts))]
    for prompt, text in zip(prompts, texts, strict=True):
        inline = prompt["configuration"]["prompt"]["sourceConfiguration"]["inline"]
        inline.pop("inferenceConfiguration", None)  # Its numbers count as one character each.
        inline["templateConfiguration"]["text"]["text"] = text
    return prompts


def make_loop(*inner: dict[str, Any]) -> dict[str, Any]:
    return make_node("Again", "Loop", definition={"nodes": list(inner), "connections": []})


def load(*nodes: dict[str, Any], engine: Engine = CLOUD_CONTROL, **sections: Any) -> Flow:
    reading = read(make_flow(*nodes, engine=engine.value, **sections))
    assert reading.flow is not None, reading.findings
    return reading.flow


def report(flow: Flow) -> list[Finding]:
    return translate_definition(flow, lambda node, path, text: text)[1]


def is_too_large(flow: Flow) -> bool:
    found = report(flow)
    assert [item.rule.name for item in found] == ["ProviderIsStricter"] * len(found)
    return [item.path for item in found] == [("definition",)]


def test_the_limit_is_that_of_the_api() -> None:
    pytest.importorskip("botocore", reason="missing: the Python package botocore")
    from account.requests import load_model

    model = load_model("cloudcontrol")
    shapes = [model.shape_for(name) for name in ("Properties", "PatchDocument")]
    assert [shape.metadata["max"] for shape in shapes] == [MOST_CHARACTERS] * 2


def test_two_long_prompts_are_reported_at_the_definition() -> None:
    (finding,) = report(load(*make_prompts("a" * 190_000, "b" * 190_000)))
    assert (finding.rule.name, finding.path, finding.key) == ("ProviderIsStricter", ("definition",), True)
    limit = "Engine `cloud-control` (AWS::Bedrock::Flow) accepts at most 262,144 characters of JSON in a flow"
    assert finding.message.startswith(f"{limit}, and this one has at least 38")
    assert finding.help == "Set `engine: native`, or shorten its prompts and code."


@pytest.mark.parametrize("more", [{}, {"description": "A <flow>", "tags": {"team": "desk"}}])
@pytest.mark.parametrize("end", ["x", "é", "😀", '"', "\n", "\t", "\x1b", "<", "&", "\u2028"])
def test_the_limit_is_exact_for_what_is_known(end: str, more: dict[str, Any]) -> None:
    known = {"Description": "A <flow>", "Tags": {"team": ""}} if more else {}

    def make(characters: int) -> Flow:
        return load(*make_prompts("a" * 150_000, "b" * characters + end), **more)

    definition = write_properties(make(0).definition)
    room = MOST_CHARACTERS - len(write_go_json({**UNKNOWN, **known, "Definition": definition}))
    assert not is_too_large(make(room))
    assert is_too_large(make(room + 1))


def test_characters_outside_ascii_count_once() -> None:
    assert report(load(*make_prompts("é" * 120_000, "日" * 120_000))) == []


def test_code_counts_too() -> None:
    assert is_too_large(load(make_node("Run", "InlineCode", language="Python_3", code="x < 1\n" * 25_000)))


def test_parameters_count_as_little_as_they_can() -> None:
    text = {"description": "A long text", "default": "a" * 190_000}
    nodes = make_prompts("b" * 190_000, {"$param": "words"})
    assert report(load(*nodes, parameters={"words": text})) == []


def test_a_prompt_that_is_too_long_by_itself_is_one_finding() -> None:
    (finding,) = report(load(*make_prompts("<" * 10 + "a" * 300_000)))
    assert "to 200,000 characters" in finding.message
    first, second = report(load(*make_prompts("a" * 300_000, "b" * 190_000)))
    assert ("to 200,000 characters" in first.message, second.path) == (True, ("definition",))


def test_the_help_names_native_only_if_it_supports_the_flow() -> None:
    (finding,) = report(load(make_loop(*make_prompts("a" * 190_000, "b" * 190_000))))
    assert (finding.help, finding.related) == ("Shorten its prompts and code.", ())


def test_cloud_control_is_not_named_for_a_flow_that_is_too_large() -> None:
    loop = make_loop(make_prompt())
    small, large = (load(loop, *prompts, engine=NATIVE) for prompts in ([], make_prompts("a" * LONGEST, "b" * LONGEST)))
    assert "engine: cloud-control" in report(small)[0].help
    assert "engine: cloud-control" not in report(large)[0].help


def test_large_flows_are_no_problem_for_native() -> None:
    assert report(load(*make_prompts("a" * 190_000, "b" * 190_000), engine=NATIVE)) == []


def test_the_patch_that_repairs_is_smaller_than_the_desired_state() -> None:
    definition = {"Nodes": [], "Connections": []}
    patch = write_go_json([{"op": "add", "path": "/Definition", "value": definition}])
    assert len(patch) < len(write_go_json({**UNKNOWN, "Definition": definition}))
