"""flowseal.lock.json: what flowseal made in a folder, from what, and by which flowseal.

The layout is for git: one value a line, and the comma between two modules on a line of its own, so that a change of one
module touches no line of another. The digest of each entry makes two changes of one module a conflict for sure, instead
of a mixture that git takes for merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeGuard

from generator.output.confinement import is_confined, is_module_name
from generator.source.files import is_text

LOCK_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Making:
    """What a module was made from, and by which flowseal.

    `definition` is the definition's path relative to the output folder. `inputs` gives the SHA-256 of the definition
    and of each text that it names, by path relative to the definition's folder. `configuration` are the values of the
    project's defaults by name. `findings` is how many findings the definition had: with any, it is read in every run.
    """

    definition: str
    inputs: Mapping[str, str]
    configuration: Mapping[str, str | int] = field(default_factory=dict)
    findings: int = 0
    generator_version: str = ""
    template_digest: str = ""


@dataclass(frozen=True, slots=True)
class LockedModule:
    """A module as it was made: the SHA-256 of each of its files by path relative to it.

    `is_sealed` is false where the entry's own digest does not fit the entry: somebody, or a merge, changed it.
    """

    making: Making
    files: Mapping[str, str]
    is_sealed: bool = True


NO_MODULES: Mapping[str, LockedModule] = {}


class DamagedLockError(ValueError):
    """The text is not what flowseal writes; the message says where."""


class NewerLockError(ValueError):
    """The text is of a later flowseal; the message is its version."""


def write_lock(modules: Mapping[str, LockedModule], others: Mapping[str, LockedModule] = NO_MODULES) -> str:
    """Write the lock file: sorted, LF, ASCII; it holds neither a time nor anything of this machine.

    A module that has an entry in `others` too gets both, between the conflict markers of a merge.
    """
    entries = [
        _write_conflict(name, module, others[name]) if name in others else _write_module(name, module)
        for name, module in sorted(modules.items())
    ]
    head = f'{{\n  "version": {LOCK_VERSION},\n  "modules": {{\n'
    return head + "    ,\n".join(entries) + "  }\n}\n"


def read_lock(data: bytes) -> dict[str, LockedModule]:
    """Read a lock file's modules. Raises DamagedLockError or NewerLockError."""
    document = read_object(data)
    version = document.get("version")
    if not is_count(version) or version < 1:
        raise DamagedLockError("its version is missing")
    if version > LOCK_VERSION:
        raise NewerLockError(str(version))
    return {name: _read_module(name, entry) for name, entry in _read_mapping(document, "modules").items()}


def read_object(data: bytes) -> dict[str, Any]:
    """Read a JSON object in which no key is there twice. Raises DamagedLockError."""
    try:
        document = json.loads(data, object_pairs_hook=_take_pairs)
    except (ValueError, RecursionError) as error:
        if isinstance(error, DamagedLockError):
            raise
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its text"
        raise DamagedLockError(f"{place} is not JSON") from error
    if not isinstance(document, dict):
        raise DamagedLockError("it is not a JSON object")
    return document


def is_count(value: Any) -> TypeGuard[int]:
    """Tell whether a JSON value is a whole number that counts something."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_digest(value: Any) -> TypeGuard[str]:
    """Tell whether a JSON value is a SHA-256 as flowseal writes it."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _write_conflict(name: str, one: LockedModule, other: LockedModule) -> str:
    sides = (_write_module(name, one), _write_module(name, other))
    return f"<<<<<<< one side\n{sides[0]}=======\n{sides[1]}>>>>>>> other side\n"


def _write_module(name: str, module: LockedModule) -> str:
    making = module.making
    lines = [
        f"    {json.dumps(name)}: {{",
        f'      "definition": {json.dumps(making.definition)},',
        f'      "generator": {json.dumps(making.generator_version)},',
        f'      "templates": {json.dumps(making.template_digest)},',
        f'      "findings": {making.findings},',
        *_write_mapping("configuration", making.configuration),
        *_write_mapping("inputs", making.inputs),
        *_write_mapping("files", module.files),
        # What does not fit together is not made to fit by being written again.
        f'      "digest": "{seal_module(name, module) if module.is_sealed else ""}"',
        "    }\n",
    ]
    return "\n".join(lines)


def _write_mapping(key: str, values: Mapping[str, str | int]) -> list[str]:
    if not values:
        return [f'      "{key}": {{}},']
    pairs = [f"        {json.dumps(name)}: {json.dumps(value)}," for name, value in sorted(values.items())]
    return [f'      "{key}": {{', *pairs[:-1], pairs[-1][:-1], "      },"]


def seal_module(name: str, module: LockedModule) -> str:
    """Return the SHA-256 of all that an entry says."""
    making = module.making
    said = [
        name,
        making.definition,
        making.generator_version,
        making.template_digest,
        making.findings,
        making.configuration,
        making.inputs,
        module.files,
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _take_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if not all(is_text(text) for pair in pairs for text in pair if isinstance(text, str)):
        raise DamagedLockError("a text holds half of a surrogate pair")
    if len(values) != len(pairs):
        raise DamagedLockError("a key is there twice")
    return values


def _read_module(name: str, entry: Any) -> LockedModule:
    if not is_module_name(name):
        raise DamagedLockError(f"'{name}' is no name of a module")
    files = _read_hashes(entry, "files")
    for path, digest in files.items():
        if not is_confined(path):
            raise DamagedLockError(f"'{path}' leads out of the module '{name}'")
        if not is_digest(digest):
            raise DamagedLockError(f"'{path}' of the module '{name}' has no SHA-256")
    definition = _read_text(entry, "definition")
    if definition.startswith("/") or "\0" in definition:
        raise DamagedLockError(f"the definition of the module '{name}' is not a relative path")
    making = Making(
        definition,
        _read_hashes(entry, "inputs"),
        _read_values(entry, "configuration"),
        _read_count(entry, "findings"),
        _read_text(entry, "generator"),
        _read_text(entry, "templates"),
    )
    is_sealed = _read_text(entry, "digest") == seal_module(name, LockedModule(making, files))
    return LockedModule(making, files, is_sealed)


def _read_mapping(entry: Any, key: str) -> dict[str, Any]:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, dict):
        raise DamagedLockError(f"'{key}' is missing, or is not an object")
    return value


def _read_hashes(entry: Any, key: str) -> dict[str, str]:
    value = _read_mapping(entry, key)
    if not all(isinstance(digest, str) for digest in value.values()):
        raise DamagedLockError(f"'{key}' holds something other than text")
    return value


def _read_values(entry: Any, key: str) -> dict[str, str | int]:
    value = _read_mapping(entry, key)
    if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in value.values()):
        raise DamagedLockError(f"'{key}' holds something other than text and whole numbers")
    return value


def _read_count(entry: Any, key: str) -> int:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not is_count(value):
        raise DamagedLockError(f"'{key}' is missing, or is no count")
    return value


def _read_text(entry: Any, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise DamagedLockError(f"'{key}' is missing, or is not text")
    return value
