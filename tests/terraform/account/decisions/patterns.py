"""Patterns of policies: wildcards, variables, and ARNs, whose parts are compared one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

Context = Mapping[str, str | Sequence[str]]
"""The keys of a request, in lower case, and their values."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WILDCARDS = {"*": ".*", "?": "."}
_ARN_PARTS = 6


def matches_text(pattern: str, text: str, context: Context, *, wildcards: bool) -> bool:
    """Return whether a text fits a pattern, in which ${key} stands for the request's value of a key.

    A variable without a value fits nothing, unless it brings a default: ${key, 'default'}.
    """
    if "${" in pattern:
        expression = _write_expression(pattern, context, wildcards=wildcards)
        return expression is not None and re.fullmatch(expression, text, re.DOTALL) is not None
    if not wildcards or not _WILDCARDS.keys() & set(pattern):
        return pattern == text
    return _compile(pattern).fullmatch(text) is not None


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(_escape(pattern, wildcards=True), re.DOTALL)


def matches_arn(pattern: str, arn: str, context: Context) -> bool:
    """Return whether an ARN fits a pattern part by part; no wildcard reaches over a colon of the first five."""
    parts, given = _split_arn(pattern), arn.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS or len(given) != _ARN_PARTS:
        return False
    pairs = zip(parts, given, strict=True)
    return all(matches_text(part, value, context, wildcards=True) for part, value in pairs)


def matches_resource(pattern: str, resource: str, context: Context) -> bool:
    """Return whether a resource fits a statement's; an ARN that ends early leaves the rest open."""
    if pattern == "*" or resource == "*":
        return pattern == "*"
    missing = _ARN_PARTS - len(_split_arn(pattern))
    return matches_arn(pattern + ":*" * missing, resource, context)


def matches_action(pattern: str, action: str) -> bool:
    """Return whether an action fits a pattern; case does not count."""
    return matches_text(pattern.lower(), action.lower(), {}, wildcards=True)


def _split_arn(pattern: str) -> list[str]:
    """Split at the first five colons that stand outside of variables."""
    hidden = _VARIABLE.sub(lambda match: match[0].replace(":", "\0"), pattern)
    return [part.replace("\0", ":") for part in hidden.split(":", _ARN_PARTS - 1)]


def _write_expression(pattern: str, context: Context, *, wildcards: bool) -> str | None:
    pieces = []
    end = 0
    for match in _VARIABLE.finditer(pattern):
        value = _find_value(match[1], context)
        if value is None:
            return None
        pieces += [_escape(pattern[end : match.start()], wildcards=wildcards), re.escape(value)]
        end = match.end()
    return "".join([*pieces, _escape(pattern[end:], wildcards=wildcards)])


def _escape(text: str, *, wildcards: bool) -> str:
    return "".join(_WILDCARDS[item] if wildcards and item in _WILDCARDS else re.escape(item) for item in text)


def _find_value(variable: str, context: Context) -> str | None:
    if variable in ("*", "?", "$"):
        return variable
    name, _, default = variable.partition(",")
    value = context.get(name.strip().lower())
    if isinstance(value, str):
        return value
    return default.strip().strip("'") if default else None
