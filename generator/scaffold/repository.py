"""Where flows and modules lie in a repository, as flowseal.yaml says it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator.project.discovery import ENDINGS

if TYPE_CHECKING:
    from generator.project.configuration import Configuration

SCHEMA_FOLDER = ".flowseal-schema"
"""Holds the JSON Schemas that editors read. Not `.flowseal`: that is the folder of a run, gone after it."""
DEFINITION_SCHEMA = f"{SCHEMA_FOLDER}/definition.json"
CONFIGURATION_SCHEMA = f"{SCHEMA_FOLDER}/configuration.json"
SCHEMAS = {DEFINITION_SCHEMA: "definition", CONFIGURATION_SCHEMA: "configuration"}
"""The schemas by path, with the word that `flowseal schema` has for each."""
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder and what its flowseal.yaml says; `is_configured` is False where there is no such file.

    `flows` is where new flows go; `searched` are the folders that the patterns of `flows` search. `output` is empty
    where the flowseal.yaml does not give it.
    """

    root: Path
    is_configured: bool = False
    flows: str = "flows"
    output: str = "modules"
    templates: Path | None = None
    searched: tuple[str, ...] = ()

    def covers(self, folder: Path) -> bool:
        """Tell whether one of the patterns of the flowseal.yaml searches a folder, or may."""
        return any(folder.is_relative_to((self.root / place).absolute()) for place in self.searched)

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


def describe_repository(configuration: Configuration | None) -> Repository:
    """Return the folder of the configuration that holds in the working folder, or that folder where none does."""
    here = Path()
    if configuration is None:
        return Repository(here)
    # As the user named it, where it is that folder itself.
    root = here if configuration.folder == here.absolute() else configuration.folder
    templates = root / configuration.templates if configuration.templates else None
    searched = tuple(map(_find_searched_folder, configuration.flows))
    return Repository(root, True, (*searched, "flows")[0], configuration.output or "", templates, searched)


def _find_searched_folder(pattern: str) -> str:
    """Return the folder that a pattern searches: all of it, or the part before its first wildcard."""
    parts = []
    for part in PurePosixPath(pattern).parts:
        if WILDCARDS & set(part) or part.endswith(ENDINGS):
            break
        parts.append(part)
    return "/".join(parts) or "."
