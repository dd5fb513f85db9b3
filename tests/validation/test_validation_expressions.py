"""The two languages of expressions: what they take, and where a fault is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.validation.expressions import find_operand_fault
from generator.validation.syntax import (
    MAX_LENGTH,
    ExpressionFault,
    read_condition,
    read_input_expression,
)

TYPES = {
    "kind": "String",
    "paid": "Number",
    "rest": "Number",
    "done": "Boolean",
    "order": "Object",
    "not_done": "Boolean",
}


def find_fault(text: str) -> ExpressionFault | None:
    expression = read_condition(text)
    if expression is None or isinstance(expression, ExpressionFault):
        return expression
    return find_operand_fault(expression, TYPES)


@pytest.mark.parametrize(
    "text",
    [
        "$.data",
        "$.data.a",
        "$.data.a.b",
        "$.data[0]",
        "$.data.a[0, 3]",
        "$.data[0,3,5]",
        "$.data[1:2]",
        "$.data[1:]",
        "$.data[:2]",
        "$.data[:]",
        "$.data[-1]",
        "$.data.*",
        "$.data[*].x",
        "$.data.*.mammals",
        "$.data.order-id",
        "$.data.é",
    ],
)
def test_valid_input_expressions(text: str) -> None:
    assert read_input_expression(text) is None


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("$.database", 6, "a dot, [, or the end"),
        ("$.data.", 7, "a field name or *"),
        ("$.data..x", 7, "a field name or *"),
        ("$.data[", 7, "an integer, *, or a colon"),
        ("$.data[1", 8, "a comma, a colon, or ]"),
        ("$.data[1,]", 9, "an integer"),
        ("$.data[1:2:3]", 10, "]"),
        ("$.data['x']", 7, "an integer, *, or a colon"),
        ("$.data.x ", 8, "a dot, [, or the end"),
        ("$.data.length()", 13, "a dot, [, or the end"),
        (" $.data", 0, "$.data"),
        ("$.name", 0, "$.data"),
        ("$", 0, "$.data"),
    ],
)
def test_invalid_input_expressions(text: str, at: int, expected: str) -> None:
    fault = read_input_expression(text)
    assert fault is not None
    assert fault.start == at
    assert fault.cause.startswith(f"expected {expected} at character {at + 1}, found ")


@pytest.mark.parametrize(
    "text",
    [
        'kind == "a"',
        'kind != ""',
        "paid > 5",
        "paid >= -1.5",
        "paid < rest",
        "5 <= paid",
        "done == true",
        "false != done",
        "not done == true",
        "not (paid > 5)",
        "(paid > 5) and (done == true)",
        'kind == "a" or kind == "b" and paid < 1e3',
        "((paid > 5))",
        "not not (paid > 5)",
        'kind == "a \\" b"',
        "not_done == true",
        "paid>5",
        "paid == rest\nand done != true",
    ],
)
def test_valid_conditions(text: str) -> None:
    assert find_fault(text) is None


@pytest.mark.parametrize(
    ("text", "start", "end", "cause"),
    [
        (
            "kind",
            4,
            4,
            "expected a comparison (==, !=, >, >=, <, or <=) at character 5, found the end",
        ),
        (
            "kind == ",
            8,
            8,
            "expected an input name or a constant at character 9, found the end",
        ),
        ("paid > 5 paid", 9, 13, "expected 'and', 'or', or the end at character 10, found 'paid'"),
        ("(paid > 5", 9, 9, "expected ) at character 10, found the end"),
        ("paid < rest < 5", 12, 13, "expected 'and', 'or', or the end at character 13, found '<'"),
        ("paid > 5 andy == 3", 9, 13, "expected 'and', 'or', or the end at character 10, found 'andy'"),
        ("kidn == 1", 0, 4, "the node has no input 'kidn'"),
        ("done == True", 8, 12, "the node has no input 'True'"),
        ('kind > "a"', 0, 4, "> cannot compare 'kind' of type String"),
        ("paid > done", 7, 11, "> cannot compare 'done' of type Boolean"),
        ("order == kind", 0, 5, "== cannot compare 'order' of type Object"),
        ("kind == 5", 8, 9, "== compares 'kind' of type String with a constant of type Number"),
        ("5 == kind", 0, 1, "== compares a constant of type Number with 'kind' of type String"),
        ("kind == paid", 8, 12, "== compares 'kind' of type String with 'paid' of type Number"),
        ("1 < 2 and 3 < 4", 0, 15, "it does not use an input of the node"),
    ],
)
def test_invalid_conditions(text: str, start: int, end: int, cause: str) -> None:
    fault = find_fault(text)
    assert fault is not None
    assert (fault.start, fault.end, fault.cause) == (start, end, cause)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("paid = 5", "Use == to compare."),
        ("kind == 'a'", 'Use double quotes for strings: kind == "urgent".'),
        ('kind == "a', "Add the closing double quote."),
        ("paid > 1 && paid < 5", "Use `and`."),
        ("paid > 1 AND paid < 5", "Use `and`."),
        ("paid > 1 || paid < 5", "Use `or`."),
        ("!(paid > 1)", "Use != to compare, or not before a comparison."),
        ("done == True", "Write true in lowercase."),
        ("kinds == 1", "Did you mean kind?"),
        (
            "kind == urgent",
            'Its inputs are kind, paid, rest, done, order, not_done. Put a string in double quotes: "urgent".',
        ),
    ],
)
def test_help_for_common_mistakes(text: str, help: str) -> None:
    fault = find_fault(text)
    assert fault is not None
    assert fault.help == help


def test_overlong_expressions_are_not_parsed() -> None:
    assert read_condition("(" * (MAX_LENGTH + 1)) is None
    assert read_input_expression("$.data" + "[" * MAX_LENGTH) is None
    assert isinstance(read_condition("(" * MAX_LENGTH), ExpressionFault)


@given(st.text(max_size=MAX_LENGTH))
def test_any_text_parses_or_has_an_error_inside_it(text: str) -> None:
    for fault in (find_fault(text), read_input_expression(text)):
        if fault is not None:
            assert 0 <= fault.start <= fault.end <= len(text)


@given(st.text(alphabet='kindpaid 5"()=<>!andornot$.data[]*:,-', max_size=30))
def test_near_expressions_parse_or_have_an_error_inside(text: str) -> None:
    for fault in (find_fault(text), read_input_expression("$.data" + text)):
        if fault is not None:
            assert fault.start <= fault.end
