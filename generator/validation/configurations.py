"""Configurations: there where they are needed, and of the kind that the type asks for."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, error
from generator.flow.model import Connection
from generator.flow.nodes import NODE_TYPES
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MISSING_NODE_CONFIGURATION = error("MissingNodeConfiguration", "A node of a type that needs a configuration has none.")
MISMATCHED_NODE_CONFIGURATION = error("MismatchedNodeConfiguration", "A node's configuration is that of another type.")
MISSING_CONNECTION_CONFIGURATION = error("MissingConnectionConfiguration", "A connection does not say what it carries.")
MISMATCHED_CONNECTION_CONFIGURATION = error(
    "MismatchedConnectionConfiguration", "A connection's configuration is that of another type."
)

CONNECTION_MEMBERS = {"Data": "data", "Conditional": "conditional"}


@register_check(MISSING_NODE_CONFIGURATION)
def check_missing_node_configurations(scope: Scope) -> Iterator[Finding]:
    """Report nodes without the configuration that PrepareFlow asks for. Input, Output and the like need none."""
    for node in scope.body.nodes:
        kind = NODE_TYPES[node.type]
        is_absent = node.configuration_path == (*node.path, "configuration") and not node.is_blurred
        if kind.needs_configuration and is_absent:
            message = f"The node {node.name!r} has no configuration, and its type {node.type} needs one."
            remedy = f"Write `configuration:` with `{kind.configuration}:` in it."
            yield Finding(MISSING_NODE_CONFIGURATION, message, remedy, node.path)


@register_check(MISMATCHED_NODE_CONFIGURATION)
def check_node_configurations(scope: Scope) -> Iterator[Finding]:
    """Report nodes whose configuration belongs to another type, which CreateFlow refuses."""
    for node in scope.body.nodes:
        expected = NODE_TYPES[node.type].configuration
        if node.configuration_path != (*node.path, "configuration") and node.configuration_path[-1] != expected:
            found = node.configuration_path[-1]
            message = f"The node {node.name!r} is of type {node.type}, and its configuration is {found}."
            remedy = f"Write {expected} instead of {found}, or give the node the type that it is meant to have."
            yield Finding(MISMATCHED_NODE_CONFIGURATION, message, remedy, node.configuration_path, key=True)


@register_check(MISSING_CONNECTION_CONFIGURATION)
def check_missing_connection_configurations(scope: Scope) -> Iterator[Finding]:
    """Report connections that name neither ports nor a condition."""
    for connection in scope.body.connections:
        if _find_member(connection) is None:
            expected = CONNECTION_MEMBERS[connection.type]
            message = f"The connection {connection.name!r} has no configuration."
            remedy = f"Write `configuration:` with `{expected}:` in it."
            yield Finding(MISSING_CONNECTION_CONFIGURATION, message, remedy, connection.path)


@register_check(MISMATCHED_CONNECTION_CONFIGURATION)
def check_connection_configurations(scope: Scope) -> Iterator[Finding]:
    """Report connections whose configuration does not fit their type, which CreateFlow refuses."""
    for connection in scope.body.connections:
        expected, found = CONNECTION_MEMBERS[connection.type], _find_member(connection)
        if found is not None and found != expected:
            message = (
                f"The connection {connection.name!r} is of type {connection.type}, and its configuration is {found}."
            )
            remedy = f"Write {expected} instead of {found}, or change the type."
            path = (*connection.path, "configuration", found)
            yield Finding(MISMATCHED_CONNECTION_CONFIGURATION, message, remedy, path, key=True)


def _find_member(connection: Connection) -> str | None:
    if connection.condition is not None:
        return "conditional"
    return "data" if connection.output is not None else None
