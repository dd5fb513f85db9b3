"""Values as CloudFormation spells them -> values of a definition, guided by the API's shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator.findings import LocatedFinding
from generator.flow.api import Shape, find_shape
from generator.flow.reading.paths import is_model_path, refuse_place, takes_reference
from generator.importing.intrinsics import (
    ABSENT,
    DYNAMIC,
    KNOWN,
    UNKNOWN,
    Nothing,
    Resolver,
    Template,
    is_function,
    write_function,
)
from generator.importing.parameters import Parameters
from generator.importing.places import MARK, EmbeddedSource, Location, Place
from generator.importing.rules import DEFAULT_INSERTED, UNRESOLVED_INTRINSIC
from generator.importing.scalars import convert_scalar
from generator.source.credentials import mask_credentials
from generator.source.position import Path
from generator.terraform.resource.translation import TEXTS

LEFT_OUT = {"Ref": "AWS::NoValue"}
LONGEST_SHOWN = 60
TEXT = "the text, which becomes a file,"
"""The subject of the finding about a prompt or code."""


@dataclass(slots=True)
class Converter:
    """Converts the values of one flow; collects its parameters and findings.

    Values without a `template` are the API's own: CloudFormation's functions mean nothing in them.
    """

    template: Template
    parameters: Parameters
    findings: list[LocatedFinding] = field(default_factory=list)
    node: str = ""

    def convert(self, value: object, shape: Shape, path: Path, place: Place, *, is_text: bool = False) -> Any:
        """Return the value of a shape at a canonical path, or ABSENT. `is_text` is set for a prompt or code."""
        if isinstance(place.source, EmbeddedSource) and isinstance(value, str) and (match := MARK.search(value)):
            parts = place.source.origin.parts
            if match.group() == value and int(match[1]) < len(parts):
                value, place = parts[int(match[1])]
                return self.convert(value, shape, path, place, is_text=is_text)
            value = _join_parts(value, parts)
        if is_function(value) or (isinstance(value, str) and DYNAMIC.search(value)):
            return self._convert_function(value, shape, path, place, is_text)
        if isinstance(value, dict):
            return self._convert_mapping(value, shape, path, place)
        if isinstance(value, list):
            element = find_shape(shape.element) if shape.element else shape
            items = [
                self.convert(item, element, (*path, number), place.below(number)) for number, item in enumerate(value)
            ]
            return [item for item in items if item is not ABSENT]
        return convert_scalar(value, shape)

    def settle(self, value: object, place: Place, what: str, help: str = "") -> object:
        """Return the value for the template's defaults where no parameter can be, reported as `what`; else UNKNOWN."""
        literal = Resolver(self.template).resolve(value)
        if literal is not UNKNOWN:
            return literal
        found = Resolver(self.template, with_defaults=True).resolve(value)
        if found is not UNKNOWN:
            self._report_default(value, place, what, found, help)
        return found

    def _convert_mapping(self, value: dict[str, Any], shape: Shape, path: Path, place: Place) -> dict[str, Any]:
        before = self.node
        result: dict[str, Any] = {}
        names = {key: find_member(shape, key) for key in value}
        if shape.name == "FlowNode":
            name = next((value[key] for key, member in names.items() if member == "name"), "")
            self.node = name if isinstance(name, str) else ""
        for key, member in names.items():
            inner = shape
            if shape.type in ("structure", "union"):
                inner = find_shape(shape.members[member]) if member in shape.members else find_shape("Document")
            elif shape.type == "map" and shape.value:
                inner = find_shape(shape.value)
            is_text = (shape.name, member) in TEXTS
            item = self.convert(value[key], inner, (*path, member), place.below(key), is_text=is_text)
            if item is not ABSENT:
                result[member] = item
        self.node = before
        return result

    def _convert_function(self, value: object, shape: Shape, path: Path, place: Place, is_text: bool) -> Any:
        literal = Resolver(self.template).resolve(value)
        if literal is not UNKNOWN:
            return (
                literal if isinstance(literal, Nothing) else self.convert(literal, shape, path, Place(_Silent(place)))
            )
        function, argument = next(iter(value.items())) if isinstance(value, dict) else ("", value)
        if function and function not in KNOWN:
            message = f"flowseal does not know the CloudFormation function {function}, or cannot carry it."
            self._refuse(message, "Replace it with what it computes, for example from the processed template.", place)
            return ABSENT
        # A parameter always has a value, so a key that the template may leave out is decided here.
        is_optional = function == "Fn::If" and LEFT_OUT in (argument if isinstance(argument, list) else ())
        is_fixed = is_optional or refuse_place(path) is not None or not takes_reference(path)
        if function == "Fn::If" and is_fixed and isinstance(argument, list):
            index = Resolver(self.template, with_defaults=True).choose(argument)
            if index is not None:
                found = ABSENT if argument[index] == LEFT_OUT else argument[index]
                self._report_default(value, place, f"the condition {argument[0]}", found)
                return self.convert(argument[index], shape, path, place.below(function, index), is_text=is_text)
        if is_fixed or is_text:
            found = Resolver(self.template, with_defaults=True).resolve(value)
            if found is not UNKNOWN:
                self._report_default(value, place, TEXT if is_text else f"{path[-1]}", found)
                return found if found is ABSENT else self.convert(found, shape, path, Place(_Silent(place)))
        if is_fixed:
            message = f"{_shorten(write_function(value))} computes a value that a definition must contain literally."
            help = "Replace it with the value, or give each template parameter that it uses a default."
            self._refuse(message, help, place)
            return ABSENT
        name = self.parameters.refer(value, shape, self._name_use(path), is_model=is_model_path(path))
        return {"$param": name}

    def _name_use(self, path: Path) -> tuple[str, str]:
        """Return a name and a description of the value at a path."""
        if self.node:
            return f"{self.node}_{path[-1]}", f"{path[-1]} of node {self.node}"
        return f"flow_{path[-1]}", f"The flow's {path[-1]}"

    def _refuse(self, message: str, help: str, place: Place) -> None:
        self.findings.append(place.report(UNRESOLVED_INTRINSIC, message, help))

    def _report_default(self, value: object, place: Place, what: str, found: object, help: str = "") -> None:
        function = _shorten(write_function(value))
        message = f"{what[0].upper()}{what[1:]} cannot be a parameter; "
        if found is ABSENT:
            message += f"with the template's defaults, {function} leaves the value out, so it is not in the definition."
        else:
            shown = _shorten(mask_credentials(write_function(found)))
            message += f"{function} was replaced with {shown}, its value for the template's defaults."
        help = help or "Check the imported value. Environments with other values need a definition of their own."
        self.findings.append(place.report(DEFAULT_INSERTED, message, help))


@dataclass(frozen=True, slots=True)
class _Silent:
    """The source of a computed value: all of its parts are where its function is."""

    place: Place

    def locate(self, _path: Path, _key: bool) -> Location:
        """Return where the function is."""
        return self.place.source.locate(self.place.path, False)

    def locate_characters(self, path: Path, _start: int, _end: int) -> Location:
        """Return where the function is."""
        return self.locate(path, False)


def find_member(shape: Shape, key: str) -> str:
    """Return the API's spelling of a key; one that it does not have only gets its first letter in lowercase."""
    if shape.type not in ("structure", "union"):
        return key
    lowered = key[:1].lower() + key[1:]
    if lowered in shape.members:
        return lowered
    return next((member for member in shape.members if member.lower() == key.lower()), lowered)


def _join_parts(text: str, parts: list[tuple[object, Place]]) -> object:
    """Return a string with marks as the call of Fn::Sub that computes it."""
    values: dict[str, object] = {}
    pieces, at = [], 0
    for match in MARK.finditer(text):
        if int(match[1]) >= len(parts):
            continue
        value = parts[int(match[1])][0]
        name = value["Ref"] if isinstance(value, dict) and isinstance(value.get("Ref"), str) else f"Part{match[1]}"
        if name.startswith("Part"):
            values[name] = value
        pieces += [text[at : match.start()].replace("${", "${!"), f"${{{name}}}"]
        at = match.end()
    pieces.append(text[at:].replace("${", "${!"))
    return {"Fn::Sub": ["".join(pieces), values]} if values else {"Fn::Sub": "".join(pieces)}


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
