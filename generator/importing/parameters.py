"""The parameters of an imported flow: one for each value that the source computes, named after what it refers to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.findings import LocatedFinding
from generator.flow.api import Shape
from generator.flow.bedrock_models import find_kind
from generator.flow.model import ModelKind
from generator.flow.reading.names import SNAKE_CASE, name_parameter_after, refuse_name
from generator.flow.wording import list_names
from generator.importing.intrinsics import (
    DYNAMIC,
    SAMPLES,
    UNKNOWN,
    Nothing,
    Resolver,
    Template,
    is_function,
    read_substitution,
    read_variable,
    split_variables,
    write_function,
)
from generator.importing.places import Place
from generator.importing.rules import NOT_IMPORTED
from generator.importing.scalars import convert_scalar

CONSTRAINTS = ("AllowedPattern", "AllowedValues", "MaxLength", "MaxValue", "MinLength", "MinValue", "NoEcho")
"""What CloudFormation checks of a parameter's value. A module checks what the API accepts instead."""
LONGEST_DESCRIPTION = 100
_CDK_HASH = re.compile(r"(?<=[a-z0-9])[0-9A-F]{8}(?=\.|$)")
"""What the CDK adds to the name of each resource."""
MODEL_TYPES = {"AWS::Bedrock::ApplicationInferenceProfile": ModelKind.APPLICATION_INFERENCE_PROFILE}
"""Resource types that are models."""


@dataclass(slots=True)
class ImportedParameter:
    """A parameter: its `settings` in the definition, what to pass (`comment`), and what it replaces (`origin`)."""

    settings: dict[str, Any]
    comment: str
    origin: str


@dataclass(slots=True)
class Parameters:
    """The parameters of a flow by name, in the order of their first use, and the findings about them."""

    template: Template
    section: Place
    by_name: dict[str, ImportedParameter] = field(default_factory=dict)
    findings: list[LocatedFinding] = field(default_factory=list)

    def refer(self, value: object, shape: Shape, use: tuple[str, str], *, is_model: bool) -> str:
        """Return the name of the parameter for a computed value.

        `use` is where the value is used, as a name and as a description, in case it refers to many things.
        """
        origin = write_function(value)
        name = _write_name(name_value(value) or use[0])
        base, number = name, 2
        while name in self.by_name and self.by_name[name].origin != origin:
            name, number = f"{base}_{number}", number + 1
        if name not in self.by_name:
            self.by_name[name] = self._build(value, shape, origin, use[1])
        settings = self.by_name[name].settings
        if is_model and "model" not in settings and (kind := self._find_kind(value)):
            settings["model"] = kind.value
        return name

    def _build(self, value: object, shape: Shape, origin: str, use: str) -> ImportedParameter:
        declared = self.template.find_parameter(value)
        if declared is not None:
            return self._carry(declared, shape, origin)
        whole = f"Replaces {origin} of the CloudFormation template"
        is_short = len(whole) <= LONGEST_DESCRIPTION and "\n" not in origin
        settings: dict[str, Any] = {"description": whole if is_short else use}
        found = Resolver(self.template, with_defaults=True).resolve(value)
        if not isinstance(found, dict | Nothing):
            settings["default"] = convert_scalar(found, shape)
        return ImportedParameter(settings, f"Pass the value of {origin}{self._describe_resource(value)}", origin)

    def _carry(self, name: str, shape: Shape, origin: str) -> ImportedParameter:
        """Return a parameter of the template, with its default and description."""
        declared: Mapping[str, Any] = self.template.parameters[name]
        declared = declared if isinstance(declared, dict) else {}
        settings: dict[str, Any] = {}
        description = declared.get("Description")
        settings["description"] = description if isinstance(description, str) and description else f"Parameter {name}"
        default, comment, kind = self.template.find_default(name), "", str(declared.get("Type"))
        if default is not UNKNOWN:
            settings["default"] = _convert_default(default, kind, shape)
        elif kind.startswith("AWS::SSM::Parameter::Value"):
            stored = f" {declared['Default']}" if "Default" in declared else ""
            comment = f"Pass the value of the Parameter Store parameter{stored}"
        if dropped := [key for key in CONSTRAINTS if key in declared]:
            message = f"The definition does not include {list_names(dropped, 'and')} of parameter {name!r}."
            help = "No action is needed: the module checks each value against what Amazon Bedrock accepts there."
            if "NoEcho" in dropped and "Default" in declared:
                help += " The default was left out, because it is a secret."
            self.findings.append(self.section.below(name, dropped[0]).report(NOT_IMPORTED, message, help, key=True))
        return ImportedParameter(settings, comment, origin)

    def _describe_resource(self, value: object) -> str:
        """Return the type of the resource that a value is an attribute of, in parentheses."""
        kind = self.template.find_type(_find_resource(value))
        return f" ({kind})" if kind else ""

    def _find_kind(self, value: object) -> ModelKind | None:
        """Return the kind of model that a value is, except a foundation model, as far as the template determines it."""
        if kind := MODEL_TYPES.get(self.template.find_type(_find_resource(value)) or ""):
            return kind
        found = Resolver(self.template, with_defaults=True, samples=SAMPLES).resolve(value)
        declared = self.template.parameters.get(self.template.find_parameter(value) or "")
        if found is UNKNOWN and isinstance(declared, dict) and isinstance(declared.get("AllowedValues"), list):
            found = next(iter(declared["AllowedValues"]), UNKNOWN)
        kind = find_kind(found) if isinstance(found, str) else None
        return None if kind is ModelKind.FOUNDATION_MODEL else kind


def name_value(value: object) -> str | None:
    """Return the name of what a computed value refers to, or None if it refers to many things or only to a part."""
    if isinstance(value, str):
        return value.strip("{}").rpartition(":")[2] if DYNAMIC.fullmatch(value) else None
    if not isinstance(value, dict) or not is_function(value):
        return None
    ((function, argument),) = value.items()
    match function, argument:
        case "Ref", str():
            return _CDK_HASH.sub("", argument)
        case "Fn::GetAtt", str():
            return _CDK_HASH.sub("", argument)
        case "Fn::GetAtt", [*parts] if all(isinstance(part, str) for part in parts):
            return _CDK_HASH.sub("", ".".join(parts))
        case "Fn::ImportValue", str():
            return argument
        case "Fn::ImportValue", {"Fn::Sub": inner} if substitution := read_substitution(inner):
            return "".join(part for part, name, _ in split_variables(substitution[0]) if name is None)
        case "Fn::Sub", _ if substitution := read_substitution(argument):
            parts = list(split_variables(substitution[0]))
            if len(parts) == 1 and parts[0][1] is not None:
                return name_value(read_variable(parts[0][1], substitution[1]))
    return None


def _find_resource(value: object) -> str:
    """Return the resource that a value is the Ref or an attribute of, or an empty string."""
    match value:
        case {"Ref": str() as name}:
            return name
        case {"Fn::GetAtt": str() as name}:
            return name.partition(".")[0]
        case {"Fn::GetAtt": [str() as name, *_]}:
            return name
    return ""


def _write_name(text: str) -> str:
    """Return a name for a parameter that is close to `text`."""
    name = name_parameter_after(re.sub("[^0-9A-Za-z]+", "_", text).strip("_"))
    if not SNAKE_CASE.fullmatch(name):
        name = name_parameter_after(f"value_{name}")
    return f"{name}_value" if refuse_name(name) else name


def _convert_default(default: object, kind: str, shape: Shape) -> object:
    is_list = "List" in kind and isinstance(default, str) and shape.type == "list"
    if is_list:
        return [item.strip() for item in str(default).split(",")]
    return convert_scalar(default, shape)
