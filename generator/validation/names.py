"""Names that must tell nodes, connections, ports and conditions apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.api.wording import list_names
from generator.diagnostics import Finding, Related, Rule, error, soft_error
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope

DUPLICATE_NODE_NAME = error("DuplicateNodeName", "Two nodes have one name, which CreateFlow refuses.")
DUPLICATE_CONNECTION_NAME = error("DuplicateConnectionName", "Two connections have one name, which CreateFlow refuses.")
DUPLICATE_PORT_NAME = soft_error("DuplicatePortName", "Two inputs, or two outputs, of a node have one name.")
DUPLICATE_CONDITION_NAME = error(
    "DuplicateConditionName", "Two conditions of a node have one name, which CreateFlow refuses."
)


@register_check(DUPLICATE_NODE_NAME)
def check_node_names(scope: Scope) -> Iterator[Finding]:
    """Report each node that has the name of an earlier one."""
    named = ((node.name, (*node.path, "name")) for node in scope.body.nodes)
    renamed = scope.perhaps_renamed
    remedy = f"Name one of them {list_names(renamed)}, as connections do." if renamed else ""
    return _report_repeated(named, "node", "", DUPLICATE_NODE_NAME, remedy)


@register_check(DUPLICATE_CONNECTION_NAME)
def check_connection_names(scope: Scope) -> Iterator[Finding]:
    """Report each connection that has the name of an earlier one."""
    named = ((connection.name, (*connection.path, "name")) for connection in scope.body.connections)
    return _report_repeated(named, "connection", "", DUPLICATE_CONNECTION_NAME)


@register_check(DUPLICATE_PORT_NAME)
def check_port_names(scope: Scope) -> Iterator[Finding]:
    """Report each port that has the name of an earlier one on the same side of its node."""
    for node in scope.body.nodes:
        for what, ports in (("input", node.inputs), ("output", node.outputs)):
            if len(ports) > 1:
                named = ((port.name, (*port.path, "name")) for port in ports)
                yield from _report_repeated(named, what, f" of the node {node.name!r}", DUPLICATE_PORT_NAME)


@register_check(DUPLICATE_CONDITION_NAME)
def check_condition_names(scope: Scope) -> Iterator[Finding]:
    """Report each condition that has the name of an earlier one of its node."""
    for node, conditions in scope.conditions:
        if node.type == "Condition":
            named = ((condition.name, (*condition.path, "name")) for condition in conditions)
            yield from _report_repeated(named, "condition", f" of the node {node.name!r}", DUPLICATE_CONDITION_NAME)


def _report_repeated(
    named: Iterable[tuple[str, Path]], what: str, of: str, rule: Rule, remedy: str = ""
) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for name, path in named:
        other = first.setdefault(name, path)
        if other is not path:
            message = f"Two {what}s{of} are named {name!r}."
            related = (Related(f"The other {what} is here.", other),)
            otherwise = f"Give one {what} another name, or leave one out if they are the same."
            yield Finding(rule, message, remedy or otherwise, path, related=related)
