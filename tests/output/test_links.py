"""Symbolic links, git's own data, and paths out of the repository: one rule for all that is read and written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from projects import Project, make_definition
from trees import read_tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the right to make links")


def make_files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def link(project: Project, place: str, target: str) -> None:
    (project.folder / place).parent.mkdir(parents=True, exist_ok=True)
    (project.folder / place).symlink_to(target)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project in team/ of a repository, with a flow, a secret beside the repository, and git's own data."""
    project = Project(tmp_path / "repository" / "team")
    project.define("one")
    make_files(tmp_path, "outside/secret.flow.yaml", "repository/shared/two.flow.yaml", "repository/.git/config")
    (tmp_path / "outside" / "secret.flow.yaml").write_text("SECRET: [", encoding="utf-8")
    (tmp_path / "repository" / ".git" / "config").write_text("SECRET: [", encoding="utf-8")
    return project


OUTSIDE = "../../../outside/secret.flow.yaml"
LINKS_OUT = {
    "a definition": [("flows/a.flow.yaml", OUTSIDE)],
    "a chain": [("flows/a.flow.yaml", "b.txt"), ("flows/b.txt", "../c"), ("c", "../../outside/secret.flow.yaml")],
    "a way back": [("flows/a.flow.yaml", "../../../outside/../outside/secret.flow.yaml")],
    "git's data": [("flows/a.flow.yaml", "../../.git/config")],
    "git's data behind a folder": [("hidden", "../.git"), ("flows/a.flow.yaml", "../hidden/config")],
    "a process": [("flows/a.flow.yaml", "/proc/self/environ")],
}


@pytest.mark.parametrize("links", LINKS_OUT.values(), ids=LINKS_OUT)
@pytest.mark.parametrize("way", ["flows", "flows/a.flow.yaml", "configured", "pattern"])
def test_no_link_out_of_the_repository_is_read(links: list[tuple[str, str]], way: str, project: Project) -> None:
    for place, target in links:
        link(project, place, target)
    if way == "pattern":
        project.configure("flows: ['**/[a-n]*']\noutput: modules\n")
    result = project.run("validate", *([way] if way.startswith("flows") else []), expect=1)
    assert "flows/a.flow.yaml:1:1: error[ForbiddenPath]" in result.stdout
    assert "SECRET" not in result.stdout
    assert result.stdout.count(": error[") == 1


@pytest.mark.parametrize(
    ("links", "flows", "found"),
    [
        ([("flows/to", "../../../outside")], "flows", 0),
        ([("flows/to", "../../../outside")], "'flows/*/*.flow.yaml'", 0),
        ([("flows/to.flow.yaml", "../../../outside")], "'flows/*'", 0),
        ([("flows/to", "../../../outside")], "flows/to", 1),
        ([("flows/to", "../../../outside")], "'flows/to/*'", 1),
        ([("flows/to", "../../../outside")], "'*/to/**/*.flow.yaml'", 1),
        ([], "'*/../../../outside/*'", 1),
        ([], "../../outside", 1),
        ([], "../.git/config", 1),
        ([], "'../.git/*'", 1),
    ],
)
def test_no_pattern_matches_outside_the_repository(
    links: list[tuple[str, str]], flows: str, found: int, project: Project
) -> None:
    for place, target in links:
        link(project, place, target)
    project.configure(f"flows:\n  - flows/one.flow.json\n  - {flows}\noutput: modules\n")
    result = project.run("validate")
    assert "SECRET" not in result.stdout
    assert result.stdout.count("flowseal.yaml:3:5: error[ForbiddenPath]") == found


@pytest.mark.parametrize("pattern", ["flows/*/*.flow.json", "flows/**/*.flow.json", "flows/*", "flows"])
def test_no_search_follows_a_link_to_a_folder(pattern: str, project: Project) -> None:
    (project.folder / "flows" / "one.flow.json").unlink()
    (project.folder / "elsewhere").mkdir()
    project.define("../elsewhere/one", name="one")
    link(project, "flows/link", "../elsewhere")
    link(project, "flows/circle", ".")
    link(project, "flows/like.flow.json", "../elsewhere")
    project.configure(f"flows: ['{pattern}']\noutput: modules\n")
    assert "error[NoDefinitions]" in project.run("validate", expect=1).stdout
    project.configure("flows: [flows/link]\noutput: modules\n")
    assert "1 definition checked" in project.run("validate", expect=0).stdout


def test_links_inside_and_above_the_repository_are_followed(project: Project, tmp_path: Path) -> None:
    (project.folder.parent / "shared" / "two.flow.json").write_text(json.dumps(make_definition("two")))
    link(project, "flows/two.flow.json", "../../shared/two.flow.json")
    link(project, "real/keep", "nowhere")
    link(project, "modules", "real")
    assert "2 modules: 2 written" in project.run("generate", expect=0).stdout
    assert (project.folder / "real" / "two" / "main.tf").is_file()
    (tmp_path / "work").symlink_to(tmp_path / "repository")
    assert "2 definitions checked" in project.run("validate", str(tmp_path / "work/team/flows"), expect=0).stdout
    assert (
        "2 definitions" in project.run("check", "--config", str(tmp_path / "work/team/flowseal.yaml"), expect=0).stdout
    )


@pytest.mark.parametrize("target", ["../../outside/secret.flow.yaml", "../.git/config", "/proc/self/environ"])
def test_no_configuration_is_read_through_a_link_out_of_the_repository(target: str, project: Project) -> None:
    (project.folder / "flowseal.yaml").unlink()
    link(project, "flowseal.yaml", target)
    for command in (["validate"], ["config"], ["validate", "flows", "--config", "flowseal.yaml"], ["init", "--yes"]):
        printed = project.run(*command, expect=1).stdout
        assert "flowseal.yaml:1:1: error[ForbiddenPath]" in printed
        assert "SECRET" not in printed


def test_a_configuration_that_is_a_broken_link_is_reported(project: Project) -> None:
    (project.folder / "flowseal.yaml").rename(project.folder.parent / "flowseal.yaml")
    for target in ("nowhere", "flowseal.yaml"):
        link(project, "flowseal.yaml", target)
        assert "\nflowseal.yaml:1:1: error[" in "\n" + project.run("validate", expect=1).stdout
        (project.folder / "flowseal.yaml").unlink()


@pytest.mark.parametrize("links", [("a.flow.yaml", "a.flow.yaml"), ("a.flow.yaml", "b"), ("b/..", "b")], ids=str)
def test_a_symlink_loop_is_a_finding(links: tuple[str, str], project: Project) -> None:
    link(project, "flows/b", "a.flow.yaml")
    link(project, "flows/a.flow.yaml", links[1])
    result = project.run("validate", expect=1)
    assert "flows/a.flow.yaml:1:1: error[UnreadablePath]" in result.stdout


GITS = [
    ".git",
    ".GIT/modules",
    "flows/../.git",
    "x/.Git/y",
    "team/.git",
    ".git.",
    ".git ",
    ".g\u200cit",
    "git~1",
    ".git::$DATA",
]


@pytest.mark.parametrize(
    "output", [*GITS, "linked", "data", "data/objects/deep", "linked/new", "out", "out/x", "../../x"]
)
def test_no_output_folder_is_in_git_or_outside_the_repository(output: str, project: Project, tmp_path: Path) -> None:
    link(project, "linked", "../.git")
    link(project, "out", "../../outside")
    for name in ("HEAD", "objects/deep/x", "refs/x"):
        make_files(project.folder / "data", name)
    before = read_tree(tmp_path)
    for command in ("generate", "check", "config"):
        if output != "../../x":
            assert "error[ForbiddenPath]" in project.run(command, "-o", output, expect=1).stdout
        project.configure(f"flows: [flows]\noutput: '{output}'\n")
        assert "flowseal.yaml:2:9: error[ForbiddenPath]" in project.run(command, expect=1).stdout
        project.configure("flows: [flows]\noutput: modules\n")
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("output", [".", "flows/..", "../modules", "modules/../.github/flows", ".gitmodules"])
def test_other_output_folders_inside_the_repository_are_accepted(output: str, project: Project) -> None:
    project.configure(f"flows: [flows]\noutput: {output}\n")
    project.run("generate", expect=0)
    project.run("check", expect=0)
    assert Path(os.path.normpath(project.folder / output), "one", "main.tf").is_file()


def test_a_worktree_inside_the_git_folder_is_a_separate_repository(project: Project) -> None:
    tree = Project(project.folder.parent / ".git" / "trees" / "one")
    (tree.folder / ".git").write_text("gitdir: ../../worktrees/one")
    tree.define("one")
    tree.run("generate", expect=0)


def test_a_file_is_not_read_through_a_link_out_of_the_repository(project: Project, tmp_path: Path) -> None:
    # The project's flowseal.yaml is above the repository: what is beside the repository is part of the project.
    (project.folder / "flowseal.yaml").rename(tmp_path / "flowseal.yaml")
    (tmp_path / "flowseal.yaml").write_text("flows: [repository/team/flows]\n")
    link(project, "flows/a.txt", OUTSIDE)
    project.define("one", text={"$file": "a.txt"})
    assert "leads out of the repository" in project.run("validate", expect=1).stdout


@pytest.mark.parametrize("folder", [".git", "../.git/hooks", "out/new"])
def test_new_writes_no_flow_into_git_or_outside(folder: str, project: Project, tmp_path: Path) -> None:
    link(project, "out", "../../outside")
    before = read_tree(tmp_path)
    result = project.run("new", "two", "--template", "prompt", "-o", folder, expect=1)
    assert "error[ForbiddenPath]" in result.stdout
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("place", ["shapes", "shapes/own", "shapes/own/prompt.txt"])
def test_no_template_is_read_through_a_link_out_of_the_repository(place: str, project: Project, tmp_path: Path) -> None:
    make_files(project.folder, "shapes/own/own.flow.json", "shapes/own/prompt.txt")
    (project.folder / place).rename(tmp_path / "outside" / "own")
    (project.folder / place).symlink_to(tmp_path / "outside" / "own")
    assert (
        "leads out of the" in project.run("new", "two", "--template", "own", "--templates", "shapes", expect=2).stderr
    )
