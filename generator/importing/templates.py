"""CloudFormation templates and parts of them: the flows, and the sections that a flow's functions refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from generator.findings import SOURCE_RULES, LocatedFinding
from generator.flow.reading.unsupported import DEFINITION_KEYS, FLOW_TYPE, find_cloudformation
from generator.importing.intrinsics import Template
from generator.importing.places import ComputedText, Place, read_embedded
from generator.importing.rules import NOT_IMPORTED, UNRESOLVED_INTRINSIC

LOOP = "Fn::ForEach::"
SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources")
OF_THE_STACK = ("DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Metadata")
"""Attributes of a resource about the stack that it is in."""


@dataclass(frozen=True, slots=True)
class FoundFlow:
    """A flow: its properties with their places. `logical_id` is empty if the flow is not in a template.

    `root` is the place of the template, and `identity` the ID or ARN of the flow if the source has it. `unused` are the
    attributes around the properties that only CloudFormation uses.
    """

    logical_id: str
    properties: Mapping[str, tuple[Any, Place]]
    place: Place
    root: Place
    template: Template = field(default_factory=Template)
    identity: str = ""
    unused: Mapping[str, Place] = field(default_factory=dict)


def list_flows(value: object, place: Place, findings: list[LocatedFinding]) -> list[FoundFlow] | None:
    """Return the flows of a document, or None if it is neither a CloudFormation template nor a part of one."""
    if not isinstance(value, dict) or find_cloudformation(value) is None:
        return None
    if "TemplateBody" in value:
        value, place = open_text(value["TemplateBody"], place.below("TemplateBody"), findings)
        if not isinstance(value, dict):
            return []
    description = value.get("ResourceDescription")
    if isinstance(description, dict) and value.get("TypeName") == FLOW_TYPE:
        inner = place.below("ResourceDescription", "Properties")
        properties, at = open_text(description.get("Properties"), inner, findings)
        identity = description.get("Identifier")
        found = _list_properties(properties, at)
        return [FoundFlow("", found, inner, at, identity=identity if isinstance(identity, str) else "")]
    if value.get("Type") == FLOW_TYPE:
        return [_read_resource("", value, place, place, Template(), findings)]
    if isinstance(value.get("Resources"), dict):
        return list(_list_resources(value["Resources"], place.below("Resources"), value, place, findings))
    if any(isinstance(item, dict) and item.get("Type") == FLOW_TYPE for item in value.values()):
        return list(_list_resources(value, place, {"Resources": value}, place, findings))
    if find_cloudformation(value) is not None and _is_part_of_a_flow(value):
        return [FoundFlow("", _list_parts(value, place), place, place)]
    return []


def open_text(value: object, place: Place, findings: list[LocatedFinding]) -> tuple[Any, Place]:
    """Return what a string contains as YAML or JSON; any other value as it is."""
    if not isinstance(value, str):
        return value, place
    text = ComputedText()
    text.add_text(value, place, 0)
    source, faults = read_embedded("text", text)
    for fault, location in faults:
        rule = SOURCE_RULES[fault.kind]
        findings.append(LocatedFinding(rule, fault.message, fault.help, *location))
    return (None, place) if source is None else (source.document.value, Place(source))


def _is_part_of_a_flow(value: Mapping[str, Any]) -> bool:
    return not any(str(value.get(key)).startswith("AWS::") for key in ("Type", "TypeName")) and (
        "AWSTemplateFormatVersion" not in value
    )


def _list_parts(value: Mapping[str, Any], place: Place) -> dict[str, tuple[Any, Place]]:
    """Return the properties of a flow that a document has without a resource around them."""
    if set(value) & DEFINITION_KEYS:
        return {"Definition": (value, place)}
    # The keys around a definition may be the API's.
    return {key[:1].upper() + key[1:]: item for key, item in _list_properties(value, place).items()}


def _list_properties(value: object, place: Place) -> dict[str, tuple[Any, Place]]:
    return {key: (item, place.below(key)) for key, item in value.items()} if isinstance(value, dict) else {}


def _list_resources(
    resources: Mapping[str, Any],
    place: Place,
    document: Mapping[str, Any],
    root: Place,
    findings: list[LocatedFinding],
) -> Iterator[FoundFlow]:
    sections = (document.get(name) for name in SECTIONS)
    template = Template(*(cast("dict[str, Any]", item if isinstance(item, dict) else {}) for item in sections))
    for name, resource in resources.items():
        if name.startswith(LOOP) and FLOW_TYPE in repr(resource):
            message = f"{name} makes flows from a list, which flowseal cannot carry."
            help = "Import the processed template: `aws cloudformation get-template --template-stage Processed`."
            findings.append(place.below(name).report(UNRESOLVED_INTRINSIC, message, help, key=True))
        if isinstance(resource, dict) and resource.get("Type") == FLOW_TYPE:
            yield _read_resource(name, resource, place.below(name), root, template, findings)


def _read_resource(
    name: str,
    resource: Mapping[str, Any],
    place: Place,
    root: Place,
    template: Template,
    findings: list[LocatedFinding],
) -> FoundFlow:
    condition = resource.get("Condition")
    if condition is not None:
        message = f"The stack has this flow only if condition {condition!r} holds; the module always has it."
        help = "Call the module only in the environments that need it, or with `count` in the root module."
        findings.append(place.below("Condition").report(NOT_IMPORTED, message, help, key=True))
    properties = _list_properties(resource.get("Properties"), place.below("Properties"))
    unused = {key: place.below(key) for key in OF_THE_STACK if key in resource}
    return FoundFlow(name, properties, place, root, template.within(resource), unused=unused)
