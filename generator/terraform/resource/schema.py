"""The resource's names, nesting and validators, from data/aws_provider_flow.json (tools/refresh_provider.py)."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from generator.flow.api import Shape, find_shape, list_node_types

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
Bounds = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Schema:
    """One attribute or block of the resource, with the provider's validators.

    A block has `members`; `items` says how often it may stand. `length` bounds a text's characters, `range` a
    number.
    """

    name: str
    members: Mapping[str, Schema] | None = None
    is_required: bool = False
    items: Bounds | None = None
    length: Bounds | None = None
    range: Bounds | None = None
    pattern: str | None = None
    enum: str | None = None
    is_arn: bool = False
    wants_one_of_siblings: bool = False
    is_json: bool = False

    @property
    def requires_members(self) -> bool:
        """Whether the block says nothing while it is empty."""
        return any(member.is_required or member.members for member in (self.members or {}).values())


@cache
def find_definition_block() -> Schema:
    """Return the schema of the block `definition`."""
    return (find_resource().members or {})["definition"]


@cache
def find_resource() -> Schema:
    """Return the schema of the whole resource, as of a block."""
    return _read_schema("aws_bedrockagent_flow", _load_data())


@cache
def find_provider_version() -> str:
    """Return the release of hashicorp/aws that the data was taken from."""
    return str(_load_data()["version"])


def find_member(schema: Schema, member: str) -> Schema | None:
    """Return what the resource has for a member of the API: the same name in snake_case, a list's in the singular."""
    members = schema.members or {}
    name = _WORD.sub("_", member).lower()
    return members.get(name) or members.get(name.removesuffix("s"))


def name_configuration(node_type: str) -> str:
    """Return the member of a node's `configuration` for its type, such as knowledgeBase: the API spells them alike."""
    return node_type[0].lower() + node_type[1:]


def list_unexpressible_members() -> Iterator[tuple[str, str]]:
    """Yield (shape, member) for all that the API has and the resource lacks, and (FlowNodeType, type) for node types.

    What lies below such a member is not listed again.
    """
    configuration = find_member(_enter(find_definition_block(), "nodes"), "configuration")
    for node_type in list_node_types():
        if configuration is None or find_member(configuration, name_configuration(node_type)) is None:
            yield "FlowNodeType", node_type
    yield from sorted(set(_compare(find_shape("FlowDefinition"), find_definition_block(), ())))


def _compare(shape: Shape, schema: Schema, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if shape.name in above:
        return
    for member, name in shape.members.items():
        inner, target = find_shape(name), find_member(schema, member)
        element = find_shape(inner.element) if inner.element else inner
        if target is None:
            yield shape.name, member
        elif target.members is not None:
            if inner.type == "list" and target.items is not None and target.items[1] == 1 and inner.maximum != 1:
                yield shape.name, f"{member}[1]"
            yield from _compare(element, target, (*above, shape.name))


def _enter(schema: Schema, member: str) -> Schema:
    found = find_member(schema, member)
    if found is None:
        raise KeyError(member)
    return found


@cache
def _load_data() -> dict[str, Any]:
    data = pkgutil.get_data("generator", "data/aws_provider_flow.json")
    if data is None:
        raise FileNotFoundError("generator/data/aws_provider_flow.json")
    loaded: dict[str, Any] = json.loads(data)
    return loaded


def _read_schema(name: str, raw: dict[str, Any]) -> Schema:
    members = raw.get("members")
    return Schema(
        name=name,
        members=None if members is None else {key: _read_schema(key, value) for key, value in members.items()},
        is_required=raw.get("flag") == "required",
        items=_read_bounds(raw.get("items")),
        length=_read_bounds(raw.get("length")),
        range=_read_bounds(raw.get("range")),
        pattern=raw.get("pattern"),
        enum=raw.get("enum"),
        is_arn="arn" in raw,
        wants_one_of_siblings="one_of_siblings" in raw,
        is_json="json" in raw,
    )


def _read_bounds(raw: list[int | None] | None) -> Bounds | None:
    return None if raw is None else (raw[0] or 0, raw[1])
