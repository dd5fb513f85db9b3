"""Every key of the API is translated or reported, for each engine: the data trees are walked side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from flow_documents import make_flow, read
from unexpressible import list_differences

from generator.findings import Severity
from generator.flow.api import Shape, find_shape, list_node_types
from generator.flow.model import Body, Encryption, Engine, Flow, Node, Permissions
from generator.terraform.hcl import Block
from generator.terraform.resource import Schema, find_resource, translate_definition

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


def make_flow_with(members: Members, engine: Engine) -> Flow:
    definition = make_value(find_shape("FlowDefinition"), members)
    nodes = []
    for index, node in enumerate(definition.get("nodes", ())):
        node["type"] = name_type(members[2]) if members[1:2] == ("configuration",) and members[2:] else "Input"
        path = ("definition", "nodes", index)
        nodes.append(Node(node["name"], node["type"], {}, (), (), path, (*path, "configuration")))
    body = Body(("definition",), tuple(nodes), ())
    return Flow("small", None, {}, definition, body, (), Encryption(), Permissions(), engine=engine)


def name_in_terraform(member: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), member)


def name_in_cloudformation(member: str) -> str:
    return member[0].upper() + member[1:]


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


def find_in_value(value: object, members: Members) -> bool:
    """Return whether a value has what these keys become in CloudFormation."""
    if not members:
        return True
    if isinstance(value, list):
        return any(find_in_value(item, members) for item in value)
    name = name_in_cloudformation(members[0])
    return isinstance(value, dict) and name in value and find_in_value(value[name], members[1:])


PATHS = list(list_member_paths(find_shape("FlowDefinition")))


def find_reported(members: Members, engine: Engine) -> tuple[bool, list[Members]]:
    """Return whether keys are translated, and the keys that are reported because the resource does not have them."""
    made, findings = translate_definition(make_flow_with(members, engine), lambda node, path, text: text)
    assert {finding.severity for finding in findings} <= {Severity.ERROR}
    told = [finding.path for finding in findings if finding.rule.name == "ProviderCannotExpress"]
    is_made = find_in_block(made, members) if isinstance(made, Block) else find_in_value(made.value, members)
    return is_made, [tuple(part for part in path[1:] if isinstance(part, str)) for path in told]


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("members", PATHS, ids=".".join)
def test_a_key_is_translated_or_reported_and_never_both(members: Members, engine: Engine) -> None:
    is_made, told = find_reported(members, engine)
    is_node_type = told == [("nodes", "type")] and members[:2] == ("nodes", "configuration")
    is_told = is_node_type or any(members[: len(place)] == place for place in told)
    assert is_made != is_told


@pytest.mark.parametrize("engine", Engine)
def test_what_is_reported_is_the_difference_between_api_and_resource(engine: Engine) -> None:
    found = set()
    for members in PATHS:
        for place in find_reported(members, engine)[1]:
            if place == ("nodes", "type"):
                found.add(("FlowNodeConfiguration", members[2]))
            else:
                found.add((find_owner(place), place[-1]))
    assert found == {(shape, member) for shape, member, what in list_differences(engine) if what == "key"}


def find_owner(members: Members) -> str:
    """Return the name of the shape that has the last of these keys."""
    shape = find_shape("FlowDefinition")
    for member in members[:-1]:
        shape = find_shape(shape.members[member])
        shape = find_shape(shape.element) if shape.element else shape
    return shape.name


class Pair(NamedTuple):
    """A structure with the block or object that it becomes, and the name there for each key."""

    engine: Engine
    shape: Shape
    schema: Schema
    names: dict[str, str]


def list_pairs(engine: Engine, shape: Shape, schema: Schema, above: tuple[str, ...] = ()) -> Iterator[Pair]:
    names = {}
    for member, name in shape.members.items():
        inner = find_shape(name)
        element = find_shape(inner.element) if inner.element else inner
        spelling = name_in_terraform(member)
        for key in (spelling, spelling.removesuffix("s"), name_in_cloudformation(member)):
            if key in (schema.members or {}):
                names[member] = key
                target = (schema.members or {})[key]
                if target.members is not None and element.name not in above:
                    yield from list_pairs(engine, element, target, (*above, shape.name))
                break
    yield Pair(engine, shape, schema, names)


PAIRS = [
    pair
    for engine in Engine
    for pair in list_pairs(engine, find_shape("FlowDefinition"), find_resource(engine).definition)
]
of_each_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.engine}-{pair.shape.name}")


@of_each_pair
def test_a_resource_has_no_name_that_the_api_lacks(pair: Pair) -> None:
    assert sorted(pair.names.values()) == sorted(pair.schema.members or {})
    for member, name in pair.names.items():
        inner, target = find_shape(pair.shape.members[member]), (pair.schema.members or {})[name]
        element = find_shape(inner.element) if inner.element else inner
        assert (target.members is not None) == (element.type in ("structure", "union"))
        if pair.engine is Engine.NATIVE:
            assert target.is_json == (inner.type == "document")
            assert target.enum in (None, inner.name)
            assert target.enum is not None or not inner.enum
        else:
            assert set(target.values) <= set(inner.enum)
            assert bool(target.values) == bool(inner.enum)


@of_each_pair
def test_the_api_requires_each_block_that_the_resource_requires(pair: Pair) -> None:
    members = (pair.schema.members or {}).items()
    wanted = {name for name, target in members if target.items and target.items[0] and target.members is not None}
    required = {pair.names[member] for member in pair.shape.required if member in pair.names}
    if pair.engine is Engine.CLOUD_CONTROL:
        # A list can be left out where an empty one is not valid. A block with a minimum cannot.
        required |= {name for member, name in pair.names.items() if find_shape(pair.shape.members[member]).minimum}
    assert wanted <= required


@of_each_pair
def test_the_api_has_a_union_where_the_resource_requires_exactly_one(pair: Pair) -> None:
    if any(member.wants_one_of_siblings for member in (pair.schema.members or {}).values()):
        assert pair.shape.type == "union"


@pytest.mark.parametrize(
    ("engine", "expected"),
    [(Engine.NATIVE, {"Loop", "LoopInput", "LoopController"}), (Engine.CLOUD_CONTROL, set())],
)
def test_a_node_of_each_type_is_translated_or_reported(engine: Engine, expected: set[str]) -> None:
    told = set()
    for node_type in list_node_types():
        configuration = node_type[0].lower() + node_type[1:]
        _, places = find_reported(("nodes", "configuration", configuration), engine)
        told |= {node_type for place in places if place == ("nodes", "type")}
    assert told == expected


def test_the_small_flow_is_translated_completely() -> None:
    flow = read(make_flow()).flow
    assert flow is not None
    assert translate_definition(flow, lambda node, path, text: text)[1] == []
