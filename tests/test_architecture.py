"""Data goes one way: the import table of docs/architecture.md, held."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from paths import ROOT

PACKAGES = {
    "source": set(),
    "findings": {"source"},
    "flow": {"source", "findings"},
    "validation": {"source", "findings", "flow"},
    "terraform": {"source", "findings", "flow"},
    "editor": {"findings", "flow"},
    "output": {"source", "findings"},
    "project": {"source", "findings", "flow", "terraform", "output"},
    "scaffold": {"source", "findings", "flow", "output", "project"},
    "importing": {"source", "findings", "flow", "terraform"},
    "progress": set(),
    "pipeline": {"source", "findings", "flow", "validation", "terraform", "project", "progress"},
    "run": {"source", "findings", "flow", "terraform", "output", "project", "progress", "pipeline"},
    "report": {"source", "findings", "terraform", "output", "run"},
    "commands": {
        *("source", "findings", "flow", "terraform", "editor", "output", "project", "scaffold"),
        *("importing", "progress", "pipeline", "run", "report"),
    },
    "cli": {"source", "report", "commands"},
    "__main__": {"cli"},
    "__init__": set(),
}


def list_imported_packages(path: Path) -> set[str]:
    packages = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("generator."):
            packages.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "generator":
            packages |= {alias.name for alias in node.names if alias.name in PACKAGES}
    return packages


def name_package(path: Path) -> str:
    return path.relative_to(ROOT / "generator").parts[0].removesuffix(".py")


TEMPLATES = ROOT / "generator" / "scaffold" / "flow_templates"
SOURCES = sorted(path for path in (ROOT / "generator").rglob("*.py") if not path.is_relative_to(TEMPLATES))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_imports_only_what_its_row_allows(path: Path) -> None:
    package = name_package(path)
    assert package in PACKAGES, f"{package} is new: give it its place in the table"
    assert list_imported_packages(path) - {package} <= PACKAGES[package]


@pytest.mark.parametrize("folder", ["generator", "tests", "tools", "bench"])
def test_files_and_functions_stay_small(folder: str) -> None:
    too_long = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 300:
            too_long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        too_long += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno + 1 > 40
        ]
    assert not too_long


def test_no_file_has_a_meaningless_name() -> None:
    lumber = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [path for path in SOURCES if lumber & set(path.stem.split("_"))]


def test_the_tests_mirror_the_packages() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - {"cases", "support"} <= set(PACKAGES)
