"""What linters that users have say of generated modules: nothing. Each is shown something that it does find, too.

The modules are those of the examples, of the cases, of a flow with a parameter of every kind, and of AWS's samples
where they are there. docs/linters.md says how the linters are run, and why so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from every_kind import make_flow_of_every_kind
from hcl_strategies import run_terraform
from module_tests import write_module
from paths import ROOT
from plans import plan_document
from subjects import EXAMPLES, MODULES, SAMPLES
from typer.testing import CliRunner

from bench import Bench
from generator.cli import app

pytestmark = pytest.mark.linters

TOOLS = ROOT / ".tools"
LINTERS = ROOT / "linters"
CASES = sorted((ROOT / "tests" / "cases").glob("*/expected/*/versions.tf"))
TFLINT = LINTERS / ("tflint-aws.hcl" if "FLOWSEAL_TFLINT_AWS" in os.environ else "tflint.hcl")


def find_linter(name: str) -> str:
    """Return the command of a linter: the one in .tools, or the machine's own."""
    command = shutil.which(name, path=str(TOOLS)) or shutil.which(name)
    if command is None:
        pytest.skip(f"{name} is missing: `make linters` installs it")
    return command


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every module, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("modules")
    for name in EXAMPLES:
        shutil.copytree(MODULES / name, folder / name)
    for case in CASES:
        # What the case itself puts beside a module is not flowseal's.
        given = [path.name for path in (case.parents[2] / "input" / "modules" / case.parent.name).glob("*")]
        ignored = shutil.ignore_patterns(*given)
        shutil.copytree(case.parent, folder / f"{case.parents[2].name}-{case.parent.name}", ignore=ignored)
    for sample in SAMPLES.values():
        made = CliRunner().invoke(app, ["generate", str(sample), "-o", str(folder)])
        assert made.exit_code == 0, made.output
    write_module(folder / "every-kind", plan_document(make_flow_of_every_kind()))
    return folder


@pytest.fixture
def damaged(modules: Path, tmp_path: Path) -> Path:
    """Return a module into which each linter's own fault is put."""
    module = tmp_path / "module"
    shutil.copytree(modules / "order-desk", module)
    return module


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def list_modules(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/versions.tf"))


def test_there_are_modules_of_all_kinds(modules: Path) -> None:
    assert len(list_modules(modules)) == len(EXAMPLES) + len(CASES) + len(SAMPLES) + 1
    assert len(CASES) > 5


@pytest.mark.terraform
def test_fmt_would_change_nothing(modules: Path) -> None:
    if not shutil.which("terraform"):
        pytest.skip("the terraform command is missing")
    checked = run_terraform(modules, "fmt", "-check", "-recursive", "-diff")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.terraform
def test_fmt_finds_misaligned_code(damaged: Path) -> None:
    if not shutil.which("terraform"):
        pytest.skip("the terraform command is missing")
    change(damaged / "tests" / "flow.tftest.hcl", "  command = plan", "    command = plan")
    assert run_terraform(damaged, "fmt", "-check", "-recursive").returncode == 3


@pytest.mark.terraform
def test_validate_accepts_every_module_and_its_tests(modules: Path, bench: Bench) -> None:
    for module in list_modules(modules):
        bench.succeed(module, "init", "-backend=false", "-input=false")
        said = json.loads(bench.run(module, "validate", "-json").stdout)
        assert said["diagnostics"] == [], module.name


@pytest.mark.terraform
def test_validate_finds_undeclared_references(damaged: Path, bench: Bench) -> None:
    change(damaged / "tests" / "flow.tftest.hcl", "  command = plan", "  comand = plan")
    bench.run(damaged, "init", "-backend=false", "-input=false")
    assert bench.run(damaged, "validate").returncode == 1


def ask_tflint(folder: Path) -> list[str]:
    """Return the issues that tflint finds in a folder and below."""
    command = [find_linter("tflint"), "--recursive", f"--config={TFLINT}", "--format=json"]
    if "FLOWSEAL_TFLINT_AWS" in os.environ:
        run(command[0], "--init", command[2])
    said = json.loads(run(*command, folder=folder).stdout)
    assert said["errors"] == [], said["errors"]
    return [f"{issue['range']['filename']}: {issue['rule']['name']}: {issue['message']}" for issue in said["issues"]]


def test_tflint_reports_no_issue(modules: Path) -> None:
    assert ask_tflint(modules) == []


def test_tflint_finds_an_unused_undocumented_variable(damaged: Path) -> None:
    (damaged / "more.tf").write_text('variable "more" {}\n', encoding="utf-8")
    rules = {issue.split(": ")[1] for issue in ask_tflint(damaged)}
    assert {"terraform_unused_declarations", "terraform_documented_variables", "terraform_typed_variables"} <= rules


def ask_checkov(folder: Path) -> dict[str, Any]:
    """Return Checkov's results for a folder and below, as its JSON gives them."""
    command = [find_linter("checkov"), "--config-file", str(LINTERS / "checkov.yaml"), "-o", "json", "-d", str(folder)]
    results: dict[str, Any] = json.loads(run(*command).stdout)
    return results


def test_checkov_fails_nothing_and_skips_nothing(modules: Path) -> None:
    found = ask_checkov(modules)
    assert [f"{item['file_path']}: {item['check_id']}" for item in found["results"]["failed_checks"]] == []
    summary = found["summary"]
    assert (summary["failed"], summary["skipped"], summary["parsing_errors"]) == (0, 0, 0)
    assert summary["passed"] > 40 * len(list_modules(modules))


def test_no_module_suppresses_a_linter_finding(modules: Path) -> None:
    for path in (path for path in modules.rglob("*") if path.suffix in (".tf", ".hcl", ".md")):
        text = path.read_text(encoding="utf-8").lower()
        for word in ("checkov:", "tflint-ignore", "tfsec:", "trivy:", "kics-scan", "terrascan"):
            assert word not in text, path


def test_checkov_finds_a_key_policy_that_is_for_every_key(damaged: Path) -> None:
    change(damaged / "kms.tf", "resources = [local.key_arn]", 'resources = ["*"]')
    failed = {item["check_id"] for item in ask_checkov(damaged)["results"]["failed_checks"]}
    assert {"CKV_AWS_109", "CKV_AWS_111", "CKV_AWS_356"} <= failed
