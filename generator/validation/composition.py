"""Which nodes a flow or a loop must have, can have, and cannot have, how many, and with which configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.findings import Finding, Related, Rule, error, soft_error
from generator.flow.api import find_shape
from generator.flow.model import Connection, Node
from generator.flow.nodes import MOST_NODES, NODE_TYPES, QUOTA_SOURCE
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope

MISSING_STARTING_NODES = soft_error("MissingStartingNodes", "A flow has no Input node.")
MISSING_ENDING_NODES = soft_error("MissingEndingNodes", "A flow has no Output node.")
MISSING_LOOP_INPUT_NODE = soft_error("MissingLoopInputNode", "A loop has no LoopInput node.")
MISSING_LOOP_CONTROLLER_NODE = soft_error("MissingLoopControllerNode", "A loop has no LoopController node.")
MULTIPLE_LOOP_INPUT_NODES = soft_error("MultipleLoopInputNodes", "A loop has more than one LoopInput node.")
MULTIPLE_LOOP_CONTROLLER_NODES = soft_error(
    "MultipleLoopControllerNodes", "A loop has more than one LoopController node."
)
LOOP_INCOMPATIBLE_NODE_TYPE = soft_error(
    "LoopIncompatibleNodeType", "A loop contains a node of a type that is not allowed in loops."
)
MISPLACED_LOOP_NODE = soft_error("MisplacedLoopNode", "A LoopInput or LoopController node is outside a loop.")
MULTIPLE_INPUT_NODES = error("MultipleInputNodes", "A flow has more than one Input node, which CreateFlow rejects.")
NODE_QUOTA_EXCEEDED = soft_error(
    "NodeQuotaExceeded", "A flow has more nodes, or more nodes of one type, than AWS's quota allows."
)
INPUT_QUOTA_EXCEEDED = soft_error("InputQuotaExceeded", "A node has more inputs than AWS allows for its type.")


STARTS = {"Input": "Output", "LoopInput": "LoopController"}
"""The type at which a flow or a loop starts, with the one at which it ends."""
LOOP_ENDS = {
    "LoopInput": "receives the initial values and those of the previous iteration",
    "LoopController": "decides whether to run another iteration",
}


def check_absent_type(rule: Rule, kind: str, scope: Scope) -> Iterator[Finding]:
    """Report a flow or a loop without a node of a required type."""
    if (scope.loop is not None) is not (kind in LOOP_ENDS) or not scope.lacks_type(kind):
        return
    if not any(scope.list_types()):
        # One mistake: it is reported as the missing start.
        if kind in STARTS:
            help = f"Add a node of type {kind} and one of type {STARTS[kind]}, and connect them."
            path = (*scope.body.path, "nodes") if scope.loop is None else scope.body.path
            yield Finding(rule, f"{scope.subject} has no nodes.", help, path, key=True)
        return
    if scope.loop is not None:
        message = f"{scope.subject} has no {kind} node, which {LOOP_ENDS[kind]}."
        yield Finding(rule, message, f"Add a {kind} node to the loop's definition.", scope.body.path, key=True)
        return
    direction = "from" if kind == "Input" else "to"
    help = f"Add a node of type {kind} and a connection {direction} it."
    yield Finding(rule, f"The flow has no {kind} node.", help, (*scope.body.path, "nodes"), key=True)


def check_repeated_type(rule: Rule, kind: str, scope: Scope) -> Iterator[Finding]:
    """Report, at the second node, a flow or a loop with several nodes of a type that is allowed once."""
    is_of_scope = (scope.loop is not None) is (kind in LOOP_ENDS)
    found = [node for node in scope.body.nodes if node.type == kind] if is_of_scope else []
    if len(found) > 1:
        first, second, *others = found
        message = f"{scope.subject} has {len(found)} {kind} nodes; only one is allowed."
        related = tuple(Related(f"Node {node.name!r} is here.", (*node.path, "name")) for node in (first, *others))
        help = "Keep one. To pass several values, use an output of type Object with one field per value."
        if kind in LOOP_ENDS:
            help = f"Keep the one that {LOOP_ENDS[kind]}."
        yield Finding(rule, message, help, (*second.path, "name"), related=related)


register_twins(
    check_absent_type,
    (MISSING_STARTING_NODES, "Input"),
    (MISSING_ENDING_NODES, "Output"),
    (MISSING_LOOP_INPUT_NODE, "LoopInput"),
    (MISSING_LOOP_CONTROLLER_NODE, "LoopController"),
)
register_twins(
    check_repeated_type,
    (MULTIPLE_INPUT_NODES, "Input"),
    (MULTIPLE_LOOP_INPUT_NODES, "LoopInput"),
    (MULTIPLE_LOOP_CONTROLLER_NODES, "LoopController"),
)


@register_check(NODE_QUOTA_EXCEEDED)
def check_node_quotas(scope: Scope) -> Iterator[Finding]:
    """Report the first node above each quota of a flow. Nodes in loops count too."""
    if scope.loop is not None:
        return
    nodes = list(scope.body.list_nodes())
    for kind, count in Counter(node.type for node in nodes).items():
        quota = NODE_TYPES[kind].quota if kind in NODE_TYPES else None
        if quota is not None and count > quota:
            of_kind = [node for node in nodes if node.type == kind]
            yield _report_exceeded(of_kind, quota, f"{count} {kind} nodes")
    # A single list that is too long violates the API's own limit, which is another rule.
    if len(nodes) > MOST_NODES and len(scope.body.nodes) <= MOST_NODES:
        yield _report_exceeded(nodes, MOST_NODES, f"{len(nodes)} nodes, including those in loops")


@register_check(INPUT_QUOTA_EXCEEDED)
def check_input_quotas(scope: Scope) -> Iterator[Finding]:
    """Report the first input above the limit of a node's type."""
    for name, node in scope.nodes.items():
        most = scope.input_rules[name].most
        if most is not None and len(node.inputs) > most:
            message = f"Node {name!r} has {len(node.inputs)} inputs; the limit for type {node.type} is {most}."
            help = "Combine inputs into one of type Object with several fields."
            yield Finding(INPUT_QUOTA_EXCEEDED, message, help, (*node.inputs[most].path, "name"))


@register_check(LOOP_INCOMPATIBLE_NODE_TYPE)
def check_types_within_loops(scope: Scope) -> Iterator[Finding]:
    """Report nodes in a loop whose types AWS lists as incompatible with loops."""
    if scope.loop is None:
        return
    incompatible = find_shape("IncompatibleLoopNodeType").enum
    for node in scope.body.nodes:
        if node.type in incompatible:
            message = (
                f"Node {node.name!r} in loop {scope.loop.name!r} has type {node.type}, which loops cannot contain."
            )
            help = "Move it before or after the loop, or implement its logic in an InlineCode or LambdaFunction node."
            yield Finding(LOOP_INCOMPATIBLE_NODE_TYPE, message, help, (*node.path, "type"))


@register_check(MISPLACED_LOOP_NODE)
def check_loop_nodes_outside(scope: Scope) -> Iterator[Finding]:
    """Report LoopInput and LoopController nodes outside loops."""
    for node in scope.body.nodes if scope.loop is None else ():
        if node.type in LOOP_ENDS:
            message = f"Node {node.name!r} has type {node.type}, which is only allowed in a loop."
            help = "Move it into the definition of a Loop node."
            yield Finding(MISPLACED_LOOP_NODE, message, help, (*node.path, "type"))


def _report_exceeded(nodes: list[Node], quota: int, what: str) -> Finding:
    message = f"The flow has {what}; the quota is {quota}."
    help = f"Split the flow, or request an increase if the quota is adjustable ({QUOTA_SOURCE})."
    return Finding(NODE_QUOTA_EXCEEDED, message, help, (*nodes[quota].path, "name"))


MISSING_NODE_CONFIGURATION = error("MissingNodeConfiguration", "A node has no configuration, which its type requires.")
MISMATCHED_NODE_CONFIGURATION = error("MismatchedNodeConfiguration", "A node has the configuration of another type.")
MISSING_CONNECTION_CONFIGURATION = error("MissingConnectionConfiguration", "A connection has no configuration.")
MISMATCHED_CONNECTION_CONFIGURATION = error(
    "MismatchedConnectionConfiguration", "A connection has the configuration of the other type."
)

CONNECTION_CONFIGURATIONS = {"Data": "data", "Conditional": "conditional"}


@register_check(MISSING_NODE_CONFIGURATION)
def check_missing_node_configurations(scope: Scope) -> Iterator[Finding]:
    """Report nodes without the configuration that PrepareFlow requires. Input, Output, and the like need none."""
    for node in scope.body.nodes:
        kind = NODE_TYPES[node.type]
        is_absent = node.configuration_path == (*node.path, "configuration") and not node.is_partial
        if kind.needs_configuration and is_absent:
            message = f"Node {node.name!r} has no configuration, but type {node.type} requires one."
            help = f"Add `configuration:` with the key `{kind.configuration}`."
            yield Finding(MISSING_NODE_CONFIGURATION, message, help, node.path)


@register_check(MISMATCHED_NODE_CONFIGURATION)
def check_node_configurations(scope: Scope) -> Iterator[Finding]:
    """Report nodes with the configuration of another type, which CreateFlow rejects."""
    for node in scope.body.nodes:
        expected = NODE_TYPES[node.type].configuration
        if node.configuration_path != (*node.path, "configuration") and node.configuration_path[-1] != expected:
            found = node.configuration_path[-1]
            meant = next((name for name, kind in NODE_TYPES.items() if kind.configuration == found), None)
            if meant is None:  # An unknown key, which is reported as such.
                continue
            message = f"Node {node.name!r} has type {node.type}, but its configuration is `{found}`."
            help = f"Use `type: {meant}`, or the configuration `{expected}`."
            yield Finding(MISMATCHED_NODE_CONFIGURATION, message, help, node.configuration_path, key=True)


@register_check(MISSING_CONNECTION_CONFIGURATION)
def check_missing_connection_configurations(scope: Scope) -> Iterator[Finding]:
    """Report connections with neither ports nor a condition."""
    for connection in scope.body.connections:
        if _find_configuration(connection) is None:
            expected = CONNECTION_CONFIGURATIONS[connection.type]
            message = f"Connection {connection.name!r} has no configuration."
            help = f"Add `configuration:` with the key `{expected}`."
            yield Finding(MISSING_CONNECTION_CONFIGURATION, message, help, connection.path)


@register_check(MISMATCHED_CONNECTION_CONFIGURATION)
def check_connection_configurations(scope: Scope) -> Iterator[Finding]:
    """Report connections whose configuration does not match their type, which CreateFlow rejects."""
    for connection in scope.body.connections:
        expected, found = CONNECTION_CONFIGURATIONS[connection.type], _find_configuration(connection)
        if found is not None and found != expected:
            message = f"Connection {connection.name!r} has type {connection.type}, but its configuration is `{found}`."
            help = f"Use `{expected}`, or correct the connection's type."
            path = (*connection.path, "configuration", found)
            yield Finding(MISMATCHED_CONNECTION_CONFIGURATION, message, help, path, key=True)


def _find_configuration(connection: Connection) -> str | None:
    if connection.condition is not None:
        return "conditional"
    return "data" if connection.output is not None else None
