"""Detects which definitions changed since their modules were generated, by their bytes and without parsing them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from generator.findings import LocatedFinding
from generator.flow.reading import FileRefusal, TextReader
from generator.output import Session
from generator.project.discovery import DefinitionFile, read_definition, report_unreadable_name
from generator.source.files import is_text


@dataclass(slots=True)
class Survey:
    """The definitions of a run by the name that findings use.

    `keys` has their paths relative to the output folder, `unchanged` the flow's name if the module need not be
    generated again, `changed` the bytes of all others. `findings` are about those that cannot be read.
    """

    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, DefinitionFile] = field(default_factory=dict)
    unchanged: dict[str, str] = field(default_factory=dict)
    changed: dict[str, bytes] = field(default_factory=dict)
    findings: list[LocatedFinding] = field(default_factory=list)

    def list_sharing(self, names: Collection[str]) -> list[str]:
        """List the unchanged definitions whose module shares its folder with one of `names` or with each other.

        Names that differ only in case count as one, as on a disk that ignores case. (A merge can bring two together.)
        """
        counts = Counter(name.casefold() for name in (*names, *self.unchanged.values()))
        return [file for file, name in self.unchanged.items() if counts[name.casefold()] > 1]

    def recheck(self, file: str) -> bytes | None:
        """Treat an unchanged definition as changed, and return its bytes; None if it is gone in the meantime."""
        del self.unchanged[file]
        data = read_definition(self.files[file])
        if isinstance(data, bytes):
            return data
        self.findings.append(data)
        return None


def survey_definitions(
    files: Sequence[DefinitionFile],
    session: Session | None,
    configuration: Mapping[str, str | int],
    *,
    render_all: bool,
) -> Survey:
    """Read every definition. With `render_all`, or without an output folder, all count as changed.

    A definition is unchanged if this flowseal generated its module from these bytes and this configuration, none of the
    module's files changed, and there was no finding to report again.
    """
    keys = name_definitions(files, session.folder.path) if session else {}
    survey = Survey(keys, {file.display: file for file in files})
    for file in files:
        key = keys.get(file.display, "")
        data = read_definition(file) if is_text(key) else report_unreadable_name(file.display)
        if not isinstance(data, bytes):
            survey.findings.append(data)
        elif session and not render_all and (name := _find_unchanged(file, key, data, session, configuration)):
            survey.unchanged[file.display] = name
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
        # On another drive of a Windows machine: there is no relative path, and absolute ones must not be written.
        return "elsewhere"
    return way.replace(os.sep, "/")


def _find_unchanged(
    file: DefinitionFile, key: str, data: bytes, session: Session, configuration: Mapping[str, str | int]
) -> str | None:
    """Return the flow's name if the module of a definition need not be generated again."""
    known = session.find_provenance(key)
    if known is None:
        return None
    name, made = known
    if made.findings or made.configuration != configuration:
        return None
    if (made.generator_version, made.template_digest) != session.made_by:
        return None
    reader = file.open_texts()
    own = file.display.rpartition("/")[2]
    is_unchanged = own in made.inputs and all(
        digest == (sha256(data).hexdigest() if path == own else _hash_text(reader, path))
        for path, digest in made.inputs.items()
    )
    return name if is_unchanged and session.is_intact(name) else None


def _hash_text(reader: TextReader, path: str) -> str | None:
    text = reader.read_text(path)
    return None if isinstance(text, FileRefusal) else sha256(text.encode("utf-8")).hexdigest()
