"""Connections: both ends are there."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import advise_name
from generator.diagnostics import Finding, Rule, Severity, declare_rule
from generator.model import Connection, Flow, Node
from generator.source.position import Path
from generator.validation.registry import register_check

UNKNOWN_CONNECTION_SOURCE = declare_rule(
    "UnknownConnectionSource", Severity.ERROR, "A connection begins at a node that is not there."
)
UNKNOWN_CONNECTION_TARGET = declare_rule(
    "UnknownConnectionTarget", Severity.ERROR, "A connection ends at a node that is not there."
)
UNKNOWN_CONNECTION_SOURCE_OUTPUT = declare_rule(
    "UnknownConnectionSourceOutput", Severity.ERROR, "A connection begins at an output that its node does not have."
)
UNKNOWN_CONNECTION_TARGET_INPUT = declare_rule(
    "UnknownConnectionTargetInput", Severity.ERROR, "A connection ends at an input that its node does not have."
)
UNKNOWN_CONNECTION_CONDITION = declare_rule(
    "UnknownConnectionCondition", Severity.ERROR, "A connection follows a condition that its node does not have."
)


@register_check
def check_connection_sources(flow: Flow) -> Iterator[Finding]:
    """Report connections from nodes that are not there."""
    names = [node.name for node in flow.nodes]
    for connection in flow.connections:
        if connection.source not in names:
            path = (*connection.path, "source")
            yield _report(UNKNOWN_CONNECTION_SOURCE, "The flow", "node", connection.source, names, path)


@register_check
def check_connection_targets(flow: Flow) -> Iterator[Finding]:
    """Report connections to nodes that are not there."""
    names = [node.name for node in flow.nodes]
    for connection in flow.connections:
        if connection.target not in names:
            path = (*connection.path, "target")
            yield _report(UNKNOWN_CONNECTION_TARGET, "The flow", "node", connection.target, names, path)


@register_check
def check_connection_outputs(flow: Flow) -> Iterator[Finding]:
    """Report connections from outputs that their source does not list."""
    nodes = _index_nodes(flow)
    for connection in flow.connections:
        node = nodes.get(connection.source)
        if node is None or connection.output is None:
            continue
        names = [port.name for port in node.outputs]
        if connection.output not in names:
            path = _find_place(connection, "data", "sourceOutput")
            subject = f"The node {node.name!r}"
            yield _report(UNKNOWN_CONNECTION_SOURCE_OUTPUT, subject, "output", connection.output, names, path)


@register_check
def check_connection_inputs(flow: Flow) -> Iterator[Finding]:
    """Report connections to inputs that their target does not list."""
    nodes = _index_nodes(flow)
    for connection in flow.connections:
        node = nodes.get(connection.target)
        if node is None or connection.input is None:
            continue
        names = [port.name for port in node.inputs]
        if connection.input not in names:
            path = _find_place(connection, "data", "targetInput")
            subject = f"The node {node.name!r}"
            yield _report(UNKNOWN_CONNECTION_TARGET_INPUT, subject, "input", connection.input, names, path)


@register_check
def check_connection_conditions(flow: Flow) -> Iterator[Finding]:
    """Report conditional connections that name no condition of their source."""
    nodes = _index_nodes(flow)
    for connection in flow.connections:
        node = nodes.get(connection.source)
        if node is None or connection.condition is None:
            continue
        names = _list_conditions(node)
        if connection.condition not in names:
            path = _find_place(connection, "conditional", "condition")
            subject = f"The node {node.name!r}"
            yield _report(UNKNOWN_CONNECTION_CONDITION, subject, "condition", connection.condition, names, path)


def _index_nodes(flow: Flow) -> dict[str, Node]:
    # Of two nodes with one name (a finding of its own) the first is meant.
    return {node.name: node for node in reversed(flow.nodes)}


def _list_conditions(node: Node) -> list[str]:
    conditions = node.configuration.get("conditions")
    if not isinstance(conditions, list):
        return []
    names = [condition.get("name") for condition in conditions if isinstance(condition, dict)]
    return [name for name in names if isinstance(name, str)]


def _find_place(connection: Connection, member: str, end: str) -> Path:
    return (*connection.path, "configuration", member, end)


def _report(rule: Rule, subject: str, what: str, found: str, names: list[str], path: Path) -> Finding:
    message = f"{subject} has no {what} {found!r}."
    otherwise = f"It has no {what} at all: add one, or leave the connection out."
    if names:
        otherwise = f"There {'are' if len(names) > 1 else 'is'} {', '.join(names)}."
    return Finding(rule, message, advise_name(found, names, otherwise), path)
