"""Short forms for blocks that are stated in Python."""

from __future__ import annotations

from typing import TypeAlias

from generator.hcl import Attribute, Block, Comment, Reference, Value
from generator.model import ParameterReference
from generator.model import Value as ModelValue

Item: TypeAlias = Attribute | Block | Comment


def make_block(type_name: str, *labels: str, body: tuple[Item, ...] = (), **attributes: Value) -> Block:
    """Return a block with `attributes` in their order, then `body`."""
    return Block(type_name, labels, (*(Attribute(name, value) for name, value in attributes.items()), *body))


NEW_BEFORE_OLD = make_block("lifecycle", create_before_destroy=True)


def carry_value(value: ModelValue) -> Value:
    """Return a definition's value as HCL's: a parameter becomes the variable, all else stays what it is."""
    match value:
        case ParameterReference(name):
            return Reference(f"var.{name}")
        case list():
            return [carry_value(item) for item in value]
        case dict():
            return {key: carry_value(item) for key, item in value.items()}
    return value
