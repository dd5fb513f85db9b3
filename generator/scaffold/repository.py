"""Where flows and modules lie in a repository, as flowseal.yaml says it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator.configuration import NAME, find_configuration
from generator.diagnostics import locate_fault
from generator.intake import ENDINGS
from generator.source import read_document

if TYPE_CHECKING:
    from generator.diagnostics import LocatedFinding

SCHEMA_FOLDER = ".flowseal-schema"
"""Holds the JSON Schemas that editors read. Not `.flowseal`: that is the folder of a run, gone after it."""
DEFINITION_SCHEMA = f"{SCHEMA_FOLDER}/definition.json"
CONFIGURATION_SCHEMA = f"{SCHEMA_FOLDER}/configuration.json"
SCHEMAS = {DEFINITION_SCHEMA: "definition", CONFIGURATION_SCHEMA: "configuration"}
"""The schemas by path, with the word that `flowseal schema` has for each."""
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder and what its flowseal.yaml says; `is_configured` is False where there is no such file."""

    root: Path
    is_configured: bool = False
    flows: str = "flows"
    output: str = "modules"
    shapes: Path | None = None

    def locate_schema(self, folder: Path) -> str | None:
        """Return the path from a folder to the JSON Schema of definitions, or None where the repository has none."""
        if not self.is_configured:
            return None
        try:
            return Path(os.path.relpath(self.root / DEFINITION_SCHEMA, folder)).as_posix()
        except ValueError:  # Another drive, on Windows.
            return None

    def list_missing_schemas(self) -> list[str]:
        """Return the schemas that a repository with a flowseal.yaml is to have and has not."""
        return [path for path in SCHEMAS if self.is_configured and not (self.root / path).exists()]


def find_repository(folder: Path) -> tuple[Repository, list[LocatedFinding]]:
    """Return the nearest folder with a flowseal.yaml, from `folder` upwards, or `folder` itself; and what is wrong.

    A value that cannot be used is passed over here; `flowseal check` names it.
    """
    found = find_configuration(folder)
    if found is None:
        return Repository(folder), []
    # As the user named it, where it is that folder itself.
    root = folder if found.parent == folder.absolute() else found.parent
    file = (root / NAME).as_posix()
    document, faults = read_document(file, found.read_bytes())
    findings = [locate_fault(fault, file) for fault in faults]
    value = document.value if document is not None else None
    return _read_values(root, value if isinstance(value, dict) else {}), findings


def _read_values(root: Path, values: dict[str, object]) -> Repository:
    found = {key: value for key in ("output", "shapes") if isinstance(value := values.get(key), str) and value}
    shapes = root / found["shapes"] if "shapes" in found else None
    return Repository(root, True, _find_flows_folder(values.get("flows")), found.get("output", "modules"), shapes)


def _find_flows_folder(patterns: object) -> str:
    """Return the folder that the first pattern searches: all of it, or what stands before its first wildcard."""
    pattern = patterns[0] if isinstance(patterns, list) and patterns else None
    if not isinstance(pattern, str):
        return "flows"
    parts = []
    for part in PurePosixPath(pattern).parts:
        if WILDCARDS & set(part) or part.endswith(ENDINGS):
            break
        parts.append(part)
    return "/".join(parts) or "."
