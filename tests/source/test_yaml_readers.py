"""libyaml and PyYAML's own parser compared: the same values at the same places, or a named difference.

Where they differ, the stricter answer counts: a text that one of them refuses is refused.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hostile import TEXTS, make_hostile

from generator.source import read_document, yaml_events
from generator.source.position import ROOT
from generator.source.reading import Reading, TextRefusedError
from generator.source.yaml_events import _collect_events, _Collector, _describe_error, _PurePythonParser, mask_text
from generator.source.yaml_reader import _Reader, read_yaml

SEEDS = (
    "a: [1, {b: \"x y\", c: 'd''e'}]\nl:\n- |\n  text\n  more\n- >-\n  fold\n  ed\n? k\n: v\n",
    '{"a": [1, "b\\u00e9"], "c": {"d": null}}\n',
    '- &a x\n- *a\n- !t y\n- "a\n  b"\n- a\n  b\n- {<<: *a}\n',
    "%YAML 1.1\n---\na: b # c\n...\n",
    "# c\nname: x\ndefinition:\n  nodes: &n\n    - {name: A, type: Input}\n    - name: B\n      text: |2-\n        a\n",
)
SIGNS = (*TEXTS, *"{}[]:,-&*!|>'\"#%@` \n\tab1.~?<=", "\n  ", "\n- ", "!!str ", "|2\n", "\\x41", "\x7f", "é", "\ufffe")
ONLY_PYYAML_REFUSES = re.compile(r"'\\t'|'#'|got '\?'")
"""Tabs between tokens, comments right after the sign of a block or a version, question marks in brackets."""
ONLY_LIBYAML_REFUSES = re.compile(
    r"found unknown directive name|found incompatible YAML document|found a tab character where an indentation space"
    r"|found unexpected ':'|invalid Unicode character escape|did not find expected whitespace or line break"
    r"|exceeded maximum nesting depth"
)


def read_with(parser: Callable[[str], Any], text: str) -> tuple[Reading | None, str]:
    """Return what a parser makes of a text, or why it refuses it."""
    reading = Reading(text)
    masked, unmask = mask_text(text)
    collector = _Collector(reading, unmask)
    try:
        events = _collect_events(parser(masked), collector)
        reading.value = _Reader(reading, events).read(0, *ROOT, 0)
    except TextRefusedError as refusal:
        return None, refusal.fault.message
    except yaml.reader.ReaderError as error:
        return None, str(error)
    except yaml.YAMLError as error:
        return None, _describe_error(error, reading, unmask).message
    except (ValueError, OverflowError) as error:
        return None, str(error)
    return reading, ""


def compare(text: str) -> str:
    """Return how the two differ on a text, in words of the one that refuses it; nothing if they agree."""
    fast, fast_refusal = read_with(yaml._yaml.CParser, text)
    slow, slow_refusal = read_with(_PurePythonParser, text)
    answer = read_yaml(text)
    if has_tag(answer):
        return ""
    if fast is not None and slow is not None:
        assert fast.value == slow.value
        assert find_places(fast) == find_places(slow)
        assert fast.faults == slow.faults
        assert not answer.failed
        assert (answer.value, find_places(answer)) == (slow.value, find_places(slow))
    elif slow is not None and "Unicode character escape" in fast_refusal:
        assert {fault.kind for fault in slow.faults} & {"LoneSurrogate", "UnsupportedYaml", "DuplicateKey"}
    else:
        assert answer.failed
    return fast_refusal if slow is not None else slow_refusal if fast is not None else ""


def has_tag(reading: Reading) -> bool:
    """Return whether a tag was reported, which is an error. The two parsers disagree on where a tag ends."""
    return any(fault.message.startswith("YAML tag") for fault in reading.faults)


def find_places(reading: Reading) -> list[object]:
    """Return the places of values and keys. Empty ones are no place: in brackets, they are before or after a space."""
    return [place if place[2] < place[3] else place[:2] for place in (*reading.places, *reading.keys.values())]


def mutate(chance: random.Random) -> str:
    text = chance.choice(SEEDS)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(text) + 1)
        sign = chance.choice(SIGNS) * chance.choice((1, 1, 1, 2, 3))
        text = text[:at] + sign + text[at + chance.choice((0, 0, 1, 5)) :]
    return text


def make_soup(chance: random.Random) -> str:
    return "".join(chance.choices(SIGNS, k=chance.choice((2, 4, 10, 20))))


@pytest.mark.parametrize("make", [mutate, make_soup])
def test_mutated_texts_are_read_alike(make: Callable[[random.Random], str]) -> None:
    for number in range(1500):
        check_difference(make(random.Random(number)))


def test_hostile_documents_are_read_alike() -> None:
    documents = (make_hostile(5, number) for number in range(300))
    for document in documents:
        if document.name.endswith(".yaml") and len(document.data) < 5000 and is_utf8(document.data):
            check_difference(document.data.decode("utf-8-sig"))


def is_utf8(data: bytes) -> bool:
    return data.decode("utf-8", "replace").encode() == data


def check_difference(text: str) -> None:
    """Fail if the two differ in a way that has no name here."""
    try:
        difference = compare(text)
    except AssertionError as error:
        raise AssertionError(repr(text)) from error
    named = ONLY_PYYAML_REFUSES if difference and is_read_by_libyaml(text) else ONLY_LIBYAML_REFUSES
    assert not difference or named.search(difference), (text, difference)


def is_read_by_libyaml(text: str) -> bool:
    return read_with(yaml._yaml.CParser, text)[0] is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\tb\n", "cannot start any token"),
        ("a: [\t1]\n", "cannot start any token"),
        ("a: |\t# c\n  b\n", "expected chomping"),
        ("a: >-# c\n  b\n", "expected chomping"),
        ("a: {b: why?}\n", "but got '?'"),
        ("%YAML 1.1# c\n---\na: b\n", "but found '#'"),
        ("a: [why?, 1]\n", "but got '?'"),
    ],
)
def test_what_only_pyyaml_refuses_is_refused_in_its_words(text: str, words: str) -> None:
    assert is_read_by_libyaml(text)
    document, (fault,) = read_document("a.yaml", text.encode())
    assert document is None
    assert words in fault.message


@pytest.mark.parametrize(
    ("text", "words", "span"),
    [
        ("%YAM 1.1\n---\na: b\n", "found unknown directive name", (1, 5, 1, 6)),
        ("a: {b:, c: 1}\n", "found unexpected ':'", (1, 6, 1, 7)),
        ("a: |\n \tb\n", "found a tab character where", (2, 2, 2, 3)),
        ("a: !,\n", "did not find expected whitespace", (1, 5, 1, 6)),
    ],
)
def test_what_only_libyaml_refuses_is_refused(text: str, words: str, span: tuple[int, ...]) -> None:
    assert read_with(_PurePythonParser, text)[0] is not None
    document, (fault,) = read_document("a.yaml", text.encode())
    assert document is None
    assert words in fault.message
    assert fault.span == span


@pytest.mark.parametrize("text", ["description: Why?\n", "a: {b: 'why?'}\n", "a: |\n  b # c\n", "a: >- # c\n  b\n"])
def test_what_both_read_is_read_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_events, "_read_slowly", None)
    assert read_document("a.yaml", text.encode())[1] == []


def test_a_byte_order_mark_inside_a_text_is_text() -> None:
    document, faults = read_document("a.yaml", "a: x\ufeffy\n".encode())
    assert faults == []
    assert document is not None
    assert document.value == {"a": "x\ufeffy"}
    assert document.find_span(("a",)) == (1, 4, 1, 7)
    _, (fault,) = read_document("a.yaml", "%YAML \ufeff.1\n---\n".encode())
    assert "'\\ufeff'" in fault.message


@pytest.mark.parametrize("command", [["validate"], ["generate", "-o", "modules"]])
def test_without_libyaml_one_line_says_so(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.flow.yaml").write_text("name: a\n")
    code = "import sys, yaml; yaml.__with_libyaml__ = False; from generator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "a.flow.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"flowseal: {yaml_events.WITHOUT_LIBYAML}.\n"


def test_the_short_forms_of_cloudformation_are_read_in_templates_only() -> None:
    text = b"a: !Ref Name\nb: !GetAtt\n  - Fn\n  - Arn\nc: !If [Is, !Sub '${x}', !Condition Other]\n"
    document, faults = read_document("template.yaml", text, is_template=True)
    assert faults == []
    assert document is not None
    assert document.value == {
        "a": {"Ref": "Name"},
        "b": {"Fn::GetAtt": ["Fn", "Arn"]},
        "c": {"Fn::If": ["Is", {"Fn::Sub": "${x}"}, {"Condition": "Other"}]},
    }
    assert document.find_span(("a",)) == document.find_span(("a", "Ref")) == (1, 4, 1, 13)
    assert document.find_span(("c", "Fn::If", 1)) == (5, 13, 5, 24)
    document, faults = read_document("flow.yaml", text)
    assert [fault.kind for fault in faults] == ["UnsupportedYaml"] * 5
    _, faults = read_document("template.yaml", b"a: !!binary aGk=\nb: !<tag:x> y\n", is_template=True)
    assert [fault.kind for fault in faults] == ["UnsupportedYaml"] * 2
