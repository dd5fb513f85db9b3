"""action.yml and the project's own workflows: pinned, safe, linted; and what the action's script does."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from workflows import ACTIONLINT, ROOT, USES, find_interpolated_scripts, find_loose_actions, lint_workflow

ACTION = ROOT / "action.yml"
FILES = [ACTION, *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
DOCUMENT: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
(SCRIPT,) = [step["run"] for step in DOCUMENT["runs"]["steps"] if step.get("id") == "flowseal"]
STANDIN = """#!/bin/sh
printf '%s|' "$@" >> "$CALLS"
echo >> "$CALLS"
case "$*" in
  *sarif*) echo '{}'; exit "${SARIF_CODE:-0}" ;;
  *--diff*) echo ' ::error::a line of a prompt'; exit 3 ;;
esac
exit "${CODE:-0}"
"""
needs_actionlint = pytest.mark.skipif(not ACTIONLINT.exists(), reason="actionlint is missing (make tools)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_and_scripts_use_no_template_expressions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert find_loose_actions(text) == []
    assert find_interpolated_scripts(text) == []


def test_an_action_has_the_same_release_everywhere() -> None:
    pages = [
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        *(ROOT / "generator" / "scaffold" / "repository_files").iterdir(),
    ]
    releases: dict[str, set[str]] = {}
    for path in [*FILES, *pages]:
        text = path.read_text(encoding="utf-8")
        assert [name for name in find_loose_actions(text) if not name.startswith("OWNER/")] == [], path
        for name, comment in USES.findall(text):
            releases.setdefault(name.partition("@")[0], set()).add(name + comment)
    assert {"actions/checkout", "github/codeql-action/upload-sarif"} < set(releases)
    assert {name: found for name, found in releases.items() if len(found) > 1} == {}


def test_unpinned_actions_and_template_expressions_are_found() -> None:
    step = "jobs: {a: {steps: [{run: 'echo ${{ inputs.x }}'}]}}"
    assert find_interpolated_scripts(step) == ["echo ${{ inputs.x }}"]
    for line in ("a/b@v1 # v1.0.0", "a/b@main", "a/b@" + "0" * 40, "a/b@" + "0" * 39 + " # v1.0.0"):
        assert find_loose_actions(f"  - uses: {line}\n") != []
    assert find_loose_actions("  - uses: a/b/c@" + "0" * 40 + " # v1.0.0\n") == []


@pytest.mark.parametrize("path", FILES[1:], ids=lambda path: path.name)
def test_a_workflow_has_minimal_permissions(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert job["steps"][0]["with"] == {"persist-credentials": False}


@needs_actionlint
@pytest.mark.parametrize("path", FILES[1:], ids=lambda path: path.name)
def test_actionlint_accepts_every_workflow(path: Path) -> None:
    assert lint_workflow(path) == ""


@needs_actionlint
def test_actionlint_accepts_the_action_s_steps(tmp_path: Path) -> None:
    # actionlint reads workflows: the steps stand in one that takes the same inputs.
    inputs = {name: {"type": "string", **item} for name, item in DOCUMENT["inputs"].items()}
    job = {"runs-on": "ubuntu-latest", "steps": DOCUMENT["runs"]["steps"]}
    workflow = {"name": "action", "on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": job}}
    path = tmp_path / ".github" / "workflows" / "action.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(workflow), encoding="utf-8")
    assert lint_workflow(path) == ""
    path.write_text(yaml.safe_dump(workflow).replace("inputs.config", "inputs.confg"), encoding="utf-8")
    assert 'property "confg" is not defined' in lint_workflow(path)


@dataclass(frozen=True, slots=True)
class Run:
    """What the action's script did: its exit code, what it printed, the calls that it made, its outputs."""

    code: int
    printed: str
    calls: list[str]
    outputs: dict[str, str]


def run_script(folder: Path, **environment: str) -> Run:
    """Run the action's script as GitHub does, with a stand-in for flowseal that remembers its calls."""
    standin = folder / "flowseal"
    standin.write_text(STANDIN, encoding="utf-8")
    standin.chmod(standin.stat().st_mode | stat.S_IXUSR)
    inputs = {"CONFIG": "", "CHECK": "true", "STRICT": "false", "SARIF": "false"} | environment
    files = {"CALLS": folder / "calls", "GITHUB_OUTPUT": folder / "output", "GITHUB_STEP_SUMMARY": folder / "summary"}
    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPT],
        env={**os.environ, "FLOWSEAL": str(standin), "RUNNER_TEMP": str(folder)}
        | {name: str(path) for name, path in files.items()}
        | inputs,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    calls = [line.removesuffix("|") for line in files["CALLS"].read_text(encoding="utf-8").splitlines()]
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    return Run(result.returncode, result.stdout, calls, dict(line.split("=", 1) for line in lines))


needs_bash = pytest.mark.skipif(not shutil.which("bash") or os.name == "nt", reason="the bash command is missing")


@needs_bash
def test_the_action_checks_definitions_and_modules(tmp_path: Path) -> None:
    run = run_script(tmp_path)
    assert run.calls == [f"check|--format|github|--summary|{tmp_path / 'summary'}"]
    assert (run.code, run.outputs, run.printed) == (0, {"exit-code": "0"}, "")


@needs_bash
def test_the_action_can_check_only_definitions(tmp_path: Path) -> None:
    run = run_script(tmp_path, CHECK="false", CODE="1")
    assert run.calls == ["validate|--format|github"]
    assert (run.code, run.outputs) == (1, {"exit-code": "1"})


@needs_bash
def test_each_action_input_is_one_argument(tmp_path: Path) -> None:
    config = '$(touch "$RUNNER_TEMP/made"); a b"\'`x`/flowseal.yaml'
    run = run_script(tmp_path, CHECK="false", CONFIG=config, STRICT="true")
    assert run.calls == [f"validate|--config|{config}|--strict|--format|github"]
    assert not (tmp_path / "made").exists()


@needs_bash
def test_a_diff_cannot_send_commands_to_the_runner(tmp_path: Path) -> None:
    run = run_script(tmp_path, CODE="3")
    assert (run.code, run.outputs) == (3, {"exit-code": "3"})
    assert run.calls[1:] == ["check|--diff"]
    head, stop, line, go_on, end = run.printed.splitlines()
    token = stop.removeprefix("::stop-commands::")
    assert (head, line) == ("::group::What flowseal generate would change", " ::error::a line of a prompt")
    assert (go_on, end, len(token)) == (f"::{token}::", "::endgroup::", 32)


@needs_bash
@pytest.mark.parametrize(
    ("sarif_code", "is_handed_on"), [("0", True), ("1", True), ("3", True), ("2", False), ("4", False)]
)
def test_findings_are_uploaded_if_there_is_a_report(sarif_code: str, is_handed_on: bool, tmp_path: Path) -> None:
    run = run_script(tmp_path, SARIF="true", SARIF_CODE=sarif_code, CODE="1")
    assert run.calls[-1] == "check|--format|sarif"
    assert run.code == 1
    assert ("report" in run.outputs) == is_handed_on
