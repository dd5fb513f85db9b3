"""A flow as it was found -> the sections of a definition in flowseal's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.findings import LocatedFinding
from generator.flow.api import find_shape, fits_shape
from generator.flow.reading.rules import DECIDED_BY_MODULE
from generator.flow.wording import list_names
from generator.importing.conversion import Converter
from generator.importing.definition_texts import DEFINITION_KEYS, DefinitionFiles, find_definition
from generator.importing.intrinsics import ABSENT, write_function
from generator.importing.parameters import ImportedParameter, Parameters
from generator.importing.places import Place
from generator.importing.releases import read_release
from generator.importing.rules import DEFAULT_INSERTED, NOT_IMPORTED, NOTHING_TO_IMPORT
from generator.importing.scalars import convert_scalar
from generator.importing.templates import FoundFlow

PROPERTIES = ("Name", "Description", "Tags", *DEFINITION_KEYS, "DefinitionSubstitutions")
"""The properties of AWS::Bedrock::Flow that are imported."""
LOGICAL_ID = re.compile("[A-Za-z0-9]+", re.ASCII)
SET_BY_MODULE = ("ExecutionRoleArn", "CustomerEncryptionKeyArn")


@dataclass(frozen=True, slots=True)
class ImportedFlow:
    """A flow to be written. `sections` are those of its definition, except `parameters`.

    `source` describes where the flow comes from. `identity` is its ID or ARN, and `address` its address in a Terraform
    state; each is empty if it is unknown.
    """

    name: str
    sections: Mapping[str, Any]
    source: str
    parameters: Mapping[str, ImportedParameter] = field(default_factory=dict)
    identity: str = ""
    address: str = ""
    is_in_stack: bool = False


def import_flow(
    found: FoundFlow, fallback: str, files: DefinitionFiles, findings: list[LocatedFinding]
) -> ImportedFlow | None:
    """Return a flow of a template, or None after a finding; `fallback` names it if the source does not."""
    parameters = Parameters(found.template, found.root.below("Parameters"))
    converter = Converter(found.template, parameters)
    sections: dict[str, Any] = {"name": _read_name(found, fallback, converter)}
    for key in ("Description", "Tags"):
        if key in found.properties:
            _add_section(sections, key.lower(), *found.properties[key], converter)
    if not set(found.properties) & set(DEFINITION_KEYS):
        help = "Add Definition, DefinitionString, or DefinitionS3Location."
        findings.append(found.place.report(NOTHING_TO_IMPORT, "This flow has no definition.", help))
        return None
    definition = find_definition(found.properties, files, converter)
    if definition is not None:
        value = converter.convert(definition[0], find_shape("FlowDefinition"), ("definition",), definition[1])
        sections["definition"] = {} if value is ABSENT else value
    _report_unused(found, converter.findings)
    release = read_release(found, converter)
    if release:
        sections["release"] = release
    findings += [*converter.findings, *parameters.findings]
    if definition is None:
        return None
    where = "CloudFormation's form"
    if found.logical_id:
        named = f" `{found.logical_id}`" if LOGICAL_ID.fullmatch(found.logical_id) else ""
        where = f"resource{named} of a CloudFormation template"
    return ImportedFlow(
        sections["name"],
        sections,
        where,
        parameters.by_name,
        found.identity,
        is_in_stack=bool(found.logical_id or found.identity),
    )


def _read_name(found: FoundFlow, fallback: str, converter: Converter) -> str:
    """Return the name of a flow, which no parameter can be."""
    value, place = found.properties.get("Name", (None, found.place))
    help = "Where the flow has another name, set `name` in the module call."
    name = convert_scalar(converter.settle(value, place, "the flow's name", help), find_shape("FlowName"))
    if isinstance(name, str) and name:
        return name
    own = found.logical_id if fits_shape(found.logical_id, "FlowName") else fallback
    if value is not None:
        message = f"{write_function(value)[:60]} computes the flow's name; the definition is named {own!r} instead."
        help = "Rename it, or set `name` in the module call."
        converter.findings.append(place.report(DEFAULT_INSERTED, message, help))
    return own


def _add_section(sections: dict[str, Any], name: str, value: Any, place: Place, converter: Converter) -> None:
    if isinstance(value, list) and name == "tags":
        # Most resources of CloudFormation have tags of this form.
        pairs = [(item.get("Key"), item.get("Value")) for item in value if isinstance(item, dict)]
        value = {key: item for key, item in pairs if isinstance(key, str)}
    shape = find_shape("TagsMap" if name == "tags" else "FlowDescription")
    item = converter.convert(value, shape, (name,), place)
    if item not in (ABSENT, None):
        sections[name] = item


def _report_unused(found: FoundFlow, findings: list[LocatedFinding]) -> None:
    unused = {key: found.properties[key][1] for key in SET_BY_MODULE if key in found.properties} | dict(found.unused)
    if unused:
        message = f"flowseal does not import {list_names(list(unused), 'and')}. The module creates its own service role"
        help = "No action is needed."
        first = next(iter(unused.values()))
        findings.append(first.report(DECIDED_BY_MODULE, f"{message} and KMS key.", help, key=True))
    for key, (_, place) in found.properties.items():
        if key == "TestAliasTags":
            message = "The definition does not include TestAliasTags: AWS creates the test alias, and the module does "
            help = "Tag the alias TSTALIASID yourself if you need to."
            findings.append(place.report(DECIDED_BY_MODULE, f"{message}not manage it.", help, key=True))
        elif key not in (*PROPERTIES, *SET_BY_MODULE):
            message = f"AWS::Bedrock::Flow has no property {key!r} that flowseal knows."
            help = f"Its properties are {list_names([*PROPERTIES, *SET_BY_MODULE], 'and')}."
            findings.append(place.report(NOT_IMPORTED, message, help, key=True))
