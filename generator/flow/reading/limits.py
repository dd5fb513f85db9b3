"""Limits on the size of a definition: far above AWS's, and low enough to check a definition in seconds."""

from __future__ import annotations

from collections.abc import Iterable

from generator.findings import SOURCE_RULES, Finding
from generator.flow.model import Parameter
from generator.source.position import Path

MOST_ITEMS = 1_000
"""Items of one list or mapping. AWS's quotas are 40 nodes and 100 connections."""
MOST_CHARACTERS = 500_000
"""Characters of all keys and strings except prompts and code, which are files of the module."""
MOST_TEXT = 16 * 1024 * 1024
"""Characters of all referenced files and of all defaults, each counted once per use."""
LONGEST_NAME = 4_096
"""Characters of a key, name, or path. Messages repeat them."""
_TEXTS = frozenset({"text", "code", "textPromptTemplate"})
_FREE = "additionalModelRequestFields"
"""Free-form JSON, which becomes part of the module itself."""
_NAMES = frozenset({"name", "type", "source", "target", "sourceOutput", "targetInput", "condition", "$param", "$file"})


def find_excess(document: object) -> Finding | None:
    """Report the first value in a document that exceeds a limit."""
    waiting: list[tuple[Path, object]] = [((), document)]
    characters = 0
    for path, value in waiting:
        here = path[-1] if path and isinstance(path[-1], str) else ""
        if isinstance(value, str):
            is_text = here in _TEXTS and _FREE not in path
            characters += 0 if is_text else len(value)
            if here in _NAMES and len(value) > LONGEST_NAME:
                return _report(f"{here} has {len(value):,} characters; the limit is {LONGEST_NAME:,}.", path)
        elif isinstance(value, dict | list):
            if len(value) > MOST_ITEMS:
                place = here or "This part of the document"
                return _report(f"{place} has {len(value):,} items; the limit is {MOST_ITEMS:,}.", path)
            if isinstance(value, dict) and (longest := max(map(len, value), default=0)) > LONGEST_NAME:
                return _report(f"A key has {longest:,} characters; the limit is {LONGEST_NAME:,}.", path)
            items = value.items() if isinstance(value, dict) else enumerate(value)
            characters += sum(map(len, value)) if isinstance(value, dict) else 0
            waiting += [((*path, key), item) for key, item in items]
        if characters > MOST_CHARACTERS:
            message = f"The definition has more than {MOST_CHARACTERS:,} characters, not counting prompts and code."
            return _report(message, path)
    return None


def find_long_defaults(parameters: Iterable[Parameter]) -> Iterable[Parameter]:
    """Yield the parameters with which the defaults, inserted in each use, exceed MOST_TEXT."""
    total = 0
    for parameter in parameters:
        if isinstance(parameter.default, str):
            total += len(parameter.default) * len(parameter.uses)
            if total > MOST_TEXT:
                yield parameter


def _report(message: str, path: Path) -> Finding:
    return Finding(SOURCE_RULES["TooLarge"], message, "Shorten it, or split the flow.", path)
