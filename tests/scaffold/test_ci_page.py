"""docs/ci.md: each recipe is what `init` writes, or is taken by what it is written for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from paths import ROOT
from repositories import Repository
from test_action import DOCUMENT
from workflows import ACTIONLINT, find_interpolated_scripts, find_loose_actions, lint_workflow

from generator.scaffold.ci import Ci
from generator.scaffold.origin import Installation
from generator.scaffold.setup_files import Layout, list_setup_files

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
INSTALLATION = Installation("git+https://git.example.com/tools/flowseal@0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")

FROM_OWN_INDEX = "flowseal==0.1.0 --index-url"
BY_NAME = r"pip3? install (?:-\S+ )*flowseal\b(?! ?@)|\bflowseal ?[=<>~!]=\S*"


def list_blocks(heading: str, language: str = "yaml") -> list[str]:
    """Return the code below a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def find_written(ci: Ci, path: str) -> str:
    (file,) = [
        file for file in list_setup_files(Layout("flows", "modules/flows", ci, INSTALLATION)) if file.path == path
    ]
    return file.text


def test_the_page_shows_what_init_writes() -> None:
    assert list_blocks("GitHub Actions")[0] == find_written(Ci.GITHUB, ".github/workflows/flowseal.yml")
    assert list_blocks("GitLab") == [find_written(Ci.GITLAB, ".gitlab-ci.yml")]
    attributes = find_written(Ci.NONE, ".gitattributes")
    assert list_blocks("Line endings", "gitattributes") == [attributes]
    hooks = find_written(Ci.NONE, ".pre-commit-config.yaml")
    assert list_blocks("pre-commit")[0] == hooks.partition("repos:\n")[1] + hooks.partition("repos:\n")[2]
    assert list_blocks("pre-commit")[1].strip() in hooks


def test_pre_commit_accepts_the_hooks_and_they_exist(tmp_path: Path) -> None:
    block = list_blocks("pre-commit")[2]
    (tmp_path / "config.yaml").write_text(block, encoding="utf-8")
    Repository(tmp_path).run("pre-commit", "validate-config", "config.yaml")
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in yaml.safe_load(block)["repos"][0]["hooks"]] == [hook["id"] for hook in manifest]


def test_the_workflow_with_the_action_is_pinned_and_uses_valid_inputs() -> None:
    text = list_blocks("GitHub Actions")[1].replace("OWNER/flowseal@COMMIT", "owner/flowseal@" + "0" * 40)
    assert find_loose_actions(text) == []
    assert find_interpolated_scripts(text) == []
    step = yaml.safe_load(text)["jobs"]["flowseal"]["steps"][1]
    assert set(step["with"]) <= set(DOCUMENT["inputs"])


@pytest.mark.skipif(not ACTIONLINT.exists(), reason="actionlint is missing (make tools)")
@pytest.mark.parametrize("index", [0, 1])
def test_actionlint_reports_nothing(index: int, tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / "flowseal.yml"
    path.parent.mkdir(parents=True)
    path.write_text(list_blocks("GitHub Actions")[index], encoding="utf-8")
    assert lint_workflow(path) == ""


def test_every_input_is_on_the_page() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert set(DOCUMENT["inputs"]) <= set(rows)
    for name, given in DOCUMENT["inputs"].items():
        assert name == "config" or rows[name] == f'`"{given["default"]}"`'


def test_nothing_installs_flowseal_by_an_unclaimed_package_name() -> None:
    read = ["README.md", "CONTRIBUTING.md", "action.yml", ".pre-commit-hooks.yaml"]
    folders = ["docs", ".github", ".ci", "generator", "tests/scaffold/set_up", "examples"]
    paths = [ROOT / name for name in read]
    paths += [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in (".md", ".yml", ".yaml")]
    assert len(paths) > 200
    for path in paths:
        text = path.read_text(encoding="utf-8").replace(FROM_OWN_INDEX, "")
        assert re.findall(BY_NAME, text) == [], path
    for wrong in (
        "pip install flowseal",
        "pip install -U flowseal\n",
        "flowseal==0.1.0",
        "flowseal>=1",
        "- flowseal~=1",
    ):
        assert re.search(BY_NAME, wrong)
