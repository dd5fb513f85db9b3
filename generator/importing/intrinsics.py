"""CloudFormation's functions: what each is about, and its value as far as the template itself determines it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Final


class Nothing(Enum):
    """What takes the place of a value: it is unknown before the deployment, or CloudFormation leaves it out."""

    UNKNOWN = "unknown"
    ABSENT = "absent"


UNKNOWN: Final = Nothing.UNKNOWN
ABSENT: Final = Nothing.ABSENT
FUNCTION = re.compile(r"Ref|Fn::[\w:]+", re.ASCII)
DYNAMIC = re.compile(r"\{\{resolve:[^{}]+\}\}")
"""A reference to Parameter Store or Secrets Manager, which CloudFormation resolves inside of any string."""
VARIABLE = re.compile(r"\$\{([^{}]*)\}")
"""A variable of Fn::Sub; with ! as its first character, it is a literal."""
SAMPLES = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
}
"""Values of pseudo parameters that recognize the kind of an ARN."""
KNOWN = frozenset(
    {"Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::Sub", "Fn::Join", "Fn::If", "Fn::Select", "Fn::Split"}
    | {"Fn::FindInMap", "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::Length", "Fn::ToJsonString"}
)
"""The functions that compute one value. Fn::Transform, Fn::ForEach, and others replace parts of a template."""
LONGEST_CHAIN = 50
"""How many conditions may lead from one to the next."""


@dataclass(frozen=True, slots=True)
class Template:
    """The sections of a template that its functions refer to. `known` are conditions that are decided already."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, bool] = field(default_factory=dict)

    def within(self, resource: Mapping[str, Any]) -> Template:
        """Return the template as it is inside of a resource, which exists only if its `Condition` holds."""
        condition = resource.get("Condition")
        if not isinstance(condition, str) or condition not in self.conditions:
            return self
        known = dict(self.known)
        waiting: list[tuple[object, bool]] = [({"Condition": condition}, True)]
        for item, holds in waiting:
            match item, holds:
                case {"Condition": str() as name}, _ if name not in known and name in self.conditions:
                    known[name] = holds
                    waiting.append((self.conditions[name], holds))
                case {"Fn::Not": [inner]}, _:
                    waiting.append((inner, not holds))
                case ({"Fn::And": [*inners]}, True) | ({"Fn::Or": [*inners]}, False):
                    waiting += [(inner, holds) for inner in inners]
        return replace(self, known=known)

    def find_parameter(self, value: object) -> str | None:
        """Return the parameter that a value is a `Ref` of."""
        name = value.get("Ref") if isinstance(value, dict) and len(value) == 1 else None
        return name if isinstance(name, str) and name in self.parameters else None

    def find_type(self, resource: str) -> str | None:
        """Return the type of a resource."""
        item = self.resources.get(resource)
        kind = item.get("Type") if isinstance(item, dict) else None
        return kind if isinstance(kind, str) else None

    def find_default(self, parameter: str) -> object:
        """Return the default of a parameter. One of Parameter Store names a value, and a secret one is not repeated."""
        settings = self.parameters.get(parameter)
        if not isinstance(settings, dict) or "Default" not in settings or str(settings.get("NoEcho")).lower() == "true":
            return UNKNOWN
        return UNKNOWN if str(settings.get("Type")).startswith("AWS::SSM::Parameter::Value") else settings["Default"]


def is_function(value: object) -> bool:
    """Return whether a value is a call of one of CloudFormation's functions."""
    return isinstance(value, dict) and len(value) == 1 and FUNCTION.fullmatch(str(next(iter(value)))) is not None


def split_variables(text: str) -> Iterator[tuple[str, str | None, int]]:
    """Yield the parts of a string of Fn::Sub: literal text or the name of a variable, and where it begins."""
    at = 0
    for match in VARIABLE.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], None, at
        name = match[1].strip()
        if name.startswith("!"):
            yield f"${{{name[1:]}}}", None, match.start()
        else:
            yield match.group(), name, match.start()
        at = match.end()
    if at < len(text):
        yield text[at:], None, at


def read_variable(name: str, values: Mapping[str, object] | None = None) -> object:
    """Return what a variable of Fn::Sub refers to: a value given beside the string, a Ref, or a GetAtt."""
    if values is not None and name in values:
        return values[name]
    return {"Fn::GetAtt": name} if "." in name else {"Ref": name}


def read_substitution(argument: object) -> tuple[str, dict[str, object]] | None:
    """Return the string and the values of Fn::Sub, or None if they are malformed."""
    match argument:
        case str():
            return argument, {}
        case [str() as text, dict() as values]:
            return text, values
        case [str() as text]:
            return text, {}
    return None


def write_scalar(value: object) -> str:
    """Return a scalar as CloudFormation inserts it into a string."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def write_function(value: object) -> str:
    """Write a value with its functions in CloudFormation's short form."""
    if is_function(value) and isinstance(value, dict):
        ((function, argument),) = value.items()
        if function == "Fn::GetAtt" and isinstance(argument, list) and all(isinstance(part, str) for part in argument):
            argument = ".".join(argument)
        if function in ("Ref", "Fn::GetAtt") and isinstance(argument, str):
            return f"!{function.removeprefix('Fn::')} {argument}"
        return f"!{function.removeprefix('Fn::')} {write_function(argument)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {write_function(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(write_function, value))}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


@dataclass(slots=True)
class Resolver:
    """Computes the values that a template determines: by itself or, `with_defaults`, if its defaults are kept.

    `samples` are values of pseudo parameters.
    """

    template: Template
    with_defaults: bool = False
    samples: Mapping[str, str] = field(default_factory=dict)
    held: dict[str, bool | None] = field(default_factory=dict)
    depth: int = 0

    def resolve(self, value: object) -> object:
        """Return a value without functions, ABSENT, or UNKNOWN."""
        if isinstance(value, list):
            items = [item for item in map(self.resolve, value) if item is not ABSENT]
            return UNKNOWN if UNKNOWN in items else items
        if isinstance(value, str) and DYNAMIC.search(value):
            return UNKNOWN
        if not isinstance(value, dict):
            return value
        if not is_function(value):
            found = dict(zip(value, map(self.resolve, value.values()), strict=True))
            if UNKNOWN in found.values():
                return UNKNOWN
            return {key: item for key, item in found.items() if item is not ABSENT}
        ((function, argument),) = value.items()
        return self._call(function, argument)

    def choose(self, argument: object) -> int | None:
        """Return the index of the branch that Fn::If takes, or None if its condition cannot be computed."""
        match argument:
            case [str() as condition, _, _]:
                holds = self._hold(condition)
                return None if holds is None else 1 if holds else 2
        return None

    def _call(self, function: str, argument: object) -> object:
        match function, argument:
            case "Ref", "AWS::NoValue":
                return ABSENT
            case "Ref", str():
                if argument in self.samples:
                    return self.samples[argument]
                return self.template.find_default(argument) if self.with_defaults else UNKNOWN
            case "Fn::If", [_, *branches] if (index := self.choose(argument)) is not None:
                return self.resolve(branches[index - 1])
            case "Fn::Sub", _:
                return self._substitute(argument)
            case "Fn::Join", [str() as between, items]:
                found = self.resolve(items)
                is_plain = isinstance(found, list) and not any(isinstance(item, dict | list) for item in found)
                return between.join(map(write_scalar, found)) if isinstance(found, list) and is_plain else UNKNOWN
            case "Fn::Select", [index, items]:
                found, number = self.resolve(items), write_scalar(self.resolve(index))
                is_there = (
                    isinstance(found, list) and number.isascii() and number.isdigit() and int(number) < len(found)
                )
                return found[int(number)] if isinstance(found, list) and is_there else UNKNOWN
            case "Fn::Split", [str() as between, text] if between:
                found = self.resolve(text)
                return found.split(between) if isinstance(found, str) else UNKNOWN
            case "Fn::FindInMap", [name, first, second, *_]:
                return self._look_up(name, first, second)
        return UNKNOWN

    def _substitute(self, argument: object) -> object:
        substitution = read_substitution(argument)
        if substitution is None:
            return UNKNOWN
        text, values = substitution
        parts = []
        for part, name, _ in split_variables(text):
            found = part if name is None else self.resolve(read_variable(name, values))
            if found in (UNKNOWN, ABSENT) or isinstance(found, dict | list):
                return UNKNOWN
            parts.append(write_scalar(found))
        whole = "".join(parts)
        return UNKNOWN if DYNAMIC.search(whole) else whole

    def _look_up(self, name: object, first: object, second: object) -> object:
        found: Any = self.template.mappings
        for key in map(self.resolve, (name, first, second)):
            if not isinstance(found, dict) or not isinstance(key, str | int) or write_scalar(key) not in found:
                return UNKNOWN
            found = found[write_scalar(key)]
        return found

    def _hold(self, name: str) -> bool | None:
        """Return whether a condition of the template holds. One that leads back to itself cannot be computed."""
        if name in self.template.known:
            return self.template.known[name]
        if name not in self.held and name in self.template.conditions and self.depth < LONGEST_CHAIN:
            self.held[name] = None
            self.depth += 1
            self.held[name] = self._evaluate(self.template.conditions[name])
            self.depth -= 1
        return self.held.get(name)

    def _evaluate(self, condition: object) -> bool | None:
        if not isinstance(condition, dict) or len(condition) != 1:
            return None
        ((function, argument),) = condition.items()
        match function, argument:
            case "Condition", str():
                return self._hold(argument)
            case "Fn::Equals", [first, second]:
                here, there = self.resolve(first), self.resolve(second)
                return None if UNKNOWN in (here, there) else bool(write_scalar(here) == write_scalar(there))
            case "Fn::Not", [item]:
                result = self._evaluate(item)
                return None if result is None else not result
            case (("Fn::And" | "Fn::Or"), [*items]):
                is_or = function == "Fn::Or"
                results = [self._evaluate(item) for item in items]
                return is_or if is_or in results else None if None in results else not is_or
        return None
