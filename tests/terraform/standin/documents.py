"""aws_iam_policy_document: statements in, JSON out, by the rules of the real data source."""

from __future__ import annotations

import json
import zlib
from typing import Any


class RefusedError(Exception):
    """A configuration that the real provider refuses; the message is for the user."""


def render_document(config: dict[str, Any]) -> dict[str, Any]:
    """Return the data source's state for a wholly known configuration."""
    made_from = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
    if given := [name for name in made_from if config.get(name)]:
        raise RefusedError(f"{given[0]}: this stand-in makes no documents from others, our modules have none")
    version = config.get("version") or "2012-10-17"
    statements = [_render_statement(item, version) for item in config.get("statement") or []]
    sids = [item["Sid"] for item in statements if "Sid" in item]
    if len(set(sids)) < len(sids):
        raise RefusedError("writing IAM Policy Document: duplicate Sid. Ensure Sids are unique.")
    document = {"Version": version, "Id": config.get("policy_id"), "Statement": statements}
    document = {member: value for member, value in document.items() if value}
    text = write_go_json(document, 2)
    filled = [{**item, "effect": item.get("effect") or "Allow"} for item in config.get("statement") or []]
    return {
        **config,
        "version": version,
        "json": text,
        "minified_json": write_go_json(document),
        "id": str(zlib.crc32(text.encode())),
        "statement": filled,
    }


def say_the_same(first: str, second: str) -> bool:
    """Return whether two JSON policies mean the same; the order of values is of no account."""
    try:
        return bool(_normalize(json.loads(first)) == _normalize(json.loads(second)))
    except (TypeError, ValueError):
        return first == second


def write_go_json(value: object, indent: int | None = None) -> str:
    """Write JSON as Go's encoder does: < > & escaped, all else as it is."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, indent=indent, ensure_ascii=False, separators=separators)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _render_statement(statement: dict[str, Any], version: str) -> dict[str, Any]:
    rendered: dict[str, Any] = {"Sid": statement.get("sid"), "Effect": statement.get("effect") or "Allow"}
    for member, name in (("Action", "actions"), ("NotAction", "not_actions")):
        rendered[member] = _collapse(_sort_descending(statement.get(name) or []))
    for member, name in (("Resource", "resources"), ("NotResource", "not_resources")):
        # Sorted as they are written, then filled in: the order of the real one's steps.
        rendered[member] = _collapse(_write_variables(_sort_descending(statement.get(name) or []), version))
    for member, name in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
        rendered[member] = _render_principals(statement.get(name) or [], version)
    rendered["Condition"] = _render_conditions(statement.get("condition") or [], version)
    return {member: value for member, value in rendered.items() if value}


def _render_principals(blocks: list[dict[str, Any]], version: str) -> Any:
    found: dict[str, list[str]] = {}
    for block in blocks:
        if block["type"] in found:
            raise RefusedError("two blocks of principals of one type: their order is known to nobody")
        found[block["type"]] = _write_variables(_sort_descending(block["identifiers"]), version)
    if found == {"*": ["*"]}:
        return "*"
    return {kind: _collapse(identifiers) for kind, identifiers in sorted(found.items())}


def _render_conditions(blocks: list[dict[str, Any]], version: str) -> dict[str, Any]:
    rendered: dict[str, Any] = {}
    for block in blocks:
        pairs = rendered.setdefault(block["test"], {})
        if block["variable"] in pairs:
            raise RefusedError("two conditions of one test and variable: their order is known to nobody")
        pairs[block["variable"]] = _collapse(_write_variables(list(block["values"]), version))
    return {test: dict(sorted(pairs.items())) for test, pairs in sorted(rendered.items())}


def _write_variables(values: list[str], version: str) -> list[str]:
    """Write &{x}, which Terraform leaves alone, as IAM's own ${x}."""
    if version == "2008-10-17" and any("&{" in value for value in values):
        raise RefusedError("found &{ sequence, which is not supported in document version 2008-10-17")
    return [value.replace("&{", "${") for value in values]


def _sort_descending(values: list[str]) -> list[str]:
    return sorted(values, key=lambda value: value.encode(), reverse=True)


def _collapse(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _normalize(value: object) -> object:
    if isinstance(value, dict):
        return {key: _normalize(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_normalize(item) for item in value]
        return items[0] if len(items) == 1 else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value
