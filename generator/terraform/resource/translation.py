"""A definition in the API's form -> the resource's `definition` block, in one walk over the grammar and the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.findings import Finding
from generator.flow.api import Shape, find_shape
from generator.flow.model import Flow, Node, ParameterReference, Value
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Call, Reference
from generator.terraform.hcl import Value as HclValue
from generator.terraform.resource.limits import find_faults, find_invalid_values, report_repeated, report_unexpressible
from generator.terraform.resource.schema import (
    Schema,
    find_definition_block,
    find_member,
    find_resource,
    name_configuration,
)

PlaceText: TypeAlias = Callable[[Node, Path, str], HclValue]
TEXTS = frozenset(
    {
        ("ContentBlock", "text"),
        ("InlineCodeFlowNodeConfiguration", "code"),
        ("SystemContentBlock", "text"),
        ("TextPromptTemplateConfiguration", "text"),
    }
)
"""The API's keys for prompts and code, each of which gets its own file, by shape."""


@dataclass(slots=True)
class _Walk:
    """The state of a walk: where prompts and code go, the nodes by path, and the findings."""

    place_text: PlaceText
    nodes: Mapping[Path, Node]
    findings: list[Finding] = field(default_factory=list)


def translate_definition(flow: Flow, place_text: PlaceText) -> tuple[Block, list[Finding]]:
    """Return the `definition` block, and a finding for everything that the resource cannot express or rejects.

    `place_text` returns the value for a prompt or for code, given its node, path, and text. If there is a finding, the
    block is incomplete and must not be used.
    """
    nodes = {node.path: node for node in flow.nodes}
    head: dict[str, Value] = {"name": flow.name, "description": flow.description}
    walk = _Walk(place_text, nodes, list(find_invalid_values(head, find_resource(), ())))
    body = _translate_members(
        dict(flow.definition), find_shape("FlowDefinition"), find_definition_block(), ("definition",), walk
    )
    return Block("definition", (), body), walk.findings


def _translate_members(
    value: Mapping[str, Value], shape: Shape, schema: Schema, path: Path, walk: _Walk
) -> tuple[Attribute | Block, ...]:
    """Return the body of a block: `name`, other attributes, then blocks, otherwise in the author's order."""
    attributes: list[Attribute] = []
    blocks: list[Block] = []
    if path in walk.nodes:
        value = _complete_node(walk.nodes[path], value, schema, walk)
    for member, item in value.items():
        target = find_member(schema, member)
        place = (*path, member)
        if target is None:
            walk.findings.append(report_unexpressible(shape, member, place))
        elif target.members is None:
            attributes.append(Attribute(target.name, _translate_value(item, shape, member, target, place, walk)))
        else:
            blocks += _translate_blocks(item, find_shape(shape.members[member]), target, place, walk)
    walk.findings += find_faults(value, shape, schema, path)
    attributes.sort(key=lambda attribute: attribute.name != "name")
    return (*attributes, *blocks)


def _complete_node(node: Node, value: Mapping[str, Value], schema: Schema, walk: _Walk) -> dict[str, Value]:
    """Return a node with its type's configuration, or without one if the resource cannot express the type."""
    member = name_configuration(node.type)
    configuration = find_member(schema, "configuration")
    if configuration is None or find_member(configuration, member) is None:
        walk.findings.append(report_unexpressible(find_shape("FlowNodeType"), node.type, (*node.path, "type")))
        return {key: item for key, item in value.items() if key != "configuration"}
    rest = {key: item for key, item in value.items() if key != "configuration"}
    own = find_member(configuration, member)
    if not value.get("configuration") and own is not None and own.requires_members:
        return rest  # Validation reports the missing configuration.
    # The API treats a missing configuration as empty; the resource requires exactly one.
    return {"configuration": value.get("configuration") or {member: {}}, **rest}


def _translate_blocks(value: Value, shape: Shape, schema: Schema, path: Path, walk: _Walk) -> Iterator[Block]:
    if isinstance(value, dict):
        yield Block(schema.name, (), _translate_members(value, shape, schema, path, walk))
    elif isinstance(value, list) and shape.element is not None:
        most = schema.items[1] if schema.items else None
        if most is not None and len(value) > most:
            walk.findings.append(report_repeated(path, most))
        for index, item in enumerate(value):
            yield from _translate_blocks(item, find_shape(shape.element), schema, (*path, index), walk)


def _translate_value(value: Value, shape: Shape, member: str, schema: Schema, path: Path, walk: _Walk) -> HclValue:
    if schema.is_json:
        return Call("jsonencode", (translate_value(value),))
    if (shape.name, member) in TEXTS and isinstance(value, str):
        node = next(walk.nodes[path[:end]] for end in range(len(path), 0, -1) if path[:end] in walk.nodes)
        return walk.place_text(node, path, value)
    return translate_value(value)


def translate_value(value: Value) -> HclValue:
    """Return a definition's value as an HCL value: a parameter becomes its variable, anything else stays the same."""
    match value:
        case ParameterReference(name):
            return Reference(f"var.{name}")
        case list():
            return [translate_value(item) for item in value]
        case dict():
            return {key: translate_value(item) for key, item in value.items()}
    return value
