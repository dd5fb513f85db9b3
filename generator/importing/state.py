"""The flows of a Terraform state, as `terraform show -json` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.findings import LocatedFinding
from generator.flow.api import Shape, find_shape
from generator.flow.model import Engine
from generator.flow.reading.rules import DECIDED_BY_MODULE
from generator.importing.flows import ImportedFlow
from generator.importing.notes import ADDRESS
from generator.importing.places import Place
from generator.importing.rules import NOT_IMPORTED
from generator.importing.templates import open_text
from generator.terraform.resource.schema import Schema, find_member, find_resource

FLOW = "aws_bedrockagent_flow"
OTHERS = ("awscc_bedrock_flow", "awscc_bedrock_flow_version", "awscc_bedrock_flow_alias")
"""Resources about flows that are not imported from a state."""


def list_state(value: object, place: Place, findings: list[LocatedFinding]) -> list[ImportedFlow] | None:
    """Return the flows of a state or plan, or None if the document is neither."""
    if not isinstance(value, dict) or not {"format_version", "terraform_version"} <= set(value):
        return None
    # A plan has the state that it starts from.
    if isinstance(prior := value.get("prior_state"), dict):
        value, place = prior, place.below("prior_state")
    values = value.get("values")
    root = values.get("root_module") if isinstance(values, dict) else None
    found = []
    for resource, at in _list_resources(root, place.below("values", "root_module")):
        kind = resource.get("type")
        if kind == FLOW and resource.get("mode") == "managed" and isinstance(resource.get("values"), dict):
            found.append(_read_flow(resource, at, findings))
        elif kind in OTHERS or (kind == "aws_cloudcontrolapi_resource" and "AWS::Bedrock::Flow" in repr(resource)):
            message = f"{resource.get('address')} is not imported: flowseal reads {FLOW} from a state."
            help = (
                "Import a flow from `aws bedrock-agent get-flow --flow-identifier ID`. To have versions and aliases, "
            )
            findings.append(at.report(NOT_IMPORTED, message, f"{help}add `release` to the definition."))
    return found


def _list_resources(module: object, place: Place) -> Iterator[tuple[dict[str, Any], Place]]:
    waiting = [(module, place)]
    for item, at in waiting:
        if not isinstance(item, dict):
            continue
        resources, children = item.get("resources"), item.get("child_modules")
        for number, resource in enumerate(resources if isinstance(resources, list) else ()):
            if isinstance(resource, dict):
                yield resource, at.below("resources", number)
        for number, child in enumerate(children if isinstance(children, list) else ()):
            waiting.append((child, at.below("child_modules", number)))


def _read_flow(resource: dict[str, Any], place: Place, findings: list[LocatedFinding]) -> ImportedFlow:
    values: dict[str, Any] = resource["values"]
    blocks = values.get("definition")
    definition = blocks[0] if isinstance(blocks, list) and blocks else {}
    sections = {key: values[key] for key in ("name", "description", "tags") if values.get(key)}
    schema = (find_resource(Engine.NATIVE).root.members or {})["definition"]
    sections["definition"] = _read_block(definition, find_shape("FlowDefinition"), schema, place)
    message = f"{resource.get('address')} has its own role and key, which are not imported."
    help = "The module creates its own service role and KMS key. Keep the old ones until no version uses them."
    findings.append(place.below("values").report(DECIDED_BY_MODULE, message, help, key=True))
    identity, name = values.get("id"), str(values.get("name"))
    address = str(resource.get("address"))
    source = f"`{address}` in a Terraform state" if ADDRESS.fullmatch(address) else "a Terraform state"
    return ImportedFlow(name, sections, source, identity=identity if isinstance(identity, str) else "", address=address)


def _read_block(block: object, shape: Shape, schema: Schema, place: Place) -> dict[str, Any]:
    """Return a structure of the API from a block of the resource, which has null for what it does not set."""
    found = block if isinstance(block, dict) else {}
    result: dict[str, Any] = {}
    for member, name in shape.members.items():
        target = find_member(schema, member)
        value = found.get(target.name) if target is not None else None
        if target is None or value is None or value == []:
            continue
        inner, blocks = find_shape(name), value if isinstance(value, list) else [value]
        if target.members is None:
            result[member] = open_text(value, place, [])[0] if target.is_json else value
        elif inner.type == "list" and inner.element is not None:
            element = find_shape(inner.element)
            result[member] = [_read_block(item, element, target, place) for item in blocks]
        else:
            result[member] = _read_block(blocks[0], inner, target, place)
    return result
