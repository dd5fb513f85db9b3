"""Reads a document's values: resolves references, and converts strings to Unicode normalization form C (NFC)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import is_not
from pathlib import PurePosixPath
from typing import Protocol, cast

from generator.findings import SOURCE_RULES, Finding, has_errors
from generator.findings.suggestions import suggest_name
from generator.flow.api import find_place_shape
from generator.flow.api.check import make_whole
from generator.flow.model import FileText, ParameterReference, Value
from generator.flow.reading.limits import MOST_TEXT
from generator.flow.reading.names import (
    MISPLACED_KEYS,
    QUOTED,
    SLIP,
    UNMARKED,
    UNSEPARATED,
    advise_reference,
    find_last_name,
    name_parameter_after,
    suggest_parameter,
)
from generator.flow.reading.paths import refuse_place, refuses_value, takes_reference
from generator.flow.reading.placeholders import Foreign, find_foreign_text, find_intrinsic
from generator.flow.reading.rules import (
    CONFLICT_IN_TEXT,
    MALFORMED_REFERENCE,
    MISPLACED_REFERENCE,
    NOT_NORMALIZED,
    UNREADABLE_FILE,
)
from generator.source import MERGE_HELP
from generator.source.characters import MOST_MARKS, has_long_run, normalize_text
from generator.source.merge_conflicts import find_merge_conflict
from generator.source.position import Path

PLACEHOLDER = re.compile(r"\$\$[A-Za-z][A-Za-z0-9_]*")
"""A placeholder for a whole value in AWS's sample templates."""
REFERENCES = ("$param", "$file")
REFERRING = re.compile(r"[${]|\s+[${]|(?:var|local|module|data|each|count|path|terraform|aws\w*)\.")
"""The start of a string that may be a reference."""


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a parameter. `placeholder` is its spelling as a placeholder of AWS's sample templates."""

    name: str
    path: Path
    placeholder: str | None = None
    is_misplaced: bool = False


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """Why a file is not read, and what to do."""

    message: str
    help: str


class TextReader(Protocol):
    """Reads the files that a definition references."""

    def read_text(self, path: str) -> str | FileRefusal:
        """Return the contents of the file at `path`, as the definition spells it, or why it is not read. Never raises.

        The reader alone decides where a path leads: never outside the definition's folder, or outside the project.
        """
        ...


@dataclass(slots=True)
class ValueReader:
    """Resolves the references in values, and collects the parameters, files, and findings that it encounters.

    `conflicts` are findings about files that were read but contain conflict markers. `answers` caches what `reader`
    returned for each file, by its path relative to the definition's folder.
    """

    reader: TextReader
    declared: Collection[str] = ()
    findings: list[Finding] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    conflicts: list[Finding] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    answers: dict[str, str | FileRefusal] = field(default_factory=dict)
    characters: int = 0

    @property
    def texts(self) -> dict[str, str]:
        """The contents of the files that could be read, by path."""
        return {name: answer for name, answer in self.answers.items() if isinstance(answer, str)}

    @property
    def has_errors(self) -> bool:
        """Whether a value could not be read."""
        return bool(self.foreign) or has_errors(self.findings)

    def read_value(self, value: object, path: Path) -> Value:
        """Return the value at a canonical path with its references resolved. What cannot be read becomes None."""
        if isinstance(value, dict):
            return self._read_mapping(value, path)
        if isinstance(value, list):
            items = [self.read_value(item, (*path, index)) for index, item in enumerate(value)]
            return items if any(map(is_not, items, value)) else cast(Value, value)
        if isinstance(value, str):
            if value.startswith("$$") and PLACEHOLDER.fullmatch(value):
                return self._refer_to_parameter(Use(name_parameter_after(value), path, value))
            if foreign := find_foreign_text(value, path):
                self.foreign.append(foreign)
                for spelling in foreign.spellings:
                    self._note_meant("$param", find_last_name(spelling), path)
                return None
            if ":" in value and (quoted := QUOTED.fullmatch(value)):
                self._report_quoted(quoted, path)
                return None
            if (
                (slip := UNSEPARATED.fullmatch(value) or SLIP.fullmatch(value))
                and takes_reference(path)
                and refuses_value(value, path)
            ):
                self._report_slip(value, slip[1] or "", path)
                return None
            return self._normalize(value, path)
        if isinstance(value, Decimal) and (shape := find_place_shape(path)) and shape.type == "integer":
            return make_whole(value)
        return cast(Value, value)

    def _read_mapping(self, value: dict[str, object], path: Path) -> Value:
        if "$param" in value or "$file" in value:
            return self._read_reference(value, path)
        if len(value) == 1:
            ((key, item),) = value.items()
            if self._looks_like_reference(key, item, path):
                return None
            if foreign := find_intrinsic(key, cast(Value, item), path):
                self.foreign.append(foreign)
                return None
        if not all(map(str.isascii, value)):
            return self._read_normalized(value, path)
        changed: dict[str, object] = {}
        for key, item in value.items():
            # Most values are plain strings: recognizing these here saves a call for each.
            if isinstance(item, str) and item.isascii() and not REFERRING.match(item) and "${" not in item:
                continue
            read = self.read_value(item, (*path, key))
            if read is not item:
                changed[key] = read
        return cast(Value, {**value, **changed} if changed else value)

    def _read_normalized(self, value: dict[str, object], path: Path) -> Value:
        result: dict[str, Value] = {}
        for key, item in value.items():
            name = self._normalize(key, (*path, key), key=True)
            if name in result:
                message = f"Key {name!r} appears twice, spelled with different Unicode characters."
                rule = SOURCE_RULES["DuplicateKey"]
                self.findings.append(Finding(rule, message, "Remove one of them.", (*path, key), key=True))
            result[name] = self.read_value(item, (*path, key))
        return result

    def _read_reference(self, value: dict[str, object], path: Path) -> Value:
        kind = next(key for key in REFERENCES if key in value)
        name = value[kind]
        if len(value) > 1 or not isinstance(name, str) or not name:
            self._report_malformed(kind, name, [key for key in value if key != kind], path)
            return None
        if kind == "$param":
            return self._refer_to_parameter(Use(name, path))
        return self._read_file(name, path)

    def _report_malformed(self, kind: str, name: object, others: list[str], path: Path) -> None:
        names = [item for item in (name if isinstance(name, list) else [name]) if isinstance(item, str) and item]
        meant = names[0] if names else "answer_model" if kind == "$param" else "prompts/answer.txt"
        message, section = f"{kind} must be the only key of its mapping, and its value must be a name.", ""
        help = f"For example: {{{kind}: {meant}}}."
        if kind == "$param" and names and others and MISPLACED_KEYS.issuperset(others):
            meant = suggest_parameter(meant, self.declared) or meant
            keys, section = " and ".join(f"`{key}`" for key in others), "parameters"
            belongs = "belongs" if len(others) == 1 else "belong"
            help = f"{keys} {belongs} under `{meant}` in `parameters`; write {{$param: {meant}}} here."
        self.findings.append(Finding(MALFORMED_REFERENCE, message, help, path, section=section))
        for item in names:
            self._note_meant(kind, item, path)

    def _report_slip(self, text: str, name: str, path: Path) -> None:
        """Report a string that refers to a parameter as in other tools. Without `name`, any may be meant."""
        help, section = advise_reference(name, self.declared)
        message = f"{text!r} is not a valid reference."
        self.findings.append(Finding(MALFORMED_REFERENCE, message, help, path, section=section))
        for meant in [name] if name else self.declared:
            self._note_meant("$param", meant, path)

    def _report_quoted(self, quoted: re.Match[str], path: Path) -> None:
        """Report a reference in quotes, or that none is allowed here. The parameter it means counts as used."""
        kind, name = f"${quoted[1]}", quoted[2]
        if kind == "$param":
            name = suggest_parameter(name, self.declared) or name
        count = len(self.findings)
        self._read_reference({kind: name}, path)
        if refuse_place(path):
            return
        message = f"{kind} in quotes is a string, not a reference."
        help = f"Remove the quotes: {{{kind}: {name}}}."
        # Errors of the file itself are reported once the quotes are gone.
        self.findings[count:] = [Finding(MALFORMED_REFERENCE, message, help, path)]

    def _refer_to_parameter(self, use: Use) -> Value:
        if reason := refuse_place(use.path):
            self.uses.append(replace(use, is_misplaced=True))
            what = use.placeholder or "$param"
            help = "Write the literal value. Parameters replace values such as IDs, ARNs, numbers, and strings."
            self.findings.append(Finding(MISPLACED_REFERENCE, f"{what} is not allowed here: {reason}", help, use.path))
            return None
        self.uses.append(use)
        return ParameterReference(use.name)

    def _read_file(self, file: str, path: Path) -> Value:
        reason = "a permission cannot come from a file." if path[0] == "permissions" else refuse_place(path)
        if reason:
            help = "Write the literal value. $file is for prompts and code."
            self.findings.append(Finding(MISPLACED_REFERENCE, f"$file is not allowed here: {reason}", help, path))
            return None
        answer = self._load_text(file)
        if isinstance(answer, FileRefusal):
            self.findings.append(Finding(UNREADABLE_FILE, answer.message, answer.help, (*path, "$file")))
            return None
        if place := find_merge_conflict(answer):
            message = f"File {answer.file!r} contains merge conflict markers, starting at line {place.line}."
            self.conflicts.append(Finding(CONFLICT_IN_TEXT, message, MERGE_HELP, (*path, "$file")))
        return FileText(self._normalize(answer, path), answer.file)

    def _load_text(self, path: str) -> FileText | FileRefusal:
        name = path if path.endswith(("/", "/.")) else PurePosixPath(path).as_posix()
        if name not in self.answers:
            self.answers[name] = self.reader.read_text(path)
        answer = self.answers[name]
        if isinstance(answer, FileRefusal):
            return answer
        self.characters += len(answer)
        if self.characters > MOST_TEXT:
            total = f"{MOST_TEXT:,} characters in total"
            message = f"With {name!r}, the files that this definition references exceed {total}."
            return FileRefusal(message, "Each reference to a file counts. Reference fewer files, or split the flow.")
        return FileText(answer, name)

    def _note_meant(self, kind: str, name: object, path: Path) -> None:
        """Count the parameter that a malformed reference means as used."""
        if kind == "$param" and isinstance(name, str):
            self.uses.append(Use(name, path, is_misplaced=True))

    def _looks_like_reference(self, key: str, name: object, path: Path) -> bool:
        if not key.startswith("$") and key not in UNMARKED:
            return False
        shape = find_place_shape(path)
        is_open = takes_reference(path)
        meant = suggest_name(key, REFERENCES) if key.startswith("$") else UNMARKED.get(key) if is_open else None
        if meant is None and name is None and is_open and key.startswith("$"):
            self._report_slip(f"{{{key}}}", key[1:], path)
            return True
        if meant is None or (shape is not None and shape.type in ("document", "map")):
            return False
        message = f"{key!r} is not a valid reference."
        help, section = f"Did you mean {meant}?", ""
        if is_open and isinstance(name, str) and name:
            help = f"Did you mean {{{meant}: {name}}}?"
            if meant == "$param":
                help, section = advise_reference(name, self.declared)
        at = (*path, key)
        self.findings.append(Finding(MALFORMED_REFERENCE, message, help, at, key=True, section=section))
        self._note_meant(meant, name, path)
        return True

    def _normalize(self, text: str, path: Path, key: bool = False) -> str:
        if text.isascii():
            return text
        what = "key" if key else "string"
        message = f"This {what} is not in Unicode normalization form C (NFC); the module contains it in NFC."
        help = "Convert it to NFC, as Terraform would. It looks the same."
        if has_long_run(text):
            message = (
                f"This {what} has more than {MOST_MARKS} combining characters in a row, so Terraform inserts U+034F."
            )
            help = "Remove the extra combining characters."
        elif unicodedata.is_normalized("NFC", text):
            return text
        self.findings.append(Finding(NOT_NORMALIZED, message, help, path, key))
        return normalize_text(text)
