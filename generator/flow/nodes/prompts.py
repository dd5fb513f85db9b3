"""The texts of prompts, and the variables in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from generator.flow.model import Flow, Node, Value
from generator.source.position import Path

VARIABLE = re.compile(r"\{\{((?:[0-9a-zA-Z][_-]?){1,100})\}\}")
"""A variable as Bedrock recognizes it. The name has the API's pattern PromptInputVariableName, without spaces."""

MOST_USES = 1_000
"""How many variables of a prompt are read. A node has far fewer inputs."""


class PlacedText(NamedTuple):
    """A string and its path. For a parameter, these are its default's."""

    text: str
    path: Path


class VariableUse(NamedTuple):
    """A `{{variable}}` in a text, at text[start:end]."""

    name: str
    place: PlacedText
    start: int
    end: int


class PromptVariables(NamedTuple):
    """The variables of a prompt. `listed` are the entries of inputVariables, with their paths.

    `texts` are the known texts of the prompt. Unless `is_known`, there is another one, in AWS or in a variable of the
    module, which can use any variable.
    """

    texts: tuple[PlacedText, ...]
    listed: tuple[tuple[str, Path], ...]
    used: tuple[VariableUse, ...]
    is_known: bool

    @property
    def names(self) -> list[str]:
        """All names without duplicates, listed ones first."""
        return list(dict.fromkeys([name for name, _ in self.listed] + [use.name for use in self.used]))


def find_prompt_variables(node: Node, flow: Flow) -> PromptVariables:
    """Return the texts and variables of a prompt node. Those of a managed prompt are unknown."""
    source = node.configuration.get("sourceConfiguration")
    inline = source.get("inline") if isinstance(source, dict) else None
    templates = inline.get("templateConfiguration") if isinstance(inline, dict) else None
    path = (*node.configuration_path, "sourceConfiguration", "inline", "templateConfiguration")
    texts: list[PlacedText] = []
    listed: list[tuple[str, Path]] = []
    is_known = isinstance(inline, dict)
    for kind, template in templates.items() if isinstance(templates, dict) else ():
        if not isinstance(template, dict):
            continue
        listed += _list_input_variables(template.get("inputVariables"), (*path, kind, "inputVariables"))
        for value, place in _list_values(kind, template, (*path, kind)):
            found, place = flow.resolve(value, place)
            if isinstance(found, str):
                texts.append(PlacedText(found, place))
            else:
                is_known = False
    return PromptVariables(tuple(texts), tuple(listed), _find_uses(texts), is_known)


def find_misspelled_variable(variables: PromptVariables, name: str) -> tuple[PlacedText, int, int] | None:
    """Return where a prompt has a name in braces that is not a variable, such as {name}, ${name}, or {{name."""
    loose = re.compile(r"\$?(?:\{\{?\s*" + re.escape(name) + r"(?![\w-])\s*\}*|<" + re.escape(name) + r">)")
    for text in variables.texts:
        for match in loose.finditer(text.text):
            if VARIABLE.fullmatch(match[0]) is None:
                return text, match.start(), match.end()
    return None


def _find_uses(texts: list[PlacedText]) -> tuple[VariableUse, ...]:
    found = (
        VariableUse(match.group(1), text, match.start(), match.end())
        for text in texts
        if "{{" in text.text
        for match in VARIABLE.finditer(text.text)
    )
    return tuple(islice(found, MOST_USES))


def _list_input_variables(variables: Value, path: Path) -> Iterator[tuple[str, Path]]:
    for index, variable in enumerate(variables if isinstance(variables, list) else ()):
        name = variable.get("name") if isinstance(variable, dict) else None
        if isinstance(name, str):
            yield name, (*path, index, "name")


def _list_values(kind: str, template: dict[str, Value], path: Path) -> Iterator[tuple[Value, Path]]:
    """Yield the values of a template that are texts."""
    if kind == "text":
        yield template.get("text"), (*path, "text")
        return
    yield from _list_blocks(template.get("system"), (*path, "system"))
    messages = template.get("messages")
    for index, message in enumerate(messages if isinstance(messages, list) else ()):
        content = message.get("content") if isinstance(message, dict) else None
        yield from _list_blocks(content, (*path, "messages", index, "content"))


def _list_blocks(blocks: Value, path: Path) -> Iterator[tuple[Value, Path]]:
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict) and "text" in block:
            yield block["text"], (*path, index, "text")
