"""Inputs without a connection or with several, and results and conditions that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, Related, soft_error, warning
from generator.flow.model import Connection, Node, Port
from generator.flow.nodes import NODE_TYPES
from generator.validation.ports import find_unknown_ports
from generator.validation.reachability import STARTING, find_unreachable_nodes
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNFULFILLED_NODE_INPUT = soft_error("UnfulfilledNodeInput", "An input of a node has no incoming data connection.")
MULTIPLE_NODE_INPUT_CONNECTIONS = soft_error(
    "MultipleNodeInputConnections", "An input of a node has several incoming data connections."
)
UNUSED_RESULT = warning("UnusedResult", "No connection uses the result of a node.")
UNCONNECTED_CONDITION = warning(
    "UnconnectedCondition", "No connection uses a condition, so the flow ends when it is true."
)


@register_check(UNFULFILLED_NODE_INPUT)
def check_unfulfilled_inputs(scope: Scope) -> Iterator[Finding]:
    """Report inputs without a required connection, unless a connection with an unknown end may be meant for them.

    A node without any connection to it is UnreachableNode.
    """
    unreachable = set(find_unreachable_nodes(scope)) - scope.incoming.keys()
    for node, port in _find_open_inputs(scope):
        if node.name in unreachable:
            continue
        message = f"Input {port.name!r} of node {node.name!r} has no incoming connection."
        is_optional = scope.input_rules[node.name].find(port.name) is None
        otherwise = ", or remove the input" if is_optional else ""
        help = f"Add a data connection to {node.name} with `targetInput: {port.name}`{otherwise}."
        yield Finding(UNFULFILLED_NODE_INPUT, message, help, (*port.path, "name"))


@register_check(MULTIPLE_NODE_INPUT_CONNECTIONS)
def check_multiple_connections(scope: Scope) -> Iterator[Finding]:
    """Report inputs that several outputs are connected to."""
    for name, incoming in scope.incoming.items():
        by_input: dict[str, dict[tuple[str, str | None], Connection]] = {}
        for connection in incoming:
            if connection.input is not None:
                ends = connection.source, connection.output
                by_input.setdefault(connection.input, {}).setdefault(ends, connection)
        for port, connections in by_input.items():
            first, *others = connections.values()
            if others:
                yield _report_multiple(name, port, first, others)


@register_check(UNUSED_RESULT)
def check_results(scope: Scope) -> Iterator[Finding]:
    """Report nodes without side effects (see nodes.NodeType.acts) whose result no connection uses."""
    misplaced = {connection.output for connection in scope.sourceless}
    for name, node in scope.nodes.items():
        if NODE_TYPES[node.type].acts or node.type in STARTING or not node.outputs:
            continue
        given = {port.name for port in node.outputs if scope.output_rules[name].find(port.name) is not None}
        taken = {connection.output for connection in scope.outgoing.get(name, ())}
        if given and not taken | (misplaced & given) and name in scope.incoming and not _lacks_connection(scope):
            yield _report_unused(node)


@register_check(UNCONNECTED_CONDITION)
def check_unfollowed_conditions(scope: Scope) -> Iterator[Finding]:
    """Report conditions that no connection uses, unless one with an unknown name may be meant for them."""
    misplaced = {connection.condition for connection in scope.sourceless}
    for node, conditions in scope.routes:
        names = [condition.name for condition in conditions]
        followed = {connection.condition for connection in scope.outgoing.get(node.name, ())}
        if not followed <= set(names):
            continue
        for condition in conditions:
            if condition.name not in followed | misplaced and not _lacks_connection(scope):
                name = f"condition {condition.name!r} of node {node.name!r}"
                message = f"No connection uses {name}, so the flow ends when it is true."
                help = f"Add a conditional connection from {node.name} with `condition: {condition.name}`."
                yield Finding(UNCONNECTED_CONDITION, message, help, (*condition.path, "name"))


def _find_open_inputs(scope: Scope) -> Iterator[tuple[Node, Port]]:
    """Yield the inputs that need a connection, have none, and cannot be the target of one with an unknown end."""
    if scope.body.lacks_connections:
        return
    unplaced = {connection.input for connection in scope.targetless}
    for name, node in scope.nodes.items():
        if not node.inputs:
            continue
        incoming = scope.incoming.get(name, ())
        fed = {connection.input for connection in incoming} | unplaced
        open_inputs = [port for port in node.inputs if port.name not in fed]
        if open_inputs:
            rules = scope.input_rules[name]
            settled = {rule.name for rule in rules.named if not rule.must_be_connected}
            settled |= {port.name for port in find_unknown_ports(node.inputs, rules)}
            open_inputs = [port for port in open_inputs if port.name not in settled]
        if open_inputs and node.type != "LoopInput" and not _has_unmatched_input(node, incoming):
            yield from ((node, port) for port in open_inputs)


def _has_unmatched_input(node: Node, incoming: list[Connection] | tuple[()]) -> bool:
    """Return whether a data connection to a node names an unknown input: it may be meant for any of them."""
    listed = {port.name for port in node.inputs}
    return any(item.input not in listed and item.condition is None for item in incoming)


def _report_multiple(name: str, port: str, first: Connection, others: list[Connection]) -> Finding:
    sources = ", ".join(connection.source for connection in (first, *others))
    message = f"Input {port!r} of node {name!r} has {len(others) + 1} incoming data connections: from {sources}."
    related = tuple(
        Related(f"The connection from {item.source} is here.", item.input_path) for item in (first, *others[1:])
    )
    help = "Keep one of them. Connect different branches to different nodes, for example to two Output nodes."
    return Finding(MULTIPLE_NODE_INPUT_CONNECTIONS, message, help, others[0].input_path, related=related)


def _lacks_connection(scope: Scope) -> bool:
    """Return whether a connection is missing elsewhere: only its target is reported, not its source too."""
    return scope.body.lacks_connections or bool(find_unreachable_nodes(scope) or next(_find_open_inputs(scope), None))


def _report_unused(node: Node) -> Finding:
    message = f"The result of node {node.name!r} is never used."
    help = "Connect its output to another node, such as an Output node, or remove the node."
    return Finding(UNUSED_RESULT, message, help, (*node.path, "name"))
