"""Time and memory grow with the input, not with its square: what is four times as long takes four times as long.

Seconds are compared with seconds of the same run, or steps are counted; `make fuzz` asserts the seconds.
"""

from __future__ import annotations

import json
import os
import re
import time
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.findings import SOURCE_RULES, Finding, locate_finding
from generator.findings.suggestions import renew_suggestions, suggest_name
from generator.flow.reading.names import QUOTED, SLIP, UNSEPARATED
from generator.output.terraform_blocks import list_blocks
from generator.pipeline import CheckedDefinition, DefinitionText, check_definitions
from generator.progress import Timings
from generator.project.configuration import Configuration
from generator.project.discovery import DiskReader
from generator.project.patterns import could_find, discover_configured
from generator.source import read_document
from generator.source.characters import normalize_text
from generator.source.credentials import mask_credentials

INPUT = {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}


def check(value: object, name: str = "a.flow.json") -> CheckedDefinition:
    data = value if isinstance(value, str) else json.dumps(value)
    text = DefinitionText(name, data.encode(), DiskReader(Path()))
    (checked,) = check_definitions([text], for_terraform=True, timings=Timings())
    return checked


def connect(source: str, target: str) -> dict[str, object]:
    data = {"sourceOutput": "document", "targetInput": "document"}
    return {"source": source, "target": target, "type": "Data", "configuration": {"data": data}}


def make_output(name: str) -> dict[str, object]:
    port = {"name": "document", "type": "String", "expression": "$.data"}
    outputs = [{"name": "document", "type": "String"}]
    return {"name": name, "type": "Output", "inputs": [port], "outputs": outputs}


def make_flow(nodes: list[object], connections: list[object]) -> dict[str, object]:
    return {"name": "big", "definition": {"nodes": [INPUT, *nodes], "connections": connections}}


def misspell(count: int) -> object:
    nodes = [make_output(f"node{at:05}abcdef") for at in range(count)]
    return make_flow([*nodes], [connect("Start", f"nodx{at:05}abcdef") for at in range(count)])


def leave_alone(count: int) -> object:
    return make_flow([make_output(f"Node{at}") for at in range(count)], [connect("Start", "Start")])


def close_cycles(count: int) -> object:
    nodes = [make_output(f"Node{at}") for at in range(count)]
    return make_flow([*nodes], [connect(f"Node{at}", f"Node{at ^ 1}") for at in range(count)])


def point_into_one_line(count: int) -> object:
    nodes = [make_output(f"Node{at}") for at in range(count)]
    for node in nodes:
        node["inputs"] = [{"name": "document", "type": "String", "expression": "$.data["}]
    return make_flow([*nodes], [connect("Start", f"Node{at}") for at in range(count)])


def comment(count: int) -> str:
    return "# flowseal: ignore[UnusedParameter] x\n" * count + json.dumps(leave_alone(1))


def nest_blocks(count: int) -> str:
    return 'resource "a_b" "c" {\n  d = "e"\n}\n' * count


def measure(work: Callable[[], object]) -> float:
    """Return the processor's seconds for some work, the shortest of three times."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def demand_linear(make: Callable[[int], object], work: Callable[[object], object], count: int) -> None:
    """Fail where four times as much takes more than eight times as long."""
    work(make(count))
    small, large = make(count), make(4 * count)
    ratio = measure(lambda: work(large)) / measure(lambda: work(small))
    assert ratio < 8


@pytest.mark.parametrize("make", [close_cycles, point_into_one_line])
def test_checking_a_flow_takes_linear_time(make: Callable[[int], object]) -> None:
    demand_linear(make, check, 240)


def test_comments_are_read_in_linear_time() -> None:
    demand_linear(comment, lambda text: check(str(text), "a.flow.yaml"), 500)


def test_terraform_blocks_are_found_in_linear_time() -> None:
    demand_linear(nest_blocks, lambda text: list_blocks(str(text)), 400)


@pytest.mark.parametrize("piece", ["-----BEGIN PRIVATE KEY-----\n", 'password="', "a://b:", "sk-a-", "eyJaaaaaaaa."])
def test_credentials_are_searched_once(piece: str) -> None:
    demand_linear(lambda count: piece * count, lambda text: mask_credentials(str(text)), 2000)


def test_a_sign_that_is_missing_is_not_searched_for_again() -> None:
    # "AKIA" and "ASIA" are signs of one shape. A search for the missing one reads the rest of the text.
    demand_linear(lambda count: "AKIAABCDEFGHIJKLMNOP " * count, lambda text: mask_credentials(str(text)), 20_000)


@pytest.mark.parametrize(("slip", "start"), [(SLIP, "{{"), (QUOTED, ""), (UNSEPARATED, "")])
def test_misspelled_references_are_recognized_in_linear_time(slip: re.Pattern[str], start: str) -> None:
    demand_linear(lambda count: start + "\u2028" * count + "!", lambda text: slip.fullmatch(str(text)), 4000)


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0f73", "\u0344"])
def test_combining_marks_are_sorted_in_linear_time(marks: str) -> None:
    demand_linear(lambda count: "a" + marks * count, lambda text: normalize_text(str(text)), 4000)


@pytest.mark.parametrize("text", ["a" + "\u0301\u0316" * 90, "\u00e9\u0f73\u0f71" * 40, "\u1100\u1161\u11a8" * 40])
def test_long_runs_are_normalized_as_unicode_requires(text: str) -> None:
    assert normalize_text(text) == unicodedata.normalize("NFC", text)


def test_a_pattern_visits_a_folder_once_per_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath(*["aa"] * 16).mkdir(parents=True)
    looks: list[object] = []
    scan = os.listdir
    monkeypatch.setattr("os.listdir", lambda folder: [looks.append(folder), *scan(folder)][1:])  # type: ignore[func-returns-value]
    document, _ = read_document("flowseal.yaml", b"{}")
    assert document is not None
    pattern = "**/*a*/" * 6 + "x.flow.yaml"
    discover_configured(Configuration("flowseal.yaml", tmp_path, document, (pattern,)), None)
    assert len(looks) <= 17 * 13


@pytest.mark.parametrize("pattern", [".", "**/x.flow.yaml", "**/*/**/*/x.flow.yaml"])
def test_a_folder_that_is_too_deep_is_one_finding(pattern: str, tmp_path: Path) -> None:
    tmp_path.joinpath(*["a"] * 220).mkdir(parents=True)
    document, _ = read_document("flowseal.yaml", b"{}")
    assert document is not None
    _, findings = discover_configured(Configuration("flowseal.yaml", tmp_path, document, (pattern,)), None)
    assert [(finding.rule.name, finding.help) for finding in findings] == [("UnreadablePath", "Reduce the nesting.")]


def test_positions_in_a_string_are_found_in_linear_time() -> None:
    def locate(count: object) -> None:
        document, _ = read_document("a.json", json.dumps({"a": "x\n" * int(str(count))}).encode())
        assert document is not None
        rule = SOURCE_RULES["SyntaxError"]
        for at in range(0, 2 * int(str(count)), 4):
            locate_finding(Finding(rule, "m", "r", ("a",), within=(at, at + 1)), document)

    demand_linear(lambda count: count, locate, 800)


def test_later_near_misses_are_not_compared_again() -> None:
    known = [f"node{at:05}abcdef" for at in range(3000)]
    renew_suggestions()
    meant = [suggest_name(name.replace("node", "nodx"), known) for name in known]
    assert meant == known


def test_suggestions_do_not_depend_on_earlier_documents() -> None:
    first = [finding.help for finding in check(misspell(200)).findings]
    assert [finding.help for finding in check(misspell(200)).findings] == first


def test_folders_and_wildcards_are_not_multiplied() -> None:
    definition = Path("/r", *["aa"] * 40, "x.flow.yaml")
    assert could_find(Path("/r"), "**/*a*/" * 12 + "**/x.flow.yaml", None, definition)
    assert not could_find(Path("/r"), "**/*a*/" * 12 + "**/y.flow.yaml", None, definition)


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_values_are_counted_while_they_are_read(name: str) -> None:
    text = f"[{'0,' * 400_000}0]".encode()
    tracemalloc.start()
    document, (fault, *_) = read_document(name, text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document is None
    assert fault.kind == "TooLarge"
    assert peak < 40_000_000


@pytest.mark.parametrize("count", [1000, 1001])
def test_a_list_has_at_most_1000_items(count: int) -> None:
    rules = {finding.rule.name for finding in check(make_flow([], [connect("Start", "Start")] * count)).findings}
    assert (rules == {"TooLarge"}) is (count > 1000)


def test_aliases_do_not_multiply_long_strings() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{'*a, ' * 500}]\n"
    document, (fault, *_) = read_document("a.yaml", text.encode())
    assert document is None
    assert fault.kind == "TooLarge"


def test_yaml_has_its_own_limit() -> None:
    _, (fault, *_) = read_document("a.yaml", b"a: " + b"x" * 1_000_000)
    assert fault.kind == "UnreadableText"
    assert read_document("a.json", json.dumps({"a": "x" * 1_000_000}).encode())[1] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"text": {"default": "x" * 500_001}}},
        {"tags": {"x" * 5000: "y"}},
        {"name": "x" * 5000},
    ],
)
def test_a_module_s_fixed_text_is_short(changes: dict[str, object]) -> None:
    rules = {finding.rule.name for finding in check({**make_flow([], []), **changes}).findings}  # type: ignore[dict-item]
    assert rules == {"TooLarge"}


def test_every_reference_to_a_file_counts(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("x" * 6_000_000)
    nodes = [{"name": f"Code{at}", "type": "InlineCode"} for at in range(3)]
    for node in nodes:
        node["configuration"] = {"inlineCode": {"code": {"$file": "long.txt"}, "language": "Python_3"}}  # type: ignore[assignment]
    text = DefinitionText("a.flow.json", json.dumps(make_flow([*nodes], [])).encode(), DiskReader(tmp_path))
    (checked,) = check_definitions([text], for_terraform=True, timings=Timings())
    pointers = [finding.pointer for finding in checked.findings if finding.rule.name == "UnreadableFile"]
    assert pointers == ["/definition/nodes/3/configuration/inlineCode/code/$file"]
