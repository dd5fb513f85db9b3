"""What a schema does not say: validators, defaults, what forces replacement. The flow's are the project's data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from standin import wire

DATA = Path(__file__).parents[3] / "generator" / "data"
FLOW = json.loads((DATA / "aws_provider_flow.json").read_text(encoding="utf-8"))["members"]
SHAPES = json.loads((DATA / "bedrock_flow_api.json").read_text(encoding="utf-8"))["shapes"]
FRAMEWORK = "aws_bedrockagent_flow"
POLICIES = {"policy", "assume_role_policy"}
DEFAULTS: dict[str, dict[str, Any]] = {
    "aws_kms_key": {
        "bypass_policy_lockout_safety_check": False,
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "enable_key_rotation": False,
        "is_enabled": True,
        "key_usage": "ENCRYPT_DECRYPT",
    },
    "aws_kms_key_policy": {"bypass_policy_lockout_safety_check": False},
    "aws_iam_role": {"path": "/", "max_session_duration": 3600, "force_detach_policies": False},
    "aws_iam_policy": {"path": "/"},
}
REPLACE = {
    "aws_cloudcontrolapi_resource": {"type_name", "region"},
    "aws_kms_key": {"customer_master_key_spec", "key_usage", "multi_region", "region"},
    "aws_kms_alias": {"name", "name_prefix", "region"},
    "aws_kms_key_policy": {"region"},
    "aws_iam_role": {"name", "name_prefix", "path"},
    "aws_iam_policy": {"name", "name_prefix", "path", "description"},
    "aws_iam_role_policy_attachment": {"role", "policy_arn"},
    FRAMEWORK: {"region"},
}
IAM_NAME = r"^[\w+=,.@-]*$"
RULES: dict[str, dict[str, dict[str, Any]]] = {
    FRAMEWORK: FLOW,
    "aws_cloudcontrolapi_resource": {"type_name": {"pattern": r"^[0-9A-Za-z]{2,64}(::[0-9A-Za-z]{2,64}){2}$"}},
    "aws_iam_policy_document": {
        "version": {"enum": ["2008-10-17", "2012-10-17"]},
        "statement": {"members": {"effect": {"enum": ["Allow", "Deny"]}}},
    },
    "aws_kms_key": {
        "deletion_window_in_days": {"range": [7, 30]},
        "rotation_period_in_days": {"range": [90, 2560], "with": "enable_key_rotation"},
    },
    "aws_kms_alias": {"name": {"pattern": r"^alias/(?!aws/)[a-zA-Z0-9/_-]+$", "not_with": "name_prefix"}},
    "aws_iam_role": {
        "name": {"pattern": IAM_NAME, "length": [1, 64], "not_with": "name_prefix"},
        "name_prefix": {"pattern": IAM_NAME, "length": [1, 38]},
        "description": {"length": [0, 1000]},
        "max_session_duration": {"range": [3600, 43_200]},
        "permissions_boundary": {"arn": True},
    },
    "aws_iam_policy": {
        "name": {"pattern": IAM_NAME, "length": [1, 128], "not_with": "name_prefix"},
        "name_prefix": {"pattern": IAM_NAME, "length": [1, 102]},
    },
    "aws_iam_role_policy_attachment": {"policy_arn": {"arn": True}},
}
"""Written after the provider's documentation, but for the flow's: no package lists the others."""

_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}|aws|)?:.+")


def _list_names(members: dict[str, Any], test: str) -> Iterator[str]:
    for name, rule in members.items():
        if test in rule or rule.get("type") == test:
            yield name
        yield from _list_names(rule.get("members", {}), test)


FLOAT_NAMES = frozenset(_list_names(FLOW, "float32"))
JSON_NAMES = frozenset(_list_names(FLOW, "json"))


def find_faults(kind: str, config: dict[str, Any]) -> list[Any]:
    """Return diagnostics for a configuration; unknown values are never judged."""
    return list(_check_members(config, RULES.get(kind, {}), ()))


def _check_members(config: dict[str, Any], rules: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Any]:
    if any(rule.get("one_of_siblings") for rule in rules.values()):
        yield from _check_choice(config, path)
    for name, value in config.items():
        rule, place = rules.get(name, {}), (*path, name)
        if value is None or wire.is_unknown(value):
            continue
        for what in _find_broken_rules(value, rule, config, name):
            yield wire.build_error("Invalid Attribute Value", f"{name} {what}, got: {str(value)[:80]!r}", place)
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, dict):
                yield from _check_members(item, rule.get("members", {}), (*place, index))


def _check_choice(config: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Any]:
    given = [name for name, value in config.items() if value not in (None, [])]
    if len(given) != 1 and not any(map(wire.is_unknown, config.values())):
        names = ", ".join(sorted(config))
        yield wire.build_error("Invalid Attribute Combination", f"exactly one of {names} must be set", path)


def _find_broken_rules(value: Any, rule: dict[str, Any], config: dict[str, Any], name: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from _find_broken_text_rules(value, rule, name)
    if isinstance(value, int) and "range" in rule and not _is_within(value, rule["range"]):
        yield f"must be between {rule['range'][0]} and {rule['range'][1]}"
    # No blocks at all pass in the real one; the API refuses them.
    if isinstance(value, list) and value and "items" in rule and not _is_within(len(value), rule["items"]):
        yield f"must have {rule['items'][0]} to {rule['items'][1]} items"
    other = config.get(rule.get("not_with", ""))
    if other is not None and not wire.is_unknown(other):
        yield f"conflicts with {rule['not_with']}"
    if "with" in rule and config.get(rule["with"]) is None:
        yield f"needs {rule['with']}"


def _find_broken_text_rules(value: str, rule: dict[str, Any], name: str) -> Iterator[str]:
    # Go's len is that of the bytes.
    if "length" in rule and not _is_within(len(value.encode()), rule["length"]):
        yield f"must have {rule['length'][0]} to {rule['length'][1]} characters"
    # Go's $ is the end of the text; Python's also stands before a last line feed.
    if "pattern" in rule and not re.search(rule["pattern"].removesuffix("$") + r"\Z", value, re.ASCII):
        yield f"must match {rule['pattern']}"
    if "enum" in rule and value not in (choice := _list_choices(rule["enum"])):
        yield f"must be one of {choice}"
    if "arn" in rule and not _ARN.fullmatch(value):
        yield "is not a valid ARN"
    if "json" in rule or name in POLICIES:
        yield from _find_broken_json(value, must_be_object=name in POLICIES)


def _list_choices(enum: str | list[str]) -> list[str]:
    """Return the values of an enum. The flow's are shapes of the API; an empty text is left to the API to refuse."""
    return enum if isinstance(enum, list) else ["", *SHAPES[enum]["enum"]]


def _find_broken_json(value: str, *, must_be_object: bool) -> Iterator[str]:
    try:
        if not isinstance(json.loads(value), dict) and must_be_object:
            yield "contains an invalid JSON policy: not a JSON object"
    except ValueError as error:
        yield f"contains invalid JSON: {error}"


def _is_within(number: int, bounds: list[int | None]) -> bool:
    return (bounds[0] is None or number >= bounds[0]) and (bounds[1] is None or number <= bounds[1])
