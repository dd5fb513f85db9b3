"""Which modules are as their definitions have it: decided from bytes alone, without reading a document."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from generator.flow.reading.files import FileRefusal
from generator.project.discovery import read_definition, report_unreadable_name
from generator.source.files import is_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from generator.findings import LocatedFinding
    from generator.flow.reading import TextReader
    from generator.output import Making, Output
    from generator.project.discovery import DefinitionFile


@dataclass(slots=True)
class Survey:
    """The definitions of a run by the name that findings use.

    `keys` gives their paths relative to the output folder, `kept` the flow's name where the module need not be made,
    `changed` the bytes of all others. `findings` tells of those that cannot be read.
    """

    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, DefinitionFile] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    changed: dict[str, bytes] = field(default_factory=dict)
    findings: list[LocatedFinding] = field(default_factory=list)

    def list_sharing(self, names: Collection[str]) -> list[str]:
        """List the kept definitions whose module has its folder in common with one of `names` or with each other.

        Names that differ in case only count as one, as on a disk that ignores case. (Two that were merged may.)
        """
        counts = Counter(name.casefold() for name in (*names, *self.kept.values()))
        return [file for file, name in self.kept.items() if counts[name.casefold()] > 1]

    def wake(self, file: str) -> bytes | None:
        """Take a definition out of those that are kept and return its bytes; None where it went in the meantime."""
        del self.kept[file]
        data = read_definition(self.files[file])
        if isinstance(data, bytes):
            return data
        self.findings.append(data)
        return None


def survey_definitions(
    files: Sequence[DefinitionFile], output: Output, configuration: Mapping[str, str | int], *, render_all: bool
) -> Survey:
    """Look at every definition. With `render_all`, none is kept.

    A module is kept where this flowseal made it from these very bytes and this configuration, all its files are as they
    were made, and its definition had no finding that would have to be told again.
    """
    survey = Survey(name_definitions(files, output.folder), {file.display: file for file in files})
    for file in files:
        is_named = is_text(survey.keys[file.display])
        data = read_definition(file) if is_named else report_unreadable_name(file.display)
        if not isinstance(data, bytes):
            survey.findings.append(data)
            continue
        known = None if render_all else output.find_making(survey.keys[file.display])
        is_known = known is not None and _is_unchanged(file, data, known[1], output, configuration)
        if known is not None and is_known and output.is_intact(known[0]):
            survey.kept[file.display] = known[0]
        else:
            survey.changed[file.display] = data
    return survey


def name_definitions(files: Sequence[DefinitionFile], output: Path) -> dict[str, str]:
    """Return the path of each definition relative to the output folder, with forward slashes."""
    root = os.path.realpath(output)
    folders: dict[Path, str] = {}
    keys = {}
    for file in files:
        parent = file.path.parent
        if parent not in folders:
            folders[parent] = _find_way(root, os.path.realpath(parent))
        keys[file.display] = f"{folders[parent]}/{file.path.name}"
    return keys


def _find_way(root: str, folder: str) -> str:
    try:
        way = os.path.relpath(folder, root)
    except ValueError:
        # On another drive of a Windows machine: there is no way, and nothing of this machine may be told.
        return "elsewhere"
    return way.replace(os.sep, "/")


def _is_unchanged(
    file: DefinitionFile, data: bytes, making: Making, output: Output, configuration: Mapping[str, str | int]
) -> bool:
    if making.findings or making.configuration != configuration:
        return False
    if (making.generator_version, making.template_digest) != output.made_by:
        return False
    reader = file.open_texts()
    own = file.display.rpartition("/")[2]
    return (
        all(
            digest == (sha256(data).hexdigest() if path == own else _hash_text(reader, path))
            for path, digest in making.inputs.items()
        )
        and own in making.inputs
    )


def _hash_text(reader: TextReader, path: str) -> str | None:
    text = reader.read_text(path)
    return None if isinstance(text, FileRefusal) else sha256(text.encode("utf-8")).hexdigest()
