"""Which nodes a flow and a loop need, may have and may not have, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.findings import Finding, Related, Rule, error, soft_error
from generator.flow.api import find_shape
from generator.flow.model import Body, Node
from generator.flow.nodes import MOST_NODES, NODE_TYPES, QUOTA_SOURCE
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope

MISSING_STARTING_NODES = soft_error("MissingStartingNodes", "A flow has no Input node to begin at.")
MISSING_ENDING_NODES = soft_error("MissingEndingNodes", "A flow has no Output node to end at.")
MISSING_LOOP_INPUT_NODE = soft_error("MissingLoopInputNode", "A loop has no LoopInput node to begin at.")
MISSING_LOOP_CONTROLLER_NODE = soft_error(
    "MissingLoopControllerNode", "A loop has no LoopController node that ends it."
)
MULTIPLE_LOOP_INPUT_NODES = soft_error("MultipleLoopInputNodes", "A loop has more than one LoopInput node.")
MULTIPLE_LOOP_CONTROLLER_NODES = soft_error(
    "MultipleLoopControllerNodes", "A loop has more than one LoopController node."
)
LOOP_INCOMPATIBLE_NODE_TYPE = soft_error(
    "LoopIncompatibleNodeType", "A node within a loop is of a type that may not stand there."
)
MISPLACED_LOOP_NODE = soft_error(
    "MisplacedLoopNode", "A LoopInput or LoopController node stands outside of every loop."
)
MULTIPLE_INPUT_NODES = error("MultipleInputNodes", "A flow has more than one Input node, which CreateFlow refuses.")
NODE_QUOTA_EXCEEDED = soft_error(
    "NodeQuotaExceeded", "A flow has more nodes, or more of one type, than AWS's quota admits."
)
INPUT_QUOTA_EXCEEDED = soft_error("InputQuotaExceeded", "A node has more inputs than AWS admits for its type.")


ENDS = {
    "LoopInput": "takes what comes from outside and from the last round",
    "LoopController": "decides whether there is another round",
}


def check_absent_type(rule: Rule, kind: str, scope: Scope) -> Iterator[Finding]:
    """Report a flow, or a loop, without a node of a type that it needs."""
    if (scope.loop is not None) is not (kind in ENDS) or not scope.lacks_type(kind):
        return
    if scope.loop is not None:
        message = f"{scope.subject} has no node of type {kind}, which {ENDS[kind]}."
        yield Finding(rule, message, f"Add a node of type {kind} to its definition.", scope.body.path, key=True)
        return
    verb, way = ("begins", "from") if kind == "Input" else ("ends", "to")
    message = f"The flow has no node of type {kind}: nothing says where it {verb}."
    remedy = f"Add a node of type {kind}, and a connection {way} it."
    yield Finding(rule, message, remedy, (*scope.body.path, "nodes"), key=True)


def check_repeated_type(rule: Rule, kind: str, scope: Scope) -> Iterator[Finding]:
    """Report a flow, or a loop, with several nodes of a type of which it takes one, at the second."""
    is_of_scope = (scope.loop is not None) is (kind in ENDS)
    found = [node for node in scope.body.nodes if node.type == kind] if is_of_scope else []
    if len(found) > 1:
        first, second, *others = found
        message = f"{scope.subject} has {len(found)} nodes of type {kind}, and takes one."
        related = tuple(Related(f"This is {node.name}.", (*node.path, "name")) for node in (first, *others))
        remedy = "Keep one: what it takes can be an Object, with a field for each value."
        if kind in ENDS:
            remedy = f"Keep one, which {ENDS[kind]}."
        yield Finding(rule, message, remedy, (*second.path, "name"), related=related)


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
    """Report the first node beyond each quota of a flow, the nodes of its loops counted too."""
    if scope.loop is not None:
        return
    nodes = list(_list_nodes(scope.body))
    for kind, count in Counter(node.type for node in nodes).items():
        quota = NODE_TYPES[kind].quota if kind in NODE_TYPES else None
        if quota is not None and count > quota:
            of_kind = [node for node in nodes if node.type == kind]
            yield _report_beyond(of_kind, quota, f"{count} nodes of type {kind}")
    # A single list that is too long is told by the API's own limit.
    if len(nodes) > MOST_NODES and len(scope.body.nodes) <= MOST_NODES:
        yield _report_beyond(nodes, MOST_NODES, f"{len(nodes)} nodes, those of its loops included")


@register_check(INPUT_QUOTA_EXCEEDED)
def check_input_quotas(scope: Scope) -> Iterator[Finding]:
    """Report the first input beyond what AWS admits for a node's type."""
    for name, node in scope.nodes.items():
        most = scope.input_rules[name].most
        if most is not None and len(node.inputs) > most:
            message = f"The node {name!r} has {len(node.inputs)} inputs; one of type {node.type} takes {most}."
            remedy = f"Hand on an Object with several fields (Bedrock user guide: up to {most} inputs)."
            yield Finding(INPUT_QUOTA_EXCEEDED, message, remedy, (*node.inputs[most].path, "name"))


@register_check(LOOP_INCOMPATIBLE_NODE_TYPE)
def check_types_within_loops(scope: Scope) -> Iterator[Finding]:
    """Report nodes of types that AWS's list of incompatible types names."""
    if scope.loop is None:
        return
    refused = find_shape("IncompatibleLoopNodeType").enum
    for node in scope.body.nodes:
        if node.type in refused:
            message = f"The loop {scope.loop.name!r} holds {node.name!r}, and a loop takes no node of type {node.type}."
            remedy = "Put it before or after the loop, or do in code what it does."
            yield Finding(LOOP_INCOMPATIBLE_NODE_TYPE, message, remedy, (*node.path, "type"))


@register_check(MISPLACED_LOOP_NODE)
def check_loop_nodes_outside(scope: Scope) -> Iterator[Finding]:
    """Report the nodes that begin and end a loop where there is none."""
    for node in scope.body.nodes if scope.loop is None else ():
        if node.type in ENDS:
            message = f"The node {node.name!r} of type {node.type} stands in no loop."
            remedy = "Put it into the definition of a Loop node."
            yield Finding(MISPLACED_LOOP_NODE, message, remedy, (*node.path, "type"))


def _list_nodes(body: Body) -> Iterator[Node]:
    for node in body.nodes:
        yield node
        if node.body is not None:
            yield from _list_nodes(node.body)


def _report_beyond(nodes: list[Node], quota: int, what: str) -> Finding:
    message = f"The flow has {what}; the quota is {quota}."
    remedy = f"Divide the flow, or ask AWS for more where the quota can be raised ({QUOTA_SOURCE})."
    return Finding(NODE_QUOTA_EXCEEDED, message, remedy, (*nodes[quota].path, "name"))
