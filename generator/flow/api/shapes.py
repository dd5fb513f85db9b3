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
    "bucket_accounts": "AccountId",
}
"""The shapes of the entries in a definition's section `permissions`."""
PROFILE_SHAPES = {"id": "GuardrailCrossRegionGuardrailProfileId", "regions": "Region"}
"""The shapes of a guardrail profile's keys if it is not given by its ARN: `regions` is a list of these."""
MODEL_SHAPES = frozenset({"FlowPromptModelIdentifier", "KnowledgeBaseModelIdentifier", "BedrockRerankingModelArn"})
"""The shapes of the values that name a model."""
_EXACT_CLASSES = (("[^:]", "[a-z-]"), (r"\d", "[0-9]"), (r"\s", r" \t\n\v\f\r"))


@dataclass(frozen=True, slots=True)
class Shape:
    """One type of the API, with its rules.

    `type` is one of structure, union, list, map, string, integer, float, boolean, document. `members`, `element`,
    `key`, and `value` name other shapes. `minimum` and `maximum` bound the length of a string or list, or a number.
    Above `warn_above`, the API's model rejects what AWS has been seen to accept. `pattern` is botocore's, for the whole
    string, in syntax that Python and RE2 share; at its start, `$|^` means "empty, or the rest".
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
    """Return the data of the API, read once."""
    api: dict[str, Any] = json.loads(_read_data("bedrock_flow_api.json"))
    return api


@cache
def load_texts() -> dict[str, dict[str, Any]]:
    """Return flowseal's texts about shapes (`sentences`, `samples`, `meanings`, `node_types`), read once."""
    import tomllib

    return tomllib.loads(_read_data("shape_texts.toml").decode())


@cache
def find_shape(name: str) -> Shape:
    """Return the shape of that name, or raise KeyError.

    Where the API accepts any character in a partition's name, only letters and hyphens are accepted here, so that no
    `*` gets into the ARNs of a policy. `\\d` and `\\s` are spelled out: they mean ASCII in AWS's Java and differ in
    other engines. Integers of the API have 32 bits unless they have narrower bounds.
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

    `release` has a shape of ours. None if there is nothing there. Everything below a document (free-form JSON) has the
    document's shape.
    """
    is_release = path[:1] == ("release",)
    shape: Shape | None = find_shape("Release" if is_release else load_api()["root"])
    for part in path[is_release:]:
        if shape is None:
            return None
        shape = _find_part(shape, part)
    return shape


def find_place_shape(path: Path) -> Shape | None:
    """Return the shape that a module accepts at a canonical path: the API's, or a narrower one of flowseal's.

    Entries of the section `permissions`, defaults, and the values of variables are checked against it.
    """
    match path:
        case ("tags", _):
            # Tags also go to the flow's key and role, which accept less than the API does.
            name: str | None = "ModuleTagValue"
        case ("permissions", "guardrail_profiles", _, str(key), *_):
            name = PROFILE_SHAPES.get(key)
        case ("permissions", str(section), _, *_):
            name = PERMISSION_SHAPES.get(section)
        case ("permissions", *_):
            name = None
        case _:
            return find_shape_at(path)
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
