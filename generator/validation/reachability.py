"""Nodes that no path leads to, and paths that lead back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.findings import Finding, Related, soft_error
from generator.flow.model import Connection, Node
from generator.flow.wording import MOST_LISTED
from generator.validation.registry import register_check
from generator.validation.scope import Scope

UNREACHABLE_NODE = soft_error("UnreachableNode", "No path leads to a node from where the flow begins.")
CYCLIC_CONNECTION = soft_error("CyclicConnection", "A connection leads back to where it comes from.")

STARTING = ("Input", "LoopInput")
"""Types of the nodes at which a flow, or what a loop repeats, begins."""


@register_check(UNREACHABLE_NODE)
def check_reachable_nodes(scope: Scope) -> Iterator[Finding]:
    """Report the first node of each part of a definition that no path leads to; those behind it are named with it."""
    lost = dict.fromkeys(find_lost_nodes(scope))
    # What leads to a lost node is lost too. Those that none of the others leads to come first; the rest are in cycles.
    alone = [name for name in lost if not any(name != item.source in lost for item in scope.incoming.get(name, ()))]
    for first in (*alone, *lost):
        if first in lost:
            behind = scope.spread([first], within=lost)
            followers = [scope.nodes[name] for name in lost if name in behind and name != first]
            lost = {name: None for name in lost if name not in behind}
            yield _report_unreachable(scope.nodes[first], followers)


def find_lost_nodes(scope: Scope) -> list[str]:
    """Return the nodes that no connection leads to, or may be meant to lead to, from where the definition begins."""
    starts = [name for name in scope.list_names() if scope.find_type(name) in STARTING]
    if not starts or scope.body.lacks_nodes or scope.body.lacks_connections:
        return []
    reached = scope.spread([*starts, *_list_perhaps_reached(scope)])
    return [name for name in scope.nodes if name not in reached]


@register_check(CYCLIC_CONNECTION)
def check_cycles(scope: Scope) -> Iterator[Finding]:
    """Report each connection that closes a cycle, with the whole cycle."""
    if len(scope.order) == len(scope.nodes) and not scope.body.blurred:
        return
    order = {name: place for place, name in enumerate(scope.list_names())}
    outgoing: dict[str, list[Connection]] = {}
    for item in scope.sound_connections:
        if not _crosses_loop(item, scope):
            outgoing.setdefault(item.source, []).append(item)
    for name in outgoing:
        while cycle := _find_way_round(name, outgoing):
            # The last connection of a definition's list goes back furthest.
            closing = max(cycle, key=lambda item: (order[item.source] - order[item.target], item.path))
            at = cycle.index(closing)
            yield _report_cycle(closing, cycle[at + 1 :] + cycle[:at])
            outgoing[closing.source] = [item for item in outgoing[closing.source] if item is not closing]


def _list_perhaps_reached(scope: Scope) -> Iterator[str]:
    """Yield the nodes that a connection with a wrong end may be meant to lead to: that end is reported."""
    for connection in scope.sourceless:
        yield connection.target
    wanted = {connection.input for connection in scope.targetless}
    for name, node in scope.nodes.items() if wanted else ():
        if name not in scope.incoming and (None in wanted or any(port.name in wanted for port in node.inputs)):
            yield name
    yield from scope.body.blurred


def _report_unreachable(node: Node, followers: list[Node]) -> Finding:
    behind = f", nor to what comes after it ({', '.join(item.name for item in followers)})" if followers else ""
    message = f"No path of connections leads from the beginning to the node {node.name!r}{behind}."
    related = tuple(Related(f"{item.name} comes after it.", (*item.path, "name")) for item in followers)
    remedy = "Connect it with a node before it, or leave it out."
    return Finding(UNREACHABLE_NODE, message, remedy, (*node.path, "name"), related=related)


def _crosses_loop(connection: Connection, scope: Scope) -> bool:
    """Tell whether a connection runs against a loop's own beginning or end, which InvalidLoopBoundary reports."""
    kinds = scope.find_type(connection.source), scope.find_type(connection.target)
    return kinds[0] == "LoopController" or kinds[1] == "LoopInput"


def _find_way_round(name: str, outgoing: Mapping[str, list[Connection]]) -> list[Connection]:
    """Return the connections of a shortest cycle through a node, or nothing."""
    came: dict[str, Connection] = {}
    waiting = [name]
    for here in waiting:
        for connection in outgoing.get(here, ()):
            if connection.target == name:
                way = [connection]
                while way[-1].source != name:
                    way.append(came[way[-1].source])
                return way[::-1]
            if connection.target not in came:
                came[connection.target] = connection
                waiting.append(connection.target)
    return []


def _report_cycle(closing: Connection, others: list[Connection]) -> Finding:
    names = [closing.source, closing.target, *(item.target for item in others)]
    if len(names) > MOST_LISTED:
        names[MOST_LISTED:-1] = ["..."]
    message = f"The connection {closing.name!r} closes a cycle: {' -> '.join(names)}."
    related = tuple(
        Related(f"The cycle goes on from {item.source} to {item.target} here.", (*item.path, "source"))
        for item in others
    )
    remedy = "Leave this connection out. What must be done again and again belongs into a Loop node."
    return Finding(CYCLIC_CONNECTION, message, remedy, (*closing.path, "target"), related=related)
