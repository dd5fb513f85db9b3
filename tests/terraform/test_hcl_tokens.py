"""The lexical level of HCL."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hcl_strategies import texts
from hypothesis import given

from generator.terraform.hcl.tokens import (
    check_expression,
    check_identifier,
    quote_key,
    quote_string,
    write_comment,
    write_number,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("${var.x} %{ if }", r'"\u0024{var.x} \u0025{ if }"'),
        ("$${x}", r'"$\u0024{x}"'),
        ("50% of $5", '"50% of $5"'),
        ("a\nb\r\t\\", r'"a\nb\r\t\\"'),
        ("\x1b[31m\u202e\U000e0041", r'"\u001b[31m\u202e\U000e0041"'),
        ("Grüße 日本", '"Grüße 日本"'),
    ],
)
def test_quote_string_keeps_the_value(text: str, written: str) -> None:
    assert quote_string(text) == written


@given(texts)
def test_a_quoted_string_stays_on_its_line_and_in_its_quotes(text: str) -> None:
    written = quote_string(text)
    assert len(written.splitlines()) == 1
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', written)
    assert not re.search(r"[$%]\{", written)


def test_quote_string_rejects_lone_surrogates() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        quote_string("a\ud800")


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("team", "team"),
        ("topK", "topK"),
        *((word, f'"{word}"') for word in ("for", "if", "in", "null", "true", "false", "for_each")),
        ("a-b", '"a-b"'),
        ("cost center", '"cost center"'),
        ("", '""'),
        ("${x}", r'"\u0024{x}"'),
        ("日本", '"日本"'),
        ("नमस्ते", r'"\u0928\u092e\u0938\u094d\u0924\u0947"'),
    ],
)
def test_quote_key_is_bare_only_for_plain_names(key: str, written: str) -> None:
    assert quote_key(key) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (-7, "-7"),
        (Decimal("0.70"), "0.70"),
        (Decimal("1.0"), "1.0"),
        (Decimal("0.0000001"), "0.0000001"),
        (Decimal("1e3"), "1e3"),
        (Decimal("2.5E+3"), "2.5e3"),
        (Decimal("1e-40"), "1e-40"),
    ],
)
def test_numbers_keep_their_authors_digits(number: int | Decimal, written: str) -> None:
    assert write_number(number) == written


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_a_decimal_that_is_not_a_number_is_rejected(number: str) -> None:
    with pytest.raises(ValueError, match="not an HCL number"):
        write_number(Decimal(number))


@pytest.mark.parametrize("text", ["", "a b", "a-b", "1a", 'a"', "é", "a\n"])
def test_invalid_identifiers_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        check_identifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "local.key_arn",
        'regex("[^/]+$", each.value)',
        r'length(replace(local.x, "/\\s/", "")) <= 6144',
        'var.a == null ? "x-${substr(local.name, 0, 64)}-" : null',
        '"${a["b"]}$${"',
        '[for arn in values(var.x) : arn if arn != "//#"]',
    ],
)
def test_closed_expressions_are_accepted(text: str) -> None:
    assert check_expression(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " a",
        "a\nb",
        "a)",
        "(a",
        "a, b",
        '"a',
        'a" b',
        "a # b",
        "a // b",
        "a /* b",
        "<<EOT",
        "é",
        '"${a"',
        "{]",
        "${a}",
    ],
)
def test_unclosed_expressions_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"expression|is missing"):
        check_expression(text)


@given(texts)
def test_a_comment_stays_a_comment(text: str) -> None:
    lines = write_comment(text, 4)
    assert all(line.startswith("    #") and len(line.splitlines()) == 1 for line in lines)


def test_long_comments_are_wrapped() -> None:
    lines = write_comment(", ".join(["Node"] * 60), 2)
    assert len(lines) > 1
    assert max(map(len, lines)) <= 120
