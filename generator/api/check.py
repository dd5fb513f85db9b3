"""A value held against a shape of the API."""

from __future__ import annotations

from decimal import Decimal

from generator.api.sentences import describe_shape_rule
from generator.api.shapes import Shape, compile_pattern, find_shape
from generator.api.suggestions import suggest_name
from generator.api.wording import EXPECTED, advise_type, describe_value, list_names, name_place, quote_value
from generator.diagnostics import Finding, Severity, declare_rule
from generator.model import ParameterReference, Value
from generator.source.position import Path

MISSING_MEMBER = declare_rule("MissingMember", Severity.ERROR, "A member that the API requires is not there.")
UNKNOWN_MEMBER = declare_rule("UnknownMember", Severity.ERROR, "A key that the API does not know.")
WRONG_TYPE = declare_rule("WrongType", Severity.ERROR, "A value is of another type than the API's.")
UNFIT_VALUE = declare_rule("UnfitValue", Severity.ERROR, "A value breaks the API's pattern, length, range or choice.")
UNFIT_UNION = declare_rule("UnfitUnion", Severity.ERROR, "Exactly one of several members must be there.")
ABOVE_DOCUMENTED_LIMIT = declare_rule(
    "AboveDocumentedLimit", Severity.WARNING, "More than AWS documents, though AWS has taken as many."
)


def check_shape(value: Value, shape: Shape, path: Path) -> list[Finding]:
    """Return what is wrong with a value of a definition by the API's own grammar (botocore's model).

    A parameter fits every scalar and every list of texts, and is not looked into.
    """
    if shape.type == "document" or (isinstance(value, ParameterReference) and _takes_parameter(shape)):
        return []
    if not _has_type(value, shape):
        message = f"{name_place(path)} is {EXPECTED[shape.type]}, not {describe_value(value)}."
        return [Finding(WRONG_TYPE, message, advise_type(value, shape), path)]
    findings = _check_rules(value, shape, path)
    match value:
        case dict():
            return findings + _check_members(value, shape, path)
        case list():
            element = find_shape(shape.element or "")
            for index, item in enumerate(value):
                findings += check_shape(item, element, (*path, index))
    return findings


def _takes_parameter(shape: Shape) -> bool:
    if shape.type == "list":
        return find_shape(shape.element or "").type == "string"
    return shape.type in ("string", "integer", "float", "boolean")


def _has_type(value: Value, shape: Shape) -> bool:
    match shape.type:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "list":
            return isinstance(value, list)
    return isinstance(value, dict)


def _check_rules(value: Value, shape: Shape, path: Path) -> list[Finding]:
    size = value if isinstance(value, int | Decimal) else len(value) if isinstance(value, str | list | dict) else 0
    unfit = (shape.minimum is not None and size < shape.minimum) or (shape.maximum is not None and size > shape.maximum)
    if isinstance(value, str):
        unfit = unfit or bool(shape.enum and value not in shape.enum)
        unfit = unfit or bool(shape.pattern and not _matches(shape.pattern, value))
    if unfit:
        found = quote_value(value) if isinstance(value, str) else size
        what = f"{name_place(path)} does not take {found}" + (
            "." if isinstance(value, str | int | Decimal) else " items."
        )
        meant = suggest_name(value, shape.enum) if isinstance(value, str) and shape.enum else None
        hint = f" Did you mean {meant}?" if meant else ""
        return [Finding(UNFIT_VALUE, what, describe_shape_rule(shape) + hint, path)]
    if shape.warn_above is not None and size > shape.warn_above:
        message = f"{name_place(path)} has {size} items; AWS documents at most {shape.warn_above}."
        return [Finding(ABOVE_DOCUMENTED_LIMIT, message, "AWS has taken up to 100; deploy early to see.", path)]
    return []


def _matches(pattern: str, value: str) -> bool:
    if pattern.startswith("$|^"):
        return not value or compile_pattern(pattern.removeprefix("$|^").removesuffix("$")).fullmatch(value) is not None
    return compile_pattern(pattern).fullmatch(value) is not None


def _check_members(value: dict[str, Value], shape: Shape, path: Path) -> list[Finding]:
    findings: list[Finding] = []
    if shape.type == "map":
        key_shape, value_shape = find_shape(shape.key or ""), find_shape(shape.value or "")
        for key, item in value.items():
            findings += check_shape(key, key_shape, (*path, key)) + check_shape(item, value_shape, (*path, key))
        return findings
    for key, item in value.items():
        if key in shape.members:
            findings += check_shape(item, find_shape(shape.members[key]), (*path, key))
        else:
            findings.append(_report_unknown(key, value, shape, path))
    for key in shape.required:
        if key not in value:
            message = f"{name_place(path)} has no {key}."
            findings.append(Finding(MISSING_MEMBER, message, f"The API requires it: add {key}.", path))
    if shape.type == "union" and len(value) != 1:
        message = f"{name_place(path)} has {len(value)} members; it takes exactly one."
        findings.append(Finding(UNFIT_UNION, message, f"Give one of {list_names(list(shape.members))}.", path))
    return findings


def _report_unknown(key: str, value: dict[str, Value], shape: Shape, path: Path) -> Finding:
    meant = suggest_name(key, [member for member in shape.members if member not in value]) if shape.members else None
    remedy = f"Did you mean {meant}?" if meant else "Leave it out."
    if not meant and shape.members:
        remedy = f"Leave it out; the keys here are {list_names(list(shape.members))}."
    message = f"{key!r} is no key that the API knows in {name_place(path)}."
    return Finding(UNKNOWN_MEMBER, message, remedy, (*path, key), key=True)
