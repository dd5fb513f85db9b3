"""`flowseal new`: where a flow lands, what is refused, and that nothing is ever overwritten."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT
from trees import read_tree
from typer.testing import CliRunner

from generator.cli import app
from generator.output import disk
from generator.scaffold.new_files import place_new_file, replace_with, write_new_files


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["new", *arguments], prog_name="flowseal")
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_a_new_flow_goes_into_flows(work: Path) -> None:
    printed = run("greeting", "--template", "prompt")
    assert set(read_tree(work)) == {"flows/greeting/greeting.flow.yaml", "flows/greeting/prompts/answer.txt"}
    assert "written flows/greeting/greeting.flow.yaml" in printed
    assert "flowseal generate flows/greeting -o modules" in printed


def test_a_new_flow_goes_where_the_configuration_finds_it(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (work / "flowseal.yaml").write_text('flows: ["infra/flows/**/*.flow.yaml"]\noutput: infra/modules\n')
    below = work / "infra" / "docs"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    printed = run("greeting", "--template", "agent")
    assert (work / "infra" / "flows" / "greeting" / "greeting.flow.yaml").exists()
    assert "then run `flowseal generate`." in printed
    (line, *_) = (work / "infra" / "flows" / "greeting" / "greeting.flow.yaml").read_text().splitlines()
    schema = line.removeprefix("# yaml-language-server: $schema=")
    assert schema == "../../../.flowseal-schema/definition.json"
    held = ROOT / "schemas"
    assert read_tree(work / ".flowseal-schema") == read_tree(held)


def test_an_existing_schema_is_kept(work: Path) -> None:
    (work / "flowseal.yaml").write_text("{}\n")
    schema = work / ".flowseal-schema" / "definition.json"
    schema.parent.mkdir()
    schema.write_text("mine")
    run("greeting", "--template", "prompt")
    assert schema.read_text() == "mine"


def test_templates_come_from_the_configured_folder(work: Path) -> None:
    own = work / "ours" / "empty"
    own.mkdir(parents=True)
    (own / "x.flow.yaml").write_text('name: "FLOW_NAME"\n# Not FLOW_NAMES, nor a FLOW_NAME_.\n')
    (work / "flowseal.yaml").write_text("templates: ours\n")
    printed = run("greeting", "--template", "empty", code=1)
    text = (work / "flows" / "greeting" / "greeting.flow.yaml").read_text()
    assert text.partition("\n")[2] == 'name: "greeting"\n# Not FLOW_NAMES, nor a FLOW_NAME_.\n'
    assert "flows/greeting/greeting.flow.yaml:2:1: error[IncompleteDocument]" in printed


def test_a_flow_that_no_pattern_matches_is_reported(work: Path) -> None:
    (work / "flowseal.yaml").write_text('flows: ["flows/*/*.flow.json", "teams/**/*.flow.*"]\noutput: modules\n')
    assert "add elsewhere/x to `flows` in flowseal.yaml, which does not match it" in run(
        "x", "--template", "prompt", "-o", "elsewhere/x"
    )
    # Below the folder that a pattern searches, and yet not of its ending.
    assert "add flows/y to `flows`" in run("y", "--template", "prompt")
    assert "Next: review the definition, then run" in run("z", "--template", "prompt", "-o", "teams/a/z")


def test_an_absolute_path_is_reported_with_a_valid_one(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (work / "flowseal.yaml").write_text('flows: ["flows"]\noutput: modules\n')
    (work / "below").mkdir()
    monkeypatch.chdir(work / "below")
    inside, outside = work / "elsewhere" / "x", work.parent / "outside" / "y"
    assert "Next: add elsewhere/x to `flows`" in run("x", "--template", "prompt", "-o", str(inside))
    printed = " ".join(run("y", "--template", "prompt", "-o", str(outside)).split())
    assert f"then run `flowseal generate {outside.as_posix()}`. `flows` cannot include it" in printed
    result = CliRunner().invoke(app, ["generate", outside.as_posix()])
    assert result.exit_code == 0, result.output
    assert (work / "modules" / "y" / "kms.tf").exists()


def test_an_invalid_templates_folder_is_reported_at_its_setting(work: Path) -> None:
    (work / "flowseal.yaml").write_text("templates: ours\n")
    assert "Invalid value for templates in flowseal.yaml: ours is not a folder." in run("--list", code=2)
    assert "Invalid value for --templates: mine is not a folder." in run("--list", "--templates", "mine", code=2)


def test_an_invalid_yaml_configuration_is_reported(work: Path) -> None:
    (work / "flowseal.yaml").write_text("flows: [\n")
    assert "error[SyntaxError]" in run("greeting", "--template", "prompt", code=1)
    assert set(read_tree(work)) == {"flowseal.yaml"}


@pytest.mark.parametrize("file", ["greeting.flow.yaml", "prompts/answer.txt", "prompts"])
def test_nothing_is_overwritten(file: str, work: Path) -> None:
    mine = work / "flows" / "greeting" / file
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    before = read_tree(work)
    run("greeting", "--template", "prompt", code=1 if file == "prompts" else 2)
    assert read_tree(work) == before


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_broken_link_is_not_written_through(work: Path) -> None:
    folder = work / "flows" / "greeting"
    folder.mkdir(parents=True)
    (folder / "greeting.flow.yaml").symlink_to(work / "elsewhere")
    assert "already exists" in run("greeting", "--template", "prompt", code=2)
    assert not (work / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a b", "It must have 1 to 100 letters and digits, each optionally followed by a single - or _."),
        ("../up", "It must have 1 to 100 letters and digits"),
        ('x"\nname: y', "It must have 1 to 100 letters and digits"),
        ("", "It must have 1 to 100 letters and digits"),
        ("Con", "Windows does not allow a folder named 'Con'"),
    ],
)
def test_an_invalid_flow_name_is_rejected_with_the_rule_s_message(name: str, words: str, work: Path) -> None:
    assert words in run(name, "--template", "prompt", code=2)
    assert read_tree(work) == {}


@pytest.mark.parametrize("name", ["123", "no", "1e5", "null", "0x1F"])
def test_a_name_stays_text(name: str, work: Path) -> None:
    run(name, "--template", "prompt")
    assert f'name: "{name}"' in (work / "flows" / name / f"{name}.flow.yaml").read_text()


def test_missing_and_misspelled_arguments_are_reported(work: Path) -> None:
    assert "Missing argument 'NAME'." in run(code=2)
    assert "Missing option '--template'. Choose one of agent, batch, chat, code" in run("greeting", code=2)
    assert "Unknown template 'promts'. Did you mean prompt?" in run("greeting", "--template", "promts", code=2)
    assert "nowhere is not a folder" in run("--list", "--templates", "nowhere", code=2)


def test_all_files_or_none(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = disk.write_new_file

    def fill_up(path: Path, data: bytes) -> None:
        write(path, data[:3])
        if data == b"bbbb":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    (work / "mine").mkdir()
    monkeypatch.setattr(disk, "write_new_file", fill_up)
    (finding,) = write_new_files(work, {"new/x/a": b"aaaa", "mine/a": b"aaaa", "mine/b": b"bbbb"})
    assert finding.rule.name == "WriteFailed"
    assert "the disk is full" in finding.message
    assert sorted(path.name for path in work.rglob("*")) == ["mine"]


@pytest.mark.parametrize("put", [replace_with, place_new_file])
def test_leftovers_of_a_killed_run_are_no_obstacle(put: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    (tmp_path / f".flowseal-{os.getpid()}.new").write_bytes(b"half of a longer fi")
    put(tmp_path / "a.txt", b"whole")
    assert read_tree(tmp_path) == {"a.txt": b"whole"}
