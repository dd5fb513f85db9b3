"""A definition in the API's form -> that of the engine's resource, in one walk over the grammar and the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from generator.findings import Finding
from generator.flow.api import Shape, find_shape
from generator.flow.model import Engine, Flow, Node, ParameterReference, Value
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Call, Reference
from generator.terraform.hcl import Value as HclValue
from generator.terraform.resource.limits import (
    Limit,
    check_value,
    count_characters,
    find_faults,
    limit_choice,
    limit_items,
    limit_key,
    limit_request,
    report_limits,
)
from generator.terraform.resource.schema import Resource, Schema, find_member, find_resource, name_configuration

PlaceText: TypeAlias = Callable[[Node, Path, str], HclValue]
TEXTS = frozenset(
    {
        ("ContentBlock", "text"),
        ("InlineCodeFlowNodeConfiguration", "code"),
        ("KnowledgeBasePromptTemplate", "textPromptTemplate"),
        ("SystemContentBlock", "text"),
        ("TextPromptTemplateConfiguration", "text"),
    }
)
"""The API's keys for prompts and code, each of which gets its own file, by shape."""


class _Part(NamedTuple):
    """A key with its value or, if it has members, with one body per item of its list."""

    schema: Schema
    value: HclValue = None
    bodies: tuple[tuple[_Part, ...], ...] | None = None
    is_list: bool = False


@dataclass(slots=True)
class _Walk:
    """The state of a walk: where prompts and code go, all nodes by path, and what the resource does not accept.

    `excess` is the number of characters of JSON by which values are too long.
    """

    flow: Flow
    resource: Resource
    place_text: PlaceText
    nodes: Mapping[Path, Node]
    limits: list[Limit] = field(default_factory=list)
    excess: int = 0


def translate_definition(flow: Flow, place_text: PlaceText) -> tuple[Block | Attribute, list[Finding]]:
    """Return the definition for the flow's engine, and a finding for everything that its resource does not accept.

    It is the resource's block for the engine `native`, and the attribute of a local value for `cloud-control`.
    `place_text` returns the value for a prompt or for code, given its node, path, and text. If there is a finding, the
    definition is incomplete and must not be used.
    """
    body, limits = _translate(flow, flow.engine, place_text)
    (other,) = set(Engine) - {flow.engine}
    others = find_limits(flow, other) if limits else []
    findings = report_limits(limits, find_resource(flow.engine), others, other)
    if flow.engine is Engine.NATIVE:
        return Block("definition", (), _write_body(body)), findings
    return Attribute("definition", _write_object(body)), findings


def find_limits(flow: Flow, engine: Engine) -> list[Limit]:
    """Return everything in a flow that the resource of an engine does not accept."""
    return _translate(flow, engine, lambda _node, _path, text: text)[1]


def _translate(flow: Flow, engine: Engine, place_text: PlaceText) -> tuple[tuple[_Part, ...], list[Limit]]:
    resource = find_resource(engine)
    walk = _Walk(flow, resource, place_text, {node.path: node for node in flow.all_nodes})
    for name, value in (("name", flow.name), ("description", flow.description)):
        schema = find_member(resource.root, name)
        if schema is not None:
            _check_value(value, schema, (name,), walk)
    body = _translate_members(
        dict(flow.definition), find_shape("FlowDefinition"), resource.definition, ("definition",), walk
    )
    if engine is Engine.CLOUD_CONTROL:
        walk.limits += limit_request(flow, walk.excess)
    return body, walk.limits


def _translate_members(
    value: Mapping[str, Value], shape: Shape, schema: Schema, path: Path, walk: _Walk
) -> tuple[_Part, ...]:
    """Return the members of a mapping in the author's order, but `name` first."""
    walk.limits += find_faults(value, shape, schema, path)
    value = _drop_unsupported(value, shape, schema, path, walk)
    if path in walk.nodes:
        value = _complete_node(walk.nodes[path], value, schema)
    parts: list[_Part] = []
    for member, item in value.items():
        target = find_member(schema, member)
        place = (*path, member)
        if target is None:
            walk.limits.append(limit_key(shape, member, place))
        elif target.members is None:
            parts.append(_Part(target, _translate_value(item, shape, member, target, place, walk)))
        else:
            parts.append(_translate_bodies(item, find_shape(shape.members[member]), target, place, walk))
    return tuple(sorted(parts, key=lambda part: part.schema.name.lower() != "name"))


def _drop_unsupported(
    value: Mapping[str, Value], shape: Shape, schema: Schema, path: Path, walk: _Walk
) -> Mapping[str, Value]:
    """Return a mapping without a choice that the resource does not have, and without what it chooses."""
    for member, item in value.items():
        target = find_member(schema, member)
        if target is None or not target.values or not isinstance(item, str) or item in target.values:
            continue
        chosen = [
            name
            for name, inner in shape.members.items()
            if find_shape(inner).type == "union" and item.lower() in map(str.lower, find_shape(inner).members)
        ]
        affected = tuple((*path, name) for name in chosen)
        walk.limits.append(limit_choice(find_shape(shape.members[member]), item, (*path, member), affected))
        value = {name: other for name, other in value.items() if name not in (member, *chosen)}
    return value


def _complete_node(node: Node, value: Mapping[str, Value], schema: Schema) -> Mapping[str, Value]:
    """Return a node with its type's configuration, which is empty if the API lets it be missing.

    The resource of `native` requires one. With `cloud-control`, AWS could return it although it was not given.
    """
    member = name_configuration(node.type)
    configuration = find_member(schema, "configuration")
    own = None if configuration is None else find_member(configuration, member)
    rest = {key: item for key, item in value.items() if key != "configuration"}
    if own is None or "type" not in value:
        return value
    if not value.get("configuration") and own.requires_members:
        return rest  # Validation reports the missing configuration.
    return {"type": value["type"], "configuration": value.get("configuration") or {member: {}}, **rest}


def _translate_bodies(value: Value, shape: Shape, schema: Schema, path: Path, walk: _Walk) -> _Part:
    """Return a key whose value is a mapping or a list of mappings."""
    if isinstance(value, dict):
        return _Part(schema, bodies=(_translate_members(value, shape, schema, path, walk),))
    items = value if isinstance(value, list) else []
    element = find_shape(shape.element or "")
    most = schema.items[1] if schema.items else None
    if most is not None and len(items) > most and (shape.maximum is None or shape.maximum > most):
        walk.limits.append(limit_items(path, most))
    _check_value(items, schema, path, walk)
    bodies = [
        _translate_members(item, element, schema, (*path, index), walk)
        for index, item in enumerate(items)
        if isinstance(item, dict)
    ]
    return _Part(schema, bodies=tuple(bodies), is_list=True)


def _translate_value(value: Value, shape: Shape, member: str, schema: Schema, path: Path, walk: _Walk) -> HclValue:
    if schema.is_json:
        return Call("jsonencode", (translate_value(value),))
    _check_value(value, schema, path, walk)
    if (shape.name, member) in TEXTS and isinstance(value, str):
        node = next(walk.nodes[path[:end]] for end in range(len(path), 0, -1) if path[:end] in walk.nodes)
        return walk.place_text(node, path, value)
    return translate_value(value)


def _check_value(value: Value, schema: Schema, path: Path, walk: _Walk) -> None:
    """Check a value, or the default of a parameter."""
    found, place = walk.flow.resolve(value, path)
    walk.limits += check_value(found, schema, place, path)
    most = schema.characters[1] if schema.characters else None
    if most is not None and isinstance(value, str) and len(value) > most:
        walk.excess += count_characters(value) - count_characters(value[:most])


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


def _write_body(parts: tuple[_Part, ...]) -> tuple[Attribute | Block, ...]:
    """Return the body of a block: attributes, then blocks."""
    attributes = [Attribute(part.schema.name, part.value) for part in parts if part.bodies is None]
    blocks = [Block(part.schema.name, (), _write_body(body)) for part in parts for body in part.bodies or ()]
    return (*attributes, *blocks)


def _write_object(parts: tuple[_Part, ...]) -> HclValue:
    return {part.schema.name: _write_value(part) for part in parts}


def _write_value(part: _Part) -> HclValue:
    if part.bodies is None:
        return part.value
    objects = [_write_object(body) for body in part.bodies]
    return objects if part.is_list else objects[0]
