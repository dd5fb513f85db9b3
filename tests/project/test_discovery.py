"""Definitions and texts on disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from projects import Project

from generator.findings import LocatedFinding
from generator.flow.reading import FileRefusal
from generator.project.discovery import LARGEST_TEXT, DiskReader, discover_definitions, read_definition


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make_files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")


def list_found(*paths: str, output: Path | None = None) -> list[str]:
    files, findings = discover_definitions(paths, output)
    assert findings == []
    return [file.display for file in files]


def list_findings(*paths: str) -> list[tuple[str, str]]:
    _, findings = discover_definitions(paths, None)
    return [(finding.rule.name, finding.file) for finding in findings]


def test_a_folder_is_searched_in_a_fixed_order(here: Path) -> None:
    make_files(here, "flows/b.flow.yaml", "flows/a/z.flow.json", "flows/c.flow.yml", "flows/d.yaml", "flows/e.json")
    assert list_found("flows") == ["flows/a/z.flow.json", "flows/b.flow.yaml", "flows/c.flow.yml"]
    assert list_found(".") == list_found("flows/")


def test_dot_folders_and_the_output_are_skipped(here: Path) -> None:
    make_files(here, "a.flow.yaml", ".hidden/b.flow.yaml", "modules/c.flow.yaml", "other/d.flow.yaml")
    assert list_found(".", output=Path("modules")) == ["a.flow.yaml", "other/d.flow.yaml"]
    assert list_found(".hidden") == [".hidden/b.flow.yaml"]
    assert list_found(".", output=Path()) == ["a.flow.yaml", "modules/c.flow.yaml", "other/d.flow.yaml"]


def test_symlinked_folders_are_not_followed(here: Path) -> None:
    make_files(here.parent, "outside/x.flow.yaml")
    make_files(here, "a.flow.yaml")
    (here / "link").symlink_to(here.parent / "outside", target_is_directory=True)
    (here / "circle").symlink_to(here, target_is_directory=True)
    assert list_found(".") == ["a.flow.yaml"]


def test_a_file_named_explicitly_can_have_any_name_and_counts_once(here: Path) -> None:
    make_files(here, "flow.txt", "b.flow.yaml")
    assert list_found("flow.txt", ".", "./b.flow.yaml", str(here / "flow.txt")) == ["flow.txt", "b.flow.yaml"]


def test_paths_that_do_not_exist_are_findings(here: Path) -> None:
    (here / "empty").mkdir()
    assert list_findings("gone", "empty", "") == [
        ("MissingPath", "gone"),
        ("NoDefinitions", "empty"),
        ("MissingPath", "."),
    ]


def test_a_definition_that_cannot_be_read_is_a_finding(here: Path) -> None:
    make_files(here, "a.flow.yaml")
    (here / "b.flow.yaml").symlink_to(here / "gone.yaml")
    files, _ = discover_definitions(["."], None)
    answers = [read_definition(file) for file in files]
    assert answers[0] == b"{}"
    assert isinstance(answers[1], LocatedFinding)
    assert answers[1].file == "b.flow.yaml"
    assert str(here) not in answers[1].message


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes as a name")
@pytest.mark.parametrize("names", [(b"a\xff", b"a\xfe"), (b"\xff/a", b"\xfe/a"), (b"a\xff", "a\ufffd".encode())])
def test_definitions_with_non_utf_8_names_are_rejected(names: tuple[bytes, bytes], tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.define("good")
    for number, name in enumerate(names):
        target = Path(os.fsdecode(os.fsencode(project.folder / "flows") + b"/" + name + b".flow.json"))
        target.parent.mkdir(exist_ok=True)
        project.define("new", name=f"flow-{number}").rename(target)
    refused = [name for name in names if b"\xef\xbf\xbd" not in name]
    made = {"good", *(f"flow-{number}" for number, name in enumerate(names) if name not in refused)}
    for arguments in (["generate"], ["generate", "flows", "-o", "modules"], ["generate", "flows/", "-o", "modules"]):
        result = project.run(*arguments, expect=1).stdout
        assert result.count("error[NonUtf8Path]") == len(refused)
        assert {path.partition("/")[0] for path in project.read_modules()} == {*made, "flowseal.lock.json"}
    for command in ("check", "validate"):
        assert project.run(command, expect=1).stdout.count("error[NonUtf8Path]") == len(refused)
    (project.modules / "flowseal.lock.json").read_bytes().decode()
    assert "\\ud" not in (project.modules / "flowseal.lock.json").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any bytes as a name")
def test_a_folder_above_the_project_can_have_any_name(tmp_path: Path) -> None:
    project = Project(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")) / "project")
    project.define("good")
    project.run("generate", expect=0)
    project.run("check", expect=0)
    result = project.run("generate", "-o", str(tmp_path / "elsewhere"), expect=1).stdout
    assert "flows/good.flow.json:1:1: error[NonUtf8Path]" in result
    assert not (tmp_path / "elsewhere").exists()


def refuse(folder: Path, path: str) -> str:
    answer = DiskReader(folder).read_text(path)
    assert isinstance(answer, FileRefusal), answer
    return answer.message


def test_files_next_to_and_below_a_definition_are_read(here: Path) -> None:
    (here / "prompts").mkdir()
    (here / "prompts" / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    reader = DiskReader(here)
    assert reader.read_text("prompts/a.txt") == "one\r\ntwo"
    assert reader.read_text("./prompts/../prompts/a.txt") == "one\r\ntwo"
    assert DiskReader(Path("prompts")).read_text("a.txt") == "one\r\ntwo"


@pytest.mark.parametrize("path", ["/etc/passwd", "C:/x.txt", "//server/x", "a\\b.txt", "", " ", "a\0b"])
def test_absolute_paths_are_rejected(here: Path, path: str) -> None:
    refuse(here, path)


def test_nothing_outside_the_folder_is_read(here: Path) -> None:
    make_files(here.parent, "secret.txt", "here2/secret.txt")
    (here / "link.txt").symlink_to(here.parent / "secret.txt")
    (here / "up").symlink_to(here.parent, target_is_directory=True)
    for path in ("../secret.txt", "../here2/secret.txt", "link.txt", "up/secret.txt", "up/here2/../secret.txt"):
        assert "outside" in refuse(here, path)


def make_project(here: Path) -> DiskReader:
    """Return the reader of a definition in flows/desk of a project with the output folder `modules`."""
    make_files(here, "shared/a.txt", "flows/desk/own.txt", "flows/other/b.txt", "modules/desk/prompts/c.txt")
    make_files(here, ".git/config", "shared/.GIT/config", "flows/.gitignore")
    make_files(here.parent, "secret.txt", "here2/secret.txt")
    (here / "shared" / "link.txt").symlink_to(here.parent / "secret.txt")
    (here / "shared" / "made.txt").symlink_to(here / "modules" / "desk" / "prompts" / "c.txt")
    (here / "shared" / "git").symlink_to(here / ".git", target_is_directory=True)
    return DiskReader(here / "flows" / "desk", here, (Path("modules"), here / "gone"))


def test_files_anywhere_in_the_project_can_be_read(here: Path) -> None:
    reader = make_project(here)
    for path in ("own.txt", "../../shared/a.txt", "../other/b.txt", "../../shared/../flows/other/b.txt"):
        assert reader.read_text(path) == "{}"
    assert reader.read_text("../.gitignore") == "{}"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../../../secret.txt", "outside the folder of flowseal.yaml"),
        ("../../../here2/secret.txt", "outside the folder of flowseal.yaml"),
        ("../../shared/link.txt", "outside the folder of flowseal.yaml"),
        ("../../modules/desk/prompts/c.txt", "in the output folder"),
        ("../../shared/made.txt", "in the output folder"),
        ("../../modules/gone.txt", "in the output folder"),
        ("../../.git/config", "part of Git's own data"),
        ("../../shared/git/config", "part of Git's own data"),
        ("../../shared/.GIT/config", "part of Git's own data"),
    ],
)
def test_no_definition_reads_a_file_outside_its_project(here: Path, path: str, reason: str) -> None:
    answer = make_project(here).read_text(path)
    assert isinstance(answer, FileRefusal)
    assert reason in answer.message


def test_a_definition_outside_the_project_reads_only_its_own_folder(here: Path) -> None:
    make_files(here, "project/shared/a.txt", "flows/own.txt")
    reader = DiskReader(here / "flows", here / "project", ())
    assert reader.read_text("own.txt") == "{}"
    answer = reader.read_text("../project/shared/a.txt")
    assert isinstance(answer, FileRefusal)
    assert "outside the folder of the definition" in answer.message


def test_a_definition_in_the_output_folder_reads_its_own_folder(here: Path) -> None:
    make_files(here, "flows/prompts/a.txt", "shared/b.txt")
    reader = DiskReader(here / "flows", here, (here,))
    assert reader.read_text("prompts/a.txt") == "{}"
    assert isinstance(reader.read_text("../shared/b.txt"), FileRefusal)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("owm.txt", "own.txt"),
        ("../../shard/a.txt", "../../shared/a.txt"),
        ("../othr/b.text", "../other/b.txt"),
        ("../../share/lnk.txt", None),
        ("git", None),
        ("x/y/z.txt", None),
        ("own.txt/x", None),
    ],
)
def test_a_missing_file_gets_a_suggestion(here: Path, path: str, meant: str | None) -> None:
    answer = make_project(here).read_text(path)
    assert isinstance(answer, FileRefusal)
    assert answer.message == f"File {path!r} does not exist."
    assert answer.help == (f"Did you mean {meant}?" if meant else "Paths are relative to the definition's folder.")


def test_a_symlink_inside_the_folder_is_followed(here: Path) -> None:
    make_files(here, "a.txt")
    (here / "b.txt").symlink_to("a.txt")
    assert DiskReader(here).read_text("b.txt") == "{}"


def test_binary_files_are_rejected(here: Path) -> None:
    (here / "latin.txt").write_bytes(b"caf\xe9")
    (here / "large.txt").write_bytes(b"x" * (LARGEST_TEXT + 1))
    (here / "folder").mkdir()
    os.mkfifo(here / "pipe")
    (here / "loop").symlink_to("loop")
    assert "byte 4" in refuse(here, "latin.txt")
    assert "too large" in refuse(here, "large.txt")
    for path in ("folder", "pipe", "gone.txt", "loop", "x" * 5000):
        refuse(here, path)
