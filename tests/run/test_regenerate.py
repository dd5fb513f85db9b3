"""`flowseal generate` in a project that lives on: what it does, what it leaves, what it refuses."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from projects import ASKED, Project, start_project

import generator.output.disk
import generator.pipeline


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two flows, generated."""
    return start_project(tmp_path / "project", "one", "two")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the flows whose modules are rendered and proven from now on."""
    real, names = generator.pipeline.build_module, []

    def note(plan: Any, *others: Any) -> Any:
        names.append(plan.name)
        return real(plan, *others)

    monkeypatch.setattr(generator.pipeline, "build_module", note)
    return names


def test_only_changed_modules_are_regenerated_and_proven(project: Project, built: list[str]) -> None:
    project.define("two", text="Say more.")
    project.run("generate", expect=0)
    assert built == ["two"]
    project.run("generate", "--all", expect=0)
    assert built == ["two", "one", "two"]


def test_findings_of_unchanged_definitions_are_repeated_in_every_run(project: Project, built: list[str]) -> None:
    project.define("two", parameters={"spare": {}})
    for command in ("generate", "generate", "check"):
        assert "UnusedParameter" in project.run(command, expect=0).stdout
    assert built == ["two"]
    assert "UnusedParameter" in project.run("check", "--strict", expect=1).stdout


def test_severities_apply_to_unchanged_definitions(project: Project) -> None:
    project.configure("flows: [flows]\noutput: modules\nrules: {UnusedParameter: off}\n")
    project.define("two", parameters={"spare": {}})
    assert "UnusedParameter" not in project.run("generate", expect=0).stdout
    project.configure("flows: [flows]\noutput: modules\nrules: {UnusedParameter: error}\n")
    assert "UnusedParameter" in project.run("check", expect=1).stdout


def test_a_name_clash_with_an_unchanged_flow_is_reported_at_both(project: Project) -> None:
    project.define("zwei", name="two")
    before = project.read_modules()
    result = project.run("generate", expect=1)
    assert result.stdout.count("error[CollidingFlowNames]") == 2
    assert project.read_modules() == before


def test_a_name_clash_with_a_flow_outside_the_run_is_rejected(project: Project) -> None:
    project.define("zwei", name="two", text="Say more.")
    before = project.read_modules()
    printed = project.run("generate", "flows/zwei.flow.json", expect=1).stdout
    assert "ModuleNameInUse" in printed
    assert (
        "If two projects share this output folder, give one of them another (`output` in its flowseal.yaml)" in printed
    )
    assert project.read_modules() == before


def test_simultaneous_renames_run_in_order(project: Project) -> None:
    project.define("one", name="two", text="One.")
    project.define("two", name="three", text="Two.")
    result = project.run("generate", expect=1)
    assert "already has a new name, run `flowseal generate` for it first" in " ".join(result.stdout.split())
    project.run("generate", "flows/two.flow.json", expect=0)
    project.run("generate", expect=0)
    project.run("check", expect=0)
    assert project.read_modules()["two/prompts/Ask.txt"] == f"One.{ASKED}".encode()


def test_a_change_to_only_the_lock_file_is_reported_and_counts(project: Project, built: list[str]) -> None:
    definition = project.folder / "flows" / "one.flow.json"
    definition.write_text(definition.read_text() + "\n")
    assert "written     modules/flowseal.lock.json\n2 modules: 0 written" in project.run("generate", expect=0).stdout
    definition.write_text(definition.read_text() + "\n")
    project.run("generate", "--fail-on-change", expect=3)
    assert "flowseal.lock.json" not in project.run("generate", "--fail-on-change", expect=0).stdout
    assert built == ["one", "one"]


def test_an_edit_is_shown_and_kept_until_discarded(project: Project) -> None:
    file = project.modules / "two" / "main.tf"
    text = file.read_text()
    file.write_text(text + "# mine\n")
    before = project.read_modules()
    result = project.run("generate", expect=1)
    assert "EditedFile" in result.stdout
    assert "\n-# mine\n" in result.stdout
    assert project.read_modules() == before
    project.run("generate", "--overwrite", expect=0)
    assert file.read_text() == text


def test_json_contains_the_diff_of_an_edit(project: Project) -> None:
    (project.modules / "two" / "main.tf").write_text("# mine\n")
    modules = json.loads(project.run("generate", "--format", "json", expect=1).stdout)["modules"]
    assert [bool(module["diff"]) for module in modules] == [False, True]


def test_an_edit_in_one_module_does_not_block_another(project: Project) -> None:
    (project.modules / "two" / "main.tf").write_text("# mine\n")
    project.define("one", text="Say more.")
    project.define("two", text="Say more.")
    project.run("generate", expect=1)
    modules = project.read_modules()
    assert modules["one/prompts/Ask.txt"] == f"Say more.{ASKED}".encode()
    assert modules["two/prompts/Ask.txt"] == f"Say it.{ASKED}".encode()


def test_flows_that_swap_names_get_instructions(project: Project) -> None:
    project.define("one", name="two")
    project.define("two", name="one")
    said = " ".join(project.run("generate", expect=1).stdout.split())
    assert "from flows/two.flow.json, which still exists; flows/one.flow.json needs the same folder." in said
    assert "to swap two names, rename one flow to a third name first" in said
    project.define("two", name="third")
    project.run("generate", "flows/two.flow.json", expect=0)
    project.run("generate", expect=0)
    project.define("two", name="one")
    project.run("generate", expect=0)
    project.run("check", expect=0)


def test_no_moved_block_if_the_label_is_unchanged(project: Project) -> None:
    project.define("two", name="t-wo")
    project.run("generate", expect=0)
    project.define("two", name="t_wo")
    result = project.run("generate", expect=0)
    assert "moved from modules/t-wo" in result.stdout
    assert "Terraform changes the flow and its key in place" in result.stdout
    assert "moved {" not in result.stdout


def test_renaming_a_flow_moves_its_module_and_unmanaged_files(project: Project) -> None:
    old = project.modules / "two"
    (old / "own.tf").write_text("# mine\n")
    (old / "data").mkdir()
    (old / "data" / "terraform.tfvars").write_text("a = 1\n")
    (old / "data" / "terraform.tfvars").chmod(0o640)
    project.define("two", name="zwei")
    result = project.run("generate", expect=0)
    new = project.modules / "zwei"
    assert not old.exists()
    assert (new / "own.tf").read_text() == "# mine\n"
    assert (new / "data" / "terraform.tfvars").stat().st_mode & 0o777 == 0o640
    assert "from = module.two\n" in result.stdout
    assert "to   = module.zwei\n" in result.stdout
    project.run("check", expect=0)


def test_what_cannot_move_stays_and_is_reported(project: Project) -> None:
    old = project.modules / "two"
    (old / ".terraform" / "providers").mkdir(parents=True)
    (old / ".terraform" / "providers" / "aws").write_text("x")
    (old / "link").symlink_to("main.tf")
    (old / "notes.txt").write_text("of the old one")
    (project.modules / "zwei").mkdir()
    (project.modules / "zwei" / "notes.txt").write_text("was here before")
    project.define("two", name="zwei")
    result = project.run("generate", expect=0)
    assert ".terraform, link, notes.txt" in result.stdout
    assert (old / ".terraform" / "providers" / "aws").exists()
    assert (old / "notes.txt").read_text() == "of the old one"
    assert (project.modules / "zwei" / "notes.txt").read_text() == "was here before"
    project.run("check", expect=0)


def test_a_file_in_the_way_of_a_move_stops_it(project: Project) -> None:
    (project.modules / "zwei").mkdir()
    (project.modules / "zwei" / "main.tf").write_text("# mine\n")
    project.define("two", name="zwei")
    before = project.read_modules()
    assert "UnownedFile" in project.run("generate", expect=1).stdout
    assert project.read_modules() == before


@pytest.mark.parametrize("file", ["kms.tf", "iam.tf"])
def test_help_for_an_edited_key_policy_or_role_is_different(file: str, project: Project) -> None:
    edited = project.modules / "two" / file
    edited.write_text(edited.read_text() + "# mine\n")
    said = " ".join(project.run("generate", expect=1).stdout.split())
    assert "Use the module's variables `caller_roles` and `caller_principals` to let others use the key." in said
    assert "Move the change into the definition" not in said


def test_an_edit_in_the_old_folder_stops_a_move(project: Project) -> None:
    (project.modules / "two" / "main.tf").write_text("# mine\n")
    project.define("two", name="zwei")
    before = project.read_modules()
    assert "EditedFile" in project.run("generate", expect=1).stdout
    assert project.read_modules() == before
    project.run("generate", "--overwrite", expect=0)
    assert not (project.modules / "two").exists()


def test_a_definition_that_moves_keeps_its_module(project: Project, built: list[str]) -> None:
    (project.folder / "flows" / "more").mkdir()
    (project.folder / "flows" / "two.flow.json").rename(project.folder / "flows" / "more" / "two.flow.json")
    result = project.run("generate", expect=0)
    assert "OrphanedModule" not in result.stdout
    assert "../flows/more/two.flow.json" in (project.modules / "flowseal.lock.json").read_text()
    head = (project.modules / "two" / "main.tf").read_text().partition("\n")[0]
    assert head == "# Code generated by flowseal from flows/more/two.flow.json. DO NOT EDIT."
    project.run("check", expect=0)


def test_the_output_does_not_depend_on_the_working_directory(project: Project) -> None:
    before = project.read_modules()
    absolute = str(project.folder / "flows")
    project.run("generate", "--all", absolute, "-o", str(project.modules), expect=0)
    assert project.read_modules() == before
    assert not [path for path, data in before.items() if str(project.folder).encode() in data]


def test_the_command_line_overrides_the_configuration(project: Project) -> None:
    project.run("generate", "flows/two.flow.json", "-o", "elsewhere", expect=0)
    assert sorted(path.name for path in (project.folder / "elsewhere").iterdir()) == ["flowseal.lock.json", "two"]


def test_the_nearest_configuration_above_applies(project: Project) -> None:
    inside = Project.__new__(Project)
    inside.folder = project.folder / "flows"
    assert "2 unchanged" in inside.run("generate", expect=0).stdout
    project.define("one", text="Say more.")
    assert "written     ../modules/one" in inside.run("generate", expect=0).stdout


def test_without_definitions_or_output_the_usage_is_shown(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", "output: modules\n")
    for command in ("generate", "validate", "check"):
        assert "flowseal.yaml" in project.run(command, expect=2).stderr
    project.configure("flows: [flows]\n")
    assert "--output" in project.run("generate", expect=2).stderr


@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize("file", ["flowseal.lock.json", "two/main.tf"])
@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO])
def test_an_unreadable_file_is_not_reported_as_unwritable(
    code: int, file: str, command: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_descriptor = os.open

    def refuse(path: Path | str, *arguments: int) -> int:
        if Path(path).as_posix().endswith(file):
            raise OSError(code, os.strerror(code), str(path))
        return open_descriptor(path, *arguments)

    project.define("two", text="Say more.")
    before = project.read_modules()
    monkeypatch.setattr(os, "open", refuse)
    (finding,) = json.loads(project.run(command, "--format", "json", expect=1).stdout)["findings"]
    monkeypatch.undo()
    assert (finding["rule"], finding["file"]) == ("WriteFailed", f"modules/{file}")
    assert finding["message"].startswith(f"Cannot read 'modules/{file}': ")
    assert "write" not in finding["help"]
    assert project.read_modules() == before
