"""Builds the nodes and connections of a definition that has the API's shape except at known paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.flow.model import Body, Connection, Node, Port, Value
from generator.source.position import Path

LOOP = ("configuration", "loop", "definition")
"""The path of a loop's definition in its node."""


def build_body(definition: Value, path: Path, wrong: Sequence[Path] = (), loops: tuple[str, ...] = ()) -> Body:
    """Return the nodes and connections of the definition at `path`, in its order. `loops` contain it, outer ones first.

    `wrong` are the paths of values that do not have the API's shape. A connection that contains one is left out. A node
    that contains one is built without its configuration or, if the value is elsewhere, kept only by name and type.
    """
    items = definition if isinstance(definition, Mapping) else {}
    below = [place for place in wrong if place[: len(path)] == path]
    tops = {place[len(path) :] for place in below}
    nodes: list[Node] = []
    partial: dict[str, str] = {}
    lacks_nodes = bool(tops & {(), ("nodes",)})
    for value, place, faults in _list_items(items.get("nodes"), (*path, "nodes"), below):
        node = value if isinstance(value, dict) else {}
        if node and all(fault[:1] == ("configuration",) for fault in faults):
            nodes.append(_build_node(node, place, faults, loops))
        elif isinstance(node.get("name"), str):
            partial[str(node["name"])] = str(node.get("type"))
        else:
            lacks_nodes = True
    connections = [
        _build_connection(value, place) if isinstance(value, dict) and not faults else None
        for value, place, faults in _list_items(items.get("connections"), (*path, "connections"), below)
    ]
    lacks_connections = None in connections or bool(tops & {(), ("connections",)})
    sound = tuple(connection for connection in connections if connection is not None)
    return Body(path, tuple(nodes), sound, partial, lacks_nodes, lacks_connections)


def _list_items(values: Value, path: Path, wrong: Sequence[Path]) -> Iterator[tuple[Value, Path, list[Path]]]:
    """Yield each item of a list with its path and the wrong paths in it, relative to its own."""
    depth = len(path) + 1
    for index, value in enumerate(values if isinstance(values, list) else ()):
        place = (*path, index)
        yield value, place, [other[depth:] for other in wrong if other[:depth] == place] if wrong else []


def _build_node(node: Mapping[str, Value], path: Path, faults: Sequence[Path], loops: tuple[str, ...]) -> Node:
    configuration_path: Path = (*path, "configuration")
    configuration: Mapping[str, Value] = {}
    body = None
    is_partial = any(fault[: len(LOOP)] != LOOP for fault in faults)
    match node.get("configuration"):
        case dict() as union if union:
            member, value = next(iter(union.items()))
            configuration_path = (*configuration_path, member)
            configuration = value if isinstance(value, dict) and not is_partial else {}
            if member == "loop" and "definition" in configuration:
                place, wrong = (*path, *LOOP), [(*path, *fault) for fault in faults]
                body = build_body(configuration["definition"], place, wrong, (*loops, str(node["name"])))
    return Node(
        str(node["name"]),
        str(node["type"]),
        configuration,
        _build_ports(node.get("inputs"), (*path, "inputs")),
        _build_ports(node.get("outputs"), (*path, "outputs")),
        path,
        configuration_path,
        body,
        is_partial,
        loops,
    )


def _build_ports(ports: Value, path: Path) -> tuple[Port, ...]:
    if not isinstance(ports, list):
        return ()
    return tuple(
        [
            Port(
                str(port["name"]),
                str(port["type"]),
                port.get("expression"),
                _read_text(port.get("category")),
                (*path, index),
            )
            for index, port in enumerate(ports)
            if isinstance(port, dict)
        ]
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
    """Return the source output, the target input, and the condition of a connection."""
    union = configuration if isinstance(configuration, dict) else {}
    data, conditional = union.get("data"), union.get("conditional")
    output = input_name = condition = None
    if isinstance(data, dict):
        output, input_name = data.get("sourceOutput"), data.get("targetInput")
    if isinstance(conditional, dict):
        condition = conditional.get("condition")
    return _read_text(output), _read_text(input_name), _read_text(condition)


def _read_text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
