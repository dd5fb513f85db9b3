"""What commands print and write for the terminal: safe text, --quiet and --verbose, and files at paths of the user."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from contextlib import chdir
from pathlib import Path

import pytest
import typer
from projects import Project, start_project

from generator.commands.terminal import ask
from generator.project.opening import open_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return start_project(tmp_path / "project", "one", "two")


@pytest.mark.skipif(sys.platform == "win32", reason="needs the right to make links")
@pytest.mark.parametrize("place", ["out", ".git/summary.md", "in-git"])
def test_no_summary_is_written_outside_the_repository_or_into_git(place: str, project: Project) -> None:
    (project.folder / ".git").mkdir()
    outside = project.folder.parent / "outside.md"
    outside.write_text("mine\n")
    (project.folder / "out").symlink_to(outside)
    (project.folder / "in-git").symlink_to(".git/config")
    result = project.run("check", "--summary", place, expect=2)
    assert "Invalid value for --summary: " in result.stderr
    assert outside.read_text() == "mine\n"
    assert not list((project.folder / ".git").iterdir())


@pytest.mark.parametrize("present", [None, "mine\n"])
def test_a_full_disk_leaves_the_summary_unchanged(
    present: str | None, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project.folder / "summary.md"
    if present is not None:
        file.write_text(present)
    write = os.write

    def fill(descriptor: int, data: bytes) -> int:
        if len(data) <= 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, bytes(data[: len(data) // 2]))

    monkeypatch.setattr("generator.output.disk.os.write", fill)
    result = project.run("check", "--summary", "summary.md", expect=2)
    assert "The file cannot be written: No space left on device." in " ".join(result.stderr.split())
    assert (file.read_text() if file.exists() else None) == present


def test_quiet_prints_findings_only_and_verbose_every_module_and_file(project: Project) -> None:
    assert project.run("check", "--quiet", expect=0).stdout == ""
    assert project.run("generate", "-q", expect=0).stdout == ""
    assert project.run("validate", "-q", expect=0).stdout == ""
    project.define("two", text="Say more.")
    told = project.run("check", "--verbose", expect=3).stdout.splitlines()
    assert "unchanged   modules/one" in told
    assert "  changed   prompts/Ask.txt" in told
    assert project.run("generate", expect=0).stdout.splitlines() == [
        "written     modules/two (1 changed)",
        "2 modules: 1 written, 1 unchanged, 0 blocked; no errors, no warnings",
    ]
    project.define("two", text="Say even more.")
    assert project.run("generate", "-v", expect=0).stdout.splitlines() == [
        "unchanged   modules/one",
        "written     modules/two (1 changed)",
        "  changed   prompts/Ask.txt",
        "2 modules: 1 written, 1 unchanged, 0 blocked; no errors, no warnings",
    ]
    assert "cannot be combined" in project.run("generate", "-q", "-v", expect=2).stderr
    project.define("two", name="t w o")
    assert project.run("generate", "-q", expect=1).stdout.count("error[") == 1


def test_no_file_is_read_through_a_rejected_link(project: Project, tmp_path: Path) -> None:
    from generator.commands.console import read_texts

    (project.folder / ".git").mkdir()
    (tmp_path / "secret.yaml").write_text("flows: [flows]\nsecret: x\n")
    (project.folder / "flowseal.yaml").unlink()
    (project.folder / "flowseal.yaml").symlink_to(tmp_path / "secret.yaml")
    with chdir(project.folder):
        found = open_project([], None, None)[1]
        assert [finding.rule.name for finding in found] == ["ForbiddenPath"]
        assert read_texts(found) == {}


STEERED = "\x1b]0;mine\x07##[error]x"


@pytest.mark.skipif(sys.platform == "win32", reason="needs the right to make links")
@pytest.mark.parametrize("place", ["out.json", ".git/schema.json", "in-git/schema.json", "folder/schema.json"])
def test_no_schema_is_written_outside_the_repository_or_into_git(place: str, project: Project) -> None:
    (project.folder / ".git").mkdir()
    outside = project.folder.parent / "outside"
    outside.mkdir()
    (project.folder / "out.json").symlink_to(outside / "schema.json")
    (project.folder / "in-git").symlink_to(".git")
    (project.folder / "folder").symlink_to(outside)
    result = project.run("schema", "-o", place, expect=1)
    assert f"{place}:1:1: error[ForbiddenPath]" in result.stdout
    assert not list(outside.iterdir())
    assert not list((project.folder / ".git").iterdir())


def test_a_full_disk_leaves_no_schema_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("generator.output.disk.os.write", fill)
    before = sorted(project.folder.rglob("*"))
    assert "nothing was changed" in project.run("schema", "-o", "new/folder/x.json", expect=1).stdout
    assert sorted(project.folder.rglob("*")) == before


def test_the_template_list_cannot_control_the_terminal(project: Project) -> None:
    folder = project.folder / "templates" / "a\x1b]0;mine\x07"
    folder.mkdir(parents=True)
    comment = f"# line {STEERED}\n#     picture {STEERED}\n"
    (folder / "x.flow.yaml").write_text(f"{comment}name: FLOW_NAME\n", encoding="utf-8")
    listed = project.run("new", "--list", "--templates", "templates", expect=0).stdout
    assert not re.search("[\x1b\x07]|##\\[", listed)
    assert listed.startswith("a\\x1b]0;mine\\x07\n    line \\x1b]0;mine\\x07#\\x23[error]x\n\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["rules", f"a{STEERED}"],
        ["new", f"a{STEERED}", "--template", "prompt"],
        ["generate", f"--{STEERED}"],
        [STEERED],
        ["check", "--format", STEERED],
        ["generate", "--config", f"{STEERED}.yaml"],
        ["init", "--yes", "--ci", STEERED],
    ],
    ids=ascii,
)
def test_usage_errors_cannot_control_the_terminal(arguments: list[str], project: Project) -> None:
    (project.folder / f"{STEERED}.yaml").write_text("output: modules\n", encoding="utf-8")
    result = project.run(*arguments, expect=2)
    assert not re.search("[\x1b\x07]|##\\[", result.output)


def test_prompts_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    def check(answer: str) -> str:
        if answer != "fine":
            raise typer.BadParameter(f"{answer} is wrong")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(f"{STEERED}\nfine\n"))
        assert ask(f"Folder {STEERED}", f"default{STEERED}", check) == "fine"
    printed = "".join(capsys.readouterr())
    assert "Folder \\x1b]0;mine\\x07#\\x23[error]x [default\\x1b]0;mine" in printed
    assert "Error: \\x1b]0;mine\\x07#\\x23[error]x is wrong" in printed
    assert not re.search("[\x1b\x07]|##\\[", printed)


def test_lines_of_written_and_unchanged_files_are_aligned(project: Project) -> None:
    printed = [project.run("schema", "-o", "x.json", expect=0).stdout for _ in range(2)]
    assert printed == ["written     x.json\n", "unchanged   x.json\n"]
