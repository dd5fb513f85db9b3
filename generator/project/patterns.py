"""The patterns of a configuration -> the definitions that they find."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path

from generator.findings import Finding, LocatedFinding, find_way, locate_finding, show_relative
from generator.project.access import judge_path
from generator.project.configuration import Configuration
from generator.project.discovery import (
    ENDINGS,
    FORBIDDEN_PATH,
    MISSING_PATH,
    NO_DEFINITIONS,
    DefinitionFile,
    keep_first,
    name_definition,
    report_unreadable_folder,
    search_folder,
)
from generator.source.files import MOST_LEVELS, is_git, refuse_depth, search_repository

MAGIC = frozenset("*?[")
OPEN_ENDS = ("*", "?", "]")
"""If a pattern ends in one of these, only files with the ending of a definition match."""


def discover_configured(
    configuration: Configuration, output: Path | None
) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
    """Return the definitions that a configuration's `flows` find, in their order, and findings about those that fail.

    `*` and `?` match characters of one name, `[...]` one of several, and `**` any folders in between; none of
    them matches a dot at the start of a name. A pattern that ends in one of these finds files that are named like
    definitions. A folder is searched as on the command line. Folders that begin with a
    dot, symlinked folders and `output` are left out; a folder whose name is spelled out is taken even if it is a link,
    as far as judge_path lets it. A file reached twice counts once.
    """
    named: list[tuple[Path, DefinitionFile | LocatedFinding]] = []
    findings: list[LocatedFinding] = []
    repository = search_repository(Path(os.path.realpath(configuration.folder)))
    for index, pattern in enumerate(configuration.flows):
        search = _Search(output, repository)
        found = list(search.find_definitions(configuration.folder, pattern))
        for refusal in search.refusals:
            finding = Finding(FORBIDDEN_PATH, *refusal, ("flows", index))
            search.findings.append(locate_finding(finding, configuration.document))
        findings += search.findings
        if not found and not search.findings:
            finding = _report_nothing(configuration, pattern, ("flows", index))
            findings.append(locate_finding(finding, configuration.document))
        named += found
    files, refused = keep_first(named)
    return files, [*findings, *refused]


def could_find(folder: Path, pattern: str, output: Path | None, definition: Path) -> bool:
    """Return whether a pattern or path, relative to `folder`, would find the definition if it existed.

    `definition` is an absolute path without symbolic links. `output` is not searched.
    """
    parts = _split_pattern(pattern)
    literal = next((index for index, part in enumerate(parts) if MAGIC & set(part)), len(parts))
    return _reaches(Path(folder, *parts[:literal]), parts[literal:], output, definition)


def could_reach(path: str, output: Path | None, definition: Path) -> bool:
    """Return the same for a path on the command line, which has no wildcards."""
    return _reaches(Path(path), (), output, definition)


def _reaches(start: Path, parts: Sequence[str], output: Path | None, definition: Path) -> bool:
    here = Path(os.path.realpath(start))
    if not definition.is_relative_to(here):
        return False
    if output is not None and definition != here:
        skipped = Path(os.path.realpath(output))
        if definition.is_relative_to(skipped) and not here.is_relative_to(skipped):
            return False
    return _matches(definition.relative_to(here).parts, parts)


def _matches(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Return whether a pattern's parts find the file with these names, itself or in a folder that is then searched."""
    # How many of the parts may be used up before each name: each name is looked at once with each part.
    reached = _skip_folders({0}, parts)
    for place, name in enumerate(names):
        if len(parts) in reached and _is_searched(names[place:]):
            return True
        rest = len(names) - place - 1
        kept = {at for at in reached if at < len(parts) and parts[at] == "**" and rest and not name.startswith(".")}
        passed = {
            at + 1 for at in reached if at < len(parts) and _takes_name(parts[at], name, at + 1 == len(parts), rest)
        }
        reached = _skip_folders(kept | passed, parts)
    return len(parts) in reached


def _skip_folders(reached: set[int], parts: Sequence[str]) -> set[int]:
    """Return how many parts may be used up if `**` also matches no folder."""
    found = set(reached)
    for at in range(min(reached, default=len(parts)), len(parts)):
        if at in found and parts[at] == "**":
            found.add(at + 1)
    return found


def _is_searched(names: Sequence[str]) -> bool:
    """Return whether the search of a folder finds a file in it with these names."""
    return names[-1].endswith(ENDINGS) and not any(name.startswith(".") for name in names[:-1])


def _takes_name(part: str, name: str, is_last: bool, rest: int) -> bool:
    """Return whether a part of a pattern other than `**` matches a name that `rest` more names follow."""
    is_hidden = name.startswith(".") and not part.startswith(".")
    if part == "**" or is_hidden or not fnmatchcase(name, part):
        return False
    return not is_last or rest > 0 or not part.endswith(OPEN_ENDS) or name.endswith(ENDINGS)


def _split_pattern(pattern: str) -> list[str]:
    names = [part for part in pattern.split("/") if part not in ("", ".")]
    # Several ** in a row match what one does, and one at the end searches a folder.
    return [part for part, after in pairwise([*names, "**"]) if (part, after) != ("**", "**")]


@dataclass(slots=True)
class _Search:
    """One pattern's search, and what it could not read.

    `refusals` are of names that the pattern itself spells out; each has a message and help, and is reported once.
    """

    output: Path | None
    repository: Path | None
    findings: list[LocatedFinding] = field(default_factory=list)
    refusals: dict[tuple[str, str], None] = field(default_factory=dict)

    def find_definitions(self, folder: Path, pattern: str) -> Iterator[tuple[Path, DefinitionFile | LocatedFinding]]:
        is_folder = pattern.endswith(("/", "/."))
        for path in self._expand(folder, _split_pattern(pattern)):
            entries = search_folder(path, show_relative(path), self.output) if path.is_dir() else [path]
            for entry in entries if path.is_dir() or not is_folder else ():
                if isinstance(entry, Path):
                    yield entry, name_definition(entry, find_way(entry))
                elif entry.rule is not NO_DEFINITIONS:
                    self.findings.append(entry)

    def _expand(self, folder: Path, parts: Sequence[str]) -> Iterator[Path]:
        """Yield what the parts of a pattern lead to from a folder. Each folder is looked at once with each part."""
        deepest = len(folder.parts) + MOST_LEVELS
        waiting, seen = [(folder, 0)], set()
        while waiting:
            here, at = waiting.pop()
            if (here, at) in seen:
                continue
            seen.add((here, at))
            if at == len(parts):
                yield here
            elif len(here.parts) > deepest:
                self._report(refuse_depth(here), here)
            else:
                waiting += reversed(list(self._take_step(here, parts, at)))

    def _take_step(self, folder: Path, parts: Sequence[str], at: int) -> Iterator[tuple[Path, int]]:
        """Yield where one part of a pattern leads from a folder, and how many parts are used up there."""
        part = parts[at]
        if part == "**":
            yield folder, at + 1
            for name in self._list_names(folder):
                path = folder / name
                if not name.startswith(".") and path.is_dir() and not path.is_symlink() and not self._is_output(path):
                    yield path, at
        elif not MAGIC & set(part):
            if os.path.lexists(folder / part) and not self._is_refused(folder / part):
                yield folder / part, at + 1
        else:
            yield from ((folder / name, at + 1) for name in self._match_names(folder, part, at + 1 == len(parts)))

    def _match_names(self, folder: Path, part: str, is_last: bool) -> Iterator[str]:
        """Yield the names in a folder that a part with wildcards matches, without linked folders."""
        for name in self._list_names(folder):
            path = folder / name
            is_hidden = name.startswith(".") and not part.startswith(".")
            if is_hidden or not fnmatchcase(name, part) or self._is_output(path):
                continue
            if path.is_dir():
                is_meant = not path.is_symlink()
            else:
                # What ends in a wildcard was never meant for a.flow.yaml.orig, or for notes beside it.
                is_meant = not is_last or not part.endswith(OPEN_ENDS) or name.endswith(ENDINGS)
            if is_meant:
                yield name

    def _is_refused(self, path: Path) -> bool:
        """Return whether a name that the pattern spells out leads where nothing may be read, and remember why."""
        may_lead_out = path.name == ".." or path.is_symlink() or is_git(path)
        refusal = judge_path(path, self.repository) if may_lead_out else None
        if refusal:
            self.refusals[refusal] = None
        return refusal is not None

    def _list_names(self, folder: Path) -> list[str]:
        try:
            return sorted(os.listdir(folder))
        except (NotADirectoryError, FileNotFoundError):
            return []
        except OSError as error:
            self._report(error, folder)
            return []

    def _report(self, error: OSError, folder: Path) -> None:
        finding = report_unreadable_folder(error, show_relative(folder))
        if finding not in self.findings:
            self.findings.append(finding)

    def _is_output(self, path: Path) -> bool:
        return self.output is not None and path.is_dir() and os.path.realpath(path) == os.path.realpath(self.output)


def _report_nothing(configuration: Configuration, pattern: str, path: tuple[str | int, ...]) -> Finding:
    if not MAGIC & set(pattern) and not os.path.lexists(configuration.folder / pattern):
        return Finding(MISSING_PATH, f"File or folder {pattern!r} does not exist.", "Check the path.", path)
    message = f"{pattern!r} matches no flow definitions."
    return Finding(NO_DEFINITIONS, message, "Check the pattern, or remove it.", path)
