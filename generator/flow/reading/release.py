"""The section `release`."""

from __future__ import annotations

from typing import Any

from generator.findings import Finding, has_errors
from generator.flow.api import check_shape, find_shape
from generator.flow.api.check import make_whole
from generator.flow.model import Alias, Release, Value
from generator.flow.reading.rules import INVALID_SECTION
from generator.source.position import Path

PATH: Path = ("release",)
ALIASES: Path = (*PATH, "aliases")
EXAMPLE = "For example: `release: {aliases: [live]}`."


def read_release(section: Value, findings: list[Finding]) -> Release | None:
    """Return what the section asks for; None if there is none, or if it has an error.

    `aliases` may be a list of names, or a mapping of names to settings. A setting that is null counts as left out.
    """
    if section is None:
        return None
    found = _check_section(section)
    findings += found
    if has_errors(found) or not isinstance(section, dict):
        return None
    aliases: Any = section["aliases"]
    named: dict[str, Any] = aliases if isinstance(aliases, dict) else dict.fromkeys(aliases)
    return Release(
        tuple(_build_alias(name, settings or {}) for name, settings in named.items()),
        invoke=section.get("invoke") != "none",
        invoke_async=section.get("invoke_async") is True,
    )


def _check_section(section: Value) -> list[Finding]:
    if not isinstance(section, dict):
        return [Finding(INVALID_SECTION, "`release` must be a mapping.", EXAMPLE, PATH)]
    settings, findings = _drop_nulls(section), list[Finding]()
    aliases = settings.get("aliases")
    if isinstance(aliases, list):
        findings += check_shape(aliases, find_shape("AliasNames"), ALIASES) or _find_repeated(aliases)
        # The shape of the section knows only the mapping.
        settings["aliases"] = {"live": {}}
    elif isinstance(aliases, dict):
        settings["aliases"] = {name: _complete_alias(item) for name, item in aliases.items()}
    elif aliases is not None:
        message = "aliases must be a list of names, or a mapping of names to settings."
        return [Finding(INVALID_SECTION, message, EXAMPLE, ALIASES)]
    return findings + check_shape(settings, find_shape("Release"), PATH)


def _drop_nulls(section: dict[str, Value]) -> dict[str, Value]:
    return {key: item for key, item in section.items() if item is not None}


def _complete_alias(settings: Value) -> Value:
    """Return an alias's settings without what is null."""
    if not isinstance(settings, dict):
        return {} if settings is None else settings
    return {
        key: _drop_nulls(item) if key == "concurrency" and isinstance(item, dict) else item
        for key, item in _drop_nulls(settings).items()
    }


def _find_repeated(names: list[Value]) -> list[Finding]:
    return [
        Finding(INVALID_SECTION, f"Alias {name!r} is listed twice.", "Remove one of them.", (*ALIASES, index))
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _build_alias(name: str, settings: dict[str, Any]) -> Alias:
    concurrency: Any = settings.get("concurrency")
    most: Any = make_whole(concurrency.get("max")) if concurrency else None
    return Alias(
        name,
        settings.get("description"),
        (concurrency["type"], most) if concurrency else None,
        settings.get("tags") or {},
    )
