"""What a change will come to, as the real provider plans it."""

from __future__ import annotations

from typing import Any

from standin import cloud_control, documents, validators, wire
from standin.cloud import cloud, merge_tags
from standin.definitions import keep_spelling

State = dict[str, Any]
STABLE = {"id", "arn", "region", "created_at", "tags_all"}
"""What stays known while a flow is updated."""


def plan_change(
    kind: str, block: dict[str, Any], prior: State | None, proposed: State, config: State
) -> tuple[State, list[str]]:
    """Return the planned state, and the names of what forces a replacement."""
    attributes = block["attributes"]
    planned = _fill_defaults(kind, attributes, prior, proposed, config)
    if prior is None:
        planned = _mark_computed(planned, attributes)
        return cloud_control.plan(planned, None, config) if kind == cloud_control.NAME else (planned, [])
    for name in planned:
        # The plugin framework takes null for null: a null of the configuration, or of the state, is no empty map.
        is_null = kind == validators.FRAMEWORK and None in (prior.get(name), planned[name])
        if name in prior and not is_null and _is_same(name, prior[name], planned[name]):
            planned[name] = prior[name]
    changed = {name for name in planned if planned[name] != prior.get(name)}
    if kind == validators.FRAMEWORK and changed:
        planned |= dict.fromkeys(_list_unstable(attributes), wire.UNKNOWN)
    if kind == "aws_kms_alias" and "target_key_id" in changed:
        planned["target_key_arn"] = wire.UNKNOWN
    replaced = sorted(changed & validators.REPLACE.get(kind, set()))
    if kind == cloud_control.NAME:
        planned, more = cloud_control.plan(planned, prior, config)
        replaced += more
    return planned, replaced


def begin_import(block: dict[str, Any], identifier: str) -> State:
    """Return the state that an import begins with: the id alone, which a read then fills up."""
    blocks = {name: [] if item["nesting_mode"] == "list" else None for name, item in block["block_types"].items()}
    return dict.fromkeys(block["attributes"]) | blocks | {"id": identifier}


def _fill_defaults(kind: str, attributes: dict[str, Any], prior: State | None, proposed: State, config: State) -> State:
    planned = dict(proposed)
    for name, default in validators.DEFAULTS.get(kind, {}).items():
        if planned.get(name) is None:
            planned[name] = default
    if "tags_all" in attributes:
        planned["tags_all"] = _plan_all_tags(config, prior)
    if "region" in attributes:
        if config.get("region") not in (None, cloud.region):
            raise documents.RefusedError("this stand-in keeps a resource in its provider's region")
        planned["region"] = prior["region"] if prior else cloud.region
    return planned


def _list_unstable(attributes: dict[str, Any]) -> list[str]:
    return [
        name
        for name, attribute in attributes.items()
        if attribute.get("computed") and not attribute.get("optional") and name not in STABLE
    ]


def _plan_all_tags(config: State, prior: State | None) -> Any:
    if not wire.is_wholly_known(config.get("tags")):
        return wire.UNKNOWN
    tags = merge_tags(config)
    return wire.UNKNOWN if not tags and prior is None else tags


def _mark_computed(planned: State, attributes: dict[str, Any]) -> State:
    computed = [name for name, attribute in attributes.items() if attribute.get("computed")]
    return planned | {name: wire.UNKNOWN for name in computed if planned.get(name) is None}


def _is_same(name: str, old: Any, new: Any) -> bool:
    if old == new or (old in (None, [], {}) and new in (None, [], {})):
        return True
    if name in validators.POLICIES and isinstance(old, str) and isinstance(new, str):
        return documents.say_the_same(old, new)
    if name == "definition" and old is not None and new is not None:
        return bool(keep_spelling(old, new, rounded=False) == old)
    return False
