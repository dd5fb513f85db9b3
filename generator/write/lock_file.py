"""flowseal.lock.json: what flowseal made in a folder, one line a file, so that git merges changes of two modules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generator.write.confinement import is_confined, is_module_name

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK_VERSION = 1


@dataclass(frozen=True, slots=True)
class LockedModule:
    """One module as it was made: by which flowseal and templates, from which input, and the SHA-256 of each file.

    `inputs` is keyed by path relative to the definition's folder, `files` relative to the module's.
    """

    generator_version: str
    template_digest: str
    input_digest: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


class DamagedLockError(ValueError):
    """The text is not what flowseal writes; the message says where."""


class NewerLockError(ValueError):
    """The text is of a later flowseal; the message is its version."""


def write_lock(modules: Mapping[str, LockedModule]) -> str:
    """Write the lock file: sorted, LF, ASCII; it holds neither a time nor anything of this machine."""
    entries = {
        name: {
            "files": dict(module.files),
            "generator": module.generator_version,
            "input": module.input_digest,
            "inputs": dict(module.inputs),
            "templates": module.template_digest,
        }
        for name, module in modules.items()
    }
    return json.dumps({"modules": entries, "version": LOCK_VERSION}, indent=2, sort_keys=True) + "\n"


def read_lock(data: bytes) -> dict[str, LockedModule]:
    """Read a lock file's modules. Raises DamagedLockError or NewerLockError."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its text"
        raise DamagedLockError(f"{place} is not JSON") from error
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DamagedLockError("its version is missing")
    if version > LOCK_VERSION:
        raise NewerLockError(str(version))
    return {name: _read_module(name, entry) for name, entry in _read_mapping(document, "modules").items()}


def _read_module(name: str, entry: Any) -> LockedModule:
    if not is_module_name(name):
        raise DamagedLockError(f"'{name}' is no name of a module")
    files = _read_hashes(entry, "files")
    for path in files:
        if not is_confined(path):
            raise DamagedLockError(f"'{path}' leads out of the module '{name}'")
    return LockedModule(
        _read_text(entry, "generator"),
        _read_text(entry, "templates"),
        _read_text(entry, "input"),
        _read_hashes(entry, "inputs"),
        files,
    )


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


def _read_text(entry: Any, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise DamagedLockError(f"'{key}' is missing, or is not text")
    return value
