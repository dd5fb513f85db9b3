"""What comes into a node's inputs: something, and from one place each."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Finding, Related, soft_error
from generator.model import Connection, Node, Port
from generator.validation.ports import find_unknown_ports
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNFULFILLED_NODE_INPUT = soft_error("UnfulfilledNodeInput", "An input of a node has no incoming data connection.")
MULTIPLE_NODE_INPUT_CONNECTIONS = soft_error(
    "MultipleNodeInputConnections", "Several data connections lead to one input of a node."
)


@register_check(UNFULFILLED_NODE_INPUT)
def check_unfulfilled_inputs(scope: Scope) -> Iterator[Finding]:
    """Report inputs without the connection that they need, unless one with a wrong end may be meant for them."""
    for node, port in find_open_inputs(scope):
        message = f"Input {port.name!r} of node {node.name!r} has no incoming connection."
        is_free = scope.input_rules[node.name].find(port.name) is None
        otherwise = ", or remove the input" if is_free else ""
        remedy = f"Add a data connection to {node.name} with `targetInput: {port.name}`{otherwise}."
        yield Finding(UNFULFILLED_NODE_INPUT, message, remedy, (*port.path, "name"))


def find_open_inputs(scope: Scope) -> Iterator[tuple[Node, Port]]:
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


def _has_astray(node: Node, incoming: list[Connection] | tuple[()]) -> bool:
    """Tell whether a data connection to a node names none of its inputs: it may be meant for any."""
    listed = {port.name for port in node.inputs}
    return any(item.input not in listed and item.condition is None for item in incoming)


def _report_crowded(name: str, port: str, first: Connection, others: list[Connection]) -> Finding:
    sources = ", ".join(connection.source for connection in (first, *others))
    message = f"{len(others) + 1} data connections lead to the input {port!r} of the node {name!r}: from {sources}."
    related = tuple(
        Related(f"Data comes from {item.source} here.", (*item.path, "configuration", "data", "targetInput"))
        for item in (first, *others[1:])
    )
    remedy = "Keep one of them. What comes from different branches goes to nodes of its own, such as two Output nodes."
    path = (*others[0].path, "configuration", "data", "targetInput")
    return Finding(MULTIPLE_NODE_INPUT_CONNECTIONS, message, remedy, path, related=related)
