"""Short forms for blocks that are stated in Python."""

from __future__ import annotations

from typing import TypeAlias

from generator.flow.model import ParameterReference
from generator.flow.model import Value as ModelValue
from generator.terraform.hcl import Attribute, Block, Comment, Reference, Value, encode_value
from generator.terraform.module.plan import Validation

Item: TypeAlias = Attribute | Block | Comment


def make_block(type_name: str, *labels: str, body: tuple[Item, ...] = (), **attributes: Value) -> Block:
    """Return a block with `attributes` in their order, then `body`."""
    return Block(type_name, labels, (*(Attribute(name, value) for name, value in attributes.items()), *body))


NEW_BEFORE_OLD = make_block("lifecycle", create_before_destroy=True)


def match(pattern: str, subject: str) -> str:
    """Return the condition that a pattern fits the whole of a text, as `re.fullmatch` says it in Python."""
    return f"can(regex({encode_value(f'^(?:{pattern})$')}, {subject}))"


def demand(condition: str, error_message: str) -> Validation:
    """Return the rule of a variable that a condition holds."""
    return Validation(Reference(condition), error_message)


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
