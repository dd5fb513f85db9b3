"""Where flows and modules are in a repository, according to flowseal.yaml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.project.configuration import Configuration
from generator.project.discovery import ENDINGS

SCHEMA_FOLDER = ".flowseal-schema"
"""The folder for the JSON Schemas that editors read. `.flowseal` is only for the files of a run."""
DEFINITION_SCHEMA = f"{SCHEMA_FOLDER}/definition.json"
CONFIGURATION_SCHEMA = f"{SCHEMA_FOLDER}/configuration.json"
SCHEMAS = {DEFINITION_SCHEMA: "definition", CONFIGURATION_SCHEMA: "configuration"}
"""The schemas by path, with their names in `flowseal schema`."""
WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder and the settings in its flowseal.yaml. `is_configured` is False if there is no such file.

    `flows` is the folder for new flows, and `searched` are the folders that the patterns in `flows` search. `output`
    is empty if flowseal.yaml does not set it.
    """

    root: Path
    is_configured: bool = False
    flows: str = "flows"
    output: str = "modules"
    templates: Path | None = None
    searched: tuple[str, ...] = ()

    def covers(self, folder: Path) -> bool:
        """Return whether a pattern in flowseal.yaml may search a folder."""
        return any(folder.is_relative_to((self.root / place).absolute()) for place in self.searched)

    def locate_schema(self, folder: Path) -> str | None:
        """Return the path from a folder to the JSON Schema of definitions, or None if there is none."""
        if not self.is_configured:
            return None
        try:
            return Path(os.path.relpath(self.root / DEFINITION_SCHEMA, folder)).as_posix()
        except ValueError:  # Another drive, on Windows.
            return None

    def list_missing_schemas(self) -> list[str]:
        """Return the missing schemas of a repository with a flowseal.yaml."""
        return [path for path in SCHEMAS if self.is_configured and not (self.root / path).exists()]


def describe_repository(configuration: Configuration | None) -> Repository:
    """Return the folder of the configuration that applies to the working folder, or the working folder."""
    here = Path()
    if configuration is None:
        return Repository(here)
    # Keep the user's spelling of the path if it is the working folder.
    root = here if configuration.folder == here.absolute() else configuration.folder
    templates = root / configuration.templates if configuration.templates else None
    searched = tuple(map(_find_searched_folder, configuration.flows))
    return Repository(root, True, (*searched, "flows")[0], configuration.output or "", templates, searched)


def _find_searched_folder(pattern: str) -> str:
    """Return the folder that a pattern searches: the part before its first wildcard."""
    parts = []
    for part in PurePosixPath(pattern).parts:
        if WILDCARDS & set(part) or part.endswith(ENDINGS):
            break
        parts.append(part)
    return "/".join(parts) or "."
