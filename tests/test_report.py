"""Reports: nothing steers the terminal, carets stand under the value, JSON keeps its form."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import SOURCE_RULES, LocatedFinding, LocatedPlace
from generator.report import escape_controls, write_count, write_json_report, write_summary, write_text_report
from generator.source.position import Span

RULE = SOURCE_RULES["DuplicateKey"]


def make_finding(line: int = 2, column: int = 5, end: int = 8, **more: str) -> LocatedFinding:
    file = more.get("file", "a.flow.yaml")
    related = (LocatedPlace("Here too.", file, Span(1, 1, 1, 2)),)
    message, remedy = more.get("message", "Twice."), more.get("remedy", "Once.")
    return LocatedFinding(RULE, message, remedy, file, Span(line, column, line, end), "/a", related)


def test_a_finding_is_a_place_a_rule_a_sentence_the_line_and_a_remedy() -> None:
    report = write_text_report([make_finding()], {"a.flow.yaml": "one\nkey: two # x\nthree\n"}, color=False)
    assert report == (
        "a.flow.yaml:2:5: error: DuplicateKey\n"
        "  Twice.\n"
        "     2 | key: two # x\n"
        "       |     ^^^\n"
        "  see a.flow.yaml:1:1: Here too.\n"
        "  remedy: Once.\n"
    )


def test_findings_are_sorted_by_file_and_place() -> None:
    findings = [make_finding(3), make_finding(2, file="b"), make_finding(1), make_finding(1, 2)]
    lines = [line for line in write_text_report(findings, {}, color=False).splitlines() if "error:" in line]
    places = [line.split(": error")[0] for line in lines]
    assert places == ["a.flow.yaml:1:2", "a.flow.yaml:1:5", "a.flow.yaml:3:5", "b:2:5"]


@pytest.mark.parametrize(
    ("line", "column", "end"),
    [("key: 漢字 x", 6, 8), ("key: e\u0301e\u0301 x", 6, 10), ("key: \tab", 7, 9), ("k: \x1b[31m", 4, 9)],
)
def test_carets_stand_under_the_value(line: str, column: int, end: int) -> None:
    report = write_text_report([make_finding(1, column, end)], {"a.flow.yaml": line}, color=False).splitlines()
    source, carets = report[2], report[3]
    value = escape_controls(line[column - 1 : end - 1])
    assert value in source
    assert measure(carets[: carets.index("^")]) == measure(source[: source.index(value)])
    assert carets.count("^") == measure(value)


def measure(text: str) -> int:
    return sum(
        0 if unicodedata.combining(item) else 2 if unicodedata.east_asian_width(item) in "WF" else 1 for item in text
    )


def test_a_long_line_is_cut_around_the_value() -> None:
    line = "x" * 300 + "VALUE" + "y" * 300
    report = write_text_report([make_finding(1, 301, 306)], {"a.flow.yaml": line}, color=False).splitlines()
    assert len(report[2]) <= 110
    assert report[3].index("^") == report[2].index("VALUE")


@given(st.text(), st.text(), st.text())
def test_nothing_unprintable_reaches_the_terminal(message: str, file: str, line: str) -> None:
    finding = make_finding(1, 1, 3, message=message, remedy=message, file=file)
    report = write_text_report([finding], {file: line}, color=False)
    assert not [item for item in report if unicodedata.category(item) in {"Cc", "Cs", "Zl", "Zp"} and item != "\n"]
    assert not {"\u202e", "\u2066", "\u200b", "\ufeff"} & set(report)


def test_colour_is_there_only_where_it_is_asked_for() -> None:
    assert "\x1b[" not in write_text_report([make_finding()], {}, color=False)
    assert "\x1b[1;31merror\x1b[0m" in write_text_report([make_finding()], {}, color=True)


def test_json_has_this_form() -> None:
    report = json.loads(write_json_report([make_finding()], files=1))
    assert report == {
        "version": 1,
        "findings": [
            {
                "rule": "DuplicateKey",
                "severity": "error",
                "message": "Twice.",
                "remedy": "Once.",
                "file": "a.flow.yaml",
                "line": 2,
                "column": 5,
                "end_line": 2,
                "end_column": 8,
                "pointer": "/a",
                "related": [{"message": "Here too.", "file": "a.flow.yaml", "line": 1, "column": 1}],
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "files": 1},
    }
    assert json.loads(write_json_report([], files=0))["findings"] == []


def test_json_is_ascii_whatever_a_file_is_called() -> None:
    assert write_json_report([make_finding(file="\udcff\x1b漢")], files=1).isascii()


def test_counts_read_like_english() -> None:
    assert [write_count(count, "error") for count in (0, 1, 2, 2000)] == [
        "no errors",
        "1 error",
        "2 errors",
        "2,000 errors",
    ]
    assert write_summary([make_finding(), make_finding()]) == "2 errors, no warnings"
