"""Every pattern by which values are judged means the same to Python, which judges literals, and to RE2 in a module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from every_kind import MODELS, make_flow_of_every_kind
from flow_documents import read
from near_values import accepts, choose_values
from plans import SOURCE, plan_document

from generator.findings import has_errors
from generator.flow.api import find_shape, write_pattern
from generator.flow.api.shapes import load_api
from generator.flow.bedrock_models import MODEL_KINDS, find_kind, load_known_models
from generator.flow.bedrock_models.kinds import PREFIXES
from generator.flow.nodes import collect_grants
from generator.terraform.module import plan_module
from generator.terraform.module.variables_tf import BOUNDARY
from generator.terraform.render import render_module

MOST_REPEATS = 1000
"""Of RE2, in Go: of one repetition, and of those within each other together."""
SHARED = {"LITERAL", "ANY", "IN", "RANGE", "NEGATE", "BRANCH", "SUBPATTERN", "MAX_REPEAT", "MAXREPEAT", "NOT_LITERAL"}


def list_strange_parts(pattern: str) -> list[str]:
    """Return what of a pattern Python and RE2 read differently, or one of them not at all."""
    # `(?s:` is read by both alike; nothing else may change how a part is read.
    flags = re.findall(r"\(\?[^:]", pattern.replace("(?s:", "(?:"))
    return [*flags, *_list_strange(parser.parse(pattern), 1)]


def _list_strange(tree: Any, repeats: int) -> Iterator[str]:
    for code, argument in tree:
        name = str(code)
        if name not in SHARED:
            yield f"{name} {argument}"
        if name in ("LITERAL", "NOT_LITERAL") and not 0 < argument < 128:
            yield f"{name} {argument}"
        if name == "IN":
            yield from _list_strange(argument, repeats)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _list_strange(branch, repeats)
        elif name == "SUBPATTERN":
            yield from _list_strange(argument[-1], repeats)
        elif name == "MAX_REPEAT":
            least, most, inner = argument
            together = repeats * (least if most is parser.MAXREPEAT else most)
            if together > MOST_REPEATS:
                yield f"{together} repetitions"
            yield from _list_strange(inner, max(together, 1))


def list_patterns() -> dict[str, str]:
    """Return the patterns that judge values, by where they are declared; those of a module without their ends."""
    patterns = {name: write_pattern(find_shape(name)) or "" for name in load_api()["shapes"]}
    for kind, rule in MODEL_KINDS.items():
        patterns[kind] = rule.write_pattern(by_id=True)
        patterns |= {f"not {kind} {number}": item.pattern for number, item in enumerate(rule.excluded)}
    text = render_module(plan_document(make_flow_of_every_kind()), SOURCE)["variables.tf"]
    written = re.findall(r'regex\("\^\(\?:((?:[^"\\]|\\.)*)\)\$", ', text)
    assert text.count("regex(") == len(written)
    assert "regexall(" in text
    patterns |= {
        f"variables.tf {number}": part.encode().decode("unicode_escape") for number, part in enumerate(written)
    }
    return {"boundary": BOUNDARY, **patterns}


@pytest.mark.parametrize(("where", "pattern"), list_patterns().items())
def test_patterns_mean_the_same_in_python_and_re2(where: str, pattern: str) -> None:
    assert list_strange_parts(pattern) == [], where


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d",
        r"[\s]",
        r"\w",
        "a$",
        "^a",
        r"\b",
        "(?=a)",
        "(?!a)",
        r"(a)\1",
        "a{1001}",
        "(?:a{40}){40}",
        "é",
        "(?i:a)",
        "a*?",
    ],
)
def test_a_pattern_that_python_and_re2_read_differently_is_found(pattern: str) -> None:
    assert list_strange_parts(pattern)


def test_every_published_prefix_matches_the_pattern() -> None:
    known = load_known_models()
    assert set(PREFIXES) == known.prefixes
    assert known.vendors.isdisjoint(PREFIXES)


@pytest.mark.parametrize("model", ["us.deepseek", "us.amazon.1", "us.global.amazon", "global.us.amazon", "us.us.us"])
def test_an_id_with_an_extra_prefix_or_no_vendor_is_not_a_model(model: str) -> None:
    assert find_kind(model) is None
    assert not any(rule.takes(model, by_id=True) for rule in MODEL_KINDS.values())


def put_value(tree: Any, name: str, value: Any) -> Any:
    """Return a document with a value in the places of a parameter."""
    if tree == {"$param": name}:
        return value
    if isinstance(tree, dict):
        return {key: put_value(item, name, value) for key, item in tree.items() if key != f"${name}"}
    return [put_value(item, name, value) for item in tree] if isinstance(tree, list) else tree


def accepts_literal(name: str, value: Any) -> bool:
    document = put_value(make_flow_of_every_kind(), name, value)
    del document["parameters"][name]
    reading = read(document)
    if reading.flow is None or has_errors(reading.findings):
        return False
    needs, findings = collect_grants(reading.flow)
    return not has_errors([*findings, *plan_module(reading.flow, needs)[1]])


def test_a_literal_is_judged_like_the_default_of_a_parameter() -> None:
    chosen = [(name, value) for name, value in choose_values() if name.replace("_", "-") not in MODELS and value != ""]
    differing = [
        (name, value, takes)
        for name, value in chosen[:600]
        if accepts_literal(name, value) is not (takes := accepts(name, value))
    ]
    assert differing == []
