"""Definitions as CloudFormation spells them, and what importing makes of them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from flow_documents import TextsInMemory

from generator.flow.api import Shape, find_shape
from generator.flow.reading import FlowReading, read_flow
from generator.importing import DefinitionFiles, ImportedFlow, import_source
from generator.importing.writing import write_definition
from generator.source import read_document

DEFINITION = find_shape("FlowDefinition")


def capitalize(value: Any, shape: Shape = DEFINITION) -> Any:
    """Return a definition with the keys of CloudFormation. Those of maps and of free-form JSON are the author's."""
    if isinstance(value, list):
        element = find_shape(shape.element) if shape.element else shape
        return [capitalize(item, element) for item in value]
    if isinstance(value, dict) and shape.type in ("structure", "union"):
        return {
            key[0].upper() + key[1:]: capitalize(item, find_shape(shape.members[key])) for key, item in value.items()
        }
    return value


def make_template(definition: Any = None, **more: Any) -> dict[str, Any]:
    """Return a template of one flow, with other properties and, by their names, other sections."""
    sections = {key: more.pop(key) for key in ("Parameters", "Mappings", "Conditions") if key in more}
    own = {} if definition is None else {"Definition": definition}
    resources = {"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": {"Name": "imported", **own, **more}}}
    return {**sections, "Resources": {**resources, **more.pop("Resources", {})}}


def write_json(value: Any) -> bytes:
    """Return a document as JSON, with each number as it is spelled."""
    return json.dumps(value, default=lambda item: float(item) if isinstance(item, Decimal) else item).encode()


def bring_in(data: bytes, file: str = "template.json", **files: str) -> tuple[list[ImportedFlow], list[Any]]:
    """Return the flows of a source, and its findings."""
    flows, findings, _ = import_source(file, data, DefinitionFiles(files))
    return flows, findings


def read_again(flow: ImportedFlow) -> FlowReading:
    """Return what flowseal reads from the files of an imported flow."""
    name, *texts = (files := write_definition(flow, None))
    document, faults = read_document(name, files[name])
    assert not faults
    assert document is not None
    return read_flow(document, TextsInMemory({path: files[path].decode() for path in texts}))
