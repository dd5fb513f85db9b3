"""Hostile documents: the examples, cases and templates, with something wrong done to them. The seed decides all of it.

A document is changed as a tree (a leaf, a key, a whole branch), written as YAML or JSON, and then perhaps changed as
text and as bytes. Most changes are small, so that much of what follows the reading is reached, too.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from large import MOST_BYTES, make_large
from paths import ROOT

SOURCES = ("examples/flows", "tests/cases", "generator/scaffold/flow_templates")
PATTERNS = ("*.flow.yaml", "*.flow.yml", "*.flow.json")
LARGEST_SOURCE = 200_000
"""Larger cases are about size, and would make every run wait."""
LARGE = 100
"""One document of so many is large."""
MOST_PLACES = 5_000
"""So many are looked at: anchors can make more of a tree than fits into memory."""

# fmt: off
WORDS = (
    "", " ", "*", "?", "a*b", "a?b", "$", "${var.x}", "%{if true}", "$$NAME", "$${x}", '"', "'", "`", "\\", "#",
    "<<EOF", "\n", "\r", "\r\n", "\t", "\0", "\v", "\f", "\x1b[31mred\x1b[0m", "\x7f", "\x85", "\xa0", "\xad",
    "\u061c", "\u0600", "\u034f", "\u180e", "\u200b", "\u2028", "\u202e", "\u2800", "\ufeff", "\ufffe", "\U000e0041",
    "\U0001d173", "e\u0301", "\u1100\u1161", "\u1e9b\u0323", "\U0001f600", "\u00df", "\u0130", "a" * 200, "a" * 70_000,
    "A" * 101, "../../etc/passwd", "/etc/passwd", "C:\\x", "con", "a/../b", ".git/config", "x\0y", "\ud800",
    "a\udfffb", ".", "::error::x", " ::warning file=a::x", "##[error]x", "-->", "<script>", "|x|", "[a](b)", "{{x}}",
    "{{", "null", "true", "~", "0", "-1", "1e5", "0x10", "1_0", "12:30", "2024-01-01", ".inf", "<<", "&a", "*a", "!x",
    "@", "%", "-", "arn:aws:iam::111122223333:root", "arn:aws-*:bedrock:us-east-1:111122223333:guardrail/abc",
    "arn:aws:s3:::*", "arn:aws:lambda:us-east-1:111122223333:function:*",
    "arn:aws-?:lambda:us-east-1:111122223333:function:a", "arn:aws:bedrock:*::foundation-model/*",
    "arn:aws:bedrock:us-east-1:111122223333:prompt/ABC*", "111122223333\n", "arn:aws:kms:us-east-1:111122223333:key/*",
    "arn:aws:bedrock:us-east-1:111122223333:agent-alias/A/B\n", "a,b", "us.amazon.nova-lite-v1:0",
    "amazon.nova-lite-v1:*", "amazon...nova", "my-..bucket", "192.168.5.4",
    "amazon.titan?", "anthropic.claude\n", "$.data", "$.data.*", 'x == "a"', "(" * 300 + "x",
    "not " * 300 + "x", "a" + "\u0301\u0316" * 3000, "\u0f73" * 300, "a == 1e999999999",
    "a == " + "9" * 5000, "$.data[*]..x",
)
NUMBERS = (
    "0", "-0", "0.0", "1e400", "-1e400", "1e9999999999999999999", "0.5e-9999999", "1e-400", "9" * 400,
    "-" + "9" * 4301, "0." + "3" * 5000, "1E+2", "2147483647", "2147483648", "9223372036854775808", "512.0", "5.12e2",
    "0.1000000000000000055511151231257827", "1.0e0",
)
ODD = (
    None, True, False, [], {}, [[]], {"": ""}, [None], {"$param": "x"}, {"$file": "x.txt"}, {"$param": None}, 0,
)
FILES = (
    "/dev/zero", "../x", "a\0b", "\ud800", ".", "", "a" * 5000, "prompts", "*", "CON", "::x", "~/x", "a//b", "x\n",
    "a/" * 2000 + "b.txt", "prompts/", "x.flow.yaml/", "x.flow.yaml/.", "x.flow.yaml/../x.flow.yaml", "../" * 300 + "x",
)
TEXTS = (
    "\ufeff", "\0", "\r", "\r\n", "\n", "\t", "\x1b", "\x85", "\u2028", "&a ", "*a", "<<: *a\n", "!!python/name:os ",
    "---\n", "...\n", "%YAML 1.1\n",
    "%YAML 1." + "1" * 5000 + "\n---\n", "\\U00110000", "\\UFFFFFFFF",
    "? ", ": ", "- ", "{", "}", "[", "]", '"', "'", "#", "|", ">", ",", "!", "\\",
    "\\ud800", "\\u0000", "# flowseal: ignore[\n", "# flowseal: ignore[UnusedParameter] x\n", "<<<<<<< a\n",
    "=======\n", ">>>>>>> b\n",
)
BYTES = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"\xf4\x90\x80\x80", b"\r", b"\x80",
)
# fmt: on
_RAW = re.compile(r"""["']?@@raw:([^@]*)@@["']?""")


@dataclass(frozen=True, slots=True)
class Hostile:
    """A document: its number, its name, its bytes, and the folder whose texts it may name."""

    number: int
    name: str
    data: bytes
    folder: Path


@cache
def list_sources() -> tuple[tuple[Path, Any], ...]:
    """Return the definitions that are changed: those that are read as a tree at all."""
    found = (path for place in SOURCES for pattern in PATTERNS for path in sorted((ROOT / place).rglob(pattern)))
    read = ((path, _load(path)) for path in found if path.is_file() and path.stat().st_size < LARGEST_SOURCE)
    return tuple(
        (path, value) for path, value in read if isinstance(value, dict) and 0 < len(list_places(value)) < MOST_PLACES
    )


def make_documents(seed: int, first: int, count: int) -> Iterator[Hostile]:
    """Yield documents `first` and following; each depends on the seed and its number alone."""
    return (make_hostile(seed, number) for number in range(first, first + count))


def make_hostile(seed: int, number: int) -> Hostile:
    """Make one document."""
    chance = random.Random(f"{seed}:{number}")
    if number % LARGE == LARGE - 1:
        text, ending = make_large(chance)
        return Hostile(number, f"x.flow.{ending}", text.encode("utf-8", "surrogatepass")[: MOST_BYTES + 1], ROOT)
    # Most cases are refused as they are; what is right at first tries what lies behind the checks.
    rightful = [source for source in list_sources() if "cases" not in source[0].parts]
    path, value = chance.choice(rightful if chance.random() < 0.7 else list_sources())
    value = copy.deepcopy(value)
    for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 5))):
        if len(list_places(value)) < MOST_PLACES:
            chance.choice(CHANGES)(chance, value)
    is_json = chance.random() < 0.5
    text = _write(chance, value, is_json)
    for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 3))):
        text = _change_text(chance, text)
    data = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.05:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(BYTES) + data[at:]
    return Hostile(number, f"x.flow.{'json' if is_json else 'yaml'}", data, path.parent)


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return None


def list_places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a tree but its root: what holds it, and its key or index there."""
    found = []
    waiting = [value]
    while waiting and len(found) < MOST_PLACES:
        holder = waiting.pop()
        keys: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        found += [(holder, key) for key in keys]
        waiting += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found


def _choose(chance: random.Random, value: Any, wanted: type | tuple[type, ...] = object) -> tuple[Any, Any] | None:
    places = [(holder, key) for holder, key in list_places(value) if isinstance(holder[key], wanted)]
    return chance.choice(places) if places else None


def _put(make: Callable[[random.Random, Any], Any], wanted: type | tuple[type, ...] = object) -> Any:
    """Return a change that puts something in the place of a value of a type."""

    def change(chance: random.Random, value: Any) -> None:
        place = _choose(chance, value, wanted)
        if place is not None:
            holder, key = place
            holder[key] = make(chance, holder[key])

    return change


def _mix(chance: random.Random, old: Any) -> str:
    """Put a hostile word into a text, before or behind it, or in its place."""
    word, at = chance.choice(WORDS), chance.randrange(len(old) + 1)
    return chance.choice((word, word + old, old + word, old[:at] + word + old[at:], old * 2, old.upper(), old[:-1]))


def _nest(chance: random.Random, old: Any) -> Any:
    for _ in range(chance.choice((1, 5, 63, 64, 90, 300))):
        old = [old] if chance.random() < 0.5 else {"a": old}
    return old


def _drop(chance: random.Random, value: Any) -> None:
    place = _choose(chance, value)
    if place is not None:
        del place[0][place[1]]


def _double(chance: random.Random, value: Any) -> None:
    """Repeat an item of a list, or a value under another key."""
    place = _choose(chance, value)
    if place is not None:
        holder, key = place
        twin = copy.deepcopy(holder[key])
        if isinstance(holder, list):
            holder[key:key] = [twin] * chance.choice((1, 1, 2, 9))
        else:
            holder[chance.choice((*holder, *WORDS))] = twin


def _rename(chance: random.Random, value: Any) -> None:
    places = [place for place in list_places(value) if isinstance(place[0], dict)]
    if places:
        holder, key = chance.choice(places)
        holder[_mix(chance, str(key))] = holder.pop(key)


def _misspell(chance: random.Random, value: Any) -> None:
    """Replace a key by two misspellings of it."""
    places = [place for place in list_places(value) if isinstance(place[0], dict) and len(str(place[1])) > 3]
    if places:
        holder, key = chance.choice(places)
        item, at = holder.pop(key), chance.randrange(1, len(key))
        holder |= {key[:at] + key[at + 1 :]: item, key[:at] + key[at - 1 :]: copy.deepcopy(item)}


def _swap(chance: random.Random, value: Any) -> None:
    one, other = _choose(chance, value), _choose(chance, value)
    if one is not None and other is not None:
        taken = copy.deepcopy(one[0][one[1]])
        one[0][one[1]] = copy.deepcopy(other[0][other[1]])
        if other[1] in (other[0] if isinstance(other[0], dict) else range(len(other[0]))):
            other[0][other[1]] = taken


CHANGES: tuple[Any, ...] = (
    *(_put(_mix, str),) * 6,
    _put(lambda chance, old: chance.choice(WORDS), str),
    _put(lambda chance, old: f"@@raw:{chance.choice(NUMBERS)}@@", (int, float)),
    _put(lambda chance, old: f"@@raw:{chance.choice(NUMBERS)}@@"),
    _put(lambda chance, old: copy.deepcopy(chance.choice(ODD))),
    _put(lambda chance, old: {"$file": chance.choice(FILES)}),
    _put(_nest),
    *(_drop, _double, _rename, _misspell, _swap),
)


def _write(chance: random.Random, value: Any, is_json: bool) -> str:
    if is_json:
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 2)), default=str)
    elif chance.random() < 0.3:
        text = json.dumps(value, default=str)
    else:
        try:
            text = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=chance.random() < 0.5, sort_keys=False)
        except (yaml.YAMLError, UnicodeEncodeError, RecursionError):
            text = json.dumps(value, default=str)
    return _RAW.sub(lambda match: match.group(1), text)


def _change_text(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    end = min(at + chance.choice((1, 1, 5, 100)), len(text))
    lines = text.split("\n")
    line = chance.randrange(len(lines))
    return chance.choice(
        (
            lambda: text[:at] + chance.choice(TEXTS) + text[at:],
            lambda: text[:at] + chance.choice((*WORDS, *NUMBERS)) + text[end:],
            lambda: text[:at] + text[end:],
            lambda: text[:at],
            lambda: chance.choice(TEXTS) + text,
            lambda: "\n".join([*lines[:line], lines[line], *lines[line:]]),
            lambda: text.replace("\n", chance.choice(("\r\n", "\r", "\n\n"))),
            lambda: text.replace(": ", ": &a ", 1) + "\nz: *a\n",
        )
    )()
