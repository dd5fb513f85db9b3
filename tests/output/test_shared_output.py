"""Projects that share an output folder: no run takes, removes, or reports the modules of another project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from projects import Project, start_project


@pytest.fixture
def teams(tmp_path: Path) -> dict[str, Project]:
    """Return two projects with one output folder, and one around them with the same; all generated."""
    teams = {}
    for name, place in (("all", "."), ("a", "teams/a"), ("b", "teams/b")):
        folder = tmp_path / "repository" / place
        modules = "/".join([*[".." for _ in Path(place).parts], "modules"])
        teams[name] = Project(folder, f"flows: [flows]\noutput: {modules}\n")
        teams[name].modules = tmp_path / "repository" / "modules"
        teams[name].define(f"of-{name}")
        teams[name].define(f"more-of-{name}")
    for project in teams.values():
        project.run("generate", expect=0)
    return teams


def test_projects_sharing_an_output_folder_keep_each_other_s_modules(teams: dict[str, Project]) -> None:
    def check_all(expect: dict[str, int]) -> None:
        for name, project in teams.items():
            assert (name, project.run("check").exit_code) == (name, expect.get(name, 0))

    check_all({})
    teams["a"].configure("flows: [flows/of-a.flow.json]\noutput: ../../modules\n")
    assert "more-of-a.flow.json, which `flows`" in teams["a"].run("check", expect=3).stdout
    check_all({"a": 3})
    teams["a"].configure("flows: [flows]\noutput: ../../modules\n")
    (teams["b"].folder / "flows" / "more-of-b.flow.json").unlink()
    check_all({"b": 3})
    for name in ("all", "a"):
        teams[name].run("generate", "--prune", expect=0)
        teams[name].run("generate", "flows", "-o", str(teams[name].modules), "--prune", expect=0)
        assert (teams["b"].modules / "more-of-b" / "main.tf").exists()
    teams["b"].run("generate", "--prune", expect=0)
    assert not (teams["b"].modules / "more-of-b").exists()
    check_all({})


def test_the_modules_of_a_project_that_is_not_checked_out_are_left_alone(teams: dict[str, Project]) -> None:
    before = teams["a"].read_modules()
    teams["b"].folder.rename(teams["all"].folder / "teams" / "elsewhere")
    for name in ("all", "a"):
        teams[name].run("check", expect=0)
        assert "Orphaned" not in teams[name].run("generate", "--prune", expect=0).stdout
        teams[name].run("generate", "flows", "-o", str(teams[name].modules), "--prune", expect=0)
    # An empty folder is all there is of a submodule that was not initialized.
    (teams["b"].folder / "flows").mkdir(parents=True)
    for name in ("all", "a"):
        teams[name].run("check", expect=0)
        teams[name].run("generate", "--prune", expect=0)
    assert teams["a"].read_modules() == before


@pytest.mark.parametrize("arguments", [(), ("flows/new.flow.json", "-o", "{modules}")])
def test_a_flow_cannot_use_the_folder_of_a_project_that_is_not_checked_out(
    arguments: tuple[str, ...], teams: dict[str, Project]
) -> None:
    shutil.rmtree(teams["b"].folder)
    before = teams["a"].read_modules()
    for name in ("all", "a"):
        project = teams[name]
        asked = [argument.format(modules=project.modules) for argument in arguments]
        project.define("new", name="of-b", text="Something else.")
        for command in ("generate", "check"):
            told = " ".join(project.run(command, *asked, expect=1).stdout.split())
            assert "error[ModuleNameInUse]" in told
            assert "which is missing and may belong to another project; " in told
        assert {path: data for path, data in project.read_modules().items() if path in before} == before
        (project.folder / "flows" / "new.flow.json").unlink()


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize("is_edited", [False, True])
def test_a_definition_that_moves_within_its_project_keeps_its_module(
    is_edited: bool, is_asked: bool, teams: dict[str, Project]
) -> None:
    project = teams["a"]
    (project.folder / "flows" / "of-a.flow.json").rename(project.folder / "flows" / "elsewhere.flow.json")
    if is_edited:
        project.define("elsewhere", name="of-a", text="Say more.")
    asked = ("flows/elsewhere.flow.json", "-o", str(project.modules)) if is_asked else ()
    told = project.run("generate", *asked, expect=0).stdout
    assert "1 written" in told
    assert "ModuleNameInUse" not in told
    project.run("check", expect=0)


def test_without_a_configuration_a_run_removes_what_its_paths_would_find(teams: dict[str, Project]) -> None:
    for project in teams.values():
        (project.folder / "flowseal.yaml").unlink()
    root = teams["all"]
    before = root.read_modules()
    shutil.rmtree(teams["b"].folder)
    assert "Orphaned" not in root.run("generate", "teams/a/flows", "-o", "modules", "--prune", expect=0).stdout
    assert root.read_modules() == before
    (teams["a"].folder / "flows" / "more-of-a.flow.json").unlink()
    root.run("generate", "teams/a/flows", "-o", "modules", "--prune", expect=0)
    assert not (root.modules / "more-of-a").exists()
    assert (root.modules / "of-b" / "main.tf").exists()


def test_help_never_suggests_deleting_a_folder_with_other_modules(teams: dict[str, Project]) -> None:
    teams["all"].configure("flows: [flows]\noutput: moved\n")
    told = " ".join(teams["all"].run("generate", expect=0).stdout.split())
    assert "also creates in moved: more-of-all, of-all." in told
    assert "delete their folders here. Keep the other modules of this folder." in told
    for name in ("more-of-all", "of-all"):
        shutil.rmtree(teams["all"].folder / "modules" / name)
    for project in teams.values():
        project.run("check", expect=0)


def test_the_help_keeps_the_module_of_a_moved_folder(tmp_path: Path) -> None:
    project = start_project(tmp_path / "project", "one", "two")
    flows, elsewhere = project.folder / "flows", project.folder / "definitions"
    flows.rename(elsewhere)
    project.configure("flows: [definitions]\noutput: modules\n")
    moved = (elsewhere / "one.flow.json").read_text()
    (elsewhere / "one.flow.json").write_text(moved.replace("Say it.", "Say more."))
    told = " ".join(project.run("generate", expect=1).stdout.split())
    assert "was moved to definitions/one.flow.json, undo its edits, run `flowseal generate`, then edit it again" in told
    (elsewhere / "one.flow.json").write_text(moved)
    project.run("generate", expect=0)
    (elsewhere / "one.flow.json").write_text(moved.replace("Say it.", "Say more."))
    project.run("generate", expect=0)
    project.run("check", expect=0)
