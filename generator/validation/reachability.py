"""Unreachable nodes, and cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.findings import Finding, Related, soft_error
from generator.flow.model import Connection, Node
from generator.flow.wording import MOST_LISTED, list_names
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNREACHABLE_NODE = soft_error("UnreachableNode", "A node cannot be reached from the Input node.")
CYCLIC_CONNECTION = soft_error("CyclicConnection", "A connection closes a cycle.")

STARTING = ("Input", "LoopInput")
"""Types of the nodes at which a flow or a loop's definition starts."""


@register_check(UNREACHABLE_NODE)
def check_reachable_nodes(scope: Scope) -> Iterator[Finding]:
    """Report the first node of each unreachable part of a definition, along with the nodes that follow it."""
    unreachable = dict.fromkeys(find_unreachable_nodes(scope))
    if unreachable and not scope.body.connections:
        yield _report_unconnected(scope, [scope.nodes[name] for name in unreachable])
        return
    # Everything upstream of an unreachable node is unreachable too. Nodes without predecessors come first; the
    # rest are in cycles.
    first_nodes = [
        name
        for name in unreachable
        if not any(name != item.source in unreachable for item in scope.incoming.get(name, ()))
    ]
    start = "Input" if scope.loop is None else "LoopInput"
    for first in (*first_nodes, *unreachable):
        if first in unreachable:
            part = scope.find_reachable([first], within=unreachable)
            followers = [scope.nodes[name] for name in unreachable if name in part and name != first]
            unreachable = {name: None for name in unreachable if name not in part}
            yield _report_unreachable(scope.nodes[first], followers, start)


def find_unreachable_nodes(scope: Scope) -> list[str]:
    """Return the nodes that cannot be reached, not even through a connection with an unknown end."""
    starts = [name for name in scope.names if scope.find_type(name) in STARTING]
    if not starts or scope.body.lacks_nodes or scope.body.lacks_connections:
        return []
    reached = scope.find_reachable([*starts, *_list_possibly_reached(scope)])
    return [name for name in scope.nodes if name not in reached]


@register_check(CYCLIC_CONNECTION)
def check_cycles(scope: Scope) -> Iterator[Finding]:
    """Report each connection that closes a cycle, with the whole cycle."""
    if len(scope.order) == len(scope.nodes) and not scope.partial:
        return
    order = {name: index for index, name in enumerate(scope.names)}
    outgoing: dict[str, list[Connection]] = {}
    for item in scope.body.connections:
        ends = (item.source, item.target)
        if all(map(scope.knows, ends)) and scope.duplicated.isdisjoint(ends) and not _crosses_loop(item, scope):
            outgoing.setdefault(item.source, []).append(item)
    for name in outgoing:
        while cycle := _find_cycle(name, outgoing):
            # Report the connection that goes back furthest in the list of nodes.
            closing = max(cycle, key=lambda item: (order[item.source] - order[item.target], item.path))
            at = cycle.index(closing)
            yield _report_cycle(closing, cycle[at + 1 :] + cycle[:at])
            outgoing[closing.source] = [item for item in outgoing[closing.source] if item is not closing]


def _list_possibly_reached(scope: Scope) -> Iterator[str]:
    """Yield the nodes that a connection with an unknown end, which is reported, may be meant to reach."""
    for connection in scope.sourceless:
        yield connection.target
    wanted = {connection.input for connection in scope.targetless}
    for name, node in scope.nodes.items() if wanted else ():
        if name not in scope.incoming and (None in wanted or any(port.name in wanted for port in node.inputs)):
            yield name
    yield from scope.partial


def _report_unreachable(node: Node, followers: list[Node], start: str) -> Finding:
    names = ", ".join(item.name for item in followers)
    after = f", and neither can the nodes after it ({names})" if followers else ""
    message = f"Node {node.name!r} cannot be reached from the {start} node{after}."
    related = tuple(Related(f"{item.name} follows it here.", (*item.path, "name")) for item in followers)
    inputs = [f"`targetInput: {port.name}`" for port in node.inputs]
    help = f"Add a connection to it with {list_names(inputs, 'and')}, or remove it."
    if not inputs:
        help = "Add a connection to it, or remove it."
    return Finding(UNREACHABLE_NODE, message, help, (*node.path, "name"), related=related)


def _report_unconnected(scope: Scope, nodes: list[Node]) -> Finding:
    """Report a definition without connections once, not at each of its nodes."""
    start = "Input" if scope.loop is None else "LoopInput"
    first, *others = nodes
    names = list_names([repr(node.name) for node in nodes], "and")
    message = f"{scope.subject} has no connections, so {names} cannot be reached from the {start} node."
    related = tuple(Related(f"{item.name} is here.", (*item.path, "name")) for item in others)
    help = f"Add connections that lead from the {start} node to every other node."
    return Finding(UNREACHABLE_NODE, message, help, (*first.path, "name"), related=related)


def _crosses_loop(connection: Connection, scope: Scope) -> bool:
    """Return whether a connection leaves a loop's end or leads to its start (see InvalidLoopBoundary)."""
    kinds = scope.find_type(connection.source), scope.find_type(connection.target)
    return kinds[0] == "LoopController" or kinds[1] == "LoopInput"


def _find_cycle(name: str, outgoing: Mapping[str, list[Connection]]) -> list[Connection]:
    """Return the connections of a shortest cycle through a node, or an empty list."""
    came: dict[str, Connection] = {}
    waiting = [name]
    for here in waiting:
        for connection in outgoing.get(here, ()):
            if connection.target == name:
                path = [connection]
                while path[-1].source != name:
                    path.append(came[path[-1].source])
                return path[::-1]
            if connection.target not in came:
                came[connection.target] = connection
                waiting.append(connection.target)
    return []


def _report_cycle(closing: Connection, others: list[Connection]) -> Finding:
    names = [closing.source, closing.target, *(item.target for item in others)]
    if len(names) > MOST_LISTED:
        names[MOST_LISTED:-1] = ["..."]
    message = f"Connection {closing.name!r} closes a cycle: {' -> '.join(names)}."
    related = tuple(
        Related(f"The cycle continues from {item.source} to {item.target} here.", (*item.path, "source"))
        for item in others
    )
    repeat = "To repeat a step, use a Lambda function, inline code, or a Loop node with `engine: cloud-control`."
    help = f"Remove this connection. {repeat}"
    return Finding(CYCLIC_CONNECTION, message, help, (*closing.path, "target"), related=related)
