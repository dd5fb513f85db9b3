"""Names for connections that have none."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

from generator.api import make_fitness
from generator.model import Value

LONGEST = 100
HASH_LENGTH = 8


def name_connections(definition: Value) -> Value:
    """Return a definition in which each connection has a name, those of nested loops included.

    A name comes from what the connection itself says, so edits elsewhere leave it alone:
    `Question_document_to_Classify_question`, `Route_urgent_to_Summarise`. One that would be too long, or that two
    connections would share, ends in a hash of the connection's own source, output, target and input.
    """
    if not isinstance(definition, dict):
        return definition
    named = dict(definition)
    nodes, connections = definition.get("nodes"), definition.get("connections")
    if isinstance(nodes, list):
        named["nodes"] = [_name_within_loop(node) for node in nodes]
    if isinstance(connections, list):
        named["connections"] = _name_all(connections)
    return named


def _name_within_loop(node: Value) -> Value:
    configuration = node.get("configuration") if isinstance(node, dict) else None
    loop = configuration.get("loop") if isinstance(configuration, dict) else None
    if not (isinstance(node, dict) and isinstance(configuration, dict) and isinstance(loop, dict)):
        return node
    if "definition" not in loop:
        return node
    named: Value = {**loop, "definition": name_connections(loop["definition"])}
    return {**node, "configuration": {**configuration, "loop": named}}


def _name_all(connections: list[Value]) -> list[Value]:
    bases = [_make_base(item) if isinstance(item, dict) and "name" not in item else None for item in connections]
    taken = Counter(base for base in bases if base is not None)
    given = (item.get("name") for item in connections if isinstance(item, dict))
    taken.update(name for name in given if isinstance(name, str))
    result: list[Value] = []
    for item, base in zip(connections, bases, strict=True):
        if base is None or not isinstance(item, dict):
            result.append(item)
            continue
        fits = len(base) <= LONGEST and taken[base] == 1
        result.append({"name": base if fits else _add_hash(base, item), **item})
    return result


def _make_base(connection: Mapping[str, Value]) -> str:
    source, output, target, input_name = _list_parts(connection)
    start = f"{source}_{output}" if source and output else source or output
    end = f"{target}_{input_name}" if target and input_name else target or input_name
    return f"{start}_to_{end}".strip("_")


def _list_parts(connection: Mapping[str, Value]) -> tuple[str, str, str, str]:
    """Return source, output or condition, target and input, each empty where it is not there or no name."""
    configuration = connection.get("configuration")
    output = input_name = None
    if isinstance(configuration, dict):
        data, conditional = configuration.get("data"), configuration.get("conditional")
        if isinstance(data, dict) and "sourceOutput" in data and "targetInput" in data:
            output, input_name = data["sourceOutput"], data["targetInput"]
        elif isinstance(conditional, dict):
            output = conditional.get("condition")
    ends = _keep_name(connection.get("source")), _keep_name(connection.get("target"))
    return ends[0], _keep_name(output), ends[1], _keep_name(input_name)


def _keep_name(part: Value) -> str:
    """Return a part that can stand in a name; a wrong one is reported where it stands, not through the name."""
    return part if isinstance(part, str) and make_fitness("FlowNodeName")(part) else ""


def _add_hash(base: str, connection: Mapping[str, Value]) -> str:
    content = "\0".join(_list_parts(connection))
    digest = hashlib.sha256(content.encode()).hexdigest()[:HASH_LENGTH]
    return f"{base[: LONGEST - HASH_LENGTH - 1].rstrip('_')}_{digest}"
