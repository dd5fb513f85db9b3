"""Misspelled keys, read as the keys most likely meant, so that one mistake is one finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from generator.findings import Finding
from generator.findings.suggestions import match_names
from generator.flow.api import advise_on_place, find_shape_at, report_unknown_key
from generator.flow.model import DAYS
from generator.flow.reading.parameters import KEYS as PARAMETER_KEYS
from generator.flow.reading.references import REFERENCES
from generator.flow.reading.settings import PERMISSION_KEYS, report_unknown_setting
from generator.source.position import Path

SECTION_KEYS: Mapping[str, Sequence[str]] = {"encryption": tuple(DAYS), "permissions": PERMISSION_KEYS}


@dataclass(slots=True)
class Spelling:
    """Corrects keys. `spelled` maps the canonical path of each corrected key to its spelling in the document."""

    findings: list[Finding] = field(default_factory=list)
    spelled: dict[Path, str] = field(default_factory=dict)

    def correct(self, value: object, path: Path, is_reported: bool = False) -> object:
        """Return the value at a canonical path with its keys corrected, one finding each.

        All keys in CloudFormation's spelling are one finding; with `is_reported`, an outer value already has it.
        """
        if isinstance(value, list):
            return [self.correct(item, (*path, index), is_reported) for index, item in enumerate(value)]
        if not isinstance(value, dict) or any(key in value for key in REFERENCES):
            return value
        if path == ("parameters",):
            return {name: self.correct(item, (*path, name)) for name, item in value.items()}
        meant = _match_keys(value, path)
        capitalized = {key: name for key, name in meant.items() if _is_capitalized(key, name)}
        first, count = None, len(self.spelled)
        result: dict[str, object] = {}
        for key, item in value.items():
            name = meant[key] if key in meant else str(key)
            if name != key:
                if key not in capitalized or not is_reported:
                    self.findings.append(_report(key, name, path))
                if key in capitalized and not is_reported:
                    first, is_reported = len(self.findings) - 1, True
                self.spelled[*path, name] = key
            result[name] = self.correct(item, (*path, name), is_reported)
        if first is not None and len(self.spelled) > count + 1:
            help = "Start these keys with a lowercase letter, as in the API. CloudFormation capitalizes them."
            self.findings[first] = replace(self.findings[first], help=help)
        return result

    def restore(self, finding: Finding) -> Finding:
        """Return a finding with the keys in its paths as the document spells them."""
        if not self.spelled:
            return finding
        related = tuple(replace(item, path=self._restore_path(item.path)) for item in finding.related)
        return replace(finding, path=self._restore_path(finding.path), related=related)

    def _restore_path(self, path: Path) -> Path:
        return tuple(self.spelled.get(path[: place + 1], part) for place, part in enumerate(path))


def _match_keys(value: Mapping[str, object], path: Path) -> dict[str, str]:
    """Return what unknown keys most likely mean, except those that belong elsewhere."""
    meant = match_names(value, _list_known(value, path))
    shape = find_shape_at(path) if meant else None
    if shape is None:
        return meant
    return {key: name for key, name in meant.items() if advise_on_place(key, value[key], shape) is None}


def _is_capitalized(key: str, name: str) -> bool:
    """Return whether a key is in CloudFormation's spelling of the API's name."""
    return key != name and key[:1].lower() + key[1:] == name


def _list_known(value: Mapping[str, object], path: Path) -> Sequence[str]:
    """Return the keys that are valid in a mapping at a canonical path; none if any key is, or if one is enough."""
    if path[0] == "parameters":
        return PARAMETER_KEYS
    if path[0] in SECTION_KEYS:
        return SECTION_KEYS[str(path[0])] if len(path) == 1 else ()
    shape = find_shape_at(path)
    if shape is None or shape.type not in ("structure", "union"):
        return ()
    is_chosen = shape.type == "union" and any(key in shape.members for key in value)
    return () if is_chosen else tuple(shape.members)


def _report(key: str, meant: str, path: Path) -> Finding:
    report = report_unknown_setting if path[0] in ("parameters", *SECTION_KEYS) else report_unknown_key
    return report(key, path, f"Did you mean {meant}?")
