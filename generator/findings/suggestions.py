"""Suggestions for misspelled names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

CLOSENESS = 0.75
"""The minimum ratio (difflib) at which one name counts as a misspelling of another."""

LONGEST = 200
"""Longer names get no suggestions and are not suggested."""
MOST_COMPARED = 5_000
"""How many pairs of names are compared per document. After that, only names that differ in one letter are suggested."""
MOST_NEAR = 8
"""How many names that differ in one letter are compared."""
SHORTEST = 3
"""The minimum length of a part of a name for which the whole name is suggested."""


class _Names:
    """Names by their letters. Near misses are looked up if comparing all names would take too long."""

    def __init__(self, names: Iterable[str]) -> None:
        self.by_letters: dict[str, list[str]] = {}
        for name in names:
            if len(name) <= LONGEST:
                self.by_letters.setdefault(keep_letters(name), []).append(name)

    def find(self, letters: str, without: str | None) -> str | None:
        """Return the first name with these letters that is not `without`."""
        return next((name for name in self.by_letters.get(letters, ()) if name != without), None)

    @cached_property
    def by_rest(self) -> dict[str, list[str]]:
        """The letters of names, by these letters without one of them."""
        found: dict[str, list[str]] = {}
        for letters in sorted(self.by_letters):
            for rest in _list_rests(letters):
                found.setdefault(rest, []).append(letters)
        return found

    def list_candidates(self, letters: str) -> Iterable[str]:
        """Return the letters of the names to compare with: all, or those that differ in one letter."""
        if _effort.spend(len(self.by_letters)):
            return self.by_letters
        near = [name for rest in _list_rests(letters) for name in self.by_rest.get(rest, ())]
        return list(dict.fromkeys(near))[:MOST_NEAR]


@dataclass(slots=True)
class _Effort:
    """How many more names may be compared for the current document."""

    left: int = MOST_COMPARED

    def spend(self, count: int) -> bool:
        """Subtract `count` from what is left, and return whether anything remains."""
        self.left = max(self.left - count, 0)
        return self.left > 0


_effort = _Effort()


def renew_suggestions() -> None:
    """Reset the budget for the next document, so that its suggestions do not depend on earlier documents."""
    _effort.left = MOST_COMPARED


@lru_cache(maxsize=16)
def _index_names(names: tuple[str, ...]) -> _Names:
    return _Names(names)


def suggest_name(found: str, known: Iterable[str], without: str | None = None) -> str | None:
    """Return the one of `known`, except `without`, that `found` most likely means, or None.

    Other spellings of a name (`ModelId`, `model_id`, `model-id` for `modelId`) come first, then near misses.
    """
    if len(found) > LONGEST:
        return None
    names, letters = _index_names(tuple(known)), keep_letters(found)
    if name := names.find(letters, without):
        return name
    from difflib import get_close_matches

    others = [other for other in names.list_candidates(letters) if names.find(other, without)]
    close = get_close_matches(letters, others, n=1, cutoff=CLOSENESS)
    return names.find(close[0], without) if close else None


def _list_rests(letters: str) -> Iterator[str]:
    """Yield a string, and it without each of its letters. Strings that differ in one letter share one of these."""
    yield letters
    yield from (letters[:at] + letters[at + 1 :] for at in range(len(letters)))


def suggest_longer(found: str, known: Iterable[str]) -> str | None:
    """Return the only one of `known` that begins with `found`, or else the only one that contains it, or None."""
    letters = keep_letters(found)
    if len(letters) < SHORTEST:
        return None
    longer = [name for name in known if letters in keep_letters(name)]
    starting = [name for name in longer if keep_letters(name).startswith(letters)]
    return (starting or longer)[0] if len(starting or longer) == 1 else None


def match_names(found: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return the missing one of `known` that each unknown name most likely means.

    If two unknown names most likely mean the same one, neither has a match. If there is only one known and one found
    name, they match whatever their spelling.
    """
    names, taken = list(known), set(found)
    absent = [name for name in names if name not in taken]
    unknown = [name for name in found if name not in names and not name.startswith("$")]
    if len(names) == len(taken) == len(unknown) == 1:
        return {unknown[0]: names[0]}
    matches = {name: meant for name in unknown if absent and (meant := suggest_name(name, absent))}
    counts = Counter(matches.values())
    return {name: meant for name, meant in matches.items() if counts[meant] == 1}


def advise_name(found: str, known: Iterable[str], otherwise: str, without: str | None = None) -> str:
    """Return the help for an unknown name: the name most likely meant, or else `otherwise`."""
    meant = suggest_name(found, known, without)
    return f"Did you mean {meant}?" if meant else otherwise


def keep_letters(name: str) -> str:
    """Return the letters and digits of a name, case-folded, which distinguish names."""
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()
