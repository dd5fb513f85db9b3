"""Flow definitions: nested blocks of the resource <-> members of the API. botocore's shapes lead, no table of names."""

from __future__ import annotations

import json
from typing import Any

from standin import validators, wire


def name_member(shape: Any, name: str) -> str:
    """Return the API's member that a block or attribute stands for: input_variable is inputVariables."""
    head, *rest = name.split("_")
    camel = head + "".join(part.capitalize() for part in rest)
    return camel if camel in shape.members else camel + "s"


def write_api(value: dict[str, Any], shape: Any) -> dict[str, Any]:
    """Return the content of a block in the API's form; what is null or empty is left out."""
    members = {}
    for name, item in value.items():
        if item is None or item == []:
            continue
        member = name_member(shape, name)
        members[member] = _write_member(item, shape.members[member])
    return members


def read_api(value: dict[str, Any], shape: Any, block: dict[str, Any]) -> dict[str, Any]:
    """Return a structure of the API as the content of a block of the schema."""
    content: dict[str, Any] = {}
    for name in block.get("attributes", {}):
        member = name_member(shape, name)
        content[name] = _read_scalar(value.get(member), shape.members[member])
    for name, nested in block.get("block_types", {}).items():
        member = name_member(shape, name)
        inner = shape.members[member]
        items = value.get(member)
        if inner.type_name == "list":
            content[name] = [read_api(item, inner.member, nested["block"]) for item in items or []]
        else:
            content[name] = [] if items is None else [read_api(items, inner, nested["block"])]
    return content


def keep_spelling(old: Any, new: Any, name: str = "", *, rounded: bool = True) -> Any:
    """Return `new`, spelled as `old` wherever both mean the same: float32, JSON text, an empty list and null.

    Without `rounded`, decimals must be equal digit by digit, as the real provider compares them in a plan.
    """
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: keep_spelling(old.get(key), value, key, rounded=rounded) for key, value in new.items()}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [keep_spelling(before, after, name, rounded=rounded) for before, after in zip(old, new, strict=True)]
    if old in (None, []) and new in (None, []):
        return old
    return old if _means_the_same(old, new, name, rounded=rounded) else new


def _means_the_same(old: Any, new: Any, name: str, *, rounded: bool) -> bool:
    if old is None or new is None or wire.is_unknown(old) or wire.is_unknown(new):
        return False
    if name in validators.JSON_NAMES:
        return bool(json.loads(old) == json.loads(new))
    number = wire.round_to_float32 if rounded else float
    return name in validators.FLOAT_NAMES and number(old) == number(new)


def _write_member(item: Any, shape: Any) -> Any:
    if getattr(shape, "is_document_type", False):
        return json.loads(item)
    if shape.type_name == "structure":
        return write_api(item[0], shape)
    if shape.type_name == "list" and shape.member.type_name == "structure":
        return [write_api(part, shape.member) for part in item]
    if shape.type_name in ("float", "double"):
        return float(item)
    return int(item) if shape.type_name in ("integer", "long") else item


def _read_scalar(value: Any, shape: Any) -> Any:
    if value is None:
        return None
    if getattr(shape, "is_document_type", False):
        return json.dumps(value, separators=(",", ":"))
    if shape.type_name in ("float", "double"):
        # The SDK of the real provider has these as 32 bits: an imported 0.7 is 0.699999988079071 in the state.
        return wire.write_number(wire.round_to_float32(value))
    return wire.write_number(value) if shape.type_name in ("integer", "long") else value
