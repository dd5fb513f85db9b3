"""What pip installs works from any folder: templates and data are in the wheel."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from paths import ROOT

from generator.findings.rule_pages import STAGES


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project: setuptools and make leave traces where they build."""
    folder = tmp_path_factory.mktemp("copy")
    archive = run("git", "archive", "--format=zip", f"--output={folder / 'source.zip'}", "HEAD", folder=ROOT)
    if archive.returncode != 0:
        pytest.skip("no git repository to build from")
    with zipfile.ZipFile(folder / "source.zip") as files:
        files.extractall(folder / "source")
    return folder / "source"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(folder), str(source), folder=folder
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("flowseal-*.whl")
    return path


def test_the_wheel_contains_only_the_package_templates_and_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    for folder, ending in (
        ("hcl_templates", "*.jinja"),
        ("generator/data", "*.json"),
        *((f"generator/data/rules/{stage}", "*.md") for stage in STAGES),
    ):
        for path in (ROOT / folder).glob(ending):
            assert f"{folder}/{path.name}" in names
    for path in [
        *(ROOT / "generator" / "scaffold" / "flow_templates").rglob("*.*"),
        *(ROOT / "generator" / "scaffold" / "repository_files").iterdir(),
    ]:
        assert path.relative_to(ROOT).as_posix() in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"flowseal", "generator", "hcl_templates"}


def test_the_source_distribution_contains_the_root_documents(source: Path, tmp_path: Path) -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    backend = run(sys.executable, "-m", "pip", "install", "--quiet", "--target", "backend", *needs, folder=tmp_path)
    assert backend.returncode == 0, backend.stderr
    build = f"import sys; sys.path.insert(0, {str(tmp_path / 'backend')!r})\n"
    build += f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    built = run(sys.executable, "-c", build, folder=source)
    assert built.returncode == 0, built.stderr
    (path,) = tmp_path.glob("flowseal-*.tar.gz")
    with tarfile.open(path) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {page.name for page in source.glob("*.md")} | {"LICENSE"} <= names


@pytest.mark.slow
def test_the_command_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    made = run(sys.executable, "-m", "venv", "env", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    binaries = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    installed = run(str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel), folder=tmp_path)
    assert installed.returncode == 0, installed.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    flow = ROOT / "examples" / "flows" / "travel-chat"
    result = run(str(binaries / "flowseal"), "generate", str(flow), "-o", "modules", folder=elsewhere)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (elsewhere / "modules" / "travel-chat" / "main.tf").exists()
    result = run(str(binaries / "flowseal"), "init", "--ci", "gitlab", folder=elsewhere)
    assert (elsewhere / ".gitlab-ci.yml").exists(), result.stdout + result.stderr
    result = run(str(binaries / "flowseal"), "new", "total", "--template", "code", folder=elsewhere)
    assert (elsewhere / "flows" / "total" / "code" / "add_up.py").exists(), result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="the make command is missing")
def test_the_demo_installs_only_what_flowseal_needs(source: Path) -> None:
    shown = run("make", "demo", f"PYTHON={sys.executable}", folder=source)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "9 modules: 9 written, 0 unchanged, 0 blocked; no errors" in shown.stdout
    python = str(source / ".venv" / "bin" / "python")
    listed = json.loads(run(python, "-m", "pip", "list", "--format", "json", folder=source).stdout)
    found = {package["name"].lower() for package in listed}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split("[<>=]", item, maxsplit=1)[0].lower() for item in project["dependencies"]}
    # markdown-it-py is needed by both.
    others = {"boto3", "hypothesis", "mypy", "pre-commit", "pytest", "ruff"}
    assert wanted <= found
    assert not found & others
    # `make test` and the like still make the whole environment.
    assert ".[dev,prove]" in run("make", "--dry-run", "setup", folder=source).stdout
