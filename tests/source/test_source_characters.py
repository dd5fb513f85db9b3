"""Where a character of a string stands in the text that it was written in."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from paths import ROOT

from generator.source import Span, count_position, find_characters, read_document

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: unicodedata.is_normalized("NFC", text)
)


def locate(file: str, text: str, start: int, end: int) -> str:
    """Return what stands in the text where the characters [start:end] of its key `a` are said to stand."""
    document, faults = read_document(file, text.encode())
    assert document is not None, faults
    return cut(text, find_characters(document, ("a",), start, end))


def read_value(text: str) -> object:
    """Return the value of the key `a`."""
    document, faults = read_document("x.yaml", text.encode())
    assert document is not None, faults
    assert isinstance(document.value, dict)
    return document.value["a"]


def cut(text: str, span: Span) -> str:
    lines = re.split(r"\r\n|\r|\n", text)
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    inner = lines[span.line : span.end_line - 1]
    return "\n".join([lines[span.line - 1][span.column - 1 :], *inner, lines[span.end_line - 1][: span.end_column - 1]])


@given(TEXTS, st.booleans())
def test_each_character_of_a_json_string_is_found(value: str, ascii_only: bool) -> None:
    text = f'{{\n "é": 1, "a": {json.dumps(value, ensure_ascii=ascii_only)}}}'
    for place, character in enumerate(value):
        assert json.loads(f'"{locate("x.json", text, place, place + 1)}"') == character
    assert locate("x.json", text, len(value), len(value)) == '"'


@given(TEXTS, st.sampled_from(['"', "'"]))
def test_each_character_of_a_quoted_yaml_string_is_found(value: str, quote: str) -> None:
    text = yaml.dump({"b": "c", "a": value}, default_style=quote, width=1000, allow_unicode=True)
    if not text.endswith(f"{quote}\n") or text.count("\n") != 2 or f'"a": {quote}' not in text.replace("'a'", '"a"'):
        return  # PyYAML chose another style, or broke the line
    if read_value(text) != value:
        return  # PyYAML wrote a line end as YAML 1.1 knows them
    for place, character in enumerate(value):
        written = locate("x.yaml", text, place, place + 1)
        assert read_value(f"a: {quote}{written}{quote}") == character


@pytest.mark.parametrize(
    ("text", "start", "end", "found"),
    [
        ("a: kind = 1", 5, 6, "="),
        ("a: kind = 1  # why", 7, 8, "1"),
        ("a: 'it''s one'", 2, 4, "''s"),
        ('a: "x \\"y\\" z"', 2, 5, '\\"y\\"'),
        ('a: "\\u00e4\\x41\\U0001F600\\n\\_b"', 2, 4, "\\U0001F600\\n"),
        ("a: |\n  one\n    two\n  three\nb: 1", 4, 9, "  two"),
        ("a: |-\n  one\n\n  three", 5, 10, "three"),
        ("a: |+\n  one\n  two\n\nb: 1", 4, 7, "two"),
        ("b:\n  - 1\na: |  # a comment\n   one\n   two", 4, 7, "two"),
        ("a: |\r\n  one\r\n  two\r\nb: 1", 4, 7, "two"),
        ("b: 1\ra: |\r  one\r  two", 4, 7, "two"),
        ("a: |\n  one two\n  three", 4, 13, "two\n  three"),
    ],
)
def test_a_string_is_found_as_written(text: str, start: int, end: int, found: str) -> None:
    assert locate("x.yaml", text, start, end) == found


@pytest.mark.parametrize(
    "text",
    [
        "a: >\n  one\n  two",
        "a: one\n  two",
        'a: "one\n  two"',
        "a: &x |\n  one two",
        "a: |2\n    one",
        'a: "one \\\n  two"',
    ],
)
def test_an_inexact_position_is_the_whole_value(text: str) -> None:
    document, _ = read_document("x.yaml", text.encode())
    assert document is not None
    assert find_characters(document, ("a",), 2, 3) == document.find_span(("a",))


def test_a_string_that_is_not_nfc_is_underlined_whole() -> None:
    document, _ = read_document("x.yaml", "a: cafe\u0301 = 1".encode())
    assert document is not None
    assert find_characters(document, ("a",), 5, 6) == document.find_span(("a",))


def test_a_value_that_is_not_a_string_is_underlined_whole() -> None:
    document, _ = read_document("x.yaml", b"a: {b: 1}")
    assert document is not None
    assert find_characters(document, ("a", "b", 0), 0, 1) == document.find_span(("a", "b"))


def test_a_position_in_a_separate_file() -> None:
    assert count_position("one\ntwo three", 8, 13) == Span(2, 5, 2, 10)
    assert count_position("one", 3, 3) == Span(1, 4, 1, 5)
    assert count_position("one\r\ntwo\rthree", 9, 14) == Span(3, 1, 3, 6)


def test_positions_come_from_real_documents() -> None:
    path = ROOT / "examples" / "flows" / "phone-bank" / "phone-bank.flow.yaml"
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    place = ("definition", "nodes", 2, "configuration", "condition", "conditions", 0, "expression")
    assert cut(document.text, find_characters(document, place, 10, 26)) == '"FallbackIntent"'
