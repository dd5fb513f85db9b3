"""Connections: both ends are there, and what they name at each end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.api import advise_name, make_fitness, suggest_name
from generator.api.wording import list_names
from generator.diagnostics import Finding, Related, Rule, soft_error
from generator.model import Connection, Node, Port
from generator.nodes import PortRules
from generator.source.position import Path
from generator.validation.boundaries import find_beyond
from generator.validation.registry import register_check
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
DUPLICATE_CONNECTIONS = soft_error("DuplicateConnections", "Two connections say the same of the same two nodes.")


@register_check(UNKNOWN_CONNECTION_SOURCE)
def check_connection_sources(scope: Scope) -> Iterator[Finding]:
    """Report connections from nodes that are not there."""
    if not scope.body.lacks_nodes:
        for connection in scope.sourceless:
            if connection.source not in scope.perhaps_renamed and find_beyond(scope, connection.source) is None:
                path = (*connection.path, "source")
                renamed = _find_renamed(scope, starts=True)
                rule, ends = UNKNOWN_CONNECTION_SOURCE, (connection.source, connection.target)
                yield from _report_node(rule, scope, ends, path, renamed)


@register_check(UNKNOWN_CONNECTION_TARGET)
def check_connection_targets(scope: Scope) -> Iterator[Finding]:
    """Report connections to nodes that are not there."""
    if not scope.body.lacks_nodes:
        for connection in scope.targetless:
            if connection.target not in scope.perhaps_renamed and find_beyond(scope, connection.target) is None:
                path = (*connection.path, "target")
                renamed = _find_renamed(scope, starts=False)
                rule, ends = UNKNOWN_CONNECTION_TARGET, (connection.target, connection.source)
                yield from _report_node(rule, scope, ends, path, renamed)


@register_check(UNKNOWN_CONNECTION_SOURCE_OUTPUT)
def check_connection_outputs(scope: Scope) -> Iterator[Finding]:
    """Report connections from outputs that their source does not list, and that it need not list."""
    for connection in scope.body.connections:
        node = scope.nodes.get(connection.source)
        if node is None or connection.output is None:
            continue
        if not _stands_for_port(connection.output, node.outputs, scope.output_rules[node.name]):
            path = _find_place(connection, "data", "sourceOutput")
            names = [port.name for port in node.outputs]
            subject = f"The node {node.name!r}"
            otherwise = _advise_on_none(node, scope.output_rules[node.name], "outputs", "before")
            rule = UNKNOWN_CONNECTION_SOURCE_OUTPUT
            yield from _report(rule, subject, "output", connection.output, names, path, otherwise=otherwise)


@register_check(UNKNOWN_CONNECTION_TARGET_INPUT)
def check_connection_inputs(scope: Scope) -> Iterator[Finding]:
    """Report connections to inputs that their target does not list, and that it need not list."""
    for connection in scope.body.connections:
        node = scope.nodes.get(connection.target)
        if node is None or connection.input is None:
            continue
        if not _stands_for_port(connection.input, node.inputs, scope.input_rules[node.name]):
            path = _find_place(connection, "data", "targetInput")
            names = [port.name for port in node.inputs]
            subject = f"The node {node.name!r}"
            otherwise = _advise_on_none(node, scope.input_rules[node.name], "inputs", "after")
            rule = UNKNOWN_CONNECTION_TARGET_INPUT
            yield from _report(rule, subject, "input", connection.input, names, path, otherwise=otherwise)


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
            path = _find_place(connection, "conditional", "condition")
            subject = f"The node {node.name!r}"
            yield from _report(UNKNOWN_CONNECTION_CONDITION, subject, "condition", connection.condition, names, path)


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


def _advise_on_none(node: Node, rules: PortRules, ports: str, way: str) -> str:
    """Return the remedy for a connection with a node whose type has no ports on this side; else nothing."""
    if rules.named or rules.takes_others:
        return ""
    end = "source" if ports == "outputs" else "target"
    return f"A node of type {node.type} has no {ports}: use a node {way} it as the {end}, or remove the connection."


def _find_place(connection: Connection, member: str, end: str) -> Path:
    return (*connection.path, "configuration", member, end)


@lru_cache(maxsize=2)
def _find_renamed(scope: Scope, starts: bool) -> str | None:
    """Return the only node that no connection names, and that one could begin or end at: it may have been renamed."""
    named = {end for item in scope.body.connections for end in (item.source, item.target)}
    ports = [(node.name, node.outputs if starts else node.inputs) for node in scope.nodes.values()]
    alone = [name for name, listed in ports if listed and name not in named]
    return alone[0] if len(alone) == 1 else None


def _report_node(rule: Rule, scope: Scope, ends: tuple[str, str], path: Path, renamed: str | None) -> Iterator[Finding]:
    """Report an end of a connection that is no node; the other end is never meant."""
    return _report(rule, scope.subject, "node", ends[0], scope.list_names(), path, renamed, without=ends[1])


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
    is_valid = make_fitness("FlowNodeName")
    valid = tuple(name for name in names if is_valid(name))
    return valid, tuple(name for name in names if not is_valid(name))
