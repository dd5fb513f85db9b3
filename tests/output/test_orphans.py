"""Modules that no definition of a run makes: named, kept, and removed only where somebody says so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from projects import Project, start_project
from trees import read_tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two flows, generated."""
    return start_project(tmp_path / "project", "one", "two")


def test_an_orphan_is_reported_and_kept(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    before = project.read_modules()
    result = project.run("generate", expect=0)
    assert "OrphanedModule" in result.stdout
    assert "schedules its key for deletion" in " ".join(result.stdout.split())
    assert project.read_modules() == before


def test_modules_outside_the_requested_paths_are_not_orphans(project: Project) -> None:
    before = project.read_modules()
    result = project.run("generate", "flows/one.flow.json", "--prune", expect=0)
    assert "two" not in result.stdout
    assert project.read_modules() == before
    assert "two" not in project.run("check", "flows/one.flow.json", expect=0).stdout


def test_a_module_outside_the_configuration_is_reported_and_kept(project: Project) -> None:
    project.configure("flows: [flows/one.flow.json]\noutput: modules\n")
    kms = project.modules / "two" / "kms.tf"
    kms.write_text(kms.read_text().replace("kms:Decrypt", "kms:*"))
    before = project.read_modules()
    checked = project.run("check", expect=3).stdout
    assert "out of date modules/two: not matched by `flows`: flows/two.flow.json" in checked
    assert "Add the definition" in checked
    made = project.run("generate", "--prune", expect=0).stdout
    assert "ModuleNotConfigured" in made
    assert re.search(r"^uncovered   modules/", made, re.MULTILINE)
    assert "orphaned" not in made
    assert "generated from flows/two.flow.json, which `flows` in flowseal.yaml does not match" in made
    assert project.read_modules() == before
    project.run("generate", "--strict", expect=1)


def test_nothing_is_pruned_while_a_pattern_matches_nothing(project: Project) -> None:
    before = project.read_modules()
    (project.folder / "flows" / "two.flow.json").unlink()
    project.configure("flows: [flows, flowz]\noutput: modules\n")
    result = project.run("generate", "--prune", expect=1)
    assert "MissingPath" in result.stdout
    assert "until then, no module is removed" in result.stdout
    assert project.read_modules() == before
    project.configure("flows: [flows]\noutput: modules\n")
    assert "removed" in project.run("generate", "--prune", expect=0).stdout


@pytest.mark.parametrize(
    "moved",
    [
        {"engine": "cloud-control"},
        {"engin": "native"},
        {"name": "with an error in it"},
        {"name": "renamed", "engin": "native"},
    ],
)
def test_nothing_is_pruned_while_a_definition_is_blocked(project: Project, moved: dict[str, Any]) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    path = project.define("z", **{"name": "two", **moved})
    _expect_no_removal(project, expect=1)
    # Text that cannot be read has no name.
    for data in (b"{", b"\xff", b"[" * 5000):
        path.write_bytes(data)
        _expect_no_removal(project, expect=1)
    path.unlink()
    path.symlink_to("nowhere")
    _expect_no_removal(project, expect=1)
    path.unlink()
    assert "removed" in project.run("generate", "--prune", expect=0).stdout


def test_nothing_is_pruned_while_an_edited_module_is_blocked(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    (project.modules / "two" / "main.tf").write_text("# edited\n")
    (project.modules / "one" / "x_override.tf").write_text("# not proven\n")
    _expect_no_removal(project, expect=1)
    (project.modules / "one" / "x_override.tf").unlink()
    # The edits block the module that takes the folder over.
    project.define("z", "two", text="Say more.")
    before = project.read_modules()
    assert "EditedFile" in project.run("generate", "--prune").stdout
    assert project.read_modules() == before
    project.run("generate", "--prune", "--overwrite", expect=0)
    assert "two/main.tf" in project.read_modules()


def _expect_no_removal(project: Project, *, expect: int) -> None:
    """Expect that neither `generate --prune` removes a module nor `check` predicts that it would."""
    before = project.read_modules()
    made = " ".join(project.run("generate", "--prune", expect=expect).stdout.split())
    assert project.read_modules() == before
    assert "removed modules" not in made
    assert "until then, no module is removed, because a blocked definition may take it over." in made
    checked = project.run("check", "--diff", expect=expect).stdout
    assert "until then, no module is removed, because" in " ".join(checked.split())
    assert "deleted file mode" not in checked


def test_pruning_removes_unedited_modules_and_reports_the_rest(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    (project.modules / "two" / "main.tf").write_text("# edited\n")
    (project.modules / "two" / "own.tf").write_text("# mine\n")
    assert "If the module is removed or moved, files that" in project.run("check", expect=3).stdout
    result = project.run("generate", "--prune", expect=0)
    assert "files that flowseal did not generate stay here: main.tf, own.tf" in result.stdout
    assert read_tree(project.modules / "two") == {"main.tf": b"# edited\n", "own.tf": b"# mine\n"}
    project.run("check", expect=0)


def test_pruning_leaves_no_folder(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    result = project.run("generate", "--prune", expect=0)
    assert "the next apply deletes the flow" in result.stdout
    assert sorted(path.name for path in project.modules.iterdir()) == ["flowseal.lock.json", "one"]


def test_an_orphan_deleted_by_hand_is_dropped_from_the_lock_file(project: Project) -> None:
    (project.folder / "flows" / "two.flow.json").unlink()
    shutil.rmtree(project.modules / "two")
    project.run("check", expect=3)
    assert "OrphanedModule" not in project.run("generate", expect=0).stdout
    project.run("check", expect=0)


def test_deleting_a_listed_definition_leaves_its_module(project: Project) -> None:
    project.configure("flows: [flows/one.flow.json]\noutput: modules\n")
    (project.folder / "flows" / "two.flow.json").unlink()
    before = project.read_modules()
    told = " ".join(project.run("generate", "--prune", expect=0).stdout.split())
    assert "flows/two.flow.json, which no longer exists and which `flows` in flowseal.yaml does not match." in told
    assert "no other configuration covers it, delete this folder" in told
    assert project.read_modules() == before
    project.run("check", expect=3)
    shutil.rmtree(project.modules / "two")
    project.run("generate", expect=0)
    assert b"two" not in project.read_modules()["flowseal.lock.json"]
    project.run("check", expect=0)


def test_a_definition_outside_every_project_belongs_to_the_run(project: Project) -> None:
    (project.folder.parent / "shared.flow.json").write_text(
        (project.folder / "flows" / "two.flow.json").read_text().replace('"two"', '"shared"'), encoding="utf-8"
    )
    project.configure("flows: [flows, ../shared.flow.json]\noutput: modules\n")
    project.run("generate", expect=0)
    project.configure("flows: [flows]\noutput: modules\n")
    assert "ModuleNotConfigured" in project.run("check", expect=3).stdout


def test_a_configuration_with_another_name_counts_as_the_nearest(project: Project) -> None:
    (project.folder / "flowseal.yaml").rename(project.folder / "team.yaml")
    (project.folder.parent / "flowseal.yaml").write_text("flows: [none]\n", encoding="utf-8")
    (project.folder / "team.yaml").write_text("flows: [flows/one.flow.json]\noutput: modules\n", encoding="utf-8")
    assert "ModuleNotConfigured" in project.run("check", "--config", "team.yaml", expect=3).stdout


def test_the_active_configuration_of_two_in_a_folder_is_named(project: Project) -> None:
    (project.folder / "flowseal.yaml").write_text("flows: [flows/one.flow.json]\noutput: modules\n", encoding="utf-8")
    (project.folder / "other.yaml").write_text("flows: [flows/two.flow.json]\noutput: modules\n", encoding="utf-8")
    for arguments, name, left in (((), "flowseal.yaml", "two"), (("--config", "other.yaml"), "other.yaml", "one")):
        told = " ".join(project.run("generate", "--prune", *arguments, expect=0).stdout.split())
        assert f"uncovered modules/{left} 1 module: 0 written, 1 unchanged, 0 blocked, 1 uncovered; " in told
        assert f"flows/{left}.flow.json, which `flows` in {name} does not match" in told
        assert f"another configuration covers it. Runs with {name} " in told
        assert "delete" not in told
        assert "orphan" not in told


def test_another_output_folder_is_named_when_its_modules_are_created_again(project: Project) -> None:
    (project.folder / "live" / ".hidden").mkdir(parents=True)
    before = project.read_modules()
    made = project.run("generate", "-o", "live/dev", expect=0).stdout
    assert "modules:1:1: warning[ModuleInAnotherFolder]" in made
    assert "This folder contains modules that this run also creates in live/dev: one, two." in " ".join(made.split())
    assert project.read_modules() == before
    # Both are there now; from here on it is what was meant.
    assert "ModuleInAnotherFolder" not in project.run("generate", "-o", "live/dev", expect=0).stdout
    assert "ModuleInAnotherFolder" not in project.run("generate", expect=0).stdout
    project.define("three")
    assert "ModuleInAnotherFolder" not in project.run("generate", expect=0).stdout
    again = project.run("generate", "flows/three.flow.json", "-o", "live/dev", expect=0).stdout
    assert "this run also creates in live/dev: three." in " ".join(again.split())


def test_a_changed_output_names_the_old_folder(project: Project) -> None:
    (project.folder / "modules").rename(project.folder / "was")
    project.configure("flows: [flows]\noutput: was\n")
    project.run("generate", expect=0)
    project.configure("flows: [flows]\noutput: now\n")
    for command in ("check", "generate"):
        told = project.run(command).stdout
        assert "was:1:1: warning[ModuleInAnotherFolder]" in told
        assert "If now replaces them, change `source` of the module blocks" in " ".join(told.split())
    assert "ModuleInAnotherFolder" not in project.run("check", expect=0).stdout


def test_a_folder_with_only_orphans_is_removed_with_its_lock_file(project: Project) -> None:
    told = " ".join(project.run("generate", "-o", "live", expect=0).stdout.split())
    assert "delete their folders and flowseal.lock.json here." in told


def test_an_output_folder_outside_the_project_is_found_in_the_repository(project: Project) -> None:
    project.configure("flows: [flows]\noutput: ../was\n")
    project.run("generate", expect=0)
    project.configure("flows: [flows]\noutput: ../now\n")
    assert "../was:1:1" not in project.run("check", expect=3).stdout
    (project.folder.parent / ".git").mkdir()
    assert "../was:1:1: warning[ModuleInAnotherFolder]" in project.run("check", expect=3).stdout
    told = project.run("generate", expect=0).stdout
    # Both old folders, each once: the one in the project, too.
    assert told.count("ModuleInAnotherFolder") == 2
    assert "\nmodules:1:1: warning[ModuleInAnotherFolder]" in told


def test_the_search_of_the_surrounding_repository_is_bounded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.folder.parent / ".git").mkdir()
    project.configure("flows: [flows]\noutput: ../was\n")
    project.run("generate", expect=0)
    project.configure("flows: [flows]\noutput: now\n")
    for most, is_found in ((2, False), (100, True)):
        monkeypatch.setattr("generator.project.ownership.MOST_FOLDERS", most)
        told = project.run("check", expect=3).stdout
        assert ("../was:1:1: warning[ModuleInAnotherFolder]" in told) is is_found
        # The project itself is searched as a whole.
        assert "\nmodules:1:1: warning[ModuleInAnotherFolder]" in told


def test_other_definitions_and_invalid_lock_files_are_not_a_second_set(project: Project, tmp_path: Path) -> None:
    other = start_project(project.folder / "others", "one")
    (project.folder / "broken").mkdir()
    (project.folder / "broken" / "flowseal.lock.json").write_text("{")
    other.define("three")
    project.define("three")
    assert "ModuleInAnotherFolder" not in project.run("generate", expect=0).stdout
    # Without a configuration and outside of a repository, nobody searches the disk.
    (project.folder / "flowseal.yaml").unlink()
    assert "ModuleInAnotherFolder" not in project.run("generate", "flows", "-o", "second", expect=0).stdout
    (project.folder / ".git").mkdir()
    assert "ModuleInAnotherFolder" in project.run("generate", "flows", "-o", "third", expect=0).stdout
