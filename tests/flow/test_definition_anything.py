"""No document, however wrong, ends in an exception; and which mistakes leave a flow to look at."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from flow_documents import conditional, data, make_document, make_flow, make_prompt, read
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.findings import Severity
from generator.flow.reading import recognize_cloudformation
from generator.validation import validate_flow

SCALARS = st.sampled_from(
    [None, True, 0, -1, Decimal("0.5"), "", "text", "$$NAME", "*", "a/b", "caf\u0065\u0301", "\0"]
)
REFERENCES = st.sampled_from([{"$param": "model"}, {"$param": "gone"}, {"$param": None}, {"$file": "a.txt"}, {"$x": 1}])
JUNK = st.recursive(
    SCALARS | REFERENCES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "$param", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def make_rich_flow() -> dict[str, Any]:
    condition = {"condition": {"conditions": [{"name": "urgent", "expression": 'kind == "1"'}, {"name": "default"}]}}
    kind = {"name": "kind", "type": "String", "expression": "$.data"}
    route = {"name": "Route", "type": "Condition", "configuration": condition, "inputs": [kind]}
    document = make_flow(
        make_prompt(model={"$param": "model"}, text={"$file": "a.txt"}),
        route,
        description="Rich",
        tags={"team": "support"},
        parameters={"model": {"description": "Model", "model": "foundation-model"}},
        encryption={"deletion_window_in_days": 7},
        permissions={"models": ["amazon.nova-lite-v1:0"], "kms_keys": [], "bucket_accounts": {"abc": "111122223333"}},
    )
    branches = [conditional("Route", name, "End") for name in ("urgent", "default")]
    document["definition"]["connections"] += [data("Start", "document", "Route", "kind"), *branches]
    return document


def list_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in list_places(item, (*path, key)))]


PLACES = [place for place in list_places(make_rich_flow()) if place]


def replace_at(document: Any, place: tuple[Any, ...], junk: Any) -> Any:
    changed = copy.deepcopy(document)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = junk
    return changed


def test_the_rich_flow_is_valid_before_it_is_mutated() -> None:
    reading = read(make_rich_flow(), {"a.txt": "Say {{question}}."})
    assert reading.findings == []
    assert reading.flow is not None
    assert validate_flow(reading.flow) == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JUNK)
def test_junk_anywhere_gives_findings_or_a_flow(place: tuple[Any, ...], junk: Any) -> None:
    document = replace_at(make_rich_flow(), place, junk)
    assert recognize_cloudformation(make_document(document)) is None
    reading = read(document, {"a.txt": "Say {{question}}."})
    if reading.outline is not None:
        validate_flow(reading.outline)
    if reading.flow is None:
        assert any(finding.rule.severity is Severity.ERROR for finding in reading.findings)


@pytest.mark.parametrize(
    ("member", "value", "is_left"),
    [
        ("temperature", 2, True),
        ("temperature", Decimal("-0.1"), True),
        ("temperature", True, False),
        ("temperature", "0.5", False),
        ("temperature", None, False),
        ("temperature", [], False),
        ("maxTokens", -1, True),
        ("maxTokens", True, False),
        ("maxTokens", Decimal("1.5"), False),
        ("stopSequences", ["a"] * 5, True),
        ("stopSequences", "a", False),
        ("colour", 1, False),
    ],
)
def test_only_out_of_bounds_values_still_yield_a_flow(member: str, value: object, is_left: bool) -> None:
    node = make_prompt()
    inline = node["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline["inferenceConfiguration"]["text"][member] = value
    reading = read(make_flow(node))
    (finding,) = reading.findings
    assert finding.severity is Severity.ERROR
    assert (reading.flow is not None) is is_left


def test_an_invalid_description_still_yields_a_flow_but_an_invalid_name_does_not() -> None:
    assert read(make_flow(description="")).flow is not None
    assert read({**make_flow(), "name": ""}).flow is None
