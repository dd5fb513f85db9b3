"""Small flow documents for tests, and a reader of texts that needs no disk."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.flow.reading import FileRefusal, FlowReading, read_flow
from generator.source import read_document
from generator.source.position import Document


class TextsInMemory:
    """Gives texts by their path as written."""

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = texts or {}
        self.asked: list[str] = []

    def read_text(self, path: str) -> str | FileRefusal:
        self.asked.append(path)
        return self.texts.get(path, FileRefusal(f"There is no file {path!r}.", "Make one."))


def make_document(value: object, file: str = "small.flow.json") -> Document:
    return Document(file, "", value)


def read(value: object, texts: dict[str, str] | None = None, file: str = "small.flow.json") -> FlowReading:
    return read_flow(make_document(value, file), TextsInMemory(texts))


def data(source: str, output: str, target: str, port: str, **more: str) -> dict[str, Any]:
    ends = {"sourceOutput": output, "targetInput": port}
    return {"source": source, "target": target, "type": "Data", "configuration": {"data": ends}, **more}


def conditional(source: str, condition: str, target: str) -> dict[str, Any]:
    configuration = {"conditional": {"condition": condition}}
    return {"source": source, "target": target, "type": "Conditional", "configuration": configuration}


def make_prompt(
    name: str = "Ask", model: object = "amazon.nova-lite-v1:0", text: object = "Say {{question}}."
) -> dict[str, Any]:
    inline = {
        "modelId": model,
        "templateType": "TEXT",
        "inferenceConfiguration": {"text": {"temperature": Decimal("0.70")}},
        "templateConfiguration": {"text": {"text": text}},
    }
    return {
        "name": name,
        "type": "Prompt",
        "configuration": {"prompt": {"sourceConfiguration": {"inline": inline}}},
        "inputs": [{"name": "question", "type": "String", "expression": "$.data"}],
        "outputs": [{"name": "modelCompletion", "type": "String"}],
    }


def make_flow(*nodes: dict[str, Any], **sections: object) -> dict[str, Any]:
    """Return a house-form document of one prompt between input and output; `nodes` stand instead of the prompt."""
    start = {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}
    ending = {"name": "document", "type": "String", "expression": "$.data"}
    end = {"name": "End", "type": "Output", "inputs": [ending]}
    connections = [data("Start", "document", "Ask", "question"), data("Ask", "modelCompletion", "End", "document")]
    definition = {"nodes": [start, *(nodes or [make_prompt()]), end], "connections": connections}
    return {"name": "small", "definition": definition, **sections}


def make_loop(*nodes: dict[str, Any], name: str = "Refine") -> dict[str, Any]:
    """Return a Loop node with these nodes in its definition and no connections."""
    inner = {"nodes": list(nodes), "connections": []}
    return {"name": name, "type": "Loop", "configuration": {"loop": {"definition": inner}}}


def list_rules(reading: FlowReading) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.rule.name, finding.path) for finding in reading.findings]


def load_document(path: Path) -> Document:
    """Return a definition's document, which must have no faults."""
    document, faults = read_document(path.name, path.read_bytes())
    assert faults == []
    assert document is not None
    return document
