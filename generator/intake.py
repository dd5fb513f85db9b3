"""Finding definitions and their texts on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.definition import FileRefusal
from generator.diagnostics import LocatedFinding, Rule, Severity, declare_rule
from generator.source.position import Span

SUFFIXES = (".flow.yaml", ".flow.yml", ".flow.json")
LARGEST_FILE = 20_000_000

NOT_FOUND = declare_rule("NotFound", Severity.ERROR, "A path that the command names does not exist.")
NO_DEFINITIONS = declare_rule("NoDefinitions", Severity.WARNING, "A folder holds no flow definition.")


@dataclass(frozen=True, slots=True)
class DefinitionFile:
    """A definition on disk; `display` is how findings name it."""

    display: str
    path: Path


def discover_definitions(
    paths: Sequence[str], output: Path | None
) -> tuple[list[DefinitionFile], list[LocatedFinding]]:
    """Return the definitions that the paths name, each once, in the order of the paths and then of names."""
    found: dict[Path, DefinitionFile] = {}
    findings = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            below = list(_search_folder(path, output.resolve() if output else None))
            if not below:
                message = "The folder holds no *.flow.yaml, *.flow.yml or *.flow.json."
                findings.append(_report(NO_DEFINITIONS, given, message, "Name the file itself, or rename it."))
        elif path.exists():
            below = [path]
        else:
            below = []
            findings.append(_report(NOT_FOUND, given, "There is no such file or folder.", "Look at the path."))
        for file in below:
            found.setdefault(file.resolve(), DefinitionFile(file.as_posix(), file))
    return list(found.values()), findings


def _search_folder(folder: Path, output: Path | None) -> Iterator[Path]:
    for root, folders, files in os.walk(folder, followlinks=False):
        here = Path(root)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (here / name).resolve() != output
        )
        yield from (here / name for name in sorted(files) if name.lower().endswith(SUFFIXES))


def _report(rule: Rule, file: str, message: str, remedy: str) -> LocatedFinding:

    return LocatedFinding(rule, message, remedy, file, Span(1, 1, 1, 1), "")


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Reads the texts that a definition names, below the definition's own folder and nowhere else."""

    folder: Path

    def read_text(self, path: str) -> str | FileRefusal:
        """Return the text of a file, or why it is not read. The path is resolved before it is judged."""
        if "\0" in path or Path(path).is_absolute():
            return FileRefusal(f"{path!r} is no relative path.", "Give a path relative to the definition's file.")
        folder = self.folder.resolve()
        try:
            target = (folder / path).resolve()
            if not target.is_relative_to(folder):
                message = f"{path!r} leads outside the definition's folder."
                return FileRefusal(message, "Move the text beside the definition, or below it.")
            if not target.is_file():
                return FileRefusal(f"There is no file {path!r}.", "Paths are relative to the definition's file.")
            if target.stat().st_size > LARGEST_FILE:
                return FileRefusal(f"{path!r} is larger than 20 MB.", "AWS takes at most 5,000,000 characters.")
            return target.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            return FileRefusal(f"{path!r} is not UTF-8 text.", "Save it as UTF-8.")
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be resolved"
            return FileRefusal(f"{path!r} cannot be read: {reason}.", "Look at the file and its permissions.")
