"""Definitions compared leaf by leaf, as the API sees them: numbers of 32 bits, texts in NFC, empty lists as none."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

NOTHING = object()


def compare_definitions(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Say which leaves differ, each by its path; nothing where both mean the same."""
    here, there = dict(_list_leaves(_drop_silent(found))), dict(_list_leaves(_drop_silent(expected)))
    return [
        f"{path}: {_show(there.get(path, NOTHING))} in the definition, {_show(here.get(path, NOTHING))} in the account"
        for path in sorted(here.keys() | there.keys())
        if not _is_same(here.get(path, NOTHING), there.get(path, NOTHING))
    ]


def _drop_silent(definition: dict[str, Any]) -> dict[str, Any]:
    """Leave out configurations of nodes that say nothing: absent and empty mean the same."""
    nodes = [
        {name: item for name, item in node.items() if name != "configuration" or any(item.values())}
        for node in definition["nodes"]
    ]
    return {**definition, "nodes": nodes}


def _list_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _list_leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _list_leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _is_same(first: Any, second: Any) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        return normalize("NFC", first) == normalize("NFC", second)
    if _is_number(first) and _is_number(second) and float in (type(first), type(second)):
        return struct.pack("f", first) == struct.pack("f", second)
    return type(first) is type(second) and bool(first == second)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _show(value: Any) -> str:
    return "nothing" if value is NOTHING else repr(value)
