"""The comparison of definitions names the leaf that differs."""

from __future__ import annotations

from typing import Any

import pytest
from leaves import compare_definitions


def make_definition(**node: Any) -> dict[str, Any]:
    return {"nodes": [{"name": "One"}, {"name": "Two", **node}], "connections": []}


def make_prompt(**inline: Any) -> dict[str, Any]:
    return make_definition(configuration={"prompt": {"sourceConfiguration": {"inline": inline}}})


INLINE = "nodes[1].configuration.prompt.sourceConfiguration.inline"


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (make_prompt(heat=0.8), make_prompt(heat=0.7), f"{INLINE}.heat: 0.7 in the definition, 0.8 in the account"),
        (make_prompt(text="a"), make_prompt(text="b"), f"{INLINE}.text: 'b' in the definition, 'a' in the account"),
        (make_prompt(a="x"), make_prompt(a="x", b=1), f"{INLINE}.b: 1 in the definition, nothing in the account"),
        (make_prompt(a="x", b={}), make_prompt(a="x"), f"{INLINE}.b: nothing in the definition, {{}} in the account"),
        (make_prompt(a=True), make_prompt(a=1), f"{INLINE}.a: 1 in the definition, True in the account"),
        (
            make_prompt(most=2**24 + 1),
            make_prompt(most=2**24),
            f"{INLINE}.most: 16777216 in the definition, 16777217 in the account",
        ),
        (
            make_definition(inputs=[{"name": "a"}]),
            make_definition(inputs=[]),
            "nodes[1].inputs[0].name: nothing in the definition, 'a' in the account",
        ),
    ],
)
def test_the_leaf_that_differs_is_named(found: dict[str, Any], expected: dict[str, Any], said: str) -> None:
    assert compare_definitions(found, expected) == [said]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (make_prompt(temperature=0.699999988079071), make_prompt(temperature=0.7)),
        (make_prompt(temperature=0), make_prompt(temperature=0.0)),
        (make_prompt(text="\u00e9"), make_prompt(text="e\u0301")),
        (make_definition(inputs=[]), make_definition()),
        (make_definition(configuration={"input": {}}), make_definition()),
        (make_prompt(tool={"auto": {}}), make_prompt(tool={"auto": {}})),
    ],
)
def test_what_means_the_same_is_no_difference(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert compare_definitions(found, expected) == []


def test_the_order_of_nodes_counts() -> None:
    definition = make_definition()
    turned = {**definition, "nodes": definition["nodes"][::-1]}
    assert len(compare_definitions(turned, definition)) == 2
