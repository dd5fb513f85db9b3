"""The definition of a CloudFormation flow: in the template, in a string of it, or in a file in Amazon S3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from generator.findings import SOURCE_RULES, LocatedFinding
from generator.importing.conversion import Converter
from generator.importing.intrinsics import (
    ABSENT,
    VARIABLE,
    Resolver,
    is_function,
    read_substitution,
    read_variable,
    split_variables,
    write_function,
)
from generator.importing.places import ComputedText, FileSource, Location, Place, read_embedded
from generator.importing.rules import MISSING_DEFINITION_FILE, UNRESOLVED_INTRINSIC
from generator.source.position import Fault, Lines

DEFINITION_KEYS = ("Definition", "DefinitionString", "DefinitionS3Location")
S3 = "DefinitionS3Location"


@dataclass(slots=True)
class DefinitionFiles:
    """The local copies of definitions in Amazon S3, by path, and those that a flow used."""

    texts: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def find(self, key: object) -> tuple[str, str] | None:
        """Return the path and text of the copy of an object: the only one there is, or the one with its file name."""
        if len(self.texts) > 1:
            name = PurePosixPath(key).name if isinstance(key, str) else ""
            found = [path for path in self.texts if PurePosixPath(path).name == name]
        else:
            found = list(self.texts)
        if len(found) != 1:
            return None
        self.used.add(found[0])
        return found[0], self.texts[found[0]]


def find_definition(
    properties: Mapping[str, tuple[Any, Place]], files: DefinitionFiles, converter: Converter
) -> tuple[object, Place] | None:
    """Return the value of a flow's definition with its place, or None after a finding."""
    values: dict[str, tuple[object, Place]] = {}
    substitutions, around = properties.get("DefinitionSubstitutions", (None, None))
    if isinstance(substitutions, dict) and around is not None:
        values = {key: (item, around.below(key)) for key, item in substitutions.items()}
    text = ComputedText()
    key = next(key for key in DEFINITION_KEYS if key in properties)
    value, place = properties[key]
    if key == "Definition":
        return value, place
    name = "definition.json"
    if key == S3:
        copy = _read_copy(value, place, files, converter)
        if copy is None:
            return None
        name = copy[0]
        _add_literal(copy[1], Place(FileSource(name, Lines(copy[1]))), values, text)
    else:
        while is_function(value) and isinstance(value, dict) and "Fn::If" in value:
            index = Resolver(converter.template, with_defaults=True).choose(value["Fn::If"])
            if index is None:
                break
            value, place = value["Fn::If"][index], place.below("Fn::If", index)
        if isinstance(value, dict) and list(value) == ["Fn::ToJsonString"]:
            return value["Fn::ToJsonString"], place.below("Fn::ToJsonString")
        text.add_text("", place, 0)
        if not _add_parts(value, place, values, text, converter):
            return None
    source, faults = read_embedded(name, text)
    converter.findings += [_report_fault(fault, location) for fault, location in faults]
    return None if source is None else (source.document.value, Place(source))


def _read_copy(location: object, place: Place, files: DefinitionFiles, converter: Converter) -> tuple[str, str] | None:
    parts = [location.get(key) for key in ("Bucket", "Key")] if isinstance(location, dict) else [None, location]
    bucket, key = (Resolver(converter.template, with_defaults=True).resolve(part) for part in parts)
    found = files.find(key)
    if found is None:
        shown = f"s3://{bucket if isinstance(bucket, str) else 'BUCKET'}/{key if isinstance(key, str) else 'KEY'}"
        message = f"The definition is in {shown}, and no local copy of it was passed."
        help = f"Run `aws s3 cp {shown} FILE`, and pass `--definition FILE`."
        if len(files.texts) > 1:
            help += " With several files, each must be named like its object in S3."
        converter.findings.append(place.report(MISSING_DEFINITION_FILE, message, help))
    return found


def _add_parts(
    value: object, place: Place, values: Mapping[str, tuple[object, Place]], text: ComputedText, converter: Converter
) -> bool:
    """Add a string, or a function that computes one, to the text of a definition. Returns whether it could."""
    match value:
        case {"Fn::Join": ["", [*items]]}:
            for number, item in enumerate(items):
                _add_part(item, place.below("Fn::Join", 1, number), values, text)
            return True
        case {"Fn::Sub": argument} if substitution := read_substitution(argument):
            at = place.below("Fn::Sub") if isinstance(argument, str) else place.below("Fn::Sub", 0)
            for part, name, start in split_variables(substitution[0]):
                # `${!Name}` reaches the service as `${Name}`, which may be one of its own substitutions.
                item = part if name is None else read_variable(name, substitution[1])
                _add_part(item, at, values, text, start)
            return True
    found = converter.settle(value, place, "the definition")
    if isinstance(found, str):
        _add_literal(found, place, values, text)
        return True
    message = f"{write_function(value)[:60]} computes the definition, which must be a string in the template."
    if value is None or found is ABSENT:
        message = "The definition is empty."
    help = "Replace it with the string, with Fn::Sub of one, or with Fn::Join of strings."
    converter.findings.append(place.report(UNRESOLVED_INTRINSIC, message, help))
    return False


def _add_part(
    item: object, place: Place, values: Mapping[str, tuple[object, Place]], text: ComputedText, offset: int = 0
) -> None:
    if isinstance(item, str):
        _add_literal(item, place, values, text, offset)
    else:
        text.add_value(item, place)


def _add_literal(
    literal: str, place: Place, values: Mapping[str, tuple[object, Place]], text: ComputedText, offset: int = 0
) -> None:
    """Add a string in which `${Name}` is a substitution. Without a substitution of that name, it stays."""
    at = 0
    for match in VARIABLE.finditer(literal):
        if match[1] in values:
            text.add_text(literal[at : match.start()], place, offset + at)
            text.add_value(*values[match[1]])
            at = match.end()
    text.add_text(literal[at:], place, offset + at)


def _report_fault(fault: Fault, location: Location) -> LocatedFinding:
    return LocatedFinding(
        SOURCE_RULES[fault.kind], fault.message, fault.help, location.file, location.span, location.pointer
    )
