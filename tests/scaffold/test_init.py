"""`flowseal init`: each folder of tests/scaffold/set_up is a repository, a command, and what both come to.

`expected` is the whole tree afterward, but for the schemas, which are those of `schemas/`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from paths import ROOT
from repositories import COMMANDS, Repository, make_repository
from trees import compare_trees, read_tree, write_tree
from typer.testing import CliRunner
from workflows import ACTIONLINT, find_interpolated_scripts, find_loose_actions, lint_workflow

from generator.cli import app
from generator.source import read_document

CASES = sorted((ROOT / "tests" / "scaffold" / "set_up").iterdir())
SCHEMAS = ".flowseal-schema/"
GITHUB = ".github/workflows/flowseal.yml"


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["init", *arguments], prog_name="flowseal")
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repository = make_repository(tmp_path / "work")
    monkeypatch.chdir(repository.folder)
    return repository


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accept: bool) -> None:
    work = tmp_path / "work"
    shutil.copytree(case / "input", work)
    monkeypatch.chdir(work)
    arguments = (case / "command").read_text().split()
    result = CliRunner().invoke(app, arguments, prog_name="flowseal")
    output = f"exit code {result.exit_code}\n{result.output}".encode()
    made = {name: data for name, data in read_tree(work).items() if not name.startswith(SCHEMAS)}
    if accept:
        (case / "output.txt").write_bytes(output)
        write_tree(case / "expected", made)
    assert output.decode() == (case / "output.txt").read_text(encoding="utf-8")
    assert compare_trees(made, read_tree(case / "expected")) == []
    assert read_tree(work / SCHEMAS) == read_tree(ROOT / "schemas")
    assert {name: made[name] for name in read_tree(case / "input")} == read_tree(case / "input")
    before = read_tree(work)
    again = CliRunner().invoke(app, arguments, prog_name="flowseal")
    assert "written" not in again.output
    assert read_tree(work) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_written_definitions_and_configuration_are_valid(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case / "expected", tmp_path / "work")
    result = CliRunner().invoke(app, ["generate", str(tmp_path / "work"), "-o", str(tmp_path / "modules")])
    assert result.exit_code == 0, result.output
    assert "no errors, no warnings" in result.output
    schema = Draft202012Validator(yaml.safe_load((ROOT / "schemas" / "configuration.json").read_text()))
    text = (case / "expected" / "flowseal.yaml").read_text(encoding="utf-8")
    # What stands there as a comment is right too.
    for shown in (text, re.sub(r"^# (?= *[a-z_]+:( |$))", "", text, flags=re.MULTILINE)):
        document, faults = read_document("flowseal.yaml", shown.encode())
        assert document is not None, faults
        assert list(schema.iter_errors(document.value)) == []
    if case.name == "repository-on-github":
        # Its first line does what the key does.
        assert set(document.value) == set(schema.schema["properties"]) - {"$schema"}


def test_the_github_files_are_pinned_safe_and_linted(work: Repository) -> None:
    run("--yes")
    text = (work.folder / GITHUB).read_text(encoding="utf-8")
    assert find_loose_actions(text) == []
    assert find_interpolated_scripts(text) == []
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    work.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", GITHUB)


@pytest.mark.skipif(not ACTIONLINT.exists(), reason="actionlint is missing (make tools)")
def test_actionlint_reports_nothing(work: Repository) -> None:
    run("--yes")
    assert lint_workflow(work.folder / GITHUB) == ""


def test_the_gitlab_file_matches_gitlab_s_schema(work: Repository) -> None:
    run("--ci", "gitlab")
    work.run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml")
    wrong = work.read(".gitlab-ci.yml").replace(b"rules:", b"ruels:").replace(b"script:", b"scirpt:")
    work.write(".gitlab-ci.yml", wrong)
    work.run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml", code=1)


def test_pre_commit_accepts_the_configuration_and_the_hooks_match_the_manifest(work: Repository) -> None:
    run("--yes")
    work.run("pre-commit", "validate-config")
    written = yaml.safe_load(work.read(".pre-commit-config.yaml"))
    manifest = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for hook in written["repos"][0]["hooks"]:
        for key in ("name", "entry", "pass_filenames", "always_run", "require_serial"):
            assert hook[key] == manifest[hook["id"]][key]


def test_existing_files_are_kept_and_reported(work: Repository) -> None:
    work.write(".pre-commit-config.yaml", b"repos: []\n")
    work.write("flows/greeting/prompts/answer.txt", b"mine")
    before = read_tree(work.folder)
    assert "--flow: flows/greeting/prompts/answer.txt already exists" in run("--flows", "flows", code=2)
    assert read_tree(work.folder) == before
    printed = run("--flows", "flows", "--flow", "other")
    assert "unchanged   .pre-commit-config.yaml; replace its empty `repos` on line 1 with:\n\nrepos:\n" in printed
    assert work.read(".pre-commit-config.yaml") == b"repos: []\n"
    assert work.read("flows/greeting/prompts/answer.txt") == b"mine"


FAULTY = {
    "flow: [flows]\n": "flowseal.yaml:1:1: error[UnknownKey]",
    "flows: [flows]\noutput: [modules]\n": "flowseal.yaml:2:9: error[InvalidSection]",
    "flows: flows\n": "flowseal.yaml:1:8: error[InvalidSection]",
    "flows: [/flows]\n": "flowseal.yaml:1:9: error[InvalidSection]",
    "output: ''\n": "flowseal.yaml:1:9: error[InvalidSection]",
    "rules: {Nothing: off}\n": "flowseal.yaml:1:9: error[UnknownRule]",
    "- flows\n": "flowseal.yaml:1:1: error[InvalidSection]",
    "flows: [\n": "flowseal.yaml:2:1: error[SyntaxError]",
}


@pytest.mark.parametrize("text", FAULTY)
@pytest.mark.parametrize("arguments", [["init", "--yes"], ["new", "x", "--template", "prompt"], ["new", "--list"]])
def test_with_an_invalid_configuration_nothing_is_written(arguments: list[str], text: str, work: Repository) -> None:
    work.write("flowseal.yaml", text.encode())
    before = read_tree(work.folder)
    result = CliRunner().invoke(app, arguments, prog_name="flowseal")
    assert result.exit_code == 1
    assert FAULTY[text] in result.output
    assert f"1 | {text.splitlines()[0]}" in result.output or "2:" in FAULTY[text]
    assert read_tree(work.folder) == before
    # It is what every other command says.
    told = CliRunner().invoke(app, ["check"], prog_name="flowseal").output
    assert told.startswith(result.output.rstrip("\n"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n"])
def test_an_empty_configuration_keeps_the_defaults(text: str, work: Repository) -> None:
    work.write("flowseal.yaml", text.encode())
    run("--yes")
    assert (work.folder / "flows" / "greeting" / "greeting.flow.yaml").exists()
    assert b"modules/flows/flowseal.lock.json text eol=lf" in work.read(".gitattributes")
    assert work.read("flowseal.yaml") == text.encode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--flows", "../up"], "is not a folder that init can write patterns for"),
        (["--output", "a b"], "is not a folder that init can write patterns for"),
        (["--output", "/tmp"], "is not a folder that init can write patterns for"),
        (["--flow", "a b"], "It must have 1 to 100 letters and digits"),
        (["--flow", "con"], "Windows does not allow a folder named 'con'"),
        (["--template", "promt"], "Did you mean prompt?"),
        (["--install", 'x"$(y)'], "pip would not install one pinned flowseal from"),
        (["--install", "flowseal==0.1.0"], "the public index, where flowseal is not published"),
        (["--ci", "jenkins"], "jenkins"),
    ],
)
def test_unwritable_files_are_rejected(arguments: list[str], words: str, work: Repository) -> None:
    assert words in " ".join(run(*arguments, code=2).split())
    assert not (work.folder / "flowseal.yaml").exists()


def test_init_prompts_on_a_terminal_and_repeats_after_an_invalid_answer(work: Repository) -> None:
    answers = ["a b", "definitions", "", "gitlab", "flowseal==1", "", "triage", "nothing", "agent"]
    printed = answer_on_a_terminal(work, answers)
    assert "Error: 'a b' is not a folder that init can write patterns for" in printed
    assert (work.folder / "definitions" / "triage" / "triage.flow.yaml").exists()
    assert "Error: pip would look up 'flowseal==1' on the public index" in printed
    assert b'FLOWSEAL: ""' in work.read(".gitlab-ci.yml")
    assert b'output: "modules/flows"' in work.read("flowseal.yaml")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals on Windows")
@pytest.mark.parametrize("arguments", [["--yes"], ["-y"]])
def test_init_does_not_prompt_if_told_not_to(arguments: list[str], work: Repository) -> None:
    printed = answer_on_a_terminal(work, [], *arguments)
    assert "Folder of" not in printed
    assert (work.folder / "flows" / "greeting").exists()


def test_without_a_terminal_init_does_not_prompt(work: Repository) -> None:
    assert "Folder of" not in work.run("flowseal", "init")


def answer_on_a_terminal(work: Repository, answers: list[str], *arguments: str) -> str:
    """Run `flowseal init` on a pseudo terminal with some answers typed ahead; return what it showed."""
    import pty

    leader, follower = pty.openpty()
    os.write(leader, "".join(f"{answer}\n" for answer in answers).encode())
    environment = {**os.environ, "TERM": "dumb"}
    command = [str(COMMANDS / "flowseal"), "init", *arguments]
    process = subprocess.Popen(
        command, cwd=work.folder, stdin=follower, stdout=follower, stderr=follower, env=environment
    )
    assert process.wait(timeout=60) == 0
    os.close(follower)
    shown = b""
    while True:
        try:
            more = os.read(leader, 10_000)
        except OSError:  # Linux's word for the end.
            break
        if not more:
            break
        shown += more
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")
