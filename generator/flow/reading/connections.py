"""Names of connections: generated if absent, and replaced if AWS's console wrote one that the API rejects."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping

from generator.findings import Finding
from generator.flow.api import describe_shape_rule, find_shape, fits_shape
from generator.flow.model import Value
from generator.flow.reading.rules import CONNECTION_RENAMED
from generator.source.position import Path

LONGEST = 100
HASH_LENGTH = 8
NAME_SHAPE = "FlowConnectionName"


def name_connections(definition: Value) -> Value:
    """Return a definition in which each connection has a name, including those in loops.

    A name depends only on its connection, so edits elsewhere do not change it:
    `Question_document_to_Classify_question`, `Route_urgent_to_Summarize`. If it would be too long, or if two
    connections would share it, it ends in a hash of the connection's source, output, target, and input.
    """
    return _replace_connections(definition, ("definition",), lambda connections, _path: _name_all(connections))


def rename_connections(definition: Value, findings: list[Finding]) -> Value:
    """Return a definition whose connections have names that the API accepts; changes are reported once.

    The console writes names that are longer than the API accepts, and AWS returns them. A new name is the start and a
    hash of the old one, so edits elsewhere do not change it, and equal names stay equal.
    """
    renamed: list[tuple[Path, str]] = []

    def rename(connections: list[Value], path: Path) -> list[Value]:
        taken = {item["name"] for item in connections if isinstance(item, dict) and isinstance(item.get("name"), str)}
        result = [_rename(item, taken) for item in connections]
        for index, (old, new) in enumerate(zip(connections, result, strict=True)):
            if new is not old and isinstance(new, dict):
                renamed.append(((*path, index, "name"), str(new["name"])))
        return result

    definition = _replace_connections(definition, ("definition",), rename)
    if renamed:
        findings.append(_report_renamed(renamed))
    return definition


def _replace_connections(definition: Value, path: Path, replace: Callable[[list[Value], Path], list[Value]]) -> Value:
    """Return a definition with each list of connections replaced, its own first, then those of loops."""
    if not isinstance(definition, dict):
        return definition
    changed = dict(definition)
    nodes, connections = definition.get("nodes"), definition.get("connections")
    if isinstance(connections, list):
        changed["connections"] = replace(connections, (*path, "connections"))
    if isinstance(nodes, list):
        places = ((*path, "nodes", index) for index in range(len(nodes)))
        changed["nodes"] = [
            _replace_within_loop(node, place, replace) for node, place in zip(nodes, places, strict=True)
        ]
    return changed


def _replace_within_loop(node: Value, path: Path, replace: Callable[[list[Value], Path], list[Value]]) -> Value:
    configuration = node.get("configuration") if isinstance(node, dict) else None
    loop = configuration.get("loop") if isinstance(configuration, dict) else None
    if not (isinstance(node, dict) and isinstance(configuration, dict) and isinstance(loop, dict)):
        return node
    if "definition" not in loop:
        return node
    inner = _replace_connections(loop["definition"], (*path, "configuration", "loop", "definition"), replace)
    changed: Value = {**loop, "definition": inner}
    return {**node, "configuration": {**configuration, "loop": changed}}


def _rename(connection: Value, taken: set[Value]) -> Value:
    name = connection.get("name") if isinstance(connection, dict) else None
    if not isinstance(connection, dict) or not isinstance(name, str) or fits_shape(name, NAME_SHAPE):
        return connection
    words = re.sub("[^0-9a-zA-Z]+", "_", name).strip("_")
    base = words if words[:1].isalpha() else f"Connection_{words}".strip("_")
    new, content = _end_in_hash(base, name), name
    while new in taken:
        content += "\0"
        new = _end_in_hash(base, content)
    return {**connection, "name": new}


def _report_renamed(renamed: list[tuple[Path, str]]) -> Finding:
    path, name = renamed[0]
    if len(renamed) == 1:
        message = f"The API does not accept this connection name; the module uses {name!r}."
    else:
        message = (
            f"The API does not accept the names of {len(renamed)} connections, so the module renames them. "
            f"This one becomes {name!r}."
        )
    rule = describe_shape_rule(find_shape(NAME_SHAPE))
    help = f"No action is needed, because nothing refers to a connection by name. {rule}"
    return Finding(CONNECTION_RENAMED, message, help, path)


def _name_all(connections: list[Value]) -> list[Value]:
    bases = [_make_base(item) if isinstance(item, dict) and "name" not in item else None for item in connections]
    taken = Counter(base for base in bases if base is not None)
    given = (item.get("name") for item in connections if isinstance(item, dict))
    taken.update(name for name in given if isinstance(name, str))
    result: list[Value] = []
    for index, (item, base) in enumerate(zip(connections, bases, strict=True)):
        if base is None or not isinstance(item, dict):
            result.append(item)
            continue
        fits = len(base) <= LONGEST and taken[base] == 1
        result.append({"name": base if fits else _end_in_hash(base, _identify(item, index)), **item})
    return result


def _identify(connection: Mapping[str, Value], index: int) -> str:
    """Return what tells a connection from others; its index, too, if an end is missing or not a name.

    That end is reported. Names that nobody wrote are then not reported as duplicates.
    """
    parts, configuration = _list_parts(connection), connection.get("configuration")
    is_conditional = isinstance(configuration, dict) and "conditional" in configuration
    is_whole = all(parts[:3]) and (is_conditional or bool(parts[3]))
    return "\0".join(parts if is_whole else (*parts, str(index)))


def _make_base(connection: Mapping[str, Value]) -> str:
    source, output, target, input_name = _list_parts(connection)
    start = f"{source}_{output}" if source and output else source or output
    end = f"{target}_{input_name}" if target and input_name else target or input_name
    return f"{start}_to_{end}".strip("_")


def _list_parts(connection: Mapping[str, Value]) -> tuple[str, str, str, str]:
    """Return the source, output or condition, target, and input; each is empty if it is absent or not a name."""
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
    """Return a part if a name can contain it. An invalid one is reported where it is, not in the name."""
    return part if isinstance(part, str) and fits_shape(part, "FlowNodeName") else ""


def _end_in_hash(base: str, content: str) -> str:
    digest = hashlib.sha256(content.encode()).hexdigest()[:HASH_LENGTH]
    return f"{base[: LONGEST - HASH_LENGTH - 1].rstrip('_')}_{digest}"
