"""What a run works on: the command line over flowseal.yaml over flowseal's own defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.configuration import Configuration, Defaults, find_configuration, read_configuration
from generator.diagnostics import report_file, show_path, show_relative
from generator.intake import MISSING_PATH, UNREADABLE_PATH, describe_refusal, discover_definitions
from generator.patterns import could_find, could_reach, discover_configured
from generator.source import LARGEST_DOCUMENT
from generator.source.files import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.configuration import Severities
    from generator.diagnostics import LocatedFinding, Rule
    from generator.intake import DefinitionFile


@dataclass(frozen=True, slots=True)
class Project:
    """What the command line and the configuration, if there is one, come to; `paths` are the command line's.

    `output` is relative to the working folder, or as the user gave it on the command line (`output_is_given`).
    """

    paths: tuple[str, ...]
    output: Path | None
    configuration: Configuration | None = None
    output_is_given: bool = False

    @property
    def names_definitions(self) -> bool:
        """Whether somebody said which definitions are meant."""
        return bool(self.paths or (self.configuration and self.configuration.flows))

    @property
    def defaults(self) -> Defaults:
        """What every module has."""
        return self.configuration.defaults if self.configuration else Defaults()

    @property
    def severities(self) -> Severities:
        """The severities that rules are given."""
        return self.configuration.severities if self.configuration else {}

    def could_find(self, definition: Path) -> bool:
        """Tell whether a run would find a definition at a place (absolute, no links) if there were one.

        Where the configuration has `flows` and the command line has paths, both must find it.
        """
        configuration, output = self.configuration, self.output
        is_asked = not self.paths or any(could_reach(path, output, definition) for path in self.paths)
        if configuration is None or not configuration.flows:
            return bool(self.paths) and is_asked
        found = any(could_find(configuration.folder, pattern, output, definition) for pattern in configuration.flows)
        return is_asked and found

    def discover_definitions(self) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
        """Return the definitions that are meant, and findings about paths and patterns that give none."""
        if self.configuration is None:
            return discover_definitions(self.paths, self.output)
        folder = self.configuration.folder
        outputs = [self.output] if self.output is not None else []
        if self.configuration.output is not None:
            outputs.append(folder / self.configuration.output)
        if self.paths:
            files, findings = discover_definitions(self.paths, self.output)
        else:
            files, findings = discover_configured(self.configuration, self.output)
        return [replace(file, project=folder, outputs=tuple(outputs)) for file in files], findings


def open_project(
    paths: Sequence[str], output: Path | None, file: Path | None
) -> tuple[Project | None, list[LocatedFinding]]:
    """Read the configuration (`file`, or the nearest one) and lay the command line over it.

    There is no project where the configuration has an error, which is then among the findings.
    """
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
    is_given = output is not None
    if output is None and configuration.output is not None:
        output = Path(show_relative(configuration.folder / configuration.output))
    return Project(tuple(paths), output, configuration, is_given), findings


def _read_file(path: Path, shown: str) -> bytes | LocatedFinding:
    try:
        return read_file(path, LARGEST_DOCUMENT)
    except FileNotFoundError:
        return report_file(MISSING_PATH, "There is no such file.", "Check the path.", shown)
    except OSError as error:
        return report_file(UNREADABLE_PATH, describe_refusal(error), "Check the file and its permissions.", shown)


def _list_rules() -> Mapping[str, Rule]:
    from generator.rule_catalogue import list_rules

    return list_rules()
