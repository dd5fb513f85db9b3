"""Texts that several flows of a project name: below flowseal.yaml, outside of the folders of their definitions."""

from __future__ import annotations

from pathlib import Path

from projects import ASKED, Project


def test_a_text_that_flows_share_changes_the_modules_of_all_of_them(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shared = project.folder / "shared" / "ask.txt"
    shared.parent.mkdir()
    shared.write_text(f"Say it.{ASKED}", encoding="utf-8")
    for name in ("first", "second"):
        project.define(name, text={"$file": "../shared/ask.txt"})
    project.define("third")
    project.run("generate", expect=0)
    assert b"Say it." in project.read_modules()["first/prompts/Ask.txt"]
    assert project.run("generate", expect=0).stdout.count("unchanged  ") == 3
    shared.write_text(f"Tell it.{ASKED}", encoding="utf-8")
    assert project.reasons() == {name: [("input-changed", ["../shared/ask.txt"])] for name in ("first", "second")}
    project.run("generate", expect=0)
    assert b"Tell it." in project.read_modules()["second/prompts/Ask.txt"]
    shared.unlink()
    assert "flows/first.flow.json:" in project.run("check", expect=1).stdout


def test_a_file_of_the_output_folder_is_no_text_of_a_flow_wherever_that_folder_is(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.define("first", text={"$file": "../live/ask.txt"})
    (project.folder / "live").mkdir()
    (project.folder / "live" / "ask.txt").write_text(ASKED, encoding="utf-8")
    project.run("validate", expect=0)
    assert "in the output folder" in project.run("generate", "-o", "live", expect=1).stdout


def test_what_a_tool_did_to_a_shared_text_is_told_at_its_own_path(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shared = project.folder / "shared" / "ask.txt"
    shared.parent.mkdir()
    shared.write_bytes(b"Say it.\n{{question}}\n")
    project.define("first", text={"$file": "../shared/ask.txt"})
    project.run("generate", expect=0)
    shared.write_bytes(b"Say it.\r\n{{question}}\r\n")
    assert "shared/ask.txt:1:1: " in project.run("generate", expect=0).stdout
