"""The two languages of expressions: what is written is read as it was meant, and what is lacking is taken there."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.validation.syntax import (
    Comparison,
    Expression,
    ExpressionFault,
    Junction,
    Negation,
    list_comparisons,
    parse_condition,
    read_input_expression,
)

OPERANDS = st.sampled_from(["paid", "andy", "5", "-1.5e3", '"and"', '"a \\" b"', "true", "false"])
COMPARISONS = st.tuples(OPERANDS, st.sampled_from(["==", "!=", ">", ">=", "<", "<="]), OPERANDS)
TREES = st.recursive(
    COMPARISONS,
    lambda items: (
        st.tuples(st.just("not"), items)
        | st.tuples(st.sampled_from(["and", "or"]), st.lists(items, min_size=2, max_size=3))
    ),
    max_leaves=3,
)


def write_tree(tree: Any, place: int = 0) -> str:
    """Write a tree with the fewest parentheses; `place` is 0 within or, 1 within and, 2 behind not."""
    if tree[0] == "not":
        return f"not {write_tree(tree[1], 2)}"
    if tree[0] in ("and", "or") and isinstance(tree[1], list):
        own = 1 if tree[0] == "and" else 0
        text = f" {tree[0]} ".join(write_tree(item, own + 1) for item in tree[1])
        return f"({text})" if own < place else text
    return " ".join(tree)


def strip_tree(expression: Expression) -> Any:
    """Return the tree that an expression stands for, its constants written as their values are."""
    match expression:
        case Negation(item):
            return ("not", strip_tree(item))
        case Junction(is_and, items):
            return ("and" if is_and else "or", [strip_tree(item) for item in items])
        case Comparison(left, operator, right):
            return (left.type, left.value, operator, right.type, right.value)


def value_tree(tree: Any) -> Any:
    if tree[0] == "not":
        return ("not", value_tree(tree[1]))
    if tree[0] in ("and", "or") and isinstance(tree[1], list):
        return (tree[0], [value_tree(item) for item in tree[1]])
    left, right = VALUES[tree[0]], VALUES[tree[2]]
    return (*left, tree[1], *right)


VALUES = {
    "paid": ("", "paid"),
    "andy": ("", "andy"),
    "5": ("Number", Decimal(5)),
    "-1.5e3": ("Number", Decimal(-1500)),
    '"and"': ("String", "and"),
    '"a \\" b"': ("String", 'a " b'),
    "true": ("Boolean", True),
    "false": ("Boolean", False),
}


@given(TREES)
def test_a_misspelled_condition_is_read_as_intended(tree: Any) -> None:
    text = write_tree(tree)
    expression = parse_condition(text)
    assert not isinstance(expression, ExpressionFault), expression
    assert strip_tree(expression) == value_tree(tree)
    for comparison in list_comparisons(expression):
        for operand in (comparison.left, comparison.right):
            assert text[operand.start : operand.end] in VALUES


CONDITION_WORDS = {
    "an input name": "paid",
    "a constant": "5",
    "'not'": "not",
    "(": "(",
    "a comparison (==, !=, >, >=, <, or <=)": ">=",
    "'and'": "and",
    "'or'": "or",
    ")": ")",
    "the end": "",
}
PATH_WORDS = {
    "a dot": ".",
    "[": "[",
    "a field name": "order-id",
    "an integer": "-1",
    "*": "*",
    "a comma": " , ",
    "a colon": ":",
    "]": "]",
    "the end": "",
}


def list_expected(fault: ExpressionFault, words: dict[str, str]) -> list[str]:
    """Return what a fault says was expected, each as one would write it."""
    listed = fault.cause.removeprefix("expected ").rpartition(" at character ")[0]
    found = [word for word in words if re.search(rf"(^|, | or ){re.escape(word)}($|, | or )", listed)]
    assert found, fault
    return [words[word] for word in found]


JUNK = st.sampled_from(["", "?", "==", "x", "]", " "])
CONDITION_PARTS = [*"a5-.() ", "and", "or", "not", "true", "==", ">", '"x"', '"', "1e5", "k_1"]
PATH_PARTS = [".a", ".order-id", ".*", "[0]", "[1, -2]", "[1:2]", "[ : ]", "[:3]", "[*]"]


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(CONDITION_PARTS), max_size=14).map("".join)
    | st.builds(lambda tree, cut, junk: write_tree(tree)[:cut] + junk, TREES, st.integers(1, 60), JUNK)
)
def test_inserting_what_a_condition_lacks_makes_it_valid(text: str) -> None:
    fault = parse_condition(text)
    if isinstance(fault, ExpressionFault) and fault.cause.startswith("expected "):
        for word in list_expected(fault, CONDITION_WORDS):
            mended = f"{text[: fault.start]} {word}"
            after = parse_condition(mended)
            if isinstance(after, ExpressionFault):
                assert after.start == len(mended), (text, mended)
                assert word, (text, mended)


@settings(max_examples=500)
@given(
    st.builds(
        lambda parts, cut, junk: "".join(parts)[:cut] + junk,
        st.lists(st.sampled_from(PATH_PARTS), max_size=4),
        st.integers(1, 20),
        JUNK,
    )
)
def test_inserting_what_an_input_expression_lacks_makes_it_valid(rest: str) -> None:
    text = "$.data" + rest
    fault = read_input_expression(text)
    if fault is not None:
        for word in list_expected(fault, PATH_WORDS):
            mended = text[: fault.start] + word
            after = read_input_expression(mended)
            if after is not None:
                assert after.start == len(mended), (text, mended)
                assert word, (text, mended)
