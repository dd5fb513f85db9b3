"""New flows: a template with the name filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.findings import Finding
from generator.flow.api import check_shape, find_shape
from generator.flow.reading import FileRefusal
from generator.scaffold.templates import FlowTemplate

NAME = re.compile(r"\bFLOW_NAME\b")
SCHEMA_LINE = "# yaml-language-server: $schema="
"""How a YAML file names its JSON Schema (documentation of yaml-language-server, "inlined schema")."""


@dataclass(frozen=True, slots=True)
class NewFlow:
    """The files of a new flow by path in its folder. `definition` is the path of the definition."""

    definition: str
    files: Mapping[str, bytes]

    def read_text(self, path: str) -> str | FileRefusal:
        """Return the contents of a file next to the definition, as TextReader requires."""
        if path not in self.files:
            return FileRefusal(
                f"There is no file {path!r}.",
                "Add it to the template, which must contain every file that its definition references.",
            )
        try:
            return self.files[path].decode("utf-8-sig")
        except UnicodeDecodeError:
            return FileRefusal(f"The file {path!r} is not UTF-8.", "Save it as UTF-8.")


def find_name_faults(name: str) -> list[Finding]:
    """Return the findings about a flow's name. Templates accept only a name without findings."""
    return check_shape(name, find_shape("FlowName"), ("name",))


def make_flow(template: FlowTemplate, name: str, schema: str | None = None) -> NewFlow:
    """Return a template's flow under a new name. The name is filled in only in the definition.

    `schema` is the path from the flow's folder to the JSON Schema of definitions, if there is one.
    """
    files = {path: data for path, data in template.files.items() if path != template.definition}
    text = NAME.sub(name, template.files[template.definition].decode("utf-8-sig"))
    if schema is not None and not template.ending.endswith(".json"):
        text = f"{SCHEMA_LINE}{schema}\n{text}"
    definition = f"{name}{template.ending}"
    return NewFlow(definition, {definition: text.encode(), **files})
