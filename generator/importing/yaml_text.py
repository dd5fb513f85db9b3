"""Values -> YAML as people write definitions: blocks, with short lists and mappings on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

WIDTH = 120
LONGEST_CONNECTION = 160
"""One line for each connection shows best how nodes are connected."""
ALWAYS_BLOCKS = frozenset({"nodes", "connections", "definition", "parameters", "conditions", "aliases"})
"""Keys whose values get a line for each item, however short they are."""
SET_APART = frozenset({"parameters", "release", "definition"})
"""Sections with an empty line above."""
_PLAIN = re.compile(r"[A-Za-z$/][A-Za-z0-9 _$./@+-]*(:[A-Za-z0-9 _$./@+-]+)*", re.ASCII)
_NOT_PLAIN = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n)|.* |.*:( .*)?|.* #.*")
"""What would be another value, or a string only in some parsers."""
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def write_yaml(value: Mapping[str, Any], comments: Mapping[str, str]) -> str:
    """Return a mapping as YAML. `comments` are lines above a parameter, by its name; nodes are set apart by a line."""
    lines: list[str] = []
    for number, (key, item) in enumerate(value.items()):
        if number and key in SET_APART:
            lines.append("")
        lines += _write_entry(key, item, 0, comments if key == "parameters" else {})
    return "\n".join(lines) + "\n"


def _write_entry(key: str, item: Any, indent: int, comments: Mapping[str, str], lead: str = "") -> list[str]:
    """Return the lines of a key and its value; `lead` replaces the indentation of the first one."""
    head = f"{lead or ' ' * indent}{_write_scalar(key)}:"
    line = f"{head} {_write_inline(item)}"
    is_block = isinstance(item, dict | list) and bool(item) and (key in ALWAYS_BLOCKS or not _fits(line, item))
    if not is_block:
        return [line]
    if isinstance(item, list):
        return [head, *_write_list(key, item, indent + 2)]
    lines = [head]
    for name, inner in item.items():
        if name == "connections" and len(lines) > 1:
            lines.append("")
        lines += _write_comment(comments.get(name, ""), indent + 2)
        lines += _write_entry(name, inner, indent + 2, {})
    return lines


def _write_comment(text: str, indent: int) -> list[str]:
    """Return the lines of a comment. A character that could end a line, or that YAML does not allow, is replaced."""
    lines = ("".join(item if item.isprintable() else "?" for item in line) for line in text.splitlines())
    return [f"{' ' * indent}# {line}".rstrip() for line in lines]


def _write_list(key: str, items: list[Any], indent: int) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(items):
        lead = f"{' ' * indent}- "
        line = f"{lead}{_write_inline(item)}"
        width = LONGEST_CONNECTION if key == "connections" else WIDTH
        if isinstance(item, dict) and item and (key == "nodes" or not _fits(line, item, 3, width)):
            if number and key == "nodes":
                lines.append("")
            for place, (name, inner) in enumerate(item.items()):
                lines += _write_entry(name, inner, indent + 2, {}, lead if place == 0 else "")
        elif isinstance(item, list) and item and not _fits(line, item):
            nested = _write_list("", item, indent + 2)
            lines += [lead + nested[0].lstrip(" "), *nested[1:]]
        else:
            lines.append(line)
    return lines


def _fits(line: str, item: Any, deepest: int = 2, width: int = WIDTH) -> bool:
    """Return whether a value reads well on one line: short, and not nested too deeply."""
    return not isinstance(item, dict | list) or (len(line) <= width and _measure(item) <= deepest)


def _measure(item: Any) -> int:
    """Return how many levels of mappings and lists are in a value."""
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return 1 + max(map(_measure, inner), default=0) if isinstance(item, dict | list) else 0


def _write_inline(item: Any) -> str:
    if isinstance(item, dict):
        pairs = (f"{_write_scalar(key)}: {_write_inline(inner)}" for key, inner in item.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(item, list):
        return f"[{', '.join(map(_write_inline, item))}]"
    return _write_scalar(item)


def _write_scalar(item: Any) -> str:
    if isinstance(item, str):
        if _PLAIN.fullmatch(item) and not _NOT_PLAIN.fullmatch(item):
            return item
        if '"' in item and "'" not in item and item.isprintable():
            return f"'{item}'"
        return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(item, ensure_ascii=False))
    if isinstance(item, Decimal):
        return _write_number(item)
    return json.dumps(item)


def _write_number(number: Decimal) -> str:
    """Return a number as every parser of YAML reads it: an exponent needs a decimal point and a sign."""
    text = str(number).lower()
    mantissa, sign, exponent = text.partition("e")
    if not sign:
        return text
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"
