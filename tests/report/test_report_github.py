"""Workflow commands: taken apart as the runner does, each says what the finding says, and no text is a command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from findings import ERROR, INFO, WARNING, make_finding
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from generator.cli import app
from generator.findings import LocatedFinding
from generator.report import Format, View, write_report
from generator.report.contents import Report
from generator.report.display import escape_controls, neutralize_old_commands
from generator.source.position import Span


def write_lines(*findings: LocatedFinding, failures: tuple[str, ...] = ()) -> list[str]:
    text = write_report(Format.GITHUB, Report(findings, 1, "1 checked: ", failures=failures), View())
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def run_command(line: str) -> tuple[str, dict[str, str], str]:
    """Take a command apart: the runner splits at the first ::, then at commas and =, and undoes the escapes."""
    found = re.fullmatch(r"::([a-z]+) (.*?)::(.*)", line)
    assert found is not None
    properties = dict(item.split("=", 1) for item in found[2].split(","))
    for name, value in properties.items():
        properties[name] = unescape(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"})
    return found[1], properties, unescape(found[3], {"%0D": "\r", "%0A": "\n", "%25": "%"})


def unescape(text: str, characters: dict[str, str]) -> str:
    for escape, character in characters.items():
        text = text.replace(escape, character)
    return text


def test_a_finding_is_one_command_and_the_summary_is_plain() -> None:
    assert write_lines(make_finding()) == [
        "::error file=a.flow.yaml,line=2,col=5,endLine=2,endColumn=8,title=DuplicateKey"
        "::Twice.%0ASee a.flow.yaml:1:1: Here too.%0AHelp: Once.",
        "1 checked: 1 error, no warnings",
    ]


@pytest.mark.parametrize(("rule", "command"), [(ERROR, "error"), (WARNING, "warning"), (INFO, "notice")])
def test_each_severity_has_its_command(rule: object, command: str) -> None:
    assert run_command(write_lines(make_finding(rule=rule))[0])[0] == command  # type: ignore[arg-type]


def test_without_findings_only_the_summary_is_printed() -> None:
    assert write_lines() == ["1 checked: no errors, no warnings"]


def test_a_multi_line_finding_has_no_columns() -> None:
    finding = make_finding()
    object.__setattr__(finding, "span", Span(2, 5, 4, 1))
    assert run_command(write_lines(finding)[0])[1] == {
        "file": "a.flow.yaml",
        "line": "2",
        "endLine": "4",
        "title": "DuplicateKey",
    }


def test_a_failed_proof_is_an_error() -> None:
    assert write_lines(failures=("main.tf: 100% wrong",))[0] == "::error title=Proof failed::main.tf: 100%25 wrong"


@given(st.text(), st.text())
def test_any_text_round_trips_and_starts_no_line(message: str, file: str) -> None:
    lines = write_lines(make_finding(message=message, file=file))
    assert len(lines) == 2
    command, properties, text = run_command(lines[0])
    assert command == "error"
    assert properties["file"] == escape_controls(file)
    assert text.startswith(escape_controls(message) + "\nSee ")


@pytest.mark.parametrize(
    "hostile", ["%0A::error::x", "\n::stop-commands::t", "a,line=1:2::b", "\r\n##[error]x", "\x1b[2J"]
)
def test_hostile_names_stay_names(hostile: str) -> None:
    lines = write_lines(make_finding(message=hostile, file=hostile, help=hostile, related=hostile))
    assert [line for line in lines if line.startswith(("::", "##["))] == lines[:1]
    assert run_command(lines[0])[1]["file"] == neutralize_old_commands(escape_controls(hostile))
    assert "##[" not in lines[0]
    assert not {"\x1b", "\r"} & set(lines[0])


@pytest.mark.parametrize("output_format", [Format.SARIF, Format.GITHUB])
@pytest.mark.parametrize("way", ["../s1/sub/flows", "{root}/s1/sub/flows", "../link/flows", "{root}/link/flows"])
@pytest.mark.parametrize("of_git", ["s1", "run", "s1 and run", ""])
def test_services_get_no_paths_outside_the_repository(
    output_format: Format, way: str, of_git: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / "run").mkdir()
    (tmp_path / "s1" / "sub" / "flows").mkdir(parents=True)
    for name in of_git.split(" and ") if of_git else ():
        (tmp_path / name / ".git").mkdir()
    (tmp_path / "s1" / "sub" / "flows" / "a.flow.yaml").write_text("name: a\n")
    (tmp_path / "link").symlink_to(tmp_path / "s1" / "sub")
    monkeypatch.chdir(tmp_path / "run")
    arguments = ["validate", way.format(root=tmp_path), "--format", output_format.value]
    printed = CliRunner().invoke(app, arguments).stdout
    (file,) = set(re.findall(r'"uri": "([^"]*)"' if output_format is Format.SARIF else "file=([^,]*)", printed))
    outside = f"{way}/a.flow.yaml" if way.startswith("..") else "../s1/sub/flows/a.flow.yaml"
    assert file == ("sub/flows/a.flow.yaml" if "s1" in of_git else outside)
