"""Why a module is not as a fresh run would make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from generator.output.lock_file import LockedModule, Making
from generator.output.whitespace import WhitespaceChange


class Cause(StrEnum):
    """The kinds of reasons, in the order in which they are told."""

    NEW = "new"
    MOVED = "definition-moved"
    INPUT = "input-changed"
    CONFIGURATION = "configuration-changed"
    VERSION = "other-version"
    EDITED = "edited"
    LINE_ENDS = "line-ends"
    WHITESPACE = "whitespace"
    MISSING = "missing"
    ORPHAN = "orphan"
    UNCOVERED = "uncovered"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `details` are paths, names of settings or a few words, by its cause; `words` say what changed."""

    cause: Cause
    details: tuple[str, ...] = ()
    words: str = ""


def compare_makings(old: Making, new: Making) -> list[Reason]:
    """Say what of the making of a module changed; nothing where it is the same."""
    reasons = []
    if old.definition != new.definition:
        reasons.append(Reason(Cause.MOVED, (old.definition, new.definition)))
    if inputs := _list_differences(old.inputs, new.inputs):
        reasons.append(Reason(Cause.INPUT, inputs))
    if settings := _list_differences(old.configuration, new.configuration):
        reasons.append(Reason(Cause.CONFIGURATION, settings))
    if old.generator_version != new.generator_version:
        reasons.append(Reason(Cause.VERSION, (old.generator_version or "unknown",)))
    elif old.template_digest != new.template_digest:
        reasons.append(Reason(Cause.VERSION, (f"{old.generator_version} with other templates",)))
    return reasons


def compare_entries(old: LockedModule | None, new: LockedModule) -> list[Reason]:
    """Say why the lock file's entry of a module changes."""
    if old is None:
        return [Reason(Cause.NEW)]
    reasons = compare_makings(old.making, new.making)
    if not reasons and old != new:
        reasons.append(Reason(Cause.LOCK))
    return reasons


def group_whitespace(changes: Mapping[str, WhitespaceChange]) -> list[Reason]:
    """Say what tools changed of files, given by path: those whose line ends alone they changed, and the others."""
    reasons = []
    for cause, is_line_ends_alone in ((Cause.LINE_ENDS, True), (Cause.WHITESPACE, False)):
        group = {path: each.words for path, each in changes.items() if each.is_line_ends_alone is is_line_ends_alone}
        if group:
            words = {part for text in group.values() for part in text.split(", ")}
            reasons.append(Reason(cause, tuple(sorted(group)), ", ".join(sorted(words))))
    return reasons


def _list_differences(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
