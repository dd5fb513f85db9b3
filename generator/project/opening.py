"""What a run works on: the command line over flowseal.yaml over flowseal's own defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.findings import Finding, LocatedFinding, Rule, locate_finding, report_file, show_path, show_relative
from generator.flow.model import Defaults
from generator.project.access import explain_failure, judge_path
from generator.project.configuration import NAME, Configuration, Severities, find_configuration, read_configuration
from generator.project.discovery import (
    FORBIDDEN_PATH,
    MISSING_PATH,
    UNREADABLE_PATH,
    DefinitionFile,
    discover_definitions,
    report_forbidden,
)
from generator.project.patterns import could_find, could_reach, discover_configured
from generator.source import LARGEST_DOCUMENT
from generator.source.files import read_file, search_repository


@dataclass(frozen=True, slots=True)
class Project:
    """The command line combined with the configuration, if there is one; `paths` come from the command line.

    `output` is relative to the working folder, or as the user gave it on the command line (`output_is_given`).
    `configuration_is_given` tells that the command line names the configuration, which `findings` are about.
    """

    paths: tuple[str, ...]
    output: Path | None
    configuration: Configuration | None = None
    output_is_given: bool = False
    configuration_is_given: bool = False
    findings: tuple[LocatedFinding, ...] = ()

    @property
    def names_definitions(self) -> bool:
        """Whether the command line or the configuration names definitions."""
        return bool(self.paths or (self.configuration and self.configuration.flows))

    @property
    def defaults(self) -> Defaults:
        """The settings that apply to all flows and modules."""
        return self.configuration.defaults if self.configuration else Defaults()

    @property
    def severities(self) -> Severities:
        """The severities that the configuration sets, by rule."""
        return self.configuration.severities if self.configuration else {}

    def could_find(self, definition: Path) -> bool:
        """Return whether a run would find a definition at this path (absolute, without symbolic links) if it existed.

        If the configuration has `flows` and the command line has paths, both must match.
        """
        configuration, output = self.configuration, self.output
        is_asked = not self.paths or any(could_reach(path, output, definition) for path in self.paths)
        if configuration is None or not configuration.flows:
            return bool(self.paths) and is_asked
        found = any(could_find(configuration.folder, pattern, output, definition) for pattern in configuration.flows)
        return is_asked and found

    def discover_definitions(self) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
        """Return the selected definitions, and findings about paths and patterns that match nothing."""
        if self.paths or self.configuration is None:
            files, findings = discover_definitions(self.paths, self.output)
        else:
            files, findings = discover_configured(self.configuration, self.output)
        bounds = {folder: self._bound_texts(folder) for folder in {file.path.parent for file in files}}
        for index, file in enumerate(files):
            project, outputs = bounds[file.path.parent]
            files[index] = replace(file, project=project, outputs=outputs)
        return files, findings

    def _bound_texts(self, definitions: Path) -> tuple[Path | None, tuple[Path, ...]]:
        """Return the folder below which the definitions in a folder may name texts, and output folders.

        It is the folder of the nearest flowseal.yaml, wherever a run starts. A configuration that the command line
        names goes before it if it is at or above the definitions.
        """
        home = Path(os.path.realpath(definitions))
        nearest = find_configuration(home)
        project = nearest.parent if nearest else None
        outputs = [self.output] if self.output is not None else []
        own = self.configuration
        folder = Path(os.path.realpath(own.folder)) if own else None
        if own and own.output is not None:
            outputs.append(own.folder / own.output)
        if nearest and (self.configuration_is_given or project != folder):
            outputs += _read_output(nearest)
        if self.configuration_is_given and folder and home.is_relative_to(folder):
            project = folder
        return project, tuple(outputs)


def open_project(
    paths: Sequence[str], output: Path | None, file: Path | None
) -> tuple[Project | None, list[LocatedFinding]]:
    """Read the configuration (`file`, or the nearest one) and override it with the command line.

    There is no project where the configuration has an error, or `output` may not be written, which is then among the
    findings.
    """
    if output is not None and (refused := report_forbidden(output, show_path(output))):
        return None, [refused]
    path = file or find_configuration(Path())
    if path is None:
        return Project(tuple(paths), output, None, output is not None), []
    shown = show_path(path) if file else show_relative(path)
    data = _read_file(path, shown)
    if not isinstance(data, bytes):
        return None, [data]
    configuration, findings = read_configuration(shown, path, data, _list_rules)
    if configuration is None:
        return None, findings
    if refusals := _judge_places(configuration):
        return None, [*findings, *refusals]
    is_given = output is not None
    if output is None and configuration.output is not None:
        output = Path(show_relative(configuration.folder / configuration.output))
    return Project(tuple(paths), output, configuration, is_given, configuration_is_given=file is not None), findings


def _judge_places(configuration: Configuration) -> list[LocatedFinding]:
    """Report folders in a configuration where nothing may be read or written."""
    repository = search_repository(Path(os.path.realpath(configuration.folder)))
    places = {"output": configuration.output, "templates": configuration.templates}
    refusals = {
        key: judge_path(configuration.folder / place, repository) for key, place in places.items() if place is not None
    }
    found = (Finding(FORBIDDEN_PATH, *refusal, (key,)) for key, refusal in refusals.items() if refusal)
    return [locate_finding(finding, configuration.document) for finding in found]


def _read_output(path: Path) -> list[Path]:
    """Return the output folder of another configuration, if it sets one and has no errors."""
    shown = show_relative(path)
    data = _read_file(path, shown)
    found = read_configuration(shown, path, data, _list_rules)[0] if isinstance(data, bytes) else None
    return [found.folder / found.output] if found and found.output is not None else []


def _read_file(path: Path, shown: str) -> bytes | LocatedFinding:
    if refused := report_forbidden(path, shown):
        return refused
    try:
        return read_file(path, LARGEST_DOCUMENT)
    except IsADirectoryError:
        inside = path / NAME
        help = f"Did you mean {show_path(inside)}?" if inside.is_file() else "Pass the path of a configuration file."
        return report_file(UNREADABLE_PATH, "This is a folder, not a file.", help, shown)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            return report_file(UNREADABLE_PATH, *explain_failure(error, path), shown)
        missing = explain_failure(error, path) if path.is_symlink() else ("No such file.", "Check the path.")
        return report_file(MISSING_PATH, *missing, shown)


def _list_rules() -> Mapping[str, Rule]:
    from generator.findings.catalog import list_rules

    return list_rules()
