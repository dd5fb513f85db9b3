"""The conditions of Condition and LoopController nodes."""

from __future__ import annotations

from typing import NamedTuple

from generator.flow.model import Node, Value
from generator.source.position import Path

DEFAULT = "default"
"""The name of the condition that applies when no other is true (Bedrock user guide, "Node types for your flow")."""


class Condition(NamedTuple):
    """A condition of a Condition node, or the one of a LoopController. `expression` may be None."""

    name: str
    expression: Value
    path: Path

    @property
    def is_default(self) -> bool:
        """Whether it applies when no other condition is true."""
        return self.name == DEFAULT and self.expression is None


def list_conditions(node: Node) -> list[Condition]:
    """Return the conditions of a Condition node in order, or the one of a LoopController."""
    path = node.configuration_path
    match node.type, node.configuration:
        case "LoopController", {"continueCondition": value}:
            found = [(value, (*path, "continueCondition"))]
        case "Condition", {"conditions": list() as values}:
            found = [(value, (*path, "conditions", index)) for index, value in enumerate(values)]
        case _:
            found = []
    return [
        Condition(str(value["name"]), value.get("expression"), place)
        for value, place in found
        if isinstance(value, dict) and isinstance(value.get("name"), str)
    ]
