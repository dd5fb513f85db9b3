"""Connections: both ends are there, and what they name at each end."""

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
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope, find_port

UNKNOWN_CONNECTION_SOURCE = soft_error("UnknownConnectionSource", "A connection begins at a node that is not there.")
UNKNOWN_CONNECTION_TARGET = soft_error("UnknownConnectionTarget", "A connection ends at a node that is not there.")
UNKNOWN_CONNECTION_SOURCE_OUTPUT = soft_error(
    "UnknownConnectionSourceOutput", "A connection begins at an output that its node does not have."
)
UNKNOWN_CONNECTION_TARGET_INPUT = soft_error(
    "UnknownConnectionTargetInput", "A connection ends at an input that its node does not have."
)
UNKNOWN_CONNECTION_CONDITION = soft_error(
    "UnknownConnectionCondition", "A connection follows a condition that its node does not have."
)
INVALID_LOOP_BOUNDARY = soft_error("InvalidLoopBoundary", "A connection crosses the boundary of a loop.")
DUPLICATE_CONNECTIONS = soft_error("DuplicateConnections", "Two connections say the same of the same two nodes.")


def check_ends(rule: Rule, end: str, scope: Scope) -> Iterator[Finding]:
    """Report connections whose source, or whose target, is not there."""
    if scope.body.lacks_nodes:
        return
    starts = end == "source"
    for connection in scope.sourceless if starts else scope.targetless:
        name, other = connection.source, connection.target
        if not starts:
            name, other = other, name
        if name not in scope.perhaps_renamed and scope.find_beyond(name) is None:
            path, renamed = (*connection.path, end), _find_renamed(scope, starts)
            # The other end is never meant.
            yield from _report(rule, scope.subject, "node", name, scope.list_names(), path, renamed, without=other)


def check_ports_at_ends(rule: Rule, what: str, scope: Scope) -> Iterator[Finding]:
    """Report connections from outputs, or to inputs, that the node there does not list, and that it need not list."""
    for item in scope.body.connections:
        starts = what == "output"
        node = scope.nodes.get(item.source if starts else item.target)
        name, path = (item.output, item.output_path) if starts else (item.input, item.input_path)
        if node is None or name is None:
            continue
        ports, rules = scope.get_side(node, what)
        if not _stands_for_port(name, ports, rules):
            names = [port.name for port in ports]
            otherwise = _advise_on_none(node, rules, what)
            yield from _report(rule, f"The node {node.name!r}", what, name, names, path, otherwise=otherwise)


register_twins(check_ends, (UNKNOWN_CONNECTION_SOURCE, "source"), (UNKNOWN_CONNECTION_TARGET, "target"))
register_twins(
    check_ports_at_ends, (UNKNOWN_CONNECTION_SOURCE_OUTPUT, "output"), (UNKNOWN_CONNECTION_TARGET_INPUT, "input")
)


@register_check(UNKNOWN_CONNECTION_CONDITION)
def check_connection_conditions(scope: Scope) -> Iterator[Finding]:
    """Report conditional connections that name no condition of their source."""
    listed = {node.name: [condition.name for condition in conditions] for node, conditions in scope.routes}
    for connection in scope.body.connections:
        node = scope.nodes.get(connection.source)
        # Of a data connection, the configuration is wrong, and told so.
        if node is None or connection.condition is None or connection.type != "Conditional":
            continue
        if _has_unknown_conditions(node):
            continue
        names = listed.get(node.name, [])
        # Without a default, every connection that follows it would only say so again.
        if connection.condition not in names and not (connection.condition == "default" and names):
            subject, path = f"The node {node.name!r}", connection.condition_path
            yield from _report(UNKNOWN_CONNECTION_CONDITION, subject, "condition", connection.condition, names, path)


@register_check(INVALID_LOOP_BOUNDARY)
def check_boundaries(scope: Scope) -> Iterator[Finding]:
    """Report connections between a node within a loop and one outside, and those against a loop's own direction."""
    if not (scope.sourceless or scope.targetless or "LoopInput" in scope.list_types()):
        return
    for connection in scope.body.connections:
        for end, name in (("source", connection.source), ("target", connection.target)):
            where = None if scope.knows(name) else scope.find_beyond(name)
            if where is not None:
                message = f"The connection {connection.name!r} names {name!r}, which stands {where}."
                remedy = "Go through the Loop node: its inputs lead into it, and its outputs out of it."
                yield Finding(INVALID_LOOP_BOUNDARY, message, remedy, (*connection.path, end))
                break
        else:
            if scope.find_type(connection.target) == "LoopInput":
                message = (
                    f"The connection {connection.name!r} leads back to {connection.target!r}, where the loop begins."
                )
                remedy = "Hand the value to the LoopController, to an input of the category ReturnValueToLoopStart."
                yield Finding(INVALID_LOOP_BOUNDARY, message, remedy, (*connection.path, "target"))


@register_check(DUPLICATE_CONNECTIONS)
def check_repeated_connections(scope: Scope) -> Iterator[Finding]:
    """Report each connection that carries the same between the same ends as an earlier one."""
    first: dict[tuple[str | None, ...], Connection] = {}
    for item in scope.body.connections:
        if item.output is None and item.condition is None:
            continue
        other = first.setdefault((item.source, item.target, item.output, item.input, item.condition), item)
        if other is not item:
            message = (
                f"The connections {other.name!r} and {item.name!r} from {item.source!r} to {item.target!r} are one."
            )
            related = (Related("The other connection is here.", (*other.path, "source")),)
            yield Finding(
                DUPLICATE_CONNECTIONS, message, "Leave one of them out.", (*item.path, "source"), related=related
            )


def _stands_for_port(name: str, listed: tuple[Port, ...], rules: PortRules) -> bool:
    """Tell whether a name is a port's, or that of one which the node wrongly does not list (told at the node)."""
    if find_port(listed, name) is not None:
        return True
    rule = rules.find(name)
    return rule is not None and (rule.must_be_listed or _lists_unknown_port(listed, rules))


def _lists_unknown_port(listed: tuple[Port, ...], rules: PortRules) -> bool:
    return not rules.takes_others and any(rules.find(port.name) is None for port in listed)


def _has_unknown_conditions(node: Node) -> bool:
    """Tell whether a Condition node's list could not be read, or is not there (both are told at the node)."""
    return node.type == "Condition" and not isinstance(node.configuration.get("conditions"), list)


def _advise_on_none(node: Node, rules: PortRules, what: str) -> str:
    """Return the remedy for a connection with a node whose type has no ports on this side; else nothing."""
    if rules.named or rules.takes_others:
        return ""
    way, end = ("before", "source") if what == "output" else ("after", "target")
    return f"A node of type {node.type} has no {what}s: use a node {way} it as the {end}, or remove the connection."


@lru_cache(maxsize=2)
def _find_renamed(scope: Scope, starts: bool) -> str | None:
    """Return the only node that no connection names, and that one could begin or end at: it may have been renamed."""
    named = {end for item in scope.body.connections for end in (item.source, item.target)}
    ports = [(node.name, node.outputs if starts else node.inputs) for node in scope.nodes.values()]
    alone = [name for name, listed in ports if listed and name not in named]
    return alone[0] if len(alone) == 1 else None


def _report(
    rule: Rule,
    subject: str,
    what: str,
    found: str,
    names: list[str],
    path: Path,
    renamed: str | None = None,
    otherwise: str = "",
    without: str | None = None,
) -> Iterator[Finding]:
    """Report a name that is not there, unless it is spelled right and the name that it means is malformed.

    Of `names`, the one `without` is never meant.
    """
    valid, malformed = _sort_names(tuple(names))
    if suggest_name(found, malformed, without) and suggest_name(found, valid, without) is None:
        return
    otherwise = otherwise or f"It has no {what}s: add one, or remove the connection."
    if renamed is not None and renamed in valid:
        otherwise = f"Did you mean {renamed}, which no connection names?"
    elif others := [name for name in valid if name != without]:
        more = f", or add the {what}" if what in ("node", "condition") else ""
        otherwise = f"Use {list_names(others)}{more}."
    remedy = advise_name(found, valid, otherwise, without)
    yield Finding(rule, f"{subject} has no {what} {found!r}.", remedy, path)


@lru_cache(maxsize=4)
def _sort_names(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that are valid, and those that are malformed."""
    fitting = {name: fits_shape(name, "FlowNodeName") for name in names}
    return tuple(name for name in names if fitting[name]), tuple(name for name in names if not fitting[name])
