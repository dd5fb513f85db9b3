"""YAML and JSON: every value with its place, what is ambiguous told, nothing raised whatever the text."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.source import LARGEST_DOCUMENT, Document, read_document
from generator.source.position import Span


def read(text: str | bytes, name: str = "a.yaml") -> tuple[Document | None, list[str]]:
    document, faults = read_document(name, text if isinstance(text, bytes) else text.encode())
    return document, [fault.kind for fault in faults]


def read_value(text: str, name: str = "a.yaml") -> object:
    document, faults = read(text, name)
    assert faults == []
    assert document is not None
    return document.value


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "n", "On", "NO", "2026-01-31", "a:b"])
def test_yaml_1_1_booleans_stay_strings(word: str) -> None:
    assert read_value(f"key: {word}\n{word}: 1\n") == {"key": word, word: 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("0.70", Decimal("0.70")),
        ("1e3", Decimal("1e3")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("1.2.3", "1.2.3"),
        ("$.data", "$.data"),
    ],
)
def test_plain_scalars_mean_what_json_would_mean(text: str, value: object) -> None:
    found = read_value(f"key: {text}\n")
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)
    assert str(found["key"]) == str(value)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_yaml_1_1_line_breaks_are_text(character: str) -> None:
    text = f'a: x{character}y\nb: "x{character}y"\nc: |-\n  x{character}y\nd{character}: \U000f0000\n'
    document, faults = read(text)
    assert faults == []
    assert document is not None
    word = f"x{character}y"
    assert document.value == {"a": word, "b": word, "c": word, f"d{character}": "\U000f0000"}
    assert document.find_span(("b",)) == Span(2, 4, 2, 9)


@pytest.mark.parametrize("text", ["1_000", "010", "0o17", "0x1F", "0b1", "12:30", ".inf", ".nan"])
def test_ambiguous_yaml_is_reported(text: str) -> None:
    assert read(f"key: {text}\n")[1] == ["AmbiguousScalar"]
    assert read(f"key: '{text}'\n")[1] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a: 1\na: 2\n", "DuplicateKey"),
        ("a: !x 1\n", "UnsupportedYaml"),
        ("a: ! 1\n", "UnsupportedYaml"),
        ("a: 1\n---\nb: 2\n", "UnsupportedYaml"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "UnsupportedYaml"),
        ("? [a]\n: 1\n", "UnsupportedYaml"),
        ("a: &x [*x]\n", "UnsupportedYaml"),
        ("a: [\n", "SyntaxError"),
        ("a:\n\tb: 1\n", "SyntaxError"),
        ("", "SyntaxError"),
        ("a: \x07\n", "SyntaxError"),
        ("a: *nowhere\n", "SyntaxError"),
        (b"a: \xff\n", "UnreadableText"),
        ('a: "\\ud800"\n', "LoneSurrogate"),
    ],
)
def test_invalid_yaml_is_rejected(text: str | bytes, kind: str) -> None:
    assert kind in read(text)[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"a": 1, "a": 2}', "DuplicateKey"),
        ('{"a": NaN}', "SyntaxError"),
        ('{"a": Infinity}', "SyntaxError"),
        ('{"a": 01}', "SyntaxError"),
        ('{"a": 1,}', "SyntaxError"),
        ("{'a': 1}", "SyntaxError"),
        ('{"a": "\t"}', "SyntaxError"),
        ('{"a": 1} x', "SyntaxError"),
        ('{"a": "\\ud83d"}', "LoneSurrogate"),
        ("", "SyntaxError"),
        ("[" * 70 + "]" * 70, "TooDeep"),
    ],
)
def test_invalid_json_is_rejected(text: str, kind: str) -> None:
    assert kind in read(text, "a.json")[1]


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\0", "\x07"])
def test_a_character_that_yaml_forbids_is_reported_at_its_position(character: str) -> None:
    document, (fault,) = read_document("a.yaml", f"a: 1\nb: x{character}y\n".encode())
    assert document is None
    assert f"U+{ord(character):04X} " in fault.message
    assert fault.span == Span(2, 5, 2, 6)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yaml", "a: 1\n\tb: 2\n", "not allow tabs"),
        ("a.yaml", "a: @me\n", "in quotes"),
        ("a.yaml", "a: say x: y\n", "Quote strings"),
        ("a.yaml", "a: {{x}}\n", "in quotes"),
        ("a.yaml", "a: *x\n", "anchor"),
        ("a.json", "{'a': 1}", "double quotes"),
        ("a.json", "{a: 1}", "double quotes"),
        ("a.yaml", "\ufeffa: 1\n".encode("utf-16-le"), "Save it as UTF-8."),
    ],
)
def test_the_help_names_the_most_likely_cause(name: str, text: str | bytes, words: str) -> None:
    _, (fault,) = read_document(name, text if isinstance(text, bytes) else text.encode())
    assert words in fault.help


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": [1],\n}', (1, 10)),
        ("[1,\n 2,\n]", (2, 3)),
        ('{"a": 1,,\n "b": 2}', (1, 9)),
        ("[1, , 2]", (1, 5)),
        ("[,1]", (1, 2)),
        ('{ ,"a": 1}', (1, 3)),
        ('{"a": 1},', (1, 9)),
    ],
)
def test_a_trailing_comma_is_reported_at_the_comma(text: str, place: tuple[int, int]) -> None:
    _, (fault,) = read_document("a.json", text.encode())
    assert (fault.span.line, fault.span.column) == place
    assert "emove" in fault.help


def test_a_carriage_return_alone_ends_a_line() -> None:
    document, _ = read('{"a": 1,\r "b": [\r\n  "one"]}', "a.json")
    assert document is not None
    assert document.find_span(("b", 0)) == Span(3, 3, 3, 8)
    assert read_document("a.json", b'{\r"a": \xff}')[1][0].span.line == 2
    assert read_document("a.yaml", b"a: 1\rb: \x1b\n")[1][0].span == Span(2, 4, 2, 5)
    conflict = "{\r<<<<<<< ours\r1\r=======\r2\r>>>>>>> theirs\r}"
    assert read_document("a.json", conflict.encode())[1][0].span == Span(2, 1, 2, 8)


def test_valid_json_is_read() -> None:
    assert read_value(
        '\ufeff{\r\n\t"a": "\\ud83d\\ude00 😀 \\u00e9",\r\n\t"b": [1.50, -0, 1e2]\r\n}\r\n', "a.json"
    ) == {
        "a": "😀 😀 é",
        "b": [Decimal("1.50"), 0, Decimal("1e2")],
    }


def test_anchors_are_resolved_within_limits() -> None:
    assert read_value("a: &x {b: [1]}\nc: *x\n") == {"a": {"b": [1]}, "c": {"b": [1]}}
    laughs = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    laughs += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    assert read(laughs)[1] == ["TooLarge"]


def test_an_oversized_file_is_not_read() -> None:
    assert read(b"a" * (LARGEST_DOCUMENT + 1))[1] == ["UnreadableText"]


def test_yaml_values_have_positions() -> None:
    document, _ = read('a: one\nb:\n  - {c: "two", d: 3}\n  - é: vier\n')
    assert document is not None
    assert document.find_span(("a",)) == Span(1, 4, 1, 7)
    assert document.find_span(("b", 0, "c")) == Span(3, 9, 3, 14)
    assert document.find_span(("b", 0, "d"), key=True) == Span(3, 16, 3, 17)
    assert document.find_span(("b", 1, "é")) == Span(4, 8, 4, 12)
    assert document.find_span(("b", 1, "nothing", 3)) == document.find_span(("b", 1))


def test_json_values_have_positions() -> None:
    document, _ = read('{"a": "one",\n "b": [\n  {"😀": 2.5}]}', "a.json")
    assert document is not None
    assert document.find_span(("a",)) == Span(1, 7, 1, 12)
    assert document.find_span(("b", 0, "😀")) == Span(3, 9, 3, 12)
    assert document.find_span(("b", 0, "😀"), key=True) == Span(3, 4, 3, 7)
    assert document.find_span(()) == Span(1, 1, 3, 15)


def test_a_file_with_another_extension_is_json_if_it_starts_like_json() -> None:
    assert read_value('{"a": 1}', "a.txt") == {"a": 1}
    assert read_value("a: 1\n", "a.txt") == {"a": 1}


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False, width=32),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4),
    ),
    max_leaves=12,
)


def as_read(value: object) -> object:
    """Return a value as it must be read back: numbers with a point or an exponent in their author's digits."""
    if isinstance(value, float):
        return Decimal(json.dumps(value))
    if isinstance(value, list):
        return [as_read(item) for item in value]
    return {key: as_read(item) for key, item in value.items()} if isinstance(value, dict) else value


def cut_out(text: str, span: Span) -> str:
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@given(json_values, st.sampled_from([None, 2]))
def test_any_json_round_trips_and_each_span_is_its_value(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    document, faults = read(text, "a.json")
    assert faults == []
    assert document is not None
    assert document.value == as_read(value)
    for path in document.paths:
        span = document.find_span(path)
        found: object = document.value
        for part in path:
            found = found[part]  # type: ignore[index]
        assert as_read(json.loads(cut_out(text, span))) == found


@given(json_values)
def test_json_in_a_yaml_file_has_the_same_value(value: object) -> None:
    document, faults = read(json.dumps({"key": value}, ensure_ascii=False))
    if faults:
        # YAML forbids a few characters that JSON allows; and a key may be longer than YAML takes on one line.
        assert faults == ["SyntaxError"]
        return
    assert document is not None
    assert document.value == {"key": as_read(value)}


@given(
    st.one_of(st.text(), st.binary(), st.text(st.sampled_from(list("{}[]:,-&*!|>'\"#%@` \n\tab1.~?<=")))), st.booleans()
)
@settings(max_examples=300)
def test_no_text_raises_an_exception(data: str | bytes, is_json: bool) -> None:
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    read_document("a.json" if is_json else "a.yaml", raw)
