"""What nodes give and nobody takes, and branches that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Finding, warning
from generator.model import Node
from generator.nodes import NODE_TYPES
from generator.validation.inputs import find_open_inputs
from generator.validation.reach import STARTING, find_lost_nodes
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNUSED_RESULT = warning("UnusedResult", "No connection takes what a node gives.")
UNCONNECTED_CONDITION = warning(
    "UnconnectedCondition", "No connection follows a condition, so the flow ends where it holds."
)


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


def _lacks_a_connection(scope: Scope) -> bool:
    """Tell whether a connection is missing elsewhere: where it should lead to is told, where it comes from need not."""
    return scope.body.lacks_connections or bool(find_lost_nodes(scope)) or any(True for _ in find_open_inputs(scope))


def _report_unused(node: Node) -> Finding:
    message = f"No connection takes the result of the node {node.name!r}, which does nothing else."
    remedy = "Connect its output with a node after it, such as an Output node, or leave the node out."
    return Finding(UNUSED_RESULT, message, remedy, (*node.path, "name"))
