"""The JSON report, version 1: its keys are frozen, and no text breaks out of it."""

from __future__ import annotations

import json
import re
from typing import Any

from findings import make_finding, make_report
from hypothesis import given
from hypothesis import strategies as st
from paths import ROOT

from generator.findings import LocatedFinding
from generator.report import Format, View, write_report
from generator.report.contents import Report

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def write_json(*findings: LocatedFinding, suppressed: int = 0) -> str:
    return write_report(Format.JSON, make_report(*findings, suppressed=suppressed, a="x"), View())


def test_version_1_has_exactly_this_structure() -> None:
    assert json.loads(write_json(make_finding(), suppressed=3)) == {
        "version": 1,
        "findings": [
            {
                "rule": "DuplicateKey",
                "severity": "error",
                "message": "Twice.",
                "help": "Once.",
                "file": "a.flow.yaml",
                "line": 2,
                "column": 5,
                "end_line": 2,
                "end_column": 8,
                "pointer": "/a",
                "related": [{"message": "Here too.", "file": "a.flow.yaml", "line": 1, "column": 1}],
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "suppressed": 3, "files": 1},
    }


def test_without_findings_the_output_is_still_one_object() -> None:
    assert json.loads(write_json()) == {
        "version": 1,
        "findings": [],
        "summary": {"errors": 0, "warnings": 0, "suppressed": 0, "files": 1},
    }


def test_every_key_is_on_its_page() -> None:
    report = json.loads(write_json(make_finding()))
    for key in list_keys(report):
        assert re.search(rf"^\| `(?:findings\[\]\.|summary\.)?{key}` \|", PAGE, re.MULTILINE), key


def list_keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(list_keys, value.values()))
    return set().union(*map(list_keys, value)) if isinstance(value, list) else set()


@given(st.text(), st.text())
def test_any_text_round_trips(message: str, file: str) -> None:
    report = write_json(make_finding(message=message, file=file))
    (finding,) = json.loads(report)["findings"]
    assert (finding["message"], finding["file"]) == (message, file)
    assert re.fullmatch(r"[\n\x20-\x7e]*", report)
    assert not {"<", ">", "&"} & set(report)


def test_json_does_not_depend_on_the_view() -> None:
    report = Report([make_finding()] * 50, 1, "")
    assert write_report(Format.JSON, report, View(True, 40, 1)) == write_report(Format.JSON, report, View())


def test_special_ascii_characters_are_escaped() -> None:
    report = write_json(make_finding(message="\x7f</script>&\x1b"))
    assert r'"\u007f\u003c/script\u003e\u0026\u001b"' in report


def test_a_lone_surrogate_in_a_name_is_handled() -> None:
    assert write_json(make_finding(file="\udcff\x1b漢</script>")).isascii()
