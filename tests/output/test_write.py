"""Writing: owned files only, confined, unchanged where nothing changed, one clear finding where the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from trees import read_tree

from generator.findings import LocatedFinding
from generator.output import Module, Plan, Provenance, Session, Status, apply_plan, disk, open_output, plan_changes
from generator.output.changes import EDITS
from generator.output.folder import OutputFolder
from generator.output.lock_file import Entry, Lock, choose_sides, read_lock
from generator.output.reasons import report_reasons
from generator.output.run_lock import hold_run_lock

FIRST = {"main.tf": "one\n", "README.md": "# one\n", "prompts/Ask.txt": "Say it."}
SECOND = {"main.tf": "two\n", "README.md": "# one\n", "code/Add.py": "1\n"}


def make_provenance(definition: str, digest: str = "d") -> Provenance:
    """Return the provenance of a module that the flowseal of these tests generates."""
    return Provenance(f"../{definition}.flow.yaml", {f"{definition}.flow.yaml": digest}, {}, 0, "1.0", "templates")


def make_module(name: str, files: dict[str, str], digest: str = "d", definition: str | None = None) -> Module:
    """Return a module to write, by default of the definition of its name."""
    return Module(name, make_provenance(definition or name, digest), files)


def plan(output: Session, *modules: Module, removed: str = "", overwrite: bool = False) -> Plan:
    """Plan to write modules, and to remove one."""
    leftovers = {removed: Status.REMOVED} if removed else {}
    return plan_changes(output, modules, leftovers, overwrite=overwrite, is_own=lambda name: True)


def write(
    folder: Path, files: dict[str, str], name: str = "small", digest: str = "d", *, overwrite: bool = False
) -> tuple[str, list[LocatedFinding]]:
    """Write one module; return its status and all findings."""
    with open_output(folder, "1.0", "templates") as output:
        planned = plan(output, make_module(name, files, digest), overwrite=overwrite)
        findings = list(output.findings)
        for change in planned.modules:
            findings += [*change.findings, *report_reasons(change, output, () if overwrite else EDITS, file="")]
        findings += apply_plan(output, planned)
    return planned.modules[0].status if planned.modules else Status.BLOCKED, findings


def name_rules(findings: list[LocatedFinding]) -> list[str]:
    return [finding.rule.name for finding in findings]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with one module in it."""
    folder = tmp_path / "modules"
    assert write(folder, FIRST) == ("written", [])
    return folder


def test_writing_a_module_removes_its_stale_files(folder: Path) -> None:
    (folder / "small" / "own.tf").write_text("# mine\n")
    (folder / "small" / ".terraform").mkdir()
    (folder / "small" / ".terraform" / "state").write_text("x")
    status, findings = write(folder, SECOND)
    assert (status, name_rules(findings)) == ("written", ["UnmanagedTerraformFile"])
    assert {name: data.decode() for name, data in read_tree(folder / "small").items()} == {
        **SECOND,
        "own.tf": "# mine\n",
        ".terraform/state": "x",
    }
    assert not (folder / "small" / "prompts").exists()


def test_an_unchanged_module_is_not_touched(folder: Path) -> None:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in paths}
    assert write(folder, FIRST) == ("unchanged", [])
    assert {path: path.stat().st_mtime_ns for path in paths} == before


def test_a_module_is_current_until_anything_about_it_changes(folder: Path) -> None:
    made = make_provenance("small")
    with open_output(folder, "1.0", "templates") as output:
        assert output.is_current("small", made)
        assert not output.is_current("small", make_provenance("small", "e"))
        assert not output.is_current("small", make_provenance("other"))
        assert not output.is_current("other", made)
        for change in (
            {"configuration": {"tags.team": "a"}},
            {"findings": 1},
            {"generator_version": "1.1"},
            {"template_digest": "others"},
        ):
            assert not output.is_current("small", replace(made, **change))
    (folder / "small" / "main.tf").write_text("edited\n")
    with open_output(folder, "1.0", "templates") as output:
        assert not output.is_current("small", made)


def test_without_a_commit_nothing_is_written(tmp_path: Path) -> None:
    with open_output(tmp_path / "modules", "1.0", "templates") as output:
        assert plan(output, make_module("small", FIRST)).modules[0].status == "written"
    assert list(tmp_path.iterdir()) == []


def test_the_lock_file_is_sorted_and_independent_of_time_and_machine(folder: Path) -> None:
    write(folder, FIRST, "a-first")
    text = (folder / "flowseal.lock.json").read_text()
    document = json.loads(text)
    assert json.dumps(document, indent=2).replace("\n    },\n", "\n    }\n    ,\n") + "\n" == text
    assert list(document["modules"]) == ["a-first", "small"]
    assert list(document["modules"]["small"]["files"]) == ["README.md", "main.tf", "prompts/Ask.txt"]
    assert str(folder.parent) not in text
    assert not re.search(r"20\d\d-\d\d", text)


SPOILERS = {
    "EditedFile": lambda module: (module / "main.tf").write_text("edited\n"),
    "UnownedFile": lambda module: (module / "code").mkdir() or (module / "code" / "Add.py").write_text("mine"),
    "OverrideFile": lambda module: (module / "extra_override.tf").write_text("# x\n"),
    "OverrideFile ": lambda module: (module / "override.tf.json").write_text("{}"),
    "UnsafePath": lambda module: (module / "code").symlink_to(module.parent.parent),
    "UnsafePath ": lambda module: (module / "main.tf").unlink() or (module / "main.tf").symlink_to("README.md"),
}


@pytest.mark.parametrize("rule", SPOILERS)
def test_an_obstacle_is_reported_and_nothing_changes(rule: str, folder: Path) -> None:
    SPOILERS[rule](folder / "small")
    before = read_tree(folder)
    status, findings = write(folder, SECOND, digest="e")
    assert status == "blocked"
    assert rule.strip() in name_rules(findings)
    assert read_tree(folder) == before


@pytest.mark.parametrize("name", ["..", "a/b", "", ".hidden"])
def test_a_module_stays_in_the_folder(name: str, folder: Path) -> None:
    before = read_tree(folder.parent)
    assert name_rules(write(folder, FIRST, name)[1]) == ["UnsafePath"]
    assert read_tree(folder.parent) == before


@pytest.mark.parametrize("path", ["../x.tf", "a/../../x.tf", "/x.tf", "a\\..\\x.tf"])
def test_a_file_stays_in_its_module(path: str, folder: Path) -> None:
    before = read_tree(folder.parent)
    assert name_rules(write(folder, {**FIRST, path: "x"})[1]) == ["UnsafePath"]
    assert read_tree(folder.parent) == before


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{", "DamagedLock"),
        ("[]", "DamagedLock"),
        ('{"version": 1, "modules": {"..": {}}}', "DamagedLock"),
        ("<<<<<<< ours\n", "DamagedLock"),
        ('{"version": 99, "modules": {}}', "NewerLock"),
    ],
)
def test_a_lock_file_that_cannot_be_used_stops_the_run(text: str, rule: str, folder: Path) -> None:
    (folder / "flowseal.lock.json").write_text(text)
    before = read_tree(folder)
    status, findings = write(folder, SECOND)
    assert (status, name_rules(findings)) == ("blocked", [rule])
    assert read_tree(folder) == before


def test_without_the_lock_file_nothing_is_overwritten(folder: Path) -> None:
    (folder / "flowseal.lock.json").unlink()
    status, findings = write(folder, SECOND)
    assert (status, name_rules(findings)) == ("blocked", ["UnownedFile"])
    assert "flowseal.lock.json" in findings[0].help
    # What is there already, byte for byte, is no obstacle.
    assert write(folder, FIRST) == ("unchanged", [])


def test_a_read_only_file_is_one_finding(folder: Path) -> None:
    (folder / "small" / "main.tf").chmod(0o444)
    before = read_tree(folder)
    status, (finding,) = write(folder, SECOND)
    assert (status, finding.rule.name) == ("blocked", "WriteFailed")
    assert "main.tf" in finding.file
    assert read_tree(folder) == before


@pytest.mark.parametrize("function", ["write_new_file", "replace_file", "keep_copy", "sync_file", "make_folders"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_a_disk_error_is_one_finding(function: str, code: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_tree(folder)
    real = getattr(disk, function)
    calls = []

    def refuse(path: Path, *arguments: object) -> object:
        calls.append(path)
        # The first calls prepare; the way back, which comes after, must work.
        if len(calls) == 2:
            raise OSError(code, os.strerror(code), str(path))
        return real(path, *arguments)

    monkeypatch.setattr(disk, function, refuse)
    _, findings = write(folder, SECOND)
    monkeypatch.undo()
    assert name_rules(findings) == ["WriteFailed"]
    assert "nothing was changed" in findings[0].message
    assert read_tree(folder) == before


def test_a_second_run_waits_and_then_names_the_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.output.run_lock.WAIT_SECONDS", 0.1)
    with hold_run_lock(folder / ".flowseal"):
        status, findings = write(folder, SECOND)
    assert (status, name_rules(findings)) == ("blocked", ["OutputBusy"])
    assert str(os.getpid()) in findings[0].message
    assert write(folder, SECOND)[0] == "written"


@pytest.mark.parametrize("name", [".flowseal", "flowseal.lock.json"])
def test_an_obstacle_where_the_lock_file_belongs_is_described(name: str, folder: Path) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(folder / "elsewhere")
    _, (finding, *_) = write(folder, SECOND)
    assert (finding.rule.name, finding.message.endswith("but it is a symbolic link.")) == ("UnsafePath", True)
    (folder / name).unlink()
    if name == ".flowseal":
        (folder / name).write_text("a file")
        _, (finding, *_) = write(folder, SECOND)
        assert (finding.rule.name, finding.message.endswith("but it is not a folder.")) == ("UnsafePath", True)


@pytest.mark.parametrize("is_file", [True, False])
def test_an_obstacle_where_a_module_file_belongs_is_described(is_file: bool, folder: Path) -> None:
    place = folder / "small" / "code" / "Add.py"
    (place.parent if is_file else place).mkdir(parents=True)
    if is_file:
        place.write_text("mine")
    status, (finding,) = write(folder, SECOND)
    assert (status, finding.rule.name) == ("blocked", "UnownedFile")
    assert finding.message.startswith("flowseal did not" if is_file else "The module needs a file here")


def test_in_a_merge_the_side_on_disk_counts(folder: Path) -> None:
    def read_module() -> Entry:
        return read_lock((folder / "flowseal.lock.json").read_bytes()).entries["small"]

    first = read_module()
    write(folder, SECOND)
    second = read_module()
    for ours, theirs in ((first, second), (second, first)):
        chosen = choose_sides(OutputFolder(folder), Lock({"small": ours}, {"small": theirs}, has_conflict=True))
        assert (chosen.entries, chosen.others) == ({"small": second}, {"small": first})
    # Of neither: the first stays.
    (folder / "small" / "main.tf").unlink()
    assert choose_sides(OutputFolder(folder), Lock({"small": first}, {"small": second})).entries == {"small": first}


def test_a_removed_module_leaves_no_folder(folder: Path) -> None:
    with open_output(folder, "1.0", "templates") as output:
        planned = plan(output, removed="small")
        assert planned.modules[0].findings == ()
        assert apply_plan(output, planned) == []
    assert not (folder / "small").exists()


def test_a_disk_that_is_full_for_one_module_changes_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_tree(folder)
    real = disk.write_new_file

    def refuse(path: Path, data: bytes) -> None:
        if "second" in path.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        real(path, data)

    monkeypatch.setattr(disk, "write_new_file", refuse)
    with open_output(folder, "1.0", "templates") as output:
        planned = plan(output, make_module("first", FIRST), make_module("second", FIRST))
        assert [change.status for change in planned.modules] == ["written", "written"]
        (finding,) = apply_plan(output, planned)
    assert (finding.rule.name, "nothing was changed" in finding.message) == ("WriteFailed", True)
    assert read_tree(folder) == before
