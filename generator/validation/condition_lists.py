"""The conditions of a node, as its author listed them."""

from __future__ import annotations

from typing import NamedTuple

from generator.model import Node, Value
from generator.source.position import Path

DEFAULT = "default"
"""The name of the condition that holds when no other does (Bedrock user guide, "Node types for your flow")."""

CONTINUE = "continueCondition"


class Condition(NamedTuple):
    """One condition of a Condition node, or that of a LoopController. `expression` is None where there is none."""

    name: str
    expression: Value
    path: Path

    @property
    def is_default(self) -> bool:
        """Whether it is the one that holds when no other does."""
        return self.name == DEFAULT and self.expression is None


def list_conditions(node: Node) -> list[Condition]:
    """Return the conditions of a Condition node, in their order; of a LoopController the one that ends the loop."""
    if node.type == "LoopController":
        return _read_condition(node.configuration.get("continueCondition"), (*node.configuration_path, CONTINUE))
    conditions = node.configuration.get("conditions")
    if node.type != "Condition" or not isinstance(conditions, list):
        return []
    path = (*node.configuration_path, "conditions")
    return [item for index, value in enumerate(conditions) for item in _read_condition(value, (*path, index))]


def _read_condition(value: Value, path: Path) -> list[Condition]:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return []
    return [Condition(str(value["name"]), value.get("expression"), path)]
