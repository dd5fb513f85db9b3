"""The report for people: nothing steers the terminal, carets stand under the value, no more than one reads."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from findings import ERROR, INFO, WARNING, make_finding
from hypothesis import example, given
from hypothesis import strategies as st

from generator.findings import LocatedFinding, LocatedPlace
from generator.report import Format, View, write_report
from generator.report.contents import Report, write_count, write_summary
from generator.report.display import escape_controls, fold_text
from generator.report.excerpt import cut_excerpt
from generator.source.position import Span

FILE = "a.flow.yaml"


def write_text(*findings: LocatedFinding, text: str = "", view: View | None = None) -> str:
    return write_report(Format.TEXT, Report(findings, 1, "1 checked: ", texts={FILE: text}), view or View())


def test_a_finding_has_position_rule_message_excerpt_and_help() -> None:
    report = write_text(make_finding(), text="one\nkey: two # x\nthree\n")
    assert report == (
        "a.flow.yaml:2:5: error[DuplicateKey]: Twice.\n"
        "    2 | key: two # x\n"
        "      |     ^^^\n"
        "   = note: a.flow.yaml:1:1: Here too.\n"
        "    1 | one\n"
        "      | -\n"
        "   = help: Once.\n"
        "\n"
        "1 checked: 1 error, no warnings\n"
    )


def test_a_masked_value_is_shown_nowhere() -> None:
    text = "key: secret # x\nmore: |\n  first line, and long\n  last secret, open\n"
    secret, block, other = (
        replace(finding, rule=replace(finding.rule, hides_source=True), related=())
        for finding in (make_finding(1, 6, 12), make_finding(3, 3), make_finding(2, 1, 8, file="b.flow.yaml"))
    )
    block = replace(block, span=Span(3, 3, 4, 14))
    seen = [make_finding(1, 1), make_finding(2, 1), make_finding(4, 16, 20)]
    shown = write_text(secret, block, other, *seen, text=text)
    assert shown.count("    1 | key: secr** # x\n") == 4
    assert "    2 | more: |\n" in shown
    assert "    3 |   firs****************\n" in shown
    assert "    4 | *************, open\n" in shown
    assert "secret" not in shown


def test_a_file_without_known_text_has_no_excerpt() -> None:
    assert " |" not in write_text(make_finding(1, 5, file="b.txt"), text="one")


def test_without_findings_only_the_summary_is_printed() -> None:
    assert write_text() == "1 checked: no errors, no warnings\n"


def test_a_related_position_on_the_same_line_is_not_shown_twice() -> None:
    assert write_text(make_finding(1, 5), text="key: two").count(" | key") == 1


def test_many_related_positions_are_listed_without_excerpts() -> None:
    finding = make_finding(9)
    places = tuple(LocatedPlace(f"Edge {line}.", FILE, Span(line, 1, line, 2)) for line in range(1, 5))
    object.__setattr__(finding, "related", places)
    report = write_text(finding, text="x\n" * 9)
    assert [line for line in report.splitlines() if "note" in line] == [
        f"   = note: {FILE}:{n}:1: Edge {n}." for n in range(1, 5)
    ]
    assert report.count(" | x") == 1


def test_findings_are_sorted_by_file_and_place_under_the_file_s_name() -> None:
    findings = [make_finding(3), make_finding(2, file="b", rule=INFO), make_finding(1, rule=WARNING)]
    places = [part.split("\n")[0] for part in write_text(*findings, make_finding(1, 2)).split("\n\n")]
    assert places == [
        "a.flow.yaml: 2 errors, 1 warning",
        "a.flow.yaml:1:2: error[DuplicateKey]: Twice.",
        "a.flow.yaml:1:5: warning[UnusedParameter]: Twice.",
        "a.flow.yaml:3:5: error[DuplicateKey]: Twice.",
        "b: info only",
        "b:2:5: info[DecidedByModule]: Twice.",
        "1 checked: 2 errors, 1 warning",
    ]


def test_truncated_output_shows_errors_first_and_the_total() -> None:
    findings = [make_finding(line, rule=INFO if line < 3 else WARNING) for line in range(1, 5)]
    report = write_text(*findings, make_finding(7), make_finding(6), view=View(most_findings=3))
    shown = [line for line in report.splitlines() if line.startswith(FILE)]
    assert [line.split(":")[1] for line in shown] == ["3", "6", "7"]
    assert report.endswith(
        "3 more findings not shown; --max-findings 0 shows all.\n\n1 checked: 2 errors, 2 warnings\n"
    )
    assert "not shown" not in write_text(*findings, view=View(most_findings=0))


@pytest.mark.parametrize(
    ("line", "column", "end"),
    [
        ("key: 漢字 x", 6, 8),
        ("key: e\u0301e\u0301 x", 6, 10),
        ("key: \tab", 7, 9),
        ("\t\tkey: ab", 8, 10),
        ("k: \x1b[31m", 4, 9),
        ("k: \u1112\u1161\u11ab x", 4, 7),
        ("漢" * 90 + "字" * 90, 90, 100),
        ("x" * 300 + "VALUE" + "y" * 300, 301, 306),
        ("x" * 20 + "VALUE" * 300, 21, 1521),
    ],
)
@pytest.mark.parametrize("columns", [None, 40, 80, 200])
def test_carets_underline_the_value_and_lines_fit(line: str, column: int, end: int, columns: int | None) -> None:
    report = write_text(make_finding(1, column, end), text=line, view=View(columns=columns)).splitlines()
    (at,) = (number for number, shown in enumerate(report) if "^" in shown)
    source, carets = report[at - 1], report[at]
    value = escape_controls(line[column - 1 : end - 1])
    marked = cut_columns(source, measure(carets[: carets.index("^")]), carets.count("^"))
    assert marked == value or (marked.endswith("...") and value.startswith(marked.removesuffix("...")))
    assert all(measure(shown) <= (columns or 109) for shown in report)


def test_a_tab_is_shown_as_four_spaces() -> None:
    report = write_text(make_finding(1, 3, 4), text="\t\tx")
    assert "    1 |         x\n      |         ^\n" in report


def cut_columns(text: str, start: int, width: int) -> str:
    """Return what stands in so many columns of a line, by the widths that the test itself measures."""
    kept, column = "", 0
    for item in text:
        if start <= column < start + width or (kept and column == start + width and not measure(item)):
            kept += item
        column += measure(item)
    return kept


def measure(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(item) or "\u1160" <= item <= "\u11ff"
        else 2
        if unicodedata.east_asian_width(item) in "WF"
        else 1
        for item in text
    )


@given(st.text(), st.integers(0, 30), st.integers(0, 30), st.integers(40, 120))
@example("x" * 39 + "yy", 0, 39, 40)
def test_an_excerpt_fits_and_contains_its_value(line: str, start: int, length: int, columns: int) -> None:
    excerpt = cut_excerpt(line, start, start + length, columns)
    assert excerpt.width >= 1
    assert excerpt.margin + excerpt.width <= columns + 1
    assert escape_controls(excerpt.text) == excerpt.text


@given(st.text(alphabet="ab漢\u0301 ", max_size=200), st.integers(40, 80))
def test_wrapping_changes_only_spaces(text: str, columns: int) -> None:
    lines = fold_text(text, columns, indent=2)
    assert " ".join(lines) == text
    assert all(measure(line) <= columns - 2 for line in lines if " " in line)


def test_a_message_is_wrapped_next_to_its_position() -> None:
    assert fold_text("aa bb cc dd", 12, indent=2, taken=6) == ["aa bb", "cc dd"]
    assert fold_text("aaaaaaa bb", 12, indent=2, taken=6) == ["", "aaaaaaa bb"]
    assert fold_text("aaaaaa bb", 12, indent=2, taken=6) == ["aaaaaa", "bb"]


def test_sentences_are_wrapped_only_on_a_terminal() -> None:
    finding = make_finding(message="word " * 30 + "end", help="word " * 30 + "end")
    assert max(map(len, write_text(finding).splitlines())) > 150
    assert max(map(len, write_text(finding, view=View(columns=80)).splitlines())) <= 80


@given(st.text(), st.text(), st.text())
def test_nothing_unprintable_reaches_the_terminal(message: str, file: str, line: str) -> None:
    finding = make_finding(1, 1, 3, message=message, help=message, file=file, related=message)
    report = write_report(Format.TEXT, Report([finding], 1, "", texts={file: line}), View())
    assert not [item for item in report if unicodedata.category(item) in {"Cc", "Cs", "Zl", "Zp"} and item != "\n"]
    assert not {"\u202e", "\u2066", "\u200b", "\ufeff"} & set(report)


def test_a_file_name_is_never_a_workflow_command() -> None:
    report = write_report(Format.TEXT, Report([make_finding(file="::stop-commands::x")], 1, ""), View())
    assert report.startswith("./::stop-commands::x:2:5: error")


def test_color_is_used_only_on_request() -> None:
    assert "\x1b[" not in write_text(make_finding())
    assert "\x1b[1;31merror\x1b[0m" in write_text(make_finding(), view=View(color=True))


def test_colors_do_not_change_columns() -> None:
    text = "one\nkey: 漢字 two\nthree\n"
    plain = write_text(make_finding(), text=text, view=View(columns=60))
    colored = write_text(make_finding(), text=text, view=View(color=True, columns=60))
    for code in ("0", "1", "2", "1;31", "31", "32", "36"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == plain


def test_counts_use_singular_and_plural() -> None:
    assert [write_count(count, "error") for count in (0, 1, 2, 2000)] == [
        "no errors",
        "1 error",
        "2 errors",
        "2,000 errors",
    ]
    assert write_summary(Report([make_finding(), make_finding(rule=ERROR)], 1, "")) == "2 errors, no warnings"
    assert write_summary(Report([], 1, "", suppressed=1200)) == "no errors, no warnings, 1,200 suppressed"


SHOWS_NOTHING = [
    *range(0x180B, 0x1810),
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x2800,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE10),
]


def test_control_and_invisible_characters_are_escaped() -> None:
    steering = [code for code in range(0x110000) if unicodedata.category(chr(code))[0] in "CZ" and code != 0x20]
    raw = [hex(code) for code in (*steering, *SHOWS_NOTHING) if escape_controls(f"a{chr(code)}b") == f"a{chr(code)}b"]
    assert raw == []
    assert escape_controls("Grüße, 漢字 e\u0301 😀 -") == "Grüße, 漢字 e\u0301 😀 -"
