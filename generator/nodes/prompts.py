"""A prompt's texts, and the variables in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.model import Flow, Node, Value
from generator.nodes.needs import find_value
from generator.source.position import Path

VARIABLE = re.compile(r"\{\{((?:[0-9a-zA-Z][_-]?){1,100})\}\}")
"""A variable as Bedrock fills it in; the name's pattern is the API's PromptInputVariableName. Blanks make it text."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text and where it stands: of a parameter, its default's place."""

    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A `{{variable}}` in a text, at text[start:end]."""

    name: str
    place: PlacedText
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PromptVariables:
    """What an inline prompt says of its variables; `listed` are the entries of inputVariables, with their places.

    Unless `is_known`, a text is one that only AWS or the module's user knows, and may use any variable.
    """

    listed: tuple[tuple[str, Path], ...]
    used: tuple[VariableUse, ...]
    is_known: bool

    @property
    def names(self) -> list[str]:
        """All names, listed ones first, each once."""
        return list(dict.fromkeys([name for name, _ in self.listed] + [use.name for use in self.used]))


def list_prompt_texts(node: Node, flow: Flow) -> tuple[list[PlacedText], bool]:
    """Return the texts of an inline prompt, and whether these are all there are."""
    texts: list[PlacedText] = []
    is_known = isinstance(find_value(node, "sourceConfiguration", "inline"), dict)
    for value, path in _list_template_values(node):
        found, place = flow.look_through(value, path)
        if isinstance(found, str):
            texts.append(PlacedText(found, place))
        else:
            is_known = False
    return texts, is_known


def find_prompt_variables(node: Node, flow: Flow) -> PromptVariables:
    """Return the variables of a prompt node. A managed prompt's are not known."""
    texts, is_known = list_prompt_texts(node, flow)
    used = [
        VariableUse(match.group(1), text, match.start(), match.end())
        for text in texts
        for match in VARIABLE.finditer(text.text)
    ]
    return PromptVariables(tuple(_list_input_variables(node)), tuple(used), is_known)


def _list_input_variables(node: Node) -> Iterator[tuple[str, Path]]:
    for kind, template, path in _list_templates(node):
        variables = template.get("inputVariables")
        for index, variable in enumerate(variables if isinstance(variables, list) else ()):
            name = variable.get("name") if isinstance(variable, dict) else None
            if isinstance(name, str):
                yield name, (*path, kind, "inputVariables", index, "name")


def _list_template_values(node: Node) -> Iterator[tuple[Value, Path]]:
    for kind, template, path in _list_templates(node):
        if kind == "text":
            yield template.get("text"), (*path, kind, "text")
            continue
        yield from _list_blocks(template.get("system"), (*path, kind, "system"))
        messages = template.get("messages")
        for index, message in enumerate(messages if isinstance(messages, list) else ()):
            content = message.get("content") if isinstance(message, dict) else None
            yield from _list_blocks(content, (*path, kind, "messages", index, "content"))


def _list_blocks(blocks: Value, path: Path) -> Iterator[tuple[Value, Path]]:
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict) and "text" in block:
            yield block["text"], (*path, index, "text")


def _list_templates(node: Node) -> Iterator[tuple[str, dict[str, Value], Path]]:
    members = ("sourceConfiguration", "inline", "templateConfiguration")
    templates = find_value(node, *members)
    for kind in ("text", "chat"):
        template = templates.get(kind) if isinstance(templates, dict) else None
        if isinstance(template, dict):
            yield kind, template, (*node.configuration_path, *members)
