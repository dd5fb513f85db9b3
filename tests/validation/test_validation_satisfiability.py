"""When conditions hold, held against trying values."""

from __future__ import annotations

import itertools
import random
from decimal import Decimal

import pytest

from generator.validation.satisfiability import MAX_SITUATIONS, distinguish_situations, is_unambiguous
from generator.validation.syntax import (
    Comparison,
    Expression,
    ExpressionFault,
    Junction,
    Negation,
    Operand,
    parse_condition,
)

TYPES = {"aa": "Number", "bb": "Number", "kind": "String", "word": "String", "done": "Boolean"}


def parse(text: str) -> Expression:
    expression = parse_condition(text)
    assert not isinstance(expression, ExpressionFault), expression
    return expression


def holds(expression: Expression, values: dict[str, object]) -> bool:
    match expression:
        case Comparison(left, operator, right):
            one, two = (values[str(side.value)] if side.is_input else side.value for side in (left, right))
            return bool(eval(f"one {operator} two", {"one": one, "two": two}))
        case Negation(item):
            return not holds(item, values)
        case Junction(is_and, items):
            return (all if is_and else any)(holds(item, values) for item in items)


def make_random_expression(chance: random.Random, depth: int = 2) -> str:
    if depth and chance.random() < 0.5:
        joint = chance.choice([" and ", " or "])
        return joint.join(f"({make_random_expression(chance, depth - 1)})" for _ in range(2))
    if depth and chance.random() < 0.2:
        return f"not ({make_random_expression(chance, depth - 1)})"
    left = chance.choice(["aa", "bb", "kind", "word", "done"])
    if left == "done":
        return f"done {chance.choice(['==', '!='])} {chance.choice(['true', 'false'])}"
    if TYPES[left] == "Number":
        right = chance.choice(["aa", "bb", "1", "2", "2.5", "-3"])
        return f"{left} {chance.choice(['==', '!=', '<', '<=', '>', '>='])} {right}"
    right = chance.choice(["kind", "word", '"x"', '"y"', '""'])
    return f"{left} {chance.choice(['==', '!='])} {right}"


def list_trials(chance: random.Random) -> list[dict[str, object]]:
    numbers = [
        Decimal(number) for number in ("-4", "-3", "-1", "0", "1", "1.5", "1.7", "2", "2.1", "2.2", "2.5", "3", "4")
    ]
    texts = ["", "x", "y", "z", "zz"]
    return [
        {
            "aa": chance.choice(numbers),
            "bb": chance.choice(numbers),
            "kind": chance.choice(texts),
            "word": chance.choice(texts),
            "done": chance.random() < 0.5,
        }
        for _ in range(400)
    ]


@pytest.mark.parametrize("seed", range(100))
def test_conditions_differ_exactly_if_some_value_distinguishes_them(seed: int) -> None:
    chance = random.Random(seed)
    first, second = (parse(make_random_expression(chance)) for _ in range(2))
    situations = distinguish_situations([first, second], TYPES)
    assert situations is not None
    where = [situations.find_where(expression) for expression in (first, second)]
    for place, values in enumerate(itertools.product(*reversed(situations.choices.values()))):
        named = dict(zip(reversed(situations.choices), values, strict=True))
        assert [bool(found >> place & 1) for found in where] == [holds(item, named) for item in (first, second)]
    for trial in list_trials(chance):
        one, two = holds(first, trial), holds(second, trial)
        # What values show must be among the situations; each combination that is not there must not be shown.
        found = (where[0] if one else ~where[0]) & (where[1] if two else ~where[1]) & situations.everywhere
        assert found, (first, second, trial)


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("aa > 1", "not (aa <= 1)", True),
        ("aa > 1", "aa >= 1", False),
        ("aa > 1", "1 < aa", True),
        ('kind == "x"', 'not (kind != "x")', True),
        ('kind == "x"', 'kind == "X"', False),
        ("done == true", "done != false", True),
        ("aa == bb", "(aa >= bb) and (aa <= bb)", True),
        ("aa == 1.0", "aa == 1", True),
        ("(aa > 1) or (aa <= 1)", "done == done", True),
        ("kind == word", 'kind == "x"', False),
        (f"aa < 1{'0' * 40}", f"aa > 1{'0' * 40}", False),
        ("aa > 0.1", "aa > 0.1000000000000000000000000000000000001", False),
        ("aa > -1e400", "aa >= -1e400", False),
    ],
)
def test_equivalent_conditions_are_recognized(first: str, second: str, is_same: bool) -> None:
    expressions = [parse(first), parse(second)]
    situations = distinguish_situations(expressions, TYPES)
    assert situations is not None
    assert (situations.find_where(expressions[0]) == situations.find_where(expressions[1])) is is_same


def test_mixed_and_or_needs_parentheses() -> None:
    assert is_unambiguous(parse("(aa > 1 and bb > 1) or done == true"))
    assert is_unambiguous(parse("not (aa > 1 or bb > 1)"))
    assert not is_unambiguous(parse("aa > 1 and bb > 1 or done == true"))
    assert not is_unambiguous(parse("not (aa > 1 or bb > 1 and done == true)"))


def test_too_many_combinations_are_not_checked() -> None:
    names = [f"n{place}" for place in range(9)]
    expressions = [parse(f"{name} > {place}") for name in names for place in range(3)]
    assert distinguish_situations(expressions, dict.fromkeys(names, "Number")) is None
    assert MAX_SITUATIONS > 3**7


def test_operands_have_a_type() -> None:
    assert Operand("aa", "", 0, 2).is_input
    assert not Operand("aa", "String", 0, 4).is_input
