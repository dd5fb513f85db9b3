"""Did you mean ...?"""

from __future__ import annotations

from collections.abc import Iterable

CLOSENESS = 0.75
"""The least ratio (difflib) at which two names look like one name and its misspelling."""


def suggest_name(found: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `found` most likely means, or None.

    Other spellings of a name (`ModelId`, `model_id`, `model-id` for `modelId`) come first, then near misses.
    """
    by_letters: dict[str, str] = {}
    for name in known:
        by_letters.setdefault(_keep_letters(name), name)
    letters = _keep_letters(found)
    if letters in by_letters:
        return by_letters[letters]
    if len(letters) > 2 * max(map(len, by_letters), default=0):
        return None
    from difflib import get_close_matches

    close = get_close_matches(letters, list(by_letters), n=1, cutoff=CLOSENESS)
    return by_letters[close[0]] if close else None


def match_names(found: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return, for names that are not known, which of those that are not found each most likely means.

    Where only one name is known, and only one is found, it is meant whatever its spelling.
    """
    names, taken = list(known), set(found)
    absent = [name for name in names if name not in taken]
    unknown = [name for name in found if name not in names and not name.startswith("$")]
    if len(names) == len(taken) == len(unknown) == 1:
        return {unknown[0]: names[0]}
    matches: dict[str, str] = {}
    for name in unknown:
        meant = suggest_name(name, absent) if absent else None
        if meant is not None:
            matches[name] = meant
            absent.remove(meant)
    return matches


def advise_name(found: str, known: Iterable[str], otherwise: str) -> str:
    """Return the remedy for a name that is not known: the one most likely meant, or else `otherwise`."""
    meant = suggest_name(found, known)
    return f"Did you mean {meant}?" if meant else otherwise


def _keep_letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()
