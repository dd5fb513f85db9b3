"""The resource's names, nesting, and validators, from data/aws_provider_flow.json (tools/refresh_provider.py)."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
Bounds = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Schema:
    """An attribute or block of the resource, with the provider's validators.

    A block has `members`. `items` limits the number of blocks or items, `length` that of a string's bytes, and `range`
    a number.
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
        """Whether the block is incomplete without members."""
        return any(member.is_required or member.members for member in (self.members or {}).values())


@cache
def find_definition_block() -> Schema:
    """Return the schema of the `definition` block."""
    return (find_resource().members or {})["definition"]


@cache
def find_resource() -> Schema:
    """Return the schema of the whole resource, as if it were a block."""
    return _read_schema("aws_bedrockagent_flow", _load_data())


@cache
def find_provider_version() -> str:
    """Return the release of hashicorp/aws that the data comes from."""
    return str(_load_data()["version"])


def find_member(schema: Schema, member: str) -> Schema | None:
    """Return what the resource has for a key of the API: its name in snake_case, in the singular for a list."""
    members = schema.members or {}
    name = _write_in_snake_case(member)
    return members.get(name) or members.get(name.removesuffix("s"))


@lru_cache(maxsize=1024)
def _write_in_snake_case(key: str) -> str:
    return _WORD.sub("_", key).lower()


def name_configuration(node_type: str) -> str:
    """Return the key of a node's `configuration` for its type, such as knowledgeBase for KnowledgeBase."""
    return node_type[0].lower() + node_type[1:]


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
