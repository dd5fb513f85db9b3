"""Folders of flows and modules that `flowseal init` writes, proposes, refuses, or finds in a flowseal.yaml."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis.strategies import from_regex, sampled_from
from repositories import Repository, make_repository
from test_init_beside import CONFIGURATION

from generator.commands.layout import overlaps
from generator.project.configuration import read_configuration
from generator.scaffold.ci import Ci
from generator.scaffold.setup_files import PLAIN_FOLDER, Layout, list_setup_files

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    """Return a repository without files."""
    return make_repository(tmp_path / "work")


FOLDERS = from_regex(PLAIN_FOLDER, fullmatch=True) | sampled_from(
    ["123", "true", "null", "no", "1e3", "12.5", "0x1F", "1_000", "0o7", "2024-01-01", "1.", "NaN", "y/n"]
)


@given(FOLDERS, FOLDERS)
def test_flowseal_yaml_round_trips(flows: str, modules: str) -> None:
    (file, *_) = list_setup_files(Layout(flows, modules, Ci.NONE, None))
    found, findings = read_configuration(file.path, Path(file.path), file.text.encode(), dict)
    assert findings == []
    assert found is not None
    assert (found.flows, found.output) == ((f"{flows}/**/*.flow.*",), modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--flows", "a", "--output", "a"),
        ("--flows", "a", "--output", "a/b"),
        ("--flows", "a", "--output", "A"),
        ("--flows", "a/b", "--output", "a"),
    ],
)
def test_modules_and_flows_are_separate(arguments: tuple[str, ...], work: Repository) -> None:
    assert "--output" in (printed := work.run("flowseal", "init", "--yes", *arguments, code=2))
    assert "overlap" in printed
    assert not (work.folder / "flowseal.yaml").exists()


def test_modules_go_next_to_an_existing_lock_file(work: Repository) -> None:
    work.write("flow-modules/flowseal.lock.json", b"{")
    work.run("flowseal", "init", "--yes", "--ci", "none")
    assert yaml.safe_load(work.read("flowseal.yaml"))["output"] == "flow-modules"


@pytest.mark.parametrize("arguments", [("--flows", "modules"), ("--output", "flows"), ("--flows", "flow-modules")])
def test_proposed_folders_differ_from_given_ones(arguments: tuple[str, ...], work: Repository) -> None:
    work.run("flowseal", "init", "--yes", *arguments)
    written = yaml.safe_load(work.read("flowseal.yaml"))
    assert not overlaps(written["flows"][0].removesuffix("/**/*.flow.*"), written["output"])


@pytest.mark.parametrize(
    ("text", "words", "pattern"),
    [
        (
            "flows: [flows/**/*.flow.*]\noutput: ../modules\n",
            "`output` in flowseal.yaml leads to '../modules'",
            r"^(team/flows/(.*/)?(prompts|code)/|modules/([^/]+/|flowseal\.lock\.json$))",
        ),
        (
            "flows: ['**/*.flow.yaml']\noutput: made\n",
            "`flows` in flowseal.yaml leads to '.'",
            r"^(team/made/([^/]+/|flowseal\.lock\.json$))",
        ),
        ("flows: ['our flows/**']\noutput: ../our out\n", "`flows` in flowseal.yaml leads to 'our flows'", "^$"),
    ],
)
def test_a_valid_configuration_is_accepted(text: str, words: str, pattern: str, work: Repository) -> None:
    work.write("team/flowseal.yaml", text.encode())
    printed = Repository(work.folder / "team").run("flowseal", "init", "--yes")
    assert words in " ".join(printed.split())
    assert f"#   exclude: {pattern}\n" in work.read(CONFIGURATION).decode()
    attributes = [line for line in work.read("team/.gitattributes").decode().splitlines() if line[0] != "#"]
    assert not any(line.startswith((".", "our")) for line in attributes)
    assert len(attributes) == {"output": 5, "flows": 1 if "made" in text else 0}[words.split("`")[1]]
