"""The texts that a definition names with {$file: PATH}."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from generator.flow.model import FileText
from generator.flow.reading.limits import MOST_TEXT


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why a file is not read, and what to do."""

    message: str
    help: str


class TextReader(Protocol):
    """Gives the texts beside a definition."""

    def read_text(self, path: str) -> str | FileRefusal:
        """Return the text at `path`, as the definition spells it, or why there is none. Never raises.

        The reader alone judges where a path leads: never outside the folder of the definition, or of the project.
        """
        ...


@dataclass(slots=True)
class FileTexts:
    """Reads each file once and remembers what was read, by its path relative to the definition's folder."""

    reader: TextReader
    texts: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    _refusals: dict[str, FileRefusal] = field(default_factory=dict)

    def read_file(self, path: str) -> FileText | FileRefusal:
        """Return the text of a file, or why there is none."""
        name = path if path.endswith(("/", "/.")) else PurePosixPath(path).as_posix()
        if name not in self.texts and name not in self._refusals:
            answer = self.reader.read_text(path)
            if isinstance(answer, FileRefusal):
                self._refusals[name] = answer
            else:
                self.texts[name] = answer
        if name in self._refusals:
            return self._refusals[name]
        self.characters += len(self.texts[name])
        if self.characters > MOST_TEXT:
            message = (
                f"With {name!r}, the files that this definition references exceed {MOST_TEXT:,} characters in total."
            )
            return FileRefusal(message, "Each reference to a file counts. Reference fewer files, or split the flow.")
        return FileText(self.texts[name], name)
