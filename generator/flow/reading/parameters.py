"""The section `parameters`, checked against the places that use the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.findings import Finding, Related
from generator.findings.suggestions import advise_name
from generator.flow.api import find_place_shape
from generator.flow.api.check import make_whole
from generator.flow.bedrock_models import find_kind
from generator.flow.model import ModelKind, Parameter, Value
from generator.flow.reading.defaults import check_default, check_types
from generator.flow.reading.limits import MOST_TEXT, find_long_defaults
from generator.flow.reading.names import SNAKE_CASE, propose_parameter, refuse_name, suggest_parameter
from generator.flow.reading.paths import is_model_path
from generator.flow.reading.references import Use
from generator.flow.reading.rules import (
    COLLIDING_PLACEHOLDERS,
    INVALID_DEFAULT,
    INVALID_PARAMETER_NAME,
    INVALID_SECTION,
    MISPLACED_MODEL_KIND,
    UNDECLARED_PARAMETER,
    UNKNOWN_MODEL_KIND,
    UNUSED_PARAMETER,
)
from generator.flow.reading.settings import report_unknown_setting
from generator.flow.wording import describe_value, list_names
from generator.source.position import Path, find_value

KEYS = ("description", "default", "model")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A parameter as declared; `model` is None if it is not given."""

    name: str
    description: str
    default: Value
    model: ModelKind | None
    path: Path


def read_parameters(
    section: Value, uses: Sequence[Use], nodes: Sequence[Value], findings: list[Finding]
) -> tuple[Parameter, ...]:
    """Return the parameters that are used, first the declared ones, then placeholders in document order.

    `nodes` are the definition's, to describe parameters that have no description.
    """
    declarations = _read_section(section, findings)
    findings += _check_placeholders(uses) + _check_undeclared(uses, declarations)
    # A parameter that a misspelled use means is not reported as unused: that is one mistake.
    meant = {suggest_parameter(use.name, declarations) for use in uses if use.name not in declarations}
    for use in uses:
        if use.placeholder is not None and use.name not in declarations:
            declarations[use.name] = Declaration(use.name, "", None, None, use.path)
            findings += _check_name(use.name, use.path, use.placeholder)
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    parameters = []
    for declaration in declarations.values():
        named = by_name.get(declaration.name, [])
        paths = tuple(use.path for use in named if not use.is_misplaced)
        if paths:
            parameter = _build_parameter(declaration, paths, nodes)
            # Colliding placeholders may mean two values, each valid where it is used.
            if len({use.placeholder for use in named if use.placeholder}) < 2:
                findings += _check_parameter(parameter, declaration)
            parameters.append(parameter)
        elif not named and declaration.name not in meant:
            message = f"Parameter {declaration.name!r} is declared but never used."
            help = f"Use it as {{$param: {declaration.name}}}, or remove it."
            findings.append(Finding(UNUSED_PARAMETER, message, help, declaration.path, key=True))
    for parameter in list(find_long_defaults(parameters)):
        message = f"Inserted everywhere they are used, the defaults exceed {MOST_TEXT:,} characters in total."
        help = "Remove this default, or use $file instead of the parameter."
        findings.append(Finding(INVALID_DEFAULT, message, help, (*parameter.path, "default")))
        parameters[parameters.index(parameter)] = replace(parameter, default=None)
    return tuple(parameters)


def describe_place(path: Path, nodes: Sequence[Value]) -> str:
    """Describe the value at a canonical path, such as "knowledgeBaseId of node LookUp" or "text of node Loop/Ask"."""
    names = [part for part in path if isinstance(part, str)]
    ends = [end for end in range(3, len(path) + 1) if path[end - 2] == "nodes" and isinstance(path[end - 1], int)]
    around = [find_value([*nodes], (*path[2:end], "name")) for end in ends]
    if around and path[0] == "definition" and all(isinstance(name, str) for name in around):
        return f"{names[-1]} of node {'/'.join(map(str, around))}"
    return f"{names[-1]} of the flow's {names[-2]}" if len(names) > 1 else f"The flow's {names[-1]}"


def _read_section(section: Value, findings: list[Finding]) -> dict[str, Declaration]:
    if not isinstance(section, dict | None):
        message = "`parameters` must be a mapping of parameter names to settings."
        help = "Under `parameters:`, write the name of each parameter with its description below it."
        findings.append(Finding(INVALID_SECTION, message, help, ("parameters",)))
        return {}
    declarations: dict[str, Declaration] = {}
    for name, settings in (section or {}).items():
        path: Path = ("parameters", name)
        findings += _check_name(name, path)
        if not isinstance(settings, dict | None):
            help = "Write its settings as a mapping."
            if SNAKE_CASE.fullmatch(name):
                help = f"Write `{name}: {{description: ...}}`."
            message = f"A parameter must be a mapping with the keys {list_names(KEYS, 'and')}."
            findings.append(Finding(INVALID_SECTION, message, help, path))
        declarations[name] = _read_declaration(name, settings if isinstance(settings, dict) else {}, findings)
    return declarations


def _read_declaration(name: str, settings: Mapping[str, Value], findings: list[Finding]) -> Declaration:
    path: Path = ("parameters", name)
    for key in settings:
        if key not in KEYS:
            help = advise_name(key, KEYS, f"Valid keys are {list_names(KEYS, 'and')}.")
            findings.append(report_unknown_setting(key, path, help))
    description = settings.get("description")
    if not isinstance(description, str | None):
        message = "The description of a parameter must be a string."
        findings.append(Finding(INVALID_SECTION, message, "Put the description in quotes.", (*path, "description")))
        description = None
    if "default" in settings and settings["default"] is None:
        message = "The default is null."
        help = "Give it a value, or remove `default` to make the variable required."
        findings.append(Finding(INVALID_DEFAULT, message, help, (*path, "default")))
    kind = _read_model_kind(settings, (*path, "model"), findings)
    return Declaration(name, description or "", settings.get("default"), kind, path)


def _read_model_kind(settings: Mapping[str, Value], path: Path, findings: list[Finding]) -> ModelKind | None:
    kinds = [kind.value for kind in ModelKind]
    value = settings.get("model")
    if value is None:
        return None
    if not isinstance(value, str):
        message = f"`model` must be a kind of model, not {describe_value(value)}."
        findings.append(Finding(UNKNOWN_MODEL_KIND, message, f"Use {list_names(kinds)}.", path))
        return None
    if value in kinds:
        return ModelKind(value)
    message, help = f"{value!r} is not a kind of model.", advise_name(value, kinds, f"Use {list_names(kinds)}.")
    kind = None if help.startswith("Did") else find_kind(value)
    if kind is not None:
        message = f"{value!r} is a model; `model` must be a kind of model."
        default = "" if "default" in settings else f", and `default: {value}` to make this model the default"
        help = f"Write `model: {kind}`{default}."
    findings.append(Finding(UNKNOWN_MODEL_KIND, message, help, path))
    return kind


def _check_name(name: str, path: Path, placeholder: str | None = None) -> list[Finding]:
    message = refuse_name(name)
    if message is None:
        return []
    if placeholder is None:
        return [Finding(INVALID_PARAMETER_NAME, message, "Rename the parameter.", path, key=True)]
    help = f"Rename the placeholder {placeholder} everywhere."
    return [Finding(INVALID_PARAMETER_NAME, message, help, path)]


def _check_placeholders(uses: Sequence[Use]) -> list[Finding]:
    first: dict[str, Use] = {}
    findings = []
    for use in uses:
        if use.placeholder is None:
            continue
        other = first.setdefault(use.name, use)
        if other.placeholder != use.placeholder:
            message = f"{use.placeholder} and {other.placeholder} would both become the variable {use.name}."
            related = (Related(f"{other.placeholder} is used here.", other.path),)
            help = "Rename one of them, or use the same spelling if they are the same value."
            findings.append(Finding(COLLIDING_PLACEHOLDERS, message, help, use.path, related=related))
    return findings


def _check_undeclared(uses: Sequence[Use], declarations: Mapping[str, Declaration]) -> list[Finding]:
    findings = []
    for use in uses:
        if use.placeholder is None and use.name not in declarations and not use.is_misplaced:
            message = f"Parameter {use.name!r} is not declared."
            if meant := suggest_parameter(use.name, declarations):
                help, section = f"Did you mean {meant}?", ""
            elif refuse_name(use.name):
                name, section = propose_parameter(use.name), "parameters"
                help = f"Write {{$param: {name}}}, and declare `{name}` under `parameters`."
            else:
                help, section = "Declare it under `parameters`, with a description.", "parameters"
            findings.append(Finding(UNDECLARED_PARAMETER, message, help, (*use.path, "$param"), section=section))
    return findings


def _build_parameter(declaration: Declaration, paths: tuple[Path, ...], nodes: Sequence[Value]) -> Parameter:
    model = None
    if any(is_model_path(path) for path in paths):
        model = declaration.model or ModelKind.FOUNDATION_MODEL
    description = declaration.description or describe_place(paths[0], nodes)
    shapes = filter(None, map(find_place_shape, paths))
    is_whole = any(shape.type == "integer" for shape in shapes)
    default = make_whole(declaration.default) if is_whole else declaration.default
    return Parameter(declaration.name, description, default, model, paths, declaration.path)


def _check_parameter(parameter: Parameter, declaration: Declaration) -> list[Finding]:
    findings = check_types(parameter)
    if not findings:
        findings = check_default(parameter)
    if declaration.model is not None and parameter.model is None:
        message = f"Parameter {parameter.name} is not used as a model, so `model` has no effect."
        path = (*parameter.path, "model")
        findings.append(Finding(MISPLACED_MODEL_KIND, message, "Remove `model`.", path, key=True))
    return findings
