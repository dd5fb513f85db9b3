"""Every key of a definition, misspelled: one finding, which names the key that was meant."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

from generator.findings import LocatedFinding
from generator.flow.api import find_shape_at
from generator.flow.reading import FileRefusal
from generator.pipeline import DefinitionText, check_definitions
from generator.progress import Timings
from generator.source import read_document

FLOWS = sorted((ROOT / "examples" / "flows").rglob("*.flow.yaml"))
SECTIONS = {"parameters": 3, "encryption": 2, "permissions": 2}
"""How deep flowseal's own sections have keys of their own."""


def write_snake_case(key: str) -> str:
    """Return a key as Terraform spells it."""
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda letter: f"_{letter[0].lower()}", key)


SLIPS: dict[str, Callable[[str], str]] = {
    "without its second letter": lambda key: key[0] + key[2:],
    "without its last letter": lambda key: key[:-1],
    "with another case": lambda key: key[0].swapcase() + key[1:],
    "in lower case": str.lower,
    "in snake_case": write_snake_case,
}


def read_example(path: Path) -> dict[str, Any]:
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    value: dict[str, Any] = json.loads(json.dumps(document.value, default=float))
    return value


def check(value: dict[str, Any], folder: Path) -> list[LocatedFinding]:
    class Texts:
        def read_text(self, path: str) -> str | FileRefusal:
            return (folder / path).read_text(encoding="utf-8")

    definition = DefinitionText("a.flow.json", json.dumps(value).encode(), Texts())
    (checked,) = check_definitions([definition], for_terraform=True, timings=Timings())
    return list(checked.findings)


def list_keys(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each key of a definition's grammar with the path of the mapping in which it is."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from list_keys(item, (*path, index))
    if not isinstance(value, dict):
        return
    section = str(path[0]) if path else ""
    shape = find_shape_at(path)
    is_ours = len(path) < SECTIONS.get(section, 0)
    if not is_ours and (shape is None or shape.type not in ("structure", "union") or "$param" in value):
        return
    for key, item in value.items():
        if path != ("parameters",):
            yield path, key
        yield from list_keys(item, (*path, key))


def rename(value: dict[str, Any], path: tuple[str | int, ...], old: str, new: str) -> dict[str, Any]:
    made = copy.deepcopy(value)
    at: Any = made
    for part in path:
        at = at[part]
    items = [(new if key == old else key, item) for key, item in at.items()]
    at.clear()
    at.update(items)
    return made


def name_kind(value: dict[str, Any], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return a path without its numbers; of a node, with its type instead."""
    at: Any = value
    named = []
    for part in path:
        at = at[part]
        named.append(str(at.get("type")) if isinstance(part, int) and isinstance(at, dict) else str(part))
    return tuple(named)


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("example", FLOWS, ids=lambda path: path.name.partition(".")[0])
def test_a_misspelled_key_is_one_finding_that_names_the_key(example: Path, slip: str) -> None:
    value = read_example(example)
    known = {finding.message for finding in check(value, example.parent)}
    seen = set()
    for path, key in list_keys(value):
        kind, wrong = (*name_kind(value, path), key), SLIPS[slip](key)
        if kind in seen or wrong == key:
            continue
        seen.add(kind)
        findings = check(rename(value, path, key, wrong), example.parent)
        findings = [finding for finding in findings if finding.message not in known]
        assert [finding.rule.name in ("UnknownKey", "UnknownKey") for finding in findings] == [True], (
            kind,
            findings,
        )
        assert findings[0].help == f"Did you mean {key}?"
        assert findings[0].pointer == "".join(f"/{part}" for part in (*path, wrong))
    assert seen or slip == "in lower case"


@pytest.mark.parametrize("example", FLOWS, ids=lambda path: path.name.partition(".")[0])
def test_a_definition_in_terraform_spelling_has_one_finding_per_key(example: Path) -> None:
    value = read_example(example)
    known = {finding.message for finding in check(value, example.parent)}
    keys = [(path, key) for path, key in list_keys(value) if write_snake_case(key) != key]
    made = value
    for path, key in reversed(keys):
        made = rename(made, path, key, write_snake_case(key))
    findings = [finding for finding in check(made, example.parent) if finding.message not in known]
    assert sorted(finding.help for finding in findings) == sorted(f"Did you mean {key}?" for _, key in keys)


def test_mistakes_below_a_misspelled_key_are_reported_at_their_position() -> None:
    value = read_example(FLOWS[0])
    value = rename(value, ("definition",), "nodes", "node")
    value["definition"]["node"][0]["outputs"][0]["type"] = "Strin"
    value["definitions"] = value.pop("definition")
    found = {(finding.rule.name, finding.pointer) for finding in check(value, FLOWS[0].parent)}
    assert ("UnknownKey", "/definitions") in found
    assert ("UnknownKey", "/definitions/node") in found
    assert ("UnknownValue", "/definitions/node/0/outputs/0/type") in found
