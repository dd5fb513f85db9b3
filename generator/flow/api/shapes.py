"""Shapes of the API, read from data/bedrock_flow_api.json (made from botocore by tools/refresh_api.py)."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from generator.source.position import Path

PERMISSION_SHAPES = {
    "models": "FlowPromptModelIdentifier",
    "kms_keys": "KmsKeyArn",
    "guardrail_profiles": "GuardrailCrossRegionGuardrailProfileArn",
}
"""The shapes of the entries in the lists of a definition's section `permissions`."""
_ACCOUNT_SHAPE = "AccountId"
_TAG_SHAPE = "ModuleTagValue"
"""A tag goes to the flow's key and role too, which take less than the API does."""
PROFILE_SHAPES = {"id": "GuardrailCrossRegionGuardrailProfileId", "regions": "Region"}
"""The shapes of what a guardrail profile has that is not given by its ARN: `regions` is a list of these."""
MODEL_SHAPES = frozenset({"FlowPromptModelIdentifier", "KnowledgeBaseModelIdentifier", "BedrockRerankingModelArn"})
"""The shapes of the values that name a model."""


_EXACT_CLASSES = (("[^:]", "[a-z-]"), (r"\d", "[0-9]"), (r"\s", r" \t\n\v\f\r"))


@dataclass(frozen=True, slots=True)
class Shape:
    """One type of the API, with its rules.

    `type` is one of structure, union, list, map, string, integer, float, boolean, document. `members`, `element`,
    `key` and `value` name other shapes. `minimum` and `maximum` bound a text's characters, a list's items or a
    number's value. Above `warn_above` the API's model ends, and only experience goes on. `pattern` is botocore's,
    meant for the whole text, in what Python and RE2 read alike; a beginning of `$|^` means "empty, or the rest".
    """

    name: str
    type: str
    members: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    element: str | None = None
    key: str | None = None
    value: str | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    warn_above: int | None = None
    enum: tuple[str, ...] = ()


@cache
def load_api() -> dict[str, Any]:
    """Return the data file, read once."""
    api: dict[str, Any] = json.loads(_read_data("bedrock_flow_api.json"))
    return api


@cache
def load_texts() -> dict[str, dict[str, Any]]:
    """Return what flowseal says of shapes (`sentences`, `samples`, `meanings`, `node_types`), read once."""
    import tomllib

    return tomllib.loads(_read_data("shape_texts.toml").decode())


@cache
def find_shape(name: str) -> Shape:
    """Return the shape of that name. A name that the API's data lacks raises KeyError.

    Where the API takes anything for the rest of a partition's name, only letters and hyphens are taken here, so that no
    `*` reaches the ARN of a policy. `\\d` and `\\s` are spelled out: they mean ASCII in AWS's Java, and in no two other
    engines the same. An integer of the API has 32 bits, whether or not it has narrower bounds of its own.
    """
    raw = dict(load_api()["shapes"][name])
    raw["required"] = tuple(raw.get("required", ()))
    raw["enum"] = tuple(raw.get("enum", ()))
    if raw["type"] == "integer":
        raw = {"minimum": -(2**31), "maximum": 2**31 - 1} | raw
    if "pattern" in raw:
        for ambiguous, exact in _EXACT_CLASSES:
            raw["pattern"] = raw["pattern"].replace(ambiguous, exact)
    return Shape(name=name, **raw)


def find_shape_at(path: Path) -> Shape | None:
    """Return the shape at a canonical path: below ("definition",), ("name",), ("description",), ("tags", KEY).

    None where the API has nothing. Whatever stands below a document (free JSON) has that document's shape.
    """
    shape: Shape | None = find_shape(load_api()["root"])
    for part in path:
        if shape is None:
            return None
        shape = _find_part(shape, part)
    return shape


def find_place_shape(path: Path) -> Shape | None:
    """Return the shape at a canonical path of what a module takes there: that of the API, or a narrower one of ours.

    By it, literals of the section `permissions`, defaults and the values of variables are judged. None where there is
    none.
    """
    if path[0] == "tags" and len(path) == 2:
        return find_shape(_TAG_SHAPE)
    if path[0] != "permissions":
        return find_shape_at(path)
    _, section, *rest = (*map(str, path), "")
    name = PERMISSION_SHAPES.get(section) if rest else None
    if section == "guardrail_profiles" and len(rest) > 2:
        name = PROFILE_SHAPES.get(rest[1])
    if section == "bucket_accounts" and len(rest) > 1:
        name = _ACCOUNT_SHAPE
    return find_shape(name) if name else None


def list_node_types() -> tuple[str, ...]:
    """Return the node types, as a node's `type` spells them."""
    return find_shape("FlowNodeType").enum


def list_validation_kinds() -> tuple[str, ...]:
    """Return the kinds of AWS's own validation (FlowValidationType), as AWS names them."""
    return find_shape("FlowValidationType").enum


def takes_parameter(shape: Shape) -> bool:
    """Return whether a parameter can replace a value of this shape: a scalar, or a list of strings."""
    if shape.type == "list":
        return find_shape(shape.element or "").type == "string"
    return shape.type in ("string", "integer", "float", "boolean")


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the API once."""
    return re.compile(pattern)


def _find_part(shape: Shape, part: str | int) -> Shape | None:
    if shape.type == "document":
        return shape
    name = None
    if isinstance(part, str):
        name = shape.value if shape.type == "map" else shape.members.get(part)
    elif shape.type == "list":
        name = shape.element
    return find_shape(name) if name else None


def _read_data(name: str) -> bytes:
    data = pkgutil.get_data("generator", f"data/{name}")
    if data is None:
        raise FileNotFoundError(f"generator/data/{name}")
    return data
