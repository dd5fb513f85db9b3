"""Nodes and connections out of a definition whose shape is right."""

from __future__ import annotations

from collections.abc import Mapping

from generator.model import Connection, Node, Port, Value
from generator.source.position import Path


def build_nodes(definition: Mapping[str, Value]) -> tuple[Node, ...]:
    """Return the nodes of a definition, in its order; those within a Loop's own definition stay in there."""
    return tuple(
        _build_node(node, ("definition", "nodes", index))
        for index, node in enumerate(_list_mappings(definition.get("nodes")))
    )


def build_connections(definition: Mapping[str, Value]) -> tuple[Connection, ...]:
    """Return the connections of a definition, in its order."""
    return tuple(
        _build_connection(connection, ("definition", "connections", index))
        for index, connection in enumerate(_list_mappings(definition.get("connections")))
    )


def _build_node(node: Mapping[str, Value], path: Path) -> Node:
    configuration_path: Path = (*path, "configuration")
    configuration: Mapping[str, Value] = {}
    match node.get("configuration"):
        case dict() as union if union:
            member, value = next(iter(union.items()))
            configuration_path = (*configuration_path, member)
            configuration = value if isinstance(value, dict) else {}
    return Node(
        str(node["name"]),
        str(node["type"]),
        configuration,
        _build_ports(node.get("inputs"), (*path, "inputs")),
        _build_ports(node.get("outputs"), (*path, "outputs")),
        path,
        configuration_path,
    )


def _build_ports(ports: Value, path: Path) -> tuple[Port, ...]:
    return tuple(
        Port(
            str(port["name"]),
            str(port["type"]),
            port.get("expression"),
            _read_text(port.get("category")),
            (*path, index),
        )
        for index, port in enumerate(_list_mappings(ports))
    )


def _build_connection(connection: Mapping[str, Value], path: Path) -> Connection:
    output, input_name, condition = _read_ends(connection.get("configuration"))
    return Connection(
        str(connection["name"]),
        str(connection["source"]),
        str(connection["target"]),
        str(connection["type"]),
        output,
        input_name,
        condition,
        path,
    )


def _read_ends(configuration: Value) -> tuple[str | None, str | None, str | None]:
    """Return the source's output, the target's input and the condition that a connection names."""
    union = configuration if isinstance(configuration, dict) else {}
    data, conditional = union.get("data"), union.get("conditional")
    ends = data if isinstance(data, dict) else {}
    branch = conditional if isinstance(conditional, dict) else {}
    return (
        _read_text(ends.get("sourceOutput")),
        _read_text(ends.get("targetInput")),
        _read_text(branch.get("condition")),
    )


def _list_mappings(value: Value) -> list[dict[str, Value]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _read_text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
