"""The API's shapes as JSON Schema: the same data that the checks use, with references where the reader accepts them."""

from __future__ import annotations

from generator.editor.values import (
    DOCUMENT,
    PLAIN_KEY,
    Schema,
    allow_parameter,
    allow_text,
    make_choice,
    make_mapping,
    refer,
)
from generator.flow.api import Shape, describe_shape_rule, find_shape, list_node_types, write_pattern
from generator.flow.api.shapes import load_texts
from generator.flow.nodes import NODE_TYPES
from generator.flow.reading.paths import STRUCTURAL

SCALARS = {"string": "string", "integer": "integer", "float": "number", "boolean": "boolean"}
CONNECTIONS = {"Data": "data", "Conditional": "conditional"}
EMPTY_BRANCH = "$|^"
"""The start of a pattern that also matches the empty string, which later checks reject and so does the schema."""


def make_shape_schemas(roots: list[str]) -> dict[str, Schema]:
    """Return the schemas of all shapes reachable from `roots`, by name."""
    schemas: dict[str, Schema] = {}
    waiting = list(reversed(roots))
    while waiting:
        shape = find_shape(waiting.pop())
        if shape.name in schemas or shape.type == "document":
            continue
        schemas[shape.name] = _make_schema(shape)
        parts = [*shape.members.values(), shape.element, shape.key, shape.value]
        waiting += [part for part in reversed(parts) if part is not None]
    return schemas


def _make_schema(shape: Shape) -> Schema:
    match shape.type:
        case "structure":
            return _make_structure(shape)
        case "union":
            return {**make_mapping(_make_properties(shape)), "minProperties": 1, "maxProperties": 1}
        case "list":
            return {"type": "array", **_bound(shape, "Items"), "items": _place_shape(find_shape(shape.element or ""))}
        case "map":
            names = {"allOf": [PLAIN_KEY, _refer_to(find_shape(shape.key or ""))]}
            value = _place_shape(find_shape(shape.value or ""))
            return {
                "type": "object",
                **_bound(shape, "Properties"),
                "propertyNames": names,
                "additionalProperties": value,
            }
        case "string":
            return _make_text(shape)
    return {"type": SCALARS[shape.type]} | {
        key: bound for key, bound in (("minimum", shape.minimum), ("maximum", shape.maximum)) if bound is not None
    }


def _make_structure(shape: Shape) -> Schema:
    # flowseal names connections that have no name.
    optional = {"name"} if shape.name == "FlowConnection" else set()
    schema = make_mapping(_make_properties(shape), required=[name for name in shape.required if name not in optional])
    if shape.name == "FlowNode":
        schema["allOf"] = [
            _tie(name, kind.configuration, kind.needs_configuration) for name, kind in NODE_TYPES.items()
        ]
    if shape.name == "FlowConnection":
        schema["allOf"] = [_tie(name, member, True) for name, member in CONNECTIONS.items()]
    return schema


def _tie(type_name: str, member: str, is_needed: bool) -> Schema:
    """Return the schema that ties the configuration of a node or connection to its type."""
    then: Schema = {"properties": {"configuration": {"propertyNames": {"const": member}}}}
    if is_needed:
        then["required"] = ["configuration"]
    return {"if": {"properties": {"type": {"const": type_name}}, "required": ["type"]}, "then": then}


def _make_properties(shape: Shape) -> Schema:
    properties: Schema = {}
    for member, name in shape.members.items():
        target = find_shape(name)
        rule = "" if target.type in ("structure", "union", "list", "map", "document") else describe_shape_rule(target)
        description = f"{load_texts()['meanings'][shape.name][member]} {rule}".strip()
        place = _refer_to(target) if member in STRUCTURAL else _place_shape(target)
        properties[member] = {"description": description, **place}
    return properties


def _place_shape(shape: Shape) -> Schema:
    """Return the schema of a value with this shape where references are valid."""
    schema = _refer_to(shape)
    if shape.type == "string":
        return allow_text(schema)
    if shape.type in SCALARS or (shape.type == "list" and find_shape(shape.element or "").type == "string"):
        return allow_parameter(schema)
    return schema


def _refer_to(shape: Shape) -> Schema:
    return refer(DOCUMENT if shape.type == "document" else shape.name)


def _make_text(shape: Shape) -> Schema:
    if shape.name == "FlowNodeType":
        return {"type": "string", **make_choice({name: load_texts()["node_types"][name] for name in list_node_types()})}
    if shape.enum:
        return {"type": "string", "enum": list(shape.enum)}
    schema: Schema = {"type": "string", **_bound(shape, "Length")}
    pattern = write_pattern(shape)
    if shape.pattern is not None and pattern is not None:
        if shape.pattern.startswith(EMPTY_BRANCH):
            schema["minLength"] = max(1, shape.minimum or 0)
        schema["pattern"] = f"^(?:{pattern})$"
    return schema


def _bound(shape: Shape, what: str) -> Schema:
    bounds = {f"min{what}": shape.minimum or None, f"max{what}": shape.maximum}
    return {key: bound for key, bound in bounds.items() if bound is not None}
