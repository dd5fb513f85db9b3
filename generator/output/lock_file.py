"""flowseal.lock.json: which files flowseal generated in a folder, from what, and with which version.

The layout is made for git: one value per line, and the comma between two modules on a line of its own, so a change to
one module touches no line of another. Each entry carries its own digest, so two changes to the same module always
conflict, or show up as an entry that doesn't match its digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard

from generator.output.folder import BlockedPathError, OutputFolder, is_confined, is_module_name
from generator.source.files import LOCK_FILE, is_text
from generator.source.merge_conflicts import split_merge_conflict

LOCK_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a module is generated from, and by which flowseal.

    `definition` is relative to the output folder. `inputs` has the SHA-256 of the definition and of each file it names,
    by path relative to the definition's folder. `configuration` has the project's defaults by name. `findings` counts
    the definition's findings: unless it is 0, every run reads the definition.
    """

    definition: str
    inputs: Mapping[str, str]
    configuration: Mapping[str, str | int] = field(default_factory=dict)
    findings: int = 0
    generator_version: str = ""
    template_digest: str = ""

    @property
    def digest(self) -> str | None:
        """The SHA-256 of the definition itself."""
        return self.inputs.get(self.definition.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Entry:
    """A generated module: the SHA-256 of each of its files by path relative to it.

    `digest_matches` is false if the entry's own digest is wrong: someone, or a merge, changed the entry.
    """

    provenance: Provenance
    files: Mapping[str, str]
    digest_matches: bool = True


NO_ENTRIES: Mapping[str, Entry] = {}


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock file says. `others` has the other side's entry of each module that the sides of a merge disagree on.

    `data` are its bytes, None for a lock file that isn't there.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    others: Mapping[str, Entry] = field(default_factory=dict)
    has_conflict: bool = False
    data: bytes | None = None

    def is_disputed(self, name: str) -> bool:
        """Return whether the sides of a merge disagree on a module, or git combined both into one entry."""
        return name in self.others or (name in self.entries and not self.entries[name].digest_matches)

    def list_owned(self, name: str) -> dict[str, set[str]]:
        """Return the SHA-256s, by path, of what flowseal generated in a module's folder."""
        owned: dict[str, set[str]] = {}
        for entries in (self.entries, self.others):
            for path, digest in entries[name].files.items() if name in entries else ():
                owned.setdefault(path, set()).add(digest)
        return owned


class DamagedLockError(ValueError):
    """The file is not what flowseal writes; the message says where."""


class NewerLockError(ValueError):
    """The file is from a later flowseal; the message is its version."""


def write_lock(entries: Mapping[str, Entry], others: Mapping[str, Entry] = NO_ENTRIES) -> str:
    """Write the lock file: sorted, LF, ASCII, without timestamps or anything about this machine.

    A module that also has an entry in `others` gets both, between the conflict markers of a merge.
    """
    texts = []
    for name, entry in sorted(entries.items()):
        text = _write_entry(name, entry)
        if name in others:
            text = f"<<<<<<< one side\n{text}=======\n{_write_entry(name, others[name])}>>>>>>> other side\n"
        texts.append(text)
    return f'{{\n  "version": {LOCK_VERSION},\n  "modules": {{\n' + "    ,\n".join(texts) + "  }\n}\n"


def read_lock(data: bytes) -> Lock:
    """Read a lock file, with or without conflict markers. Raises DamagedLockError or NewerLockError.

    In a conflict both sides are read; a module that only one side has is kept.
    """
    sides = split_merge_conflict(data)
    if sides is None:
        return Lock(_read_entries(data), data=data)
    try:
        ours, theirs = map(_read_entries, sides)
    except DamagedLockError as error:
        raise DamagedLockError(f"it contains merge conflict markers, and one side is damaged: {error}") from error
    others = {name: entry for name, entry in theirs.items() if name in ours and ours[name] != entry}
    return Lock({**theirs, **ours}, others, has_conflict=True, data=data)


def read_generated(output: Path) -> Mapping[str, Entry] | None:
    """Return the modules that a folder's lock file lists: none if it can't be read, None if there is no lock file."""
    try:
        data = OutputFolder(output).read(LOCK_FILE)
        return None if data is None else read_lock(data).entries
    except (OSError, BlockedPathError, DamagedLockError, NewerLockError):
        return {}


def choose_sides(folder: OutputFolder, lock: Lock) -> Lock:
    """For each module that the sides disagree on, choose the side that the files on disk match; otherwise the first."""
    entries, others = dict(lock.entries), dict(lock.others)
    for name, other in lock.others.items():
        if folder.is_intact(name, other.files) and not folder.is_intact(name, entries[name].files):
            entries[name], others[name] = other, entries[name]
    return replace(lock, entries=entries, others=others)


def read_object(data: bytes) -> dict[str, Any]:
    """Read a JSON object in UTF-8 without repeated keys. Raises DamagedLockError."""
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_take_pairs)
    except DamagedLockError:
        raise
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its text"
        raise DamagedLockError(f"{place} is not valid JSON") from error
    if not isinstance(document, dict):
        raise DamagedLockError("it is not a JSON object")
    return document


def is_count(value: Any) -> TypeGuard[int]:
    """Return whether a JSON value is a whole number that counts something."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_digest(value: Any) -> TypeGuard[str]:
    """Return whether a JSON value is a SHA-256 as flowseal writes it."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_setting(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_mapping(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "definition": (_is_string, "a string"),
    "generator": (_is_string, "a string"),
    "templates": (_is_string, "a string"),
    "findings": (is_count, "a count"),
    "configuration": (_is_mapping(_is_setting), "an object of strings and whole numbers"),
    "inputs": (_is_mapping(_is_string), "an object of strings"),
    "files": (_is_mapping(is_digest), "an object of SHA-256s"),
    "digest": (_is_string, "a string"),
}
"""The keys of an entry in their order, and what each must be."""


def _describe_entry(entry: Entry) -> dict[str, Any]:
    """Return the values of an entry by key, without its digest."""
    made = entry.provenance
    values = (made.definition, made.generator_version, made.template_digest, made.findings)
    mappings = (made.configuration, made.inputs, entry.files)
    return dict(zip(_FIELDS, (*values, *(dict(sorted(mapping.items())) for mapping in mappings)), strict=False))


def _digest_entry(name: str, entry: Entry) -> str:
    """Return the SHA-256 of everything that an entry says."""
    return sha256(json.dumps([name, *_describe_entry(entry).values()], sort_keys=True).encode()).hexdigest()


def _write_entry(name: str, entry: Entry) -> str:
    # An entry that doesn't match its digest must not match after being rewritten.
    values = {**_describe_entry(entry), "digest": _digest_entry(name, entry) if entry.digest_matches else ""}
    text = json.dumps({name: values}, indent=2).removeprefix("{\n").removesuffix("\n}")
    return "".join(f"  {line}\n" for line in text.split("\n"))


def _take_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if not all(is_text(text) for pair in pairs for text in pair if isinstance(text, str)):
        raise DamagedLockError("a string contains an unpaired surrogate")
    if len(values) != len(pairs):
        raise DamagedLockError("a key appears twice")
    return values


def _read_entries(data: bytes) -> dict[str, Entry]:
    document = read_object(data)
    version, modules = document.get("version"), document.get("modules")
    if not is_count(version) or version < 1:
        raise DamagedLockError("its version is missing")
    if version > LOCK_VERSION:
        raise NewerLockError(str(version))
    if not isinstance(modules, dict):
        raise DamagedLockError("'modules' is missing, or not an object")
    return {name: _read_entry(name, values) for name, values in modules.items()}


def _read_entry(name: str, values: Any) -> Entry:
    if not is_module_name(name):
        raise DamagedLockError(f"'{name}' is not a valid module name")
    for key, (check, kind) in _FIELDS.items():
        if not isinstance(values, dict) or key not in values or not check(values[key]):
            raise DamagedLockError(f"'{key}' of module '{name}' is missing, or not {kind}")
    for path in values["files"]:
        if not is_confined(path):
            raise DamagedLockError(f"'{path}' leads out of module '{name}'")
    definition = values["definition"]
    if definition.startswith("/") or "\0" in definition:
        raise DamagedLockError(f"the definition of module '{name}' is not a relative path")
    keys = ("definition", "inputs", "configuration", "findings", "generator", "templates")
    entry = Entry(Provenance(*(values[key] for key in keys)), values["files"])
    return replace(entry, digest_matches=values["digest"] == _digest_entry(name, entry))
