"""Checks that the uses of a parameter and its default agree."""

from __future__ import annotations

from dataclasses import replace

from generator.findings import Finding, Related, Severity
from generator.flow.api import (
    MODEL_SHAPES,
    Shape,
    check_shape,
    describe_shape_rule,
    find_place_shape,
    find_sample,
    takes_value,
)
from generator.flow.bedrock_models import MODEL_KINDS, check_model_id, explain_model, fill_form, find_kind
from generator.flow.model import ModelKind, Parameter
from generator.flow.reading.names import TERRAFORM_VALUE
from generator.flow.reading.paths import is_identifier_path, is_model_path
from generator.flow.reading.rules import CONFLICTING_USES, INVALID_DEFAULT
from generator.flow.reading.settings import ACCOUNT_SHAPE, check_account
from generator.source.position import Path

TYPES = {
    "string": "a string",
    "integer": "a number",
    "float": "a number",
    "boolean": "true or false",
    "list": "a list of strings",
}


def check_types(parameter: Parameter) -> list[Finding]:
    """Report the first use that has another type than the first one, or no valid value in common with it."""
    first, *others = ((path, _name_type(path)) for path in parameter.uses)
    for path, type_name in others:
        if type_name != first[1]:
            message = f"Parameter {parameter.name!r} is used as {type_name} here but as {first[1]} elsewhere."
            related = (Related(f"Used as {first[1]} here.", first[0]),)
            return [Finding(CONFLICTING_USES, message, "Use two separate parameters.", path, related=related)]
    if parameter.model is None:
        return _check_common_value(parameter)
    if finding := _report_use_without_model(parameter, parameter.model):
        return [finding]
    if parameter.model is ModelKind.FOUNDATION_MODEL:
        return []
    for path in parameter.uses:
        shape = find_place_shape(path)
        if shape is not None and shape.name == "BedrockRerankingModelArn":
            message = f"Reranking requires a foundation model, but {parameter.name!r} has the kind {parameter.model}."
            return [Finding(CONFLICTING_USES, message, "Use a parameter with `model: foundation-model`.", path)]
    return []


def _report_use_without_model(parameter: Parameter, kind: ModelKind) -> Finding | None:
    """Report the first use that accepts no model of the parameter's kind, such as the ARN of another resource."""
    sample = fill_form(MODEL_KINDS[kind].arn_form)
    for path in parameter.uses:
        shape = find_place_shape(path)
        if shape is None or shape.name in MODEL_SHAPES or takes_value(shape, sample):
            continue
        message = f"Parameter {parameter.name!r} is used as a model elsewhere, but this key does not accept a model."
        related = (Related("Used as a model here.", next(filter(is_model_path, parameter.uses))),)
        return Finding(CONFLICTING_USES, message, "Use two separate parameters.", path, related=related)
    return None


def _check_common_value(parameter: Parameter) -> list[Finding]:
    """Report the first use that leaves no value valid in all uses. A default is checked in each use instead."""
    shapes: list[Shape] = []
    for path in parameter.uses if parameter.default is None else ():
        shape = find_place_shape(path)
        if shape is None or shape.type not in TYPES:
            return []
        shapes.append(shape)
        if find_sample(shapes) is None:
            message = f"No value of parameter {parameter.name!r} is valid everywhere it is used."
            related = (Related("Also used here.", parameter.uses[0]),)
            return [Finding(CONFLICTING_USES, message, "Use two separate parameters.", path, related=related)]
    return []


def check_default(parameter: Parameter) -> list[Finding]:
    """Check a parameter's default against its uses, and report the first in which it is not valid."""
    if parameter.default is None:
        return []
    path = (*parameter.path, "default")
    if isinstance(parameter.default, dict):
        message = "A default must be a string, a number, a boolean, or a list of strings."
        return [Finding(INVALID_DEFAULT, message, "Remove the default, or replace it with such a value.", path)]
    is_expression = isinstance(parameter.default, str) and TERRAFORM_VALUE.fullmatch(parameter.default)
    if is_expression and any(map(is_identifier_path, parameter.uses)):
        message = f"{parameter.default} is a Terraform expression; a default must be a literal value."
        help = f"Remove the default, and set {parameter.name} = {parameter.default} where you call the module."
        return [Finding(INVALID_DEFAULT, message, help, path)]
    for use in parameter.uses:
        if findings := _check_default_at(parameter, use, path):
            related = (Related("The parameter is used here.", use),)
            return [replace(finding, related=related) for finding in findings]
    if parameter.model is not None and isinstance(parameter.default, str):
        return check_model_id(parameter.default, path)
    return []


def _check_default_at(parameter: Parameter, use: Path, path: Path) -> list[Finding]:
    shape = find_place_shape(use)
    if shape is None:
        return []
    if shape.name == ACCOUNT_SHAPE:
        return check_account(parameter.default, path, INVALID_DEFAULT)
    findings = [
        finding for finding in check_shape(parameter.default, shape, path) if finding.severity is Severity.ERROR
    ]
    if not findings and not takes_value(shape, parameter.default):
        message = f"The default is empty. {describe_shape_rule(shape)}"
        return [Finding(INVALID_DEFAULT, message, "Remove the default, or give it a value.", path)]
    if not findings and parameter.model is not None and shape.name in MODEL_SHAPES:
        return _check_model(parameter, parameter.model, use, path)
    return findings


def _check_model(parameter: Parameter, kind: ModelKind, use: Path, path: Path) -> list[Finding]:
    rule, default = MODEL_KINDS[kind], parameter.default
    actual = find_kind(default) if isinstance(default, str) else None
    if actual is kind and isinstance(default, str) and rule.takes(default, by_id=True):
        return []
    if actual is not None and actual is not kind:
        message = f"The default is a model of kind {actual}, but this parameter has the kind {kind}."
        help = f"Set `model: {actual}` on the parameter, or change the default."
        return [Finding(INVALID_DEFAULT, message, help, path)]
    if actual is None and isinstance(default, str) and default.startswith("arn:"):
        return [Finding(INVALID_DEFAULT, *explain_model(default, use, kind), path)]
    message = f"The default is not a model of kind {kind}."
    help = f"Write it as {f'{rule.id_form} or ' if rule.id_form else ''}{rule.arn_form}."
    return [Finding(INVALID_DEFAULT, message, help, path)]


def _name_type(path: Path) -> str:
    shape = find_place_shape(path)
    return "a string" if shape is None else TYPES.get(shape.type, "a value of another kind")
