"""A new flow: a template with a name put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.flow.api import check_shape, find_shape
from generator.flow.reading import FileRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.findings import Finding
    from generator.scaffold.templates import FlowTemplate

NAME = re.compile(r"\bFLOW_NAME\b")
SCHEMA_LINE = "# yaml-language-server: $schema="
"""How a YAML file tells its JSON Schema to an editor (documentation of yaml-language-server, "inlined schema")."""


@dataclass(frozen=True, slots=True)
class NewFlow:
    """The files of a new flow by their paths in its folder; `definition` is one of these."""

    definition: str
    files: Mapping[str, bytes]

    def read_text(self, path: str) -> str | FileRefusal:
        """Return a text beside the definition, as TextReader promises it."""
        if path not in self.files:
            return FileRefusal(f"There is no file {path!r}.", "A template holds the texts that its definition names.")
        try:
            return self.files[path].decode("utf-8-sig")
        except UnicodeDecodeError:
            return FileRefusal(f"The file {path!r} is not UTF-8.", "Save it as UTF-8.")


def find_name_faults(name: str) -> list[Finding]:
    """Return what CreateFlow would say of a flow's name. Only a name without fault can be put into a template."""
    return check_shape(name, find_shape("FlowName"), ("name",))


def make_flow(template: FlowTemplate, name: str, schema: str | None = None) -> NewFlow:
    """Return the flow `name` in some template. The name goes into the definition alone; texts stay as they are.

    `schema` is the path from the flow's folder to the JSON Schema of definitions, where there is one.
    """
    files = {path: data for path, data in template.files.items() if path != template.definition}
    text = NAME.sub(name, template.files[template.definition].decode("utf-8-sig"))
    if schema is not None and not template.ending.endswith(".json"):
        text = f"{SCHEMA_LINE}{schema}\n{text}"
    definition = f"{name}{template.ending}"
    return NewFlow(definition, {definition: text.encode(), **files})
