"""How many nodes, and inputs of a node, a flow may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.diagnostics import Finding, Related, error, soft_error
from generator.model import Body, Node
from generator.nodes import MOST_NODES, NODE_TYPES, QUOTA_SOURCE
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MULTIPLE_INPUT_NODES = error("MultipleInputNodes", "A flow has more than one Input node, which CreateFlow refuses.")
NODE_QUOTA_EXCEEDED = soft_error(
    "NodeQuotaExceeded", "A flow has more nodes, or more of one type, than AWS's quota admits."
)
INPUT_QUOTA_EXCEEDED = soft_error("InputQuotaExceeded", "A node has more inputs than AWS admits for its type.")


@register_check(MULTIPLE_INPUT_NODES)
def check_further_inputs(scope: Scope) -> Iterator[Finding]:
    """Report a flow with several Input nodes, at the second."""
    found = [node for node in scope.body.nodes if node.type == "Input"] if scope.loop is None else []
    if len(found) > 1:
        first, second, *others = found
        message = f"The flow has {len(found)} nodes of type Input, and takes one."
        related = tuple(Related(f"This is {node.name}.", (*node.path, "name")) for node in (first, *others))
        remedy = "Keep one: what it takes can be an Object, with a field for each value."
        yield Finding(MULTIPLE_INPUT_NODES, message, remedy, (*second.path, "name"), related=related)


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


def _list_nodes(body: Body) -> Iterator[Node]:
    for node in body.nodes:
        yield node
        if node.body is not None:
            yield from _list_nodes(node.body)


def _report_beyond(nodes: list[Node], quota: int, what: str) -> Finding:
    message = f"The flow has {what}; the quota is {quota}."
    remedy = f"Divide the flow, or ask AWS for more where the quota can be raised ({QUOTA_SOURCE})."
    return Finding(NODE_QUOTA_EXCEEDED, message, remedy, (*nodes[quota].path, "name"))
