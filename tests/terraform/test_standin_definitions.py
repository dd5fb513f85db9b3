"""The stand-in's definitions: blocks of the resource and members of the API, there and back, for every member."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from standin.definitions import keep_spelling, read_api, write_api
from standin.schema import SCHEMA
from standin.wire import UNKNOWN
from test_provider_differences import find_reported, list_member_paths, make_value

from generator.flow.api import find_shape
from generator.flow.model import Engine

BLOCK = SCHEMA["resource_schemas"]["aws_bedrockagent_flow"]["block"]["block_types"]["definition"]["block"]
SHAPE = botocore.session.Session().get_service_model("bedrock-agent").shape_for("FlowDefinition")


def go_and_return(definition: dict[str, Any]) -> dict[str, Any]:
    block = read_api(definition, SHAPE, BLOCK)
    assert_in_schema(block, BLOCK)
    return write_api(block, SHAPE)


def assert_in_schema(value: dict[str, Any], block: dict[str, Any]) -> None:
    """Hold that a block has exactly the members of its schema: Terraform refuses any other on the wire."""
    nested = block.get("block_types", {})
    assert value.keys() == block["attributes"].keys() | nested.keys()
    for name, item in nested.items():
        for inner in value[name]:
            assert_in_schema(inner, item["block"])


def make_definition(members: tuple[str, ...]) -> dict[str, Any]:
    """Return the least definition that has these members."""
    definition: dict[str, Any] = make_value(find_shape("FlowDefinition"), members)
    return definition


PATHS = list_member_paths(find_shape("FlowDefinition"))
CARRIED = [members for members in PATHS if not find_reported(members, Engine.NATIVE)[1]]


@pytest.mark.parametrize("members", CARRIED, ids=".".join)
def test_a_key_round_trips(members: tuple[str, ...]) -> None:
    assert go_and_return(make_definition(members)) == make_definition(members)


def test_every_block_of_the_schema_maps_to_a_key() -> None:
    def count(block: dict[str, Any]) -> int:
        nested = block.get("block_types", {}).values()
        return len(block["attributes"]) + sum(1 + count(item["block"]) for item in nested)

    assert count(BLOCK) == len(CARRIED)


def test_empty_values_are_omitted() -> None:
    node = {"name": "A", "type": "Input", "inputs": [], "configuration": {"input": {}}}
    assert go_and_return({"nodes": [node]}) == {
        "nodes": [{"name": "A", "type": "Input", "configuration": {"input": {}}}]
    }


def wrap(number: object, text: object = None) -> list[dict[str, Any]]:
    return [{"temperature": number, "json": text, "name": "a"}]


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (wrap("0.7"), wrap("0.699999988079071"), wrap("0.7")),
        (wrap("0.7"), wrap("0.70001"), wrap("0.70001")),
        (wrap(1), wrap("1.0"), wrap(1)),
        (wrap(1, '{ "a": 1 }'), wrap(1, '{"a":1}'), wrap(1, '{ "a": 1 }')),
        (wrap(1, '{ "a": 1 }'), wrap(1, '{"a":2}'), wrap(1, '{"a":2}')),
        (wrap(1, None), wrap(1, []), wrap(1, None)),
        ([{"name": None}], [{"name": "a"}], [{"name": "a"}]),
        ([{"name": "0.7"}], [{"name": "0.70"}], [{"name": "0.70"}]),
        (wrap(1) * 2, wrap("1.0"), wrap("1.0")),
        (wrap(UNKNOWN), wrap(1), wrap(1)),
        (None, wrap("1.0"), wrap("1.0")),
    ],
)
def test_equivalent_values_keep_the_configured_spelling(old: Any, new: Any, kept: Any) -> None:
    assert keep_spelling(old, new) == kept
