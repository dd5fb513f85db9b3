"""Names that must tell nodes and connections apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.diagnostics import Finding, Related, Rule, Severity, declare_rule
from generator.model import Connection, Flow, Node
from generator.validation.registry import register_check

DUPLICATE_NODE_NAME = declare_rule(
    "DuplicateNodeName", Severity.ERROR, "Two nodes have one name, which CreateFlow refuses."
)
DUPLICATE_CONNECTION_NAME = declare_rule(
    "DuplicateConnectionName", Severity.ERROR, "Two connections have one name, which CreateFlow refuses."
)


@register_check
def check_node_names(flow: Flow) -> Iterator[Finding]:
    """Report each node that has the name of an earlier one."""
    return _report_repeated(flow.nodes, "node", DUPLICATE_NODE_NAME)


@register_check
def check_connection_names(flow: Flow) -> Iterator[Finding]:
    """Report each connection that has the name of an earlier one."""
    return _report_repeated(flow.connections, "connection", DUPLICATE_CONNECTION_NAME)


def _report_repeated(items: Iterable[Node | Connection], what: str, rule: Rule) -> Iterator[Finding]:
    first: dict[str, Node | Connection] = {}
    for item in items:
        other = first.setdefault(item.name, item)
        if other is not item:
            message = f"Two {what}s are named {item.name!r}."
            related = (Related(f"The other {what} is here.", (*other.path, "name")),)
            remedy = f"Give one {what} another name, or leave one out if they are the same."
            yield Finding(rule, message, remedy, (*item.path, "name"), related=related)
