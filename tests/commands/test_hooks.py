"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a real git repository.

They run as `language: system`: the flowseal of this environment instead of one that pre-commit would install.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from paths import ROOT
from repositories import Repository, make_repository

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="the git command is missing")

CONFIGURATION = """\
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - {{id: flowseal-validate, language: system, args: [flows]}}
      - {{id: flowseal-generate, language: system, args: [flows, -o, modules]}}
"""


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    """Return a repository with the hooks installed and one flow, whose module is not made yet."""
    hooks = make_repository(tmp_path / "hooks")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks.folder)
    hooks.commit("The hooks")
    work = make_repository(tmp_path / "work")
    revision = hooks.git("rev-parse", "HEAD").strip()
    text = CONFIGURATION.format(hooks=hooks.folder.as_posix(), revision=revision)
    work.write(".pre-commit-config.yaml", text.encode())
    work.run("flowseal", "new", "greeting", "--template", "prompt")
    work.run("pre-commit", "install")
    return work


def test_the_manifest_is_valid() -> None:
    Repository(ROOT).run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")


def test_a_commit_contains_every_module(work: Repository) -> None:
    refused = work.commit("A flow", code=1)
    assert "flowseal validate........" in refused
    assert "1 definition checked: no errors, no warnings" not in refused
    assert "exit code: 3" in refused
    assert "written     modules/greeting (13 created)" in refused
    work.commit("A flow and its module")
    assert "modules/greeting/main.tf" in work.git("ls-files")


def test_a_changed_prompt_changes_its_module(work: Repository) -> None:
    work.commit("", code=1)
    work.commit("A flow and its module")
    work.write("flows/greeting/prompts/answer.txt", b"Answer: {{question}}")
    refused = work.commit("A prompt", code=1)
    assert "written     modules/greeting (1 changed)" in refused
    work.commit("A prompt and its module")
    assert work.read("modules/greeting/prompts/Answer.txt") == b"Answer: {{question}}"


def test_check_fails_if_generate_would_change_something(work: Repository) -> None:
    text = work.read(".pre-commit-config.yaml").replace(b"id: flowseal-generate", b"id: flowseal-check")
    work.write(".pre-commit-config.yaml", text)
    refused = work.commit("A flow", code=1)
    assert "flowseal check" in refused
    assert "exit code: 3" in refused
    assert not (work.folder / "modules").exists()
    work.run("flowseal", "generate", "flows", "-o", "modules")
    work.commit("A flow and its module")


def test_an_invalid_definition_fails_at_its_line(work: Repository) -> None:
    definition = "flows/greeting/greeting.flow.yaml"
    work.write(definition, work.read(definition).replace(b"source: Question", b"source: Qestion"))
    refused = work.commit("A slip", code=1)
    assert re.search(rf"{definition}:\d+:16: error\[UnknownConnectionSource\]: ", refused)
    assert "Did you mean Question?" in refused
    work.git("rev-parse", "--verify", "HEAD", code=128)


def test_a_commit_that_only_deletes_runs_the_hooks(work: Repository) -> None:
    work.commit("", code=1)
    work.commit("A flow and its module")
    (work.folder / "flows" / "greeting" / "prompts" / "answer.txt").unlink()
    assert "UnreadableFile" in work.commit("No prompt", code=1)
