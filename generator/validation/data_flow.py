"""What comes into the inputs of nodes, and what nodes give and nobody takes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, Related, soft_error, warning
from generator.flow.model import Connection, Node, Port
from generator.flow.nodes import NODE_TYPES
from generator.validation.ports import find_unknown_ports
from generator.validation.reachability import STARTING, find_lost_nodes
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNFULFILLED_NODE_INPUT = soft_error("UnfulfilledNodeInput", "An input of a node has no incoming data connection.")
MULTIPLE_NODE_INPUT_CONNECTIONS = soft_error(
    "MultipleNodeInputConnections", "Several data connections lead to one input of a node."
)
UNUSED_RESULT = warning("UnusedResult", "No connection takes what a node gives.")
UNCONNECTED_CONDITION = warning(
    "UnconnectedCondition", "No connection follows a condition, so the flow ends where it holds."
)


@register_check(UNFULFILLED_NODE_INPUT)
def check_unfulfilled_inputs(scope: Scope) -> Iterator[Finding]:
    """Report inputs without the connection that they need, unless one with a wrong end may be meant for them."""
    for node, port in _find_open_inputs(scope):
        message = f"Input {port.name!r} of node {node.name!r} has no incoming connection."
        is_free = scope.input_rules[node.name].find(port.name) is None
        otherwise = ", or remove the input" if is_free else ""
        remedy = f"Add a data connection to {node.name} with `targetInput: {port.name}`{otherwise}."
        yield Finding(UNFULFILLED_NODE_INPUT, message, remedy, (*port.path, "name"))


@register_check(MULTIPLE_NODE_INPUT_CONNECTIONS)
def check_crowded_inputs(scope: Scope) -> Iterator[Finding]:
    """Report inputs that data comes into from several outputs."""
    for name, incoming in scope.incoming.items():
        by_input: dict[str, dict[tuple[str, str | None], Connection]] = {}
        for connection in incoming:
            if connection.input is not None:
                ends = connection.source, connection.output
                by_input.setdefault(connection.input, {}).setdefault(ends, connection)
        for port, connections in by_input.items():
            first, *others = connections.values()
            if others:
                yield _report_crowded(name, port, first, others)


@register_check(UNUSED_RESULT)
def check_results(scope: Scope) -> Iterator[Finding]:
    """Report nodes that only give a result (see nodes.NodeType.acts), and whose result no connection takes."""
    misplaced = {connection.output for connection in scope.sourceless}
    for name, node in scope.nodes.items():
        if NODE_TYPES[node.type].acts or node.type in STARTING or not node.outputs:
            continue
        given = {port.name for port in node.outputs if scope.output_rules[name].find(port.name) is not None}
        taken = {connection.output for connection in scope.outgoing.get(name, ())}
        if given and not taken | (misplaced & given) and name in scope.incoming and not _lacks_a_connection(scope):
            yield _report_unused(node)


@register_check(UNCONNECTED_CONDITION)
def check_unfollowed_conditions(scope: Scope) -> Iterator[Finding]:
    """Report conditions that no connection follows, unless one with a wrong name may be meant."""
    misplaced = {connection.condition for connection in scope.sourceless}
    for node, conditions in scope.routes:
        names = [condition.name for condition in conditions]
        followed = {connection.condition for connection in scope.outgoing.get(node.name, ())}
        if not followed <= set(names):
            continue
        for condition in conditions:
            if condition.name not in followed | misplaced and not _lacks_a_connection(scope):
                message = (
                    f"Nothing follows when the condition {condition.name!r} of {node.name!r} holds: the flow ends "
                    "there."
                )
                remedy = f"Add a conditional connection from {node.name} with `condition: {condition.name}`."
                yield Finding(UNCONNECTED_CONDITION, message, remedy, (*condition.path, "name"))


def _find_open_inputs(scope: Scope) -> Iterator[tuple[Node, Port]]:
    """Yield the inputs that need a connection, and that none leads to, or may be meant to lead to."""
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
        if open_inputs and node.type != "LoopInput" and not _has_astray(node, incoming):
            yield from ((node, port) for port in open_inputs)


def _has_astray(node: Node, incoming: list[Connection] | tuple[()]) -> bool:
    """Tell whether a data connection to a node names none of its inputs: it may be meant for any."""
    listed = {port.name for port in node.inputs}
    return any(item.input not in listed and item.condition is None for item in incoming)


def _report_crowded(name: str, port: str, first: Connection, others: list[Connection]) -> Finding:
    sources = ", ".join(connection.source for connection in (first, *others))
    message = f"{len(others) + 1} data connections lead to the input {port!r} of the node {name!r}: from {sources}."
    related = tuple(Related(f"Data comes from {item.source} here.", item.input_path) for item in (first, *others[1:]))
    remedy = "Keep one of them. What comes from different branches goes to nodes of its own, such as two Output nodes."
    return Finding(MULTIPLE_NODE_INPUT_CONNECTIONS, message, remedy, others[0].input_path, related=related)


def _lacks_a_connection(scope: Scope) -> bool:
    """Tell whether a connection is missing elsewhere: where it should lead to is told, where it comes from need not."""
    return scope.body.lacks_connections or bool(find_lost_nodes(scope)) or any(True for _ in _find_open_inputs(scope))


def _report_unused(node: Node) -> Finding:
    message = f"No connection takes the result of the node {node.name!r}, which does nothing else."
    remedy = "Connect its output with a node after it, such as an Output node, or leave the node out."
    return Finding(UNUSED_RESULT, message, remedy, (*node.path, "name"))
