"""Texts that several flows of a project name: below flowseal.yaml, outside of the folders of their definitions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from projects import ASKED, Project


def test_a_shared_file_changes_every_module_that_uses_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shared = project.folder / "shared" / "ask.txt"
    shared.parent.mkdir()
    shared.write_text(f"Say it.{ASKED}", encoding="utf-8")
    for name in ("first", "second"):
        project.define(name, text={"$file": "../shared/ask.txt"})
    project.define("third")
    project.run("generate", expect=0)
    assert b"Say it." in project.read_modules()["first/prompts/Ask.txt"]
    assert project.run("generate", expect=0).stdout.count("3 unchanged") == 1
    shared.write_text(f"Tell it.{ASKED}", encoding="utf-8")
    assert project.reasons() == {name: [("input-changed", ["../shared/ask.txt"])] for name in ("first", "second")}
    project.run("generate", expect=0)
    assert b"Tell it." in project.read_modules()["second/prompts/Ask.txt"]
    shared.unlink()
    assert "flows/first.flow.json:" in project.run("check", expect=1).stdout


def test_a_flow_reads_no_file_from_the_output_folder(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.define("first", text={"$file": "../live/ask.txt"})
    (project.folder / "live").mkdir()
    (project.folder / "live" / "ask.txt").write_text(ASKED, encoding="utf-8")
    project.run("validate", expect=0)
    assert "in the output folder" in project.run("generate", "-o", "live", expect=1).stdout


def test_a_tool_s_change_to_a_shared_file_is_reported_at_its_path(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shared = project.folder / "shared" / "ask.txt"
    shared.parent.mkdir()
    shared.write_bytes(b"Say it.\n{{question}}\n")
    project.define("first", text={"$file": "../shared/ask.txt"})
    project.run("generate", expect=0)
    shared.write_bytes(b"Say it.\r\n{{question}}\r\n")
    assert "shared/ask.txt:1:1: " in project.run("generate", expect=0).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Project:
    """Return a project in a repository, with files around it that a flow must not read."""
    project = Project(tmp_path / "repository")
    subprocess.run(["git", "init", "--quiet", str(project.folder)], check=True)
    for path in ("shared/ask.txt", "modules/other/ask.txt", "live/other/ask.txt", "team/made/ask.txt", "../out.txt"):
        (project.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / path).write_text(ASKED, encoding="utf-8")
    (project.folder / "live" / "flowseal.lock.json").write_text("{}")
    (project.folder / "shared" / "link.txt").symlink_to(project.folder.parent / "out.txt")
    (project.folder / "shared" / "git").symlink_to(project.folder / ".git", target_is_directory=True)
    return project


def ask(project: Project, path: str, *arguments: str, definition: str = "flows/first.flow.json") -> str:
    """Return what `validate` prints of a definition that names a text."""
    made = project.define("first", text={"$file": path})
    place = project.folder / definition
    place.parent.mkdir(parents=True, exist_ok=True)
    made.replace(place)
    return project.run("validate", *arguments).stdout


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../.git/config", "part of Git's own data"),
        ("../shared/git/config", "part of Git's own data"),
        ("../shared/link.txt", "outside the folder of flowseal.yaml"),
        ("../../out.txt", "outside the folder of flowseal.yaml"),
        ("../modules/other/ask.txt", "in the output folder"),
        ("../live/other/ask.txt", "in the output folder"),
        ("../shared/ask.txt", "no errors"),
    ],
)
def test_in_a_project_a_flow_reads_no_git_or_output_files(path: str, reason: str, repository: Project) -> None:
    assert reason in ask(repository, path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".git/config", "part of Git's own data"),
        (".GIT/config", "part of Git's own data"),
        ("shared/git/config", "part of Git's own data"),
        ("shared/link.txt", "outside the folder of the definition"),
        ("live/other/ask.txt", "in the output folder"),
        ("shared/ask.txt", "no errors"),
    ],
)
def test_without_a_configuration_a_flow_reads_no_git_files(path: str, reason: str, repository: Project) -> None:
    (repository.folder / "flowseal.yaml").unlink()
    assert reason in ask(repository, path, "root.flow.json", definition="root.flow.json")
    # Nor where a configuration is named that has nothing to do with the definition.
    elsewhere = Project(repository.folder.parent / "elsewhere")
    for arguments in ((), ("-o", "made")):
        configured = (*arguments, "root.flow.json", "--config", str(elsewhere.folder / "flowseal.yaml"))
        assert reason in repository.run("generate", *configured).stdout + repository.run("check", *configured).stdout


def test_a_git_folder_is_recognized_by_its_contents(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    store = project.folder / "store"
    subprocess.run(["git", "init", "--quiet", f"--separate-git-dir={store}", str(project.folder)], check=True)
    assert "part of Git's own data" in ask(project, "../store/config")
    assert "part of Git's own data" in ask(project, "../.git")
    shutil.rmtree(store / "refs")
    assert "part of Git's own data" not in ask(project, "../store/config")


def test_the_nearest_configuration_decides_which_files_are_readable(tmp_path: Path) -> None:
    root = Project(tmp_path / "repository", "flows: [team/flows]\noutput: modules\n")
    team = Project(root.folder / "team", "flows: [flows]\noutput: made\n")
    for folder in (root.folder, team.folder, team.folder / "made"):
        folder.mkdir(exist_ok=True)
        (folder / "text.txt").write_text(ASKED, encoding="utf-8")
    for path, reason in (
        ("../../text.txt", "outside the folder of flowseal.yaml"),
        ("../made/text.txt", "in the output folder"),
        ("../text.txt", "no errors"),
    ):
        team.define("first", text={"$file": path})
        assert reason in team.run("validate").stdout
        assert reason in root.run("validate").stdout
        assert reason in root.run("validate", "team/flows").stdout
        outside = Project(tmp_path / f"outside-{len(path)}", "flows: [../repository/team/flows]\noutput: modules\n")
        assert reason in outside.run("validate").stdout
        # A configuration that is named, and covers the definition, goes before the nearest one.
        named = root.run("validate", "--config", "flowseal.yaml").stdout
        assert ("no errors" if path == "../../text.txt" else reason) in named
        assert reason in outside.run("validate", "--config", "flowseal.yaml").stdout
