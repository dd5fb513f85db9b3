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
PROFILE_SHAPES = {"id": "GuardrailCrossRegionGuardrailProfileId", "regions": "Region"}
"""The shapes of what a guardrail profile has that is not given by its ARN: `regions` is a list of these."""
MODEL_SHAPES = frozenset({"FlowPromptModelIdentifier", "KnowledgeBaseModelIdentifier", "BedrockRerankingModelArn"})
"""The shapes of the values that name a model."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One type of the API, with its rules.

    `type` is one of structure, union, list, map, string, integer, float, boolean, document. `members`, `element`,
    `key` and `value` name other shapes. `minimum` and `maximum` bound a text's characters, a list's items or a
    number's value. Above `warn_above` the API's model ends, and only experience goes on. `pattern` is botocore's,
    meant for the whole text, with the partition's name narrowed; a beginning of `$|^` means "empty, or the rest".
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
    data = pkgutil.get_data("generator", "data/bedrock_flow_api.json")
    if data is None:
        raise FileNotFoundError("generator/data/bedrock_flow_api.json")
    api: dict[str, Any] = json.loads(data)
    return api


@cache
def find_shape(name: str) -> Shape:
    """Return the shape of that name. A name that the API's data lacks raises KeyError.

    Where the API takes anything for the rest of a partition's name, only letters and hyphens are taken here, so that no
    `*` reaches the ARN of a policy.
    """
    raw = dict(load_api()["shapes"][name])
    raw["required"] = tuple(raw.get("required", ()))
    raw["enum"] = tuple(raw.get("enum", ()))
    if "pattern" in raw:
        raw["pattern"] = raw["pattern"].replace("[^:]", "[a-z-]")
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


def find_permission_shape(path: Path) -> Shape | None:
    """Return the shape of an entry of the section `permissions` at a canonical path. Accounts of buckets have none."""
    _, section, *rest = map(str, path)
    name = PERMISSION_SHAPES.get(section)
    if section == "guardrail_profiles" and len(rest) > 1:
        name = PROFILE_SHAPES.get(rest[1])
    return find_shape(name) if name else None


def list_node_types() -> tuple[str, ...]:
    """Return the node types, as a node's `type` spells them."""
    return find_shape("FlowNodeType").enum


def list_validation_kinds() -> tuple[str, ...]:
    """Return the kinds of AWS's own validation (FlowValidationType), as AWS names them."""
    return find_shape("FlowValidationType").enum


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the API once. `\\d` and `\\s` mean ASCII, as they do in AWS's Java."""
    return re.compile(pattern, re.ASCII)


def _find_part(shape: Shape, part: str | int) -> Shape | None:
    if shape.type == "document":
        return shape
    name = None
    if isinstance(part, str):
        name = shape.value if shape.type == "map" else shape.members.get(part)
    elif shape.type == "list":
        name = shape.element
    return find_shape(name) if name else None
