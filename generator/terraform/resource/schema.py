"""What each engine's resource accepts: names, nesting, and limits.

They are in data/aws_provider_flow.json (tools/refresh_provider.py) and data/release/flow.json
(tools/refresh_cloudformation.py).
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from generator.flow.api import Shape, list_node_types
from generator.flow.api.shapes import load_api
from generator.flow.model import Engine
from generator.source.position import Path

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_PARTITIONS = "(-cn|-us-gov|-eusc|-iso(-[b-f])?)?"
_ANY_PARTITION = ("(-[^:]+)?", "(-[^:]{1,12})?")
"""What CloudFormation's patterns have where the API's list the partitions."""
Bounds = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Schema:
    """A key of the resource, with its limits.

    A block or object has `members`, also if it is in a list. `items` limits the number of items, `length` that of a
    string's bytes, `characters` that of its characters, and `range` a number. `values` are the valid values, if known.
    """

    name: str
    members: Mapping[str, Schema] | None = None
    is_required: bool = False
    items: Bounds | None = None
    length: Bounds | None = None
    characters: Bounds | None = None
    range: Bounds | None = None
    pattern: str | None = None
    enum: str | None = None
    values: tuple[str, ...] = ()
    is_arn: bool = False
    wants_one_of_siblings: bool = False
    is_json: bool = False

    @property
    def requires_members(self) -> bool:
        """Whether the block is incomplete without members."""
        return any(member.is_required or member.members for member in (self.members or {}).values())


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource of an engine. `source` is what findings cite; `root` has the flow's own keys."""

    engine: Engine
    source: str
    root: Schema

    @property
    def definition(self) -> Schema:
        """The schema of the flow's definition."""
        return (self.root.members or {})["definition" if self.engine is Engine.NATIVE else "Definition"]


@cache
def find_resource(engine: Engine) -> Resource:
    """Return the resource of an engine."""
    if engine is Engine.CLOUD_CONTROL:
        raw = _load_data("release/flow.json")
        reader = _CloudFormation(raw["definitions"])
        own = ("Definition", "Description", "Name")
        members = {name: reader.read_property(name, raw["properties"][name]) for name in own}
        return Resource(engine, raw["typeName"], Schema(raw["typeName"], members))
    raw = _load_data("aws_provider_flow.json")
    source = f"{raw['resource']} as of {raw['provider']} {raw['version']}"
    return Resource(engine, source, _name_node_types(_read_schema(raw["resource"], raw)))


def find_member(schema: Schema, member: str) -> Schema | None:
    """Return what a resource has for a key of the API.

    In CloudFormation, the key starts with an uppercase letter. In the provider, it is in snake_case, and in the
    singular for a list.
    """
    members = schema.members or {}
    name = _write_in_snake_case(member)
    return members.get(name) or members.get(name.removesuffix("s")) or members.get(member[0].upper() + member[1:])


def narrow_shape(shape: Shape, path: Path, engine: Engine) -> Shape:
    """Return the API's shape of the value at a canonical path, with the bounds of an engine where they are narrower."""
    schema = _find_schema(path, engine)
    bounds = None if schema is None else schema.range or schema.characters
    if bounds is None:
        return shape
    least = bounds[0] if shape.minimum is None else max(bounds[0], shape.minimum)
    limits = [limit for limit in (bounds[1], shape.maximum) if limit is not None]
    return replace(shape, minimum=least, maximum=min(limits, default=None))


def find_narrower_pattern(shape: Shape, path: Path, engine: Engine) -> str | None:
    """Return an engine's pattern for the value at a canonical path if it rejects a string that a module would accept.

    `shape` is the API's shape of that value. The pattern is for the whole string.
    """
    schema = _find_schema(path, engine)
    if schema is None or schema.pattern is None or shape.pattern is None:
        return None
    pattern = schema.pattern.removeprefix("^").removesuffix("$")
    own = load_api()["shapes"][shape.name]["pattern"].removeprefix("$|^")
    return None if pattern in (own, *(own.replace(_PARTITIONS, wider) for wider in _ANY_PARTITION)) else pattern


def find_byte_bounds(path: Path, engine: Engine) -> Bounds | None:
    """Return how many bytes an engine accepts in the string at a canonical path, if it counts them."""
    schema = _find_schema(path, engine)
    return None if schema is None else schema.length


def _find_schema(path: Path, engine: Engine) -> Schema | None:
    schema: Schema | None = find_resource(engine).root
    for part in path:
        if isinstance(part, str) and schema is not None:
            schema = find_member(schema, part)
    return schema


@lru_cache(maxsize=1024)
def _write_in_snake_case(key: str) -> str:
    return _WORD.sub("_", key).lower()


def name_configuration(node_type: str) -> str:
    """Return the key of a node's `configuration` for its type, such as knowledgeBase for KnowledgeBase."""
    return node_type[0].lower() + node_type[1:]


def _load_data(name: str) -> dict[str, Any]:
    data = pkgutil.get_data("generator", f"data/{name}")
    if data is None:
        raise FileNotFoundError(f"generator/data/{name}")
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


def _name_node_types(root: Schema) -> Schema:
    """Return the provider's resource with the node types that it has a configuration for."""
    definition = (root.members or {})["definition"]
    node = (definition.members or {})["node"]
    members = dict(node.members or {})
    known = tuple(name for name in list_node_types() if find_member(members["configuration"], name_configuration(name)))
    members["type"] = replace(members["type"], values=known)
    definition = replace(definition, members={**(definition.members or {}), "node": replace(node, members=members)})
    return replace(root, members={**(root.members or {}), "definition": definition})


def _read_bounds(raw: list[int | None] | None) -> Bounds | None:
    return None if raw is None or raw == [None, None] else (raw[0] or 0, raw[1])


@dataclass(slots=True)
class _CloudFormation:
    """Reads CloudFormation's schema of a resource. `objects` has the members of each object that was read before."""

    definitions: Mapping[str, Any]
    objects: dict[int, dict[str, Schema]] = field(default_factory=dict)

    def read_property(self, name: str, raw: Any, *, is_required: bool = False, wants_one: bool = False) -> Schema:
        raw = self._follow(raw)
        return Schema(
            name=name,
            members=self._read_members(self._follow(raw.get("items", raw))),
            is_required=is_required,
            items=_read_bounds([raw.get("minItems"), raw.get("maxItems")]),
            characters=_read_bounds([raw.get("minLength"), raw.get("maxLength")]),
            range=_read_bounds([raw.get("minimum"), raw.get("maximum")]),
            pattern=raw.get("pattern"),
            values=tuple(raw.get("enum", ())),
            wants_one_of_siblings=wants_one,
        )

    def _follow(self, raw: Any) -> Any:
        return self.definitions[raw["$ref"].rpartition("/")[2]] if "$ref" in raw else raw

    def _read_members(self, raw: Any) -> Mapping[str, Schema] | None:
        """Return the members of an object; None for any other value, and for free-form JSON.

        An object can contain itself (a loop has a definition), so its members are filled in after it is known.
        """
        branches = raw.get("oneOf", [raw])
        if not any("properties" in branch or branch.get("additionalProperties") is False for branch in branches):
            return None
        if id(raw) in self.objects:
            return self.objects[id(raw)]
        members = self.objects[id(raw)] = {}
        for branch in branches:
            for name, item in branch.get("properties", {}).items():
                is_required = len(branches) == 1 and name in branch.get("required", ())
                members[name] = self.read_property(name, item, is_required=is_required, wants_one=len(branches) > 1)
        return members
