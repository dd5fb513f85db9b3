"""Checks a value against a shape of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from generator.findings import Finding, Rule, error, warning
from generator.findings.suggestions import advise_name, suggest_longer, suggest_name
from generator.flow.api.places import advise_on_place
from generator.flow.api.sentences import describe_shape_rule
from generator.flow.api.shapes import Shape, compile_pattern, find_shape, takes_parameter
from generator.flow.model import FileText, ParameterReference, Value
from generator.flow.wording import (
    count_items,
    describe_count,
    describe_value,
    list_names,
    name_place,
    quote_value,
)
from generator.source.credentials import mask_credentials
from generator.source.position import Path

MISSING_KEY = error("MissingKey", "A key that the API requires is missing.")
UNKNOWN_KEY = error("UnknownKey", "A key is not valid here.")
WRONG_TYPE = error("WrongType", "A value has the wrong type.")
UNKNOWN_VALUE = error("UnknownValue", "A value is not one of those that the API accepts.")
MALFORMED_VALUE = error("MalformedValue", "A string does not match the pattern that the API requires.")
WRONG_LENGTH = error("WrongLength", "A string, list, or mapping is too short or too long.")
VALUE_OUT_OF_RANGE = error("ValueOutOfRange", "A number is out of range.")
NOT_EXACTLY_ONE_KEY = error("NotExactlyOneKey", "The API requires exactly one of several keys here.")
TOO_MANY_CONNECTIONS = warning("TooManyConnections", "A flow has more connections than AWS documents.")
INVALID_BUCKET_NAME = warning("InvalidBucketName", "The Bedrock API accepts this bucket name, but S3 does not.")

NAMES: Mapping[str, str] = {
    "FlowNodeName": "node name",
    "FlowNodeInputName": "input name",
    "FlowNodeOutputName": "output name",
    "FlowConditionName": "condition name",
    "FlowName": "flow name",
    "AliasName": "alias name",
}
"""The shapes of names that authors choose, and what messages call them."""
NOT_A_BUCKET = re.compile(r"\.\.|^[0-9]{1,3}(\.[0-9]{1,3}){3}$")
"""What S3 rejects in a bucket name but the API accepts. us-east-1 accepted some of it before March 2018."""
NO_WORD = re.compile(r"[^0-9a-zA-Z]+")
_EXPECTED = {
    "string": "a string",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "list": "a list",
    "structure": "a mapping",
    "union": "a mapping",
    "map": "a mapping",
    "document": "JSON",
}
_KINDS: Mapping[str, Any] = {"string": str, "boolean": bool, "integer": int, "float": int | Decimal, "list": list}
"""The Python types of values. Values of all other types are mappings."""


def check_shape(value: Value, shape: Shape, path: Path) -> list[Finding]:
    """Check a value of a definition against the API's grammar (botocore's model).

    A parameter is valid for every scalar and every list of strings. Its default is not checked.
    """
    if shape.type == "document" or (isinstance(value, ParameterReference) and takes_parameter(shape)):
        return []
    if not _has_type(value, shape):
        message = f"{name_place(path)} must be {_EXPECTED[shape.type]}, not {describe_value(value)}."
        return [Finding(WRONG_TYPE, message, _advise_type(value, shape), path)]
    findings = _check_rules(value, shape, path)
    match value:
        case dict():
            return findings + _check_members(value, shape, path)
        case list():
            element = find_shape(shape.element or "")
            for index, item in enumerate(value):
                findings += check_shape(item, element, (*path, index))
    return findings


def fits_shape(value: Value, name: str) -> bool:
    """Return whether a value has the shape of that name, without any finding."""
    return not check_shape(value, find_shape(name), ())


def make_whole(value: Value) -> Value:
    """Return a whole number in any notation (512.0, 1e2) as an int, and any other value unchanged.

    A number far out of range keeps its notation, which is shorter.
    """
    return int(value) if isinstance(value, Decimal) and _is_whole(value) and abs(value) < 2**63 else value


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _has_type(value: Value, shape: Shape) -> bool:
    if shape.type == "integer" and isinstance(value, Decimal):
        return _is_whole(value)
    return isinstance(value, _KINDS.get(shape.type, dict)) and (shape.type == "boolean" or not isinstance(value, bool))


def _advise_type(value: Value, shape: Shape) -> str:
    """Return the help for a value of the wrong type."""
    expected = _EXPECTED[shape.type]
    match value:
        case ParameterReference():
            return "A parameter can replace a string, a number, a boolean, or a list of strings."
        case bool() | int() | Decimal() if shape.type == "string":
            spelled = describe_value(value)
            return f'Put it in quotes: "{spelled}".'
        case None:
            return "Give it a value, or remove the key."
        case str() if shape.type == "list":
            return "Put the items in brackets, or write each on its own line after a dash."
        case str() if shape.type in ("integer", "float", "boolean"):
            if value in ("true", "false") or value.replace(".", "", 1).isdecimal():
                return "Remove the quotes."
    return f"Replace it with {expected}."


def _check_rules(value: Value, shape: Shape, path: Path) -> list[Finding]:
    size = value if isinstance(value, int | Decimal) else len(value) if isinstance(value, str | list | dict) else 0
    rule = _find_broken_rule(value, size, shape)
    if rule is not None and isinstance(value, list | dict):
        if path == ("release", "aliases") and not value:
            return [Finding(rule, "aliases is empty.", "List at least one alias, or remove `release`.", path)]
        accepted = describe_count(shape.minimum, shape.maximum)
        message = f"{name_place(path)} has {count_items(len(value))}; the API accepts {accepted}."
        help = "Remove some items." if shape.maximum is not None and size > shape.maximum else "Add the missing items."
        return [Finding(rule, message, help, path)]
    if rule is not None:
        meant = _suggest_value(value, shape) if isinstance(value, str) else None
        hint = f"Did you mean {meant}? " if meant else ""
        return [Finding(rule, _describe_refusal(rule, value, shape, path), hint + describe_shape_rule(shape), path)]
    if shape.warn_above is not None and size > shape.warn_above:
        message = f"{name_place(path)} has {size} items; AWS documents at most {shape.warn_above}."
        return [Finding(TOO_MANY_CONNECTIONS, message, "AWS has accepted up to 100; deploy early to confirm.", path)]
    if shape.name == "FlowS3BucketName" and isinstance(value, str) and NOT_A_BUCKET.search(value):
        message = f"{quote_value(value)} is not a valid S3 bucket name."
        help = "A bucket name cannot contain two periods in a row or look like an IP address."
        return [Finding(INVALID_BUCKET_NAME, message, help, path)]
    return []


def _describe_refusal(rule: Rule, value: Value, shape: Shape, path: Path) -> str:
    """Return the message about a string or number that breaks a rule of its shape."""
    place = f"{name_place(path)} (file {value.file})" if isinstance(value, FileText) else name_place(path)
    if not isinstance(value, str):
        return f"{place} is {describe_value(value)}, which is out of range."
    if not value:
        return f"{place} is empty."
    if rule is WRONG_LENGTH:
        is_short = shape.minimum is not None and len(value) < shape.minimum
        return f"{place} {quote_value(value)} is too {'short' if is_short else 'long'}."
    if shape.name in NAMES:
        return f"{quote_value(value)} is not a valid {NAMES[shape.name]}."
    return f"{quote_value(value)} is not a valid value for {place}."


def _suggest_value(value: str, shape: Shape) -> str | None:
    """Return the valid value that a string most likely means, or a valid name, or None."""
    if shape.enum:
        return suggest_name(value, shape.enum) or suggest_longer(value, shape.enum)
    if shape.name not in NAMES or not value.isascii() or not value.isprintable():
        return None
    if mask_credentials(value) != value:
        return None
    name = "_".join(word for word in NO_WORD.split(value) if word)
    return name if _find_broken_rule(name, len(name), shape) is None else None


def _find_broken_rule(value: Value, size: int | Decimal, shape: Shape) -> Rule | None:
    if isinstance(value, str) and shape.enum and value not in shape.enum:
        return UNKNOWN_VALUE
    too_small = shape.minimum is not None and size < shape.minimum
    if too_small or (shape.maximum is not None and size > shape.maximum):
        return VALUE_OUT_OF_RANGE if isinstance(value, int | Decimal) else WRONG_LENGTH
    if isinstance(value, str) and shape.pattern and not _matches(shape.pattern, value):
        return MALFORMED_VALUE
    return None


@lru_cache(maxsize=10_000)
def _matches(pattern: str, text: str) -> bool:
    """Return whether a pattern matches a whole string. Cached because names repeat."""
    return compile_pattern(pattern).fullmatch(text) is not None


def _check_members(value: dict[str, Value], shape: Shape, path: Path) -> list[Finding]:
    findings: list[Finding] = []
    if shape.type == "map":
        key_shape, value_shape = find_shape(shape.key or ""), find_shape(shape.value or "")
        for key, item in value.items():
            message = f"{quote_value(key)} is not a valid key for {name_place(path)}."
            wrong = check_shape(key, key_shape, (*path, key))
            findings += [replace(finding, message=message, key=True) for finding in wrong]
            findings += check_shape(item, value_shape, (*path, key))
        return findings
    unknown = [key for key in value if key not in shape.members]
    missing = [key for key in shape.required if key not in value]
    for key, item in value.items():
        if key in shape.members:
            findings += check_shape(item, find_shape(shape.members[key]), (*path, key))
    findings += _report_unknown_keys(unknown, value, shape, path, missing)
    # An unknown key may be meant for a missing one, so its finding names the missing ones.
    for key in missing if not unknown else ():
        message = f"{name_place(path)} is missing the required key {key}."
        findings.append(Finding(MISSING_KEY, message, f"Add {key}.", path))
    if shape.type == "union" and len(value) != 1 and not (unknown and len(value) - len(unknown) < 2):
        message = f"{name_place(path)} has {count_items(len(value), 'key')}; exactly one is required."
        findings.append(
            Finding(NOT_EXACTLY_ONE_KEY, message, f"Use exactly one of {list_names(list(shape.members))}.", path)
        )
    return findings


def _report_unknown_keys(
    unknown: list[str], value: dict[str, Value], shape: Shape, path: Path, missing: list[str]
) -> Iterator[Finding]:
    """Report unknown keys: those that belong in the same other place together, all others one by one."""
    places = {key: advise_on_place(key, value[key], shape) for key in unknown}
    for key, place in places.items():
        if place is None:
            yield report_unknown_key(key, path, _advise_on_key(key, value, shape, missing))
            continue
        first, *others = together = [other for other in unknown if places[other] == place]
        if key == first:
            help = place.replace("{keys}", list_names(together, "and") if others else "it")
            yield report_unknown_key(key, path, help)


def report_unknown_key(key: str, path: Path, help: str) -> Finding:
    """Return the finding about a key that the API does not have in the value at `path`."""
    return Finding(UNKNOWN_KEY, f"Unknown key {quote_value(key)} in {name_place(path)}.", help, (*path, key), key=True)


def _advise_on_key(key: str, value: dict[str, Value], shape: Shape, missing: list[str]) -> str:
    absent = [member for member in shape.members if member not in value]
    listed = list_names(list(shape.members), "or" if shape.type == "union" else "and")
    keys = f" Valid keys are {listed}." if shape.members else ""
    otherwise = f"Remove it.{keys}"
    if missing:
        otherwise = f"Rename it to {list_names(missing)}, which the API requires here, or remove it."
    return advise_name(key, absent, otherwise)
