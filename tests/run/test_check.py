"""`flowseal check`: its verdict, its reasons, its diff, and that it writes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import ASKED, Project
from trees import compare_trees, read_tree

import generator
import generator.pipeline
from generator.output.run_lock import hold_run_lock


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three flows, generated; one has its prompt in a file."""
    project = Project(tmp_path / "project")
    (project.folder / "flows" / "prompts").mkdir()
    (project.folder / "flows" / "prompts" / "ask.txt").write_text(f"Ask me.{ASKED}", encoding="utf-8")
    project.define("one", text={"$file": "prompts/ask.txt"})
    project.define("two")
    project.define("three")
    project.run("generate", expect=0)
    return project


def list_stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_check_after_generate_is_clean_and_writes_nothing(project: Project) -> None:
    before = list_stamps(project.folder)
    result = project.run("check", expect=0)
    assert result.stdout == "3 definitions: no modules out of date; no errors, no warnings\n"
    project.define("four")
    before |= list_stamps(project.folder)
    project.run("check", "--diff", expect=3)
    assert list_stamps(project.folder) == before


def test_check_works_in_a_read_only_checkout(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.define("two", text="Say more.")
    for path in project.modules.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert project.reasons() == {"two": [("input-changed", ["two.flow.json"])]}


def test_unchanged_definitions_are_not_parsed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a definition was read as a document")

    monkeypatch.setattr(generator.pipeline, "check_each", fail)
    project.run("check", expect=0)
    project.run("generate", expect=0)
    with pytest.raises(AssertionError):
        project.run("check", "--all")


def test_a_clean_check_imports_nothing_heavy(project: Project) -> None:
    code = (
        "import sys; sys.argv = ['flowseal', 'check']\n"
        "from generator.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code)\n"
        "heavy = {'jinja2', 'hcl2', 'lark', 'rich', 'generator.pipeline', 'generator.terraform.render'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[1:] == ["0", "[]"]


def remove_entry(project: Project) -> None:
    path = project.modules / "flowseal.lock.json"
    lock = json.loads(path.read_text())
    del lock["modules"]["two"]
    path.write_text(json.dumps(lock))


def change_version(project: Project) -> None:
    path = project.modules / "flowseal.lock.json"
    path.write_text(path.read_text().replace(f'"generator": "{generator.__version__}"', '"generator": "0.0.9"'))


def reformat_lock(project: Project) -> None:
    path = project.modules / "flowseal.lock.json"
    path.write_text(json.dumps(json.loads(path.read_text())))


def change_findings(project: Project) -> None:
    path = project.modules / "flowseal.lock.json"
    path.write_text(path.read_text().replace('"findings": 0', '"findings": 2', 1))


EDITS: dict[str, tuple[Callable[[Project], object], dict[str, list[tuple[str, list[str]]]]]] = {
    "a new definition": (lambda p: p.define("four"), {"four": [("new", [])]}),
    "a changed definition": (
        lambda p: p.define("two", text="Say more."),
        {"two": [("input-changed", ["two.flow.json"])]},
    ),
    "a definition that says the same in other bytes": (
        lambda p: (p.folder / "flows/two.flow.json").write_bytes(
            (p.folder / "flows/two.flow.json").read_bytes() + b"\n"
        ),
        {"two": [("input-changed", ["two.flow.json"])]},
    ),
    "a changed text": (
        lambda p: (p.folder / "flows/prompts/ask.txt").write_text(f"Ask me twice.{ASKED}"),
        {"one": [("input-changed", ["prompts/ask.txt"])]},
    ),
    "another configuration": (
        lambda p: p.configure("flows: [flows]\noutput: modules\ndefaults: {tags: {team: a}}\n"),
        {name: [("configuration-changed", ["tags.team"])] for name in ("one", "three", "two")},
    ),
    "an edited file": (
        lambda p: (p.modules / "two/main.tf").write_text("# mine\n"),
        {"two": [("edited", ["two/main.tf"])]},
    ),
    "a missing file": (lambda p: (p.modules / "two/kms.tf").unlink(), {"two": [("missing", ["two/kms.tf"])]}),
    "a definition that is gone": (
        lambda p: (p.folder / "flows/two.flow.json").unlink(),
        {"two": [("orphan", ["flows/two.flow.json"])]},
    ),
    "a definition that moved": (
        lambda p: (p.folder / "flows/two.flow.json").rename(p.folder / "flows/zwei.flow.json"),
        {
            "two": [
                ("definition-moved", ["flows/two.flow.json", "flows/zwei.flow.json"]),
                ("input-changed", ["two.flow.json", "zwei.flow.json"]),
            ]
        },
    ),
    "another name": (lambda p: p.define("two", name="zwei"), {"zwei": [("input-changed", ["two.flow.json"])]}),
    "another version": (change_version, {name: [("other-version", ["0.0.9"])] for name in ("one", "three", "two")}),
    "a lock file that was changed by hand": (change_findings, {"one": [("lock", [])]}),
    "a lock file that was formatted anew": (reformat_lock, {}),
    "no lock file": (lambda p: (p.modules / "flowseal.lock.json").unlink(), {}),
    "no entry in the lock file": (remove_entry, {}),
    "no lock file and a new definition": (
        lambda p: ((p.modules / "flowseal.lock.json").unlink(), p.define("four")),
        {"four": [("new", [])]},
    ),
    "two reasons at once": (
        lambda p: (p.define("two", text="Say more."), (p.modules / "two/main.tf").write_text("# mine\n")),
        {"two": [("input-changed", ["two.flow.json"]), ("edited", ["two/main.tf"])]},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_difference_has_a_reason_and_generate_resolves_it(edit: str, project: Project) -> None:
    change, reasons = EDITS[edit]
    change(project)
    assert project.reasons() == reasons
    project.run("check", "--strict", expect=3)
    project.run("generate", "--overwrite", "--prune", expect=0)
    project.run("check", expect=0)


@pytest.mark.parametrize("edit", EDITS)
def test_the_diff_matches_what_generate_does(edit: str, project: Project, tmp_path: Path) -> None:
    EDITS[edit][0](project)
    patch = project.run("check", "--diff", expect=3).stdout
    patched = tmp_path / "patched"
    shutil.copytree(project.folder, patched)
    command = ["git", "apply", "--verbose", "-"]
    applied = subprocess.run(command, cwd=patched, input=patch.encode(), capture_output=True, check=False)
    assert applied.returncode == 0, applied.stderr.decode()
    project.run("generate", "--overwrite", "--prune", expect=0)
    assert compare_trees(read_tree(patched), read_tree(project.folder)) == []


@pytest.mark.parametrize("text", ["a\r\nb\r", "a\x0bb\u2028c\n\n", "\ufeffa", "no end", "a\n+++ b\n-- c"])
def test_the_diff_contains_text_byte_for_byte(text: str, project: Project, tmp_path: Path) -> None:
    project.define("two", text=text)
    patch = project.run("check", "--diff", expect=3).stdout_bytes
    subprocess.run(["git", "apply", "-"], cwd=project.folder, input=patch, check=True)
    project.run("check", expect=0)


def test_no_diff_line_is_a_ci_command(project: Project) -> None:
    texts = ["::error::a", "  ::stop-commands::x", "kept", "::group::b", "\t::debug::c"]
    project.define("two", text="\n".join([*texts, "old"]))
    project.run("generate", expect=0)
    project.define("two", text="\n".join([*texts, "new"]))
    patch = project.run("check", "--diff", expect=3).stdout
    assert "::group::b" in patch
    assert not [line for line in patch.split("\n") if line.lstrip().startswith("::")]
    subprocess.run(["git", "apply", "-"], cwd=project.folder, input=patch.encode(), check=True)
    project.run("check", expect=0)
    project.define("two", text="##[error]a\n##vso[task.x]b")
    for arguments in (("--diff",), ("--diff", "--format", "json"), ("--diff", "--format", "github")):
        printed = project.run("check", *arguments, expect=3).stdout
        assert "##[" not in printed
        assert "##vso[" not in printed


@pytest.mark.parametrize(
    ("edit", "message"), [("no lock file", "is missing."), ("no entry in the lock file", "has no entry for two.")]
)
def test_up_to_date_files_without_their_entry_are_one_finding(edit: str, message: str, project: Project) -> None:
    EDITS[edit][0](project)
    printed = project.run("check", expect=3).stdout
    assert printed.count("[OutdatedModule]: ") == 1
    assert f"[OutdatedModule]: flowseal.lock.json {message}\n   = help: Run `flowseal generate`" in printed
    assert "3 definitions: no modules out of date, but the lock file is; no errors, 1 warning\n" in printed


def test_unmanaged_files_are_not_differences(project: Project) -> None:
    (project.modules / "two" / "own.tf").write_text("# mine\n")
    (project.modules / "notes.txt").write_text("mine")
    (project.modules / "two" / ".terraform").mkdir()
    result = project.run("check", expect=0)
    assert "UnmanagedTerraformFile" in result.stdout


def test_errors_exit_with_1_even_with_differences(project: Project) -> None:
    (project.modules / "two" / "x_override.tf").write_text("# mine\n")
    project.run("check", expect=1)
    (project.modules / "two" / "main.tf").write_text("# mine\n")
    project.run("check", expect=1)


DAMAGES = {
    "{": (1, "DamagedLock"),
    '{"version": 99}': (1, "NewerLock"),
    '{"version": 1, "modules": {"two": {}}}': (1, "DamagedLock"),
    '{"version": 1, "version": 1, "modules": {}}': (1, "DamagedLock"),
}


@pytest.mark.parametrize("text", DAMAGES)
def test_an_unreadable_lock_file_is_never_up_to_date(text: str, project: Project) -> None:
    (project.modules / "flowseal.lock.json").write_text(text)
    code, rule = DAMAGES[text]
    assert rule in project.run("check", expect=code).stdout


def test_the_help_for_a_damaged_lock_file_works(project: Project) -> None:
    lock = project.modules / "flowseal.lock.json"
    before = lock.read_bytes()
    lock.write_text("damaged")
    assert "delete it and run `flowseal generate`" in project.run("generate", expect=1).stdout
    lock.unlink()
    project.run("generate", expect=0)
    assert lock.read_bytes() == before


def test_leftovers_of_an_interrupted_run_are_a_difference(project: Project) -> None:
    (project.modules / ".flowseal").mkdir()
    (project.modules / ".flowseal" / "run.lock").write_text("1")
    assert "InterruptedRun" in project.run("check", expect=3).stdout
    project.run("generate", expect=0)
    assert not (project.modules / ".flowseal").exists()
    project.run("check", expect=0)


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on Windows")
def test_check_waits_for_a_writing_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.output.run_lock.WAIT_SECONDS", 0.1)
    with hold_run_lock(project.modules / ".flowseal"):
        result = project.run("check", expect=1)
    assert "OutputBusy" in result.stdout
    assert f"process {os.getpid()}" in result.stdout
    project.run("check", expect=0)


def test_the_summary_is_appended_and_escaped(project: Project) -> None:
    summary = project.folder / "summary.md"
    summary.write_text("before\n")
    project.define("two", text="Say more.")
    project.run("check", "--summary", "summary.md", expect=3)
    text = summary.read_text()
    assert text.startswith("before\n## flowseal check\n")
    assert "| `modules/two` | input changed: flows/two.flow.json |" in text
    project.run("check", "--summary", "nowhere/summary.md", expect=2)


def test_json_contains_a_diff_per_module(project: Project) -> None:
    project.define("two", text="Say more.")
    report = json.loads(project.run("check", "--diff", "--format", "json", expect=3).stdout)
    diffs = {module["name"]: module["diff"] for module in report["modules"]}
    assert diffs["one"] == diffs["three"] == ""
    assert "diff --git a/modules/two/prompts/Ask.txt" in diffs["two"]
    assert "+Say more." in diffs["two"]
    assert report["lock"]["diff"].startswith("diff --git a/modules/flowseal.lock.json")
