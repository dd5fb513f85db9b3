"""Every key of the API is translated or reported: both data trees are walked side by side, with no list by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flow_documents import make_flow, read
from unexpressible import list_unexpressible_members

from generator.findings import Severity
from generator.flow.api import Shape, find_shape, list_node_types
from generator.flow.model import Body, Encryption, Flow, Node, Permissions
from generator.terraform.hcl import Block
from generator.terraform.resource import find_definition_block, translate_definition
from generator.terraform.resource.schema import Schema

Members = tuple[str, ...]
LEAVES: dict[str, Any] = {
    "string": "a",
    "integer": 1,
    "float": 1,
    "boolean": True,
    "document": {"a": 1},
    "map": {"a": {"a": 1}},
}


def list_member_paths(shape: Shape, above: tuple[str, ...] = ()) -> Iterator[Members]:
    """Yield every key below a shape, as the path of keys to it; a recursive shape is not entered again."""
    for member, name in shape.members.items():
        inner = find_shape(name)
        yield (member,)
        inner = find_shape(inner.element) if inner.element else inner
        if inner.name not in above:
            yield from ((member, *rest) for rest in list_member_paths(inner, (*above, shape.name)))


def make_value(shape: Shape, members: Members) -> Any:
    """Return the smallest value of a shape that has these keys."""
    if shape.type == "list":
        return [make_value(find_shape(shape.element or ""), members)]
    if shape.type not in ("structure", "union"):
        return shape.enum[0] if shape.enum else LEAVES[shape.type]
    names = dict.fromkeys(shape.required) | dict.fromkeys(members[:1])
    value = {
        name: make_value(find_shape(shape.members[name]), members[1:] if members[:1] == (name,) else ())
        for name in names
    }
    if shape.type == "union" and not value:
        first = next(iter(shape.members))
        return {first: make_value(find_shape(shape.members[first]), ())}
    return value


def name_type(configuration: str) -> str:
    (found,) = (name for name in list_node_types() if name.casefold() == configuration.casefold())
    return found


def make_flow_with(members: Members) -> Flow:
    definition = make_value(find_shape("FlowDefinition"), members)
    nodes = []
    for index, node in enumerate(definition.get("nodes", ())):
        node["type"] = name_type(members[2]) if members[1:2] == ("configuration",) and members[2:] else "Input"
        path = ("definition", "nodes", index)
        nodes.append(Node(node["name"], node["type"], {}, (), (), path, (*path, "configuration")))
    body = Body(("definition",), tuple(nodes), ())
    return Flow("small", None, {}, definition, body, (), Encryption(), Permissions())


def name_in_terraform(member: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), member)


def find_in_block(block: Block, members: Members) -> bool:
    """Return whether a block has what these keys become: blocks in the singular, and an attribute at the end."""
    if not members:
        return True
    names = (name_in_terraform(members[0]), name_in_terraform(members[0]).removesuffix("s"))
    for item in block.body:
        if isinstance(item, Block) and item.type in names and find_in_block(item, members[1:]):
            return True
        if not isinstance(item, Block) and getattr(item, "name", "") in names and len(members) == 1:
            return True
    return False


PATHS = list(list_member_paths(find_shape("FlowDefinition")))


def find_reported(members: Members) -> tuple[Block, list[Members]]:
    """Return the block, and the keys that are reported because the resource does not have them."""
    block, findings = translate_definition(make_flow_with(members), lambda node, path, text: text)
    assert {finding.severity for finding in findings} <= {Severity.ERROR}
    told = [finding.path for finding in findings if finding.rule.name == "ProviderCannotExpress"]
    return block, [tuple(part for part in path[1:] if isinstance(part, str)) for path in told]


@pytest.mark.parametrize("members", PATHS, ids=".".join)
def test_a_key_is_translated_or_reported_and_never_both(members: Members) -> None:
    block, told = find_reported(members)
    is_node_type = told == [("nodes", "type")] and members[:2] == ("nodes", "configuration")
    is_told = is_node_type or any(members[: len(place)] == place for place in told)
    assert find_in_block(block, members) != is_told


def test_what_is_reported_is_the_difference_between_api_and_resource() -> None:
    found = set()
    for members in PATHS:
        for place in find_reported(members)[1]:
            if place == ("nodes", "type"):
                found.add(("FlowNodeType", name_type(members[2])))
            else:
                found.add((find_owner(place), place[-1]))
    listed = {(shape, member) for shape, member in list_unexpressible_members() if "[" not in member}
    configurations = {(shape, member) for shape, member in listed if shape == "FlowNodeConfiguration"}
    assert found == listed - configurations
    assert {name_type(member) for _, member in configurations} == {
        member for shape, member in found if shape == "FlowNodeType"
    }


def find_owner(members: Members) -> str:
    """Return the name of the shape that has the last of these keys."""
    shape = find_shape("FlowDefinition")
    for member in members[:-1]:
        shape = find_shape(shape.members[member])
        shape = find_shape(shape.element) if shape.element else shape
    return shape.name


def list_pairs(shape: Shape, schema: Schema) -> Iterator[tuple[Shape, Schema, dict[str, str]]]:
    """Yield each structure with its block, and the block's name for each key."""
    names = {}
    for member, name in shape.members.items():
        inner = find_shape(name)
        element = find_shape(inner.element) if inner.element else inner
        for spelling in (name_in_terraform(member), name_in_terraform(member).removesuffix("s")):
            if spelling in (schema.members or {}):
                names[member] = spelling
                target = (schema.members or {})[spelling]
                if target.members is not None:
                    yield from list_pairs(element, target)
                break
    yield shape, schema, names


PAIRS = list(list_pairs(find_shape("FlowDefinition"), find_definition_block()))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_a_block_has_no_name_that_the_api_lacks(pair: tuple[Shape, Schema, dict[str, str]]) -> None:
    shape, schema, names = pair
    assert sorted(names.values()) == sorted(schema.members or {})
    for member, name in names.items():
        inner, target = find_shape(shape.members[member]), (schema.members or {})[name]
        element = find_shape(inner.element) if inner.element else inner
        assert (target.members is not None) == (element.type in ("structure", "union"))
        assert target.is_json == (inner.type == "document")
        assert target.enum in (None, inner.name)
        assert target.enum is not None or not inner.enum


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_the_api_requires_each_block_that_the_resource_requires(
    pair: tuple[Shape, Schema, dict[str, str]],
) -> None:
    shape, schema, names = pair
    wanted = {name for name, target in (schema.members or {}).items() if target.items and target.items[0]}
    assert wanted <= {names[member] for member in shape.required if member in names}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_the_api_has_a_union_where_the_resource_requires_exactly_one(
    pair: tuple[Shape, Schema, dict[str, str]],
) -> None:
    shape, schema, _ = pair
    if any(member.wants_one_of_siblings for member in (schema.members or {}).values()):
        assert shape.type == "union"


def test_a_node_of_each_type_is_translated_or_reported() -> None:
    told = set()
    for node_type in list_node_types():
        configuration = node_type[0].lower() + node_type[1:]
        _, places = find_reported(("nodes", "configuration", configuration))
        told |= {node_type for place in places if place == ("nodes", "type")}
    assert told == {"Loop", "LoopInput", "LoopController"}


def test_the_small_flow_is_translated_completely() -> None:
    flow = read(make_flow()).flow
    assert flow is not None
    assert translate_definition(flow, lambda node, path, text: text)[1] == []
