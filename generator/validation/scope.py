"""A definition as the checks see it, either the flow's own or that of a loop, with cached lookups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from generator.findings.suggestions import suggest_name
from generator.flow.api import fits_shape
from generator.flow.model import Body, Connection, Flow, Node, Port
from generator.flow.nodes import (
    ANY_PORTS,
    MOST_NODES,
    NODE_TYPES,
    Condition,
    PortRule,
    PortRules,
    list_conditions,
    list_input_rules,
    list_output_rules,
)


@dataclass(eq=False)
class Scope:
    """One definition of a flow. `loop` is the Loop node that contains it, and `outer` the scope of that node."""

    flow: Flow
    body: Body
    loop: Node | None = None
    outer: Scope | None = None

    @property
    def subject(self) -> str:
        """The subject of messages about the scope."""
        return "The flow" if self.loop is None else f"Loop {self.loop.name!r}"

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes by name, without those that share a name: which one a connection means is unknown."""
        return {node.name: node for node in self.body.nodes if node.name not in self.duplicated}

    @cached_property
    def duplicated(self) -> frozenset[str]:
        """The names that several nodes have, which is a finding."""
        return frozenset(name for name, count in Counter(node.name for node in self.body.nodes).items() if count > 1)

    @cached_property
    def partial(self) -> Mapping[str, str]:
        """The types, by name, of the nodes that are known only by name: those read in part, and the duplicated."""
        return {
            **self.body.partial,
            **{node.name: node.type for node in self.body.nodes if node.name in self.duplicated},
        }

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all nodes, without duplicates."""
        return tuple(dict.fromkeys([*(node.name for node in self.body.nodes), *self.body.partial]))

    @cached_property
    def incoming(self) -> Mapping[str, list[Connection]]:
        """The connections by target, in the order of the definition."""
        return _group_connections((item.target, item) for item in self.body.connections)

    @cached_property
    def outgoing(self) -> Mapping[str, list[Connection]]:
        """The connections by source, in the order of the definition."""
        return _group_connections((item.source, item) for item in self.body.connections)

    @cached_property
    def order(self) -> list[str]:
        """The nodes in topological order, without those on a cycle or after one."""
        waiting_for = {
            name: {item.source for item in self.incoming.get(name, ()) if item.source in self.nodes}
            for name in self.nodes
        }
        ready = [name for name, sources in waiting_for.items() if not sources]
        for name in ready:
            for connection in self.outgoing.get(name, ()):
                sources = waiting_for.get(connection.target, ())
                if name in sources:
                    waiting_for[connection.target].discard(name)
                    if not waiting_for[connection.target]:
                        ready.append(connection.target)
        return ready

    @cached_property
    def sourceless(self) -> list[Connection]:
        """The connections from unknown nodes. A node that seems unused may be what they mean."""
        return [item for item in self.body.connections if not self.knows(item.source)]

    @cached_property
    def targetless(self) -> list[Connection]:
        """The connections to unknown nodes. A node that seems unconnected may be what they mean."""
        return [item for item in self.body.connections if not self.knows(item.target)]

    @cached_property
    def unmatched_names(self) -> list[str]:
        """Unknown names in connections, if as many nodes have a duplicate name, or a malformed one that is not used."""
        names = [*(item.source for item in self.sourceless), *(item.target for item in self.targetless)]
        used = {end for item in self.body.connections for end in (item.source, item.target)}
        malformed = {name for name in self.names if name not in used and not fits_shape(name, "FlowNodeName")}
        count = len(self.body.nodes) - len({node.name for node in self.body.nodes}) + len(malformed)
        if not names or not count or len(set(names)) > MOST_NODES:
            return []
        right = [name for name in self.names if name not in self.duplicated and name not in malformed]
        absent = [name for name in dict.fromkeys(names) if not self._suggest_unconnected(name, right)]
        return absent if len(absent) <= count else []

    def _suggest_unconnected(self, name: str, known: list[str]) -> str | None:
        """Return the known name that an unknown one most likely misspells: not one that it is connected with."""
        ends = {end for item in self.body.connections for end in item[1:3] if name in item[1:3]}
        return suggest_name(name, [other for other in known if other not in ends])

    @cached_property
    def conditions(self) -> list[tuple[Node, list[Condition]]]:
        """The nodes with conditions, in the order of the definition, each with its conditions."""
        return [(node, found) for node in self.body.nodes if (found := list_conditions(node))]

    @cached_property
    def routes(self) -> list[tuple[Node, list[Condition]]]:
        """The Condition nodes among `nodes`, each with its conditions."""
        routes = [node for node in self.nodes.values() if node.type == "Condition"]
        return [(node, found) for node in routes if (found := list_conditions(node))]

    @cached_property
    def input_rules(self) -> Mapping[str, PortRules]:
        """The rules for the inputs of each node, by node name."""
        return self._list_rules(list_input_rules)

    @cached_property
    def output_rules(self) -> Mapping[str, PortRules]:
        """The rules for the outputs of each node, by node name."""
        return self._list_rules(list_output_rules)

    @cached_property
    def joined(self) -> list[tuple[Connection, Port, Port]]:
        """The data connections between listed ports, with both ports."""
        found = []
        for connection in self.body.connections:
            source, target = self.nodes.get(connection.source), self.nodes.get(connection.target)
            if source is not None and target is not None:
                output, port = find_port(source.outputs, connection.output), find_port(target.inputs, connection.input)
                if output is not None and port is not None:
                    found.append((connection, output, port))
        return found

    def _list_rules(self, list_rules: Callable[[Node, Flow], PortRules]) -> Mapping[str, PortRules]:
        return {
            name: list_rules(node, self.flow) if _has_matching_configuration(node) else ANY_PORTS
            for name, node in self.nodes.items()
        }

    def knows(self, name: str) -> bool:
        """Return whether there is a node of that name, even one that could only be read in part."""
        return name in self.nodes or name in self.partial

    def find_reachable(self, starts: Iterable[str], within: Collection[str] | None = None) -> set[str]:
        """Return the names reachable from `starts`, including these, through nodes of `within` only."""
        waiting = list(starts)
        reached = set(waiting)
        while waiting:
            for connection in self.outgoing.get(waiting.pop(), ()):
                if connection.target not in reached and (within is None or connection.target in within):
                    reached.add(connection.target)
                    waiting.append(connection.target)
        return reached

    def find_type(self, name: str) -> str | None:
        """Return the type of a node, or None if there is no node of that name."""
        node = self.nodes.get(name)
        return node.type if node is not None else self.partial.get(name)

    def get_side(self, node: Node, what: str) -> tuple[tuple[Port, ...], PortRules]:
        """Return the ports of a node on one side, "input" or "output", and the rules for them."""
        if what == "input":
            return node.inputs, self.input_rules[node.name]
        return node.outputs, self.output_rules[node.name]

    def locate_outside(self, name: str) -> str | None:
        """Describe where a node outside this scope is: in one of its loops, or around it. Return None if nowhere."""
        if name in self.within_loops:
            return f"inside loop {self.within_loops[name]!r}"
        inner = self
        while inner.outer is not None and inner.loop is not None:
            if inner.outer.knows(name):
                return f"outside loop {inner.loop.name!r}"
            inner = inner.outer
        return None

    def list_types(self) -> Iterator[str]:
        """Yield the type of each node."""
        for node in self.body.nodes:
            yield node.type
        yield from self.body.partial.values()

    def lacks_type(self, kind: str) -> bool:
        """Return whether there is no node of a type, and none whose type could not be read."""
        types = set(self.list_types())
        return kind not in types and types <= NODE_TYPES.keys() and not self.body.lacks_nodes

    @cached_property
    def within_loops(self) -> Mapping[str, str]:
        """The names of all nodes in the loops of this scope, at any depth, with the loop of this scope."""
        loops = [(node.name, node.body) for node in reversed(self.body.nodes) if node.body is not None]
        return {name: loop for loop, body in loops for name in _list_within(body)}

    def name_input_type(self, node: Node, port: Port) -> str:
        """Return the type that the node's type requires of an input, or else the input's own."""
        return _name_type(self.input_rules[node.name].find(port.name), port)

    def name_output_type(self, node: Node, port: Port) -> str:
        """Return the type that the node's type requires of an output, or else the output's own."""
        return _name_type(self.output_rules[node.name].find(port.name), port)


def list_scopes(flow: Flow) -> Iterator[Scope]:
    """Yield the scope of the flow, and then those of its loops, outer ones first."""
    waiting = [Scope(flow, flow.body)]
    while waiting:
        scope = waiting.pop(0)
        yield scope
        waiting += [Scope(flow, node.body, node, scope) for node in scope.body.nodes if node.body is not None]


def _list_within(body: Body) -> Iterator[str]:
    waiting = [body]
    for inner in waiting:
        yield from inner.partial
        yield from (node.name for node in inner.nodes)
        waiting += [node.body for node in inner.nodes if node.body is not None]


def find_port(ports: tuple[Port, ...], name: str | None) -> Port | None:
    """Return the first port of that name, or None."""
    return next((port for port in ports if port.name == name), None)


def _group_connections(named: Iterable[tuple[str, Connection]]) -> Mapping[str, list[Connection]]:
    groups: dict[str, list[Connection]] = {}
    for name, connection in named:
        groups.setdefault(name, []).append(connection)
    return groups


def _name_type(rule: PortRule | None, port: Port) -> str:
    return port.type if rule is None or rule.type is None or rule.is_type_ambiguous else rule.type


def _has_matching_configuration(node: Node) -> bool:
    """Return whether a node's configuration, if any, matches its type. If not, the type may be wrong."""
    member = node.configuration_path[-1]
    return member in ("configuration", NODE_TYPES[node.type].configuration)
