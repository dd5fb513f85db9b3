"""An imported flow -> the files of its folder: the definition, and each prompt and code in a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.flow.api import Shape, find_shape
from generator.flow.model import Engine
from generator.flow.reading.connections import name_connections
from generator.flow.reading.forms import is_flow_name
from generator.flow.reading.names import name_parameter_after
from generator.importing.flows import ImportedFlow
from generator.importing.scalars import shorten_number
from generator.importing.yaml_text import write_yaml
from generator.terraform.resource.translation import TEXTS

ORDER = ("name", "description", "engine", "tags", "parameters", "release", "definition")
"""The sections of a definition, in the order of flowseal's own format."""
KEYS = (
    *("nodes", "connections", "name", "source", "target", "type", "configuration", "inputs", "outputs"),
    *("knowledgeBaseId", "modelId", "templateType", "inferenceConfiguration", "templateConfiguration"),
    *("text", "inputVariables"),
)
"""The keys of a definition in the same order. Other keys keep the order of the source."""
_UNSAFE = re.compile("[^0-9A-Za-z]+")
BYTE_ORDER_MARK = "\ufeff"
FOLDERS = {"code": ("code", ".py")}


@dataclass(slots=True)
class _Texts:
    """The files with prompts and code, by path."""

    files: dict[str, bytes] = field(default_factory=dict)

    def place(self, text: str, key: str, node: str) -> dict[str, str] | str:
        """Return the reference to a new file with a text. A text that a file would not keep stays where it is."""
        if text.startswith(BYTE_ORDER_MARK):
            return text
        folder, ending = FOLDERS.get(key, ("prompts", ".txt"))
        name = base = name_parameter_after(_UNSAFE.sub("_", node)) or "text"
        number = 2
        while f"{folder}/{name}{ending}" in self.files:
            name, number = f"{base}_{number}", number + 1
        path = f"{folder}/{name}{ending}"
        self.files[path] = text.encode()
        return {"$file": path}


def write_definition(flow: ImportedFlow, engine: Engine | None, head: str = "") -> dict[str, bytes]:
    """Return the files of a flow by path; the first is its definition, which begins with `head`."""
    texts = _Texts()
    definition = _arrange(_drop_own_names(flow.sections["definition"]), find_shape("FlowDefinition"), texts, "")
    parameters = {name: item.settings for name, item in flow.parameters.items()}
    sections = {**flow.sections, "definition": definition, **({"parameters": parameters} if parameters else {})}
    if engine is not None:
        sections["engine"] = engine.value
    ordered = {key: sections[key] for key in ORDER if key in sections}
    comments = {name: item.comment for name, item in flow.parameters.items()}
    text = write_yaml(ordered | {key: item for key, item in sections.items() if key not in ordered}, comments)
    head += f"# Imported by flowseal from {flow.source}.\n"
    return {f"{name_folder(flow)}.flow.yaml": f"{head}{text}".encode(), **texts.files}


def name_folder(flow: ImportedFlow) -> str:
    """Return the name of a flow's folder: the flow's own, unless that is not a valid name."""
    return flow.name if is_flow_name(flow.name) else _UNSAFE.sub("-", flow.name).strip("-") or "flow"


def _arrange(value: Any, shape: Shape, texts: _Texts, node: str) -> Any:
    """Return a value with its prompts and code in files, and the keys of nodes and connections in order."""
    if isinstance(value, list):
        element = find_shape(shape.element) if shape.element else shape
        return [_arrange(item, element, texts, node) for item in value]
    if shape.type == "float":
        return shorten_number(value)
    if not isinstance(value, dict) or shape.type not in ("structure", "union"):
        return value
    if shape.name == "FlowNode":
        node = value["name"] if isinstance(value.get("name"), str) else node
    result: dict[str, Any] = {}
    for key in sorted(value, key=lambda key: KEYS.index(key) if key in KEYS else len(KEYS)):
        item = value[key]
        if isinstance(item, str) and (shape.name, key) in TEXTS:
            result[key] = texts.place(item, key, node)
        elif key in shape.members:
            result[key] = _arrange(item, find_shape(shape.members[key]), texts, node)
        else:
            result[key] = item
    return result


def _drop_own_names(definition: Any) -> Any:
    """Return a definition without the names of its connections, if those are the ones that flowseal generates."""
    connections = definition.get("connections") if isinstance(definition, dict) else None
    if not isinstance(connections, list) or not all(isinstance(item, dict) for item in connections):
        return definition
    bare = [{key: part for key, part in item.items() if key != "name"} for item in connections]
    unnamed = {**definition, "connections": bare}
    generated = name_connections(unnamed)
    given = [item.get("name") for item in connections]
    is_same = isinstance(generated, dict) and [item["name"] for item in _list_items(generated)] == given
    return unnamed if is_same else definition


def _list_items(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = definition["connections"]
    return items
