"""What a planter is given and what it gives."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
Expected = tuple[str, Path]
"""A rule, and the path in the document at which it is reported."""
FREE = ("LambdaFunction", "InlineCode", "Condition")
"""Types whose inputs have any names and types."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A document with one defect: what kind it is, how it was made, and all findings that it truly gives."""

    rule: str
    how: str
    document: dict[str, Any]
    expected: tuple[Expected, ...]


@dataclass(slots=True)
class Site:
    """A copy of a document to plant into; `root` is where the nodes and connections are."""

    document: dict[str, Any]
    root: Path = ("definition",)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The definition that is planted into."""
        value: Any = self.document
        for part in self.root:
            value = value[part]
        body: dict[str, Any] = value
        return body

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """Its nodes."""
        nodes: list[dict[str, Any]] = self.body["nodes"]
        return nodes

    @property
    def connections(self) -> list[dict[str, Any]]:
        """Its connections."""
        connections: list[dict[str, Any]] = self.body["connections"]
        return connections

    def copy(self) -> Site:
        """Return the site of a copy of the document."""
        return Site(copy.deepcopy(self.document), self.root, self.files)

    def find_node(self, name: str) -> tuple[int, dict[str, Any]]:
        """Return a node with its place."""
        return next((place, node) for place, node in enumerate(self.nodes) if node["name"] == name)

    def node_path(self, place: int, *more: str | int) -> Path:
        """Return the path of something of a node."""
        return (*self.root, "nodes", place, *more)

    def connection_path(self, place: int, *more: str | int) -> Path:
        """Return the path of something of a connection."""
        return (*self.root, "connections", place, *more)

    def end_path(self, place: int) -> Path:
        """Return the path of what a connection names at its end: the target's input, or the condition."""
        if "conditional" in self.connections[place]["configuration"]:
            return self.connection_path(place, "configuration", "conditional", "condition")
        return self.connection_path(place, "configuration", "data", "targetInput")

    def add_data(self, source: str, output: str, target: str, port: str, name: str | None = None) -> Path:
        """Add a data connection; return the path of its target's input."""
        ends = {"sourceOutput": output, "targetInput": port}
        self._add({"source": source, "target": target, "type": "Data", "configuration": {"data": ends}}, name)
        return self.end_path(len(self.connections) - 1)

    def add_conditional(self, source: str, condition: str, target: str, name: str | None = None) -> Path:
        """Add a conditional connection; return the path of its condition."""
        configuration = {"conditional": {"condition": condition}}
        self._add({"source": source, "target": target, "type": "Conditional", "configuration": configuration}, name)
        return self.end_path(len(self.connections) - 1)

    def _add(self, connection: dict[str, Any], name: str | None) -> None:
        self.connections.append({"name": name or f"Planted{len(self.connections)}", **connection})

    def list_after(self, name: str) -> set[str]:
        """Return a node and all that connections lead to from it."""
        reached = {name}
        while True:
            more = {item["target"] for item in self.connections if item["source"] in reached} - reached
            if not more:
                return reached
            reached |= more

    def list_data(self) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
        """Yield the data connections with their places and ends."""
        for place, item in enumerate(self.connections):
            if "data" in item["configuration"]:
                yield place, item, item["configuration"]["data"]

    def list_incoming(self, name: str) -> list[dict[str, Any]]:
        """Return the connections to a node."""
        return [item for item in self.connections if item["target"] == name]


Planter = Callable[[Site], Iterator[Planted]]
PLANTERS: dict[str, list[Planter]] = {}


def plants(rule: str) -> Callable[[Planter], Planter]:
    """Register what plants defects of a rule. A rule may have several planters."""

    def register(planter: Planter) -> Planter:
        PLANTERS.setdefault(rule, []).append(planter)
        return planter

    return register


def misspell(name: str) -> str:
    """Return another name, which is fine as a name."""
    return name[0] + name[1:][::-1] + "q"
