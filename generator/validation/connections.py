"""Connections: their ends, and the ports and conditions that they name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.findings import Finding, Related, Rule, soft_error
from generator.findings.suggestions import advise_name, suggest_name
from generator.flow.api import fits_shape
from generator.flow.model import Connection, Node, Port
from generator.flow.nodes import PortRules
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.validation.reachability import STARTING
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope, find_port

UNKNOWN_CONNECTION_SOURCE = soft_error("UnknownConnectionSource", "A connection's source node does not exist.")
UNKNOWN_CONNECTION_TARGET = soft_error("UnknownConnectionTarget", "A connection's target node does not exist.")
UNKNOWN_CONNECTION_SOURCE_OUTPUT = soft_error(
    "UnknownConnectionSourceOutput", "A connection uses an output that its source node does not have."
)
UNKNOWN_CONNECTION_TARGET_INPUT = soft_error(
    "UnknownConnectionTargetInput", "A connection uses an input that its target node does not have."
)
UNKNOWN_CONNECTION_CONDITION = soft_error(
    "UnknownConnectionCondition", "A connection uses a condition that its source node does not have."
)
INVALID_LOOP_BOUNDARY = soft_error("InvalidLoopBoundary", "A connection crosses the boundary of a loop.")
DUPLICATE_CONNECTIONS = soft_error("DuplicateConnections", "Two connections between the same nodes are identical.")


ENDING = ("Output", "LoopController")
"""Types of the nodes from which no connection leads on."""


def check_ends(rule: Rule, end: str, scope: Scope) -> Iterator[Finding]:
    """Report connections whose source or target does not exist."""
    starts = end == "source"
    # If there are no nodes, that is reported instead.
    if scope.body.lacks_nodes or not any(scope.list_types()):
        return
    names = [name for name in scope.names if scope.find_type(name) not in (ENDING if starts else STARTING)]
    for connection in scope.sourceless if starts else scope.targetless:
        name, other = connection.source, connection.target
        if not starts:
            name, other = other, name
        if name not in scope.unmatched_names and scope.locate_outside(name) is None:
            path, unconnected = (*connection.path, end), _find_unconnected(scope, starts)
            # A connection never leads from a node to itself, so the other end is not suggested.
            yield from _report(rule, scope.subject, "node", name, names, path, unconnected, without=other)


def check_ports_at_ends(rule: Rule, what: str, scope: Scope) -> Iterator[Finding]:
    """Report outputs or inputs that connections use and nodes neither list nor are required to list."""
    for item in scope.body.connections:
        starts = what == "output"
        node = scope.nodes.get(item.source if starts else item.target)
        name, path = (item.output, item.output_path) if starts else (item.input, item.input_path)
        if node is None or name is None:
            continue
        ports, rules = scope.get_side(node, what)
        if not _matches_port(name, ports, rules):
            names = [port.name for port in ports]
            otherwise = _advise_without_ports(node, rules, what)
            yield from _report(rule, f"Node {node.name!r}", what, name, names, path, otherwise=otherwise)


register_twins(check_ends, (UNKNOWN_CONNECTION_SOURCE, "source"), (UNKNOWN_CONNECTION_TARGET, "target"))
register_twins(
    check_ports_at_ends, (UNKNOWN_CONNECTION_SOURCE_OUTPUT, "output"), (UNKNOWN_CONNECTION_TARGET_INPUT, "input")
)


@register_check(UNKNOWN_CONNECTION_CONDITION)
def check_connection_conditions(scope: Scope) -> Iterator[Finding]:
    """Report conditional connections that do not name a condition of their source."""
    listed = {node.name: [condition.name for condition in conditions] for node, conditions in scope.routes}
    for connection in scope.body.connections:
        node = scope.nodes.get(connection.source)
        # A data connection has the wrong configuration, which is reported separately.
        if node is None or connection.condition is None or connection.type != "Conditional":
            continue
        if _has_unknown_conditions(node):
            continue
        names = listed.get(node.name, [])
        # A missing default is reported once, at the node.
        if connection.condition not in names and not (connection.condition == "default" and names):
            subject, path = f"Node {node.name!r}", connection.condition_path
            yield from _report(UNKNOWN_CONNECTION_CONDITION, subject, "condition", connection.condition, names, path)


@register_check(INVALID_LOOP_BOUNDARY)
def check_boundaries(scope: Scope) -> Iterator[Finding]:
    """Report connections across the boundary of a loop, and those that lead into its LoopInput node."""
    if not (scope.sourceless or scope.targetless or "LoopInput" in scope.list_types()):
        return
    for connection in scope.body.connections:
        for end, name in (("source", connection.source), ("target", connection.target)):
            where = None if scope.knows(name) else scope.locate_outside(name)
            if where is not None:
                message = f"Connection {connection.name!r} refers to node {name!r}, which is {where}."
                help = "Connect to the Loop node instead: its ports carry values into and out of the loop."
                yield Finding(INVALID_LOOP_BOUNDARY, message, help, (*connection.path, end))
                break
        else:
            if scope.find_type(connection.target) == "LoopInput":
                message = f"Connection {connection.name!r} leads back to LoopInput node {connection.target!r}."
                help = "Connect to an input of the LoopController with the category ReturnValueToLoopStart."
                yield Finding(INVALID_LOOP_BOUNDARY, message, help, (*connection.path, "target"))


@register_check(DUPLICATE_CONNECTIONS)
def check_repeated_connections(scope: Scope) -> Iterator[Finding]:
    """Report each connection that is identical to an earlier one, apart from its name."""
    first: dict[tuple[str | None, ...], Connection] = {}
    for item in scope.body.connections:
        if item.output is None and item.condition is None:
            continue
        other = first.setdefault((item.source, item.target, item.output, item.input, item.condition), item)
        if other is not item:
            ends = f"from {item.source!r} to {item.target!r}"
            message = f"Connections {other.name!r} and {item.name!r} {ends} are identical."
            related = (Related("The other connection is here.", (*other.path, "source")),)
            path = (*item.path, "source")
            yield Finding(DUPLICATE_CONNECTIONS, message, "Remove one of them.", path, related=related)


def _matches_port(name: str, listed: tuple[Port, ...], rules: PortRules) -> bool:
    """Return whether a name is that of a port, or of one that the node should list (reported at the node)."""
    if find_port(listed, name) is not None:
        return True
    rule = rules.find(name)
    lists_unknown = not rules.takes_others and any(rules.find(port.name) is None for port in listed)
    return rule is not None and (rule.must_be_listed or lists_unknown)


def _has_unknown_conditions(node: Node) -> bool:
    """Return whether a Condition node's list is missing or unreadable (reported at the node)."""
    return node.type == "Condition" and not isinstance(node.configuration.get("conditions"), list)


def _advise_without_ports(node: Node, rules: PortRules, what: str) -> str:
    """Return the help for a node whose type has no ports on this side, or an empty string."""
    if rules.named or rules.takes_others:
        return ""
    end, direction = ("source", "upstream") if what == "output" else ("target", "downstream")
    return f"{node.type} nodes have no {what}s: use an {direction} node as the {end}, or remove the connection."


@lru_cache(maxsize=2)
def _find_unconnected(scope: Scope, starts: bool) -> str | None:
    """Return the only unconnected node that could be the source or target: it may have been renamed."""
    named = {end for item in scope.body.connections for end in (item.source, item.target)}
    ports = [(node.name, node.outputs if starts else node.inputs) for node in scope.nodes.values()]
    unconnected = [name for name, listed in ports if listed and name not in named]
    return unconnected[0] if len(unconnected) == 1 else None


def _report(
    rule: Rule,
    subject: str,
    what: str,
    found: str,
    names: list[str],
    path: Path,
    unconnected: str | None = None,
    otherwise: str = "",
    without: str | None = None,
) -> Iterator[Finding]:
    """Report an unknown name, unless the name that it refers to is malformed, which is reported there.

    `without`, one of `names`, is never suggested.
    """
    valid, malformed = _sort_names(tuple(names))
    if suggest_name(found, malformed, without) and suggest_name(found, valid, without) is None:
        return
    absent = "Add the node" if what == "node" else f"It has no {what}s. Add one"
    otherwise = otherwise or f"{absent}, or remove the connection."
    if unconnected is not None and unconnected in valid:
        otherwise = f"Did you mean {unconnected}, which has no connections?"
    elif others := [name for name in valid if name != without]:
        more = f", or add the {what}" if what in ("node", "condition") else ""
        otherwise = f"Use {list_names(others)}{more}."
    help = advise_name(found, valid, otherwise, without)
    yield Finding(rule, f"{subject} has no {what} {found!r}.", help, path)


@lru_cache(maxsize=4)
def _sort_names(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the valid names and the malformed ones."""
    is_valid = {name: fits_shape(name, "FlowNodeName") for name in names}
    return tuple(name for name in names if is_valid[name]), tuple(name for name in names if not is_valid[name])
