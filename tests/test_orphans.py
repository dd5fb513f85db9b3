"""Modules that no definition of a run makes: named, kept, and removed only where somebody says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from projects import Project, start_project
from trees import read_tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two flows, generated."""
    return start_project(tmp_path / "project", "one", "two")


def test_an_orphan_is_named_and_stays(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    before = project.read_modules()
    result = project.run("generate", expect=0)
    assert "OrphanedModule" in result.stdout
    assert "schedules its key for deletion" in " ".join(result.stdout.split())
    assert project.read_modules() == before


def test_what_a_run_was_not_asked_for_is_no_orphan(project: Project) -> None:
    before = project.read_modules()
    result = project.run("generate", "flows/one.flow.json", "--prune", expect=0)
    assert "two" not in result.stdout
    assert project.read_modules() == before
    assert "two" not in project.run("check", "flows/one.flow.json", expect=0).stdout


def test_a_module_that_no_run_of_the_project_looks_after_is_named_and_stays(project: Project) -> None:
    project.configure("flows: [flows/one.flow.json]\noutput: modules\n")
    kms = project.modules / "two" / "kms.tf"
    kms.write_text(kms.read_text().replace("kms:Decrypt", "kms:*"))
    before = project.read_modules()
    checked = project.run("check", expect=3).stdout
    assert "differs    modules/two: not found by `flows`: flows/two.flow.json" in checked
    assert "Add the definition" in checked
    made = project.run("generate", "--prune", expect=0).stdout
    assert "UncoveredModule" in made
    assert "generated from flows/two.flow.json, which `flows` in flowseal.yaml does not match" in made
    assert project.read_modules() == before
    project.run("generate", "--strict", expect=1)


def test_nothing_is_pruned_while_a_pattern_finds_nothing(project: Project) -> None:
    before = project.read_modules()
    (project.folder / "flows" / "two.flow.json").unlink()
    project.configure("flows: [flows, flowz]\noutput: modules\n")
    result = project.run("generate", "--prune", expect=1)
    assert "MissingPath" in result.stdout
    assert "until then, no module is removed" in result.stdout
    assert project.read_modules() == before
    project.configure("flows: [flows]\noutput: modules\n")
    assert "removed" in project.run("generate", "--prune", expect=0).stdout


def test_pruning_takes_what_nobody_changed_and_names_the_rest(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    (project.modules / "two" / "main.tf").write_text("# edited\n")
    (project.modules / "two" / "own.tf").write_text("# mine\n")
    assert "Where the module goes from here" in project.run("check", expect=3).stdout
    result = project.run("generate", "--prune", expect=0)
    assert "gone from here, and what is not flowseal's stays: main.tf, own.tf" in result.stdout
    assert read_tree(project.modules / "two") == {"main.tf": b"# edited\n", "own.tf": b"# mine\n"}
    project.run("check", expect=0)


def test_pruning_leaves_no_folder(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    result = project.run("generate", "--prune", expect=0)
    assert "the next apply deletes the flow" in result.stdout
    assert sorted(path.name for path in project.modules.iterdir()) == ["flowseal.lock.json", "one"]


def test_an_orphan_that_left_the_disk_leaves_the_lock_file(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    shutil.rmtree(project.modules / "two")
    project.run("check", expect=3)
    assert "OrphanedModule" not in project.run("generate", expect=0).stdout
    project.run("check", expect=0)
