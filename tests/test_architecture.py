"""Data goes one way: the import table of docs/architecture.md, held."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "source": set(),
    "model": {"source"},
    "diagnostics": {"source", "model"},
    "api": {"source", "diagnostics", "model"},
    "hcl": set(),
    "definition": {"source", "diagnostics", "model", "api", "inference"},
    "nodes": {"source", "diagnostics", "model", "inference"},
    "inference": {"source", "diagnostics", "model"},
    "validation": {"source", "diagnostics", "model", "api", "nodes"},
    "policies": {"model", "hcl"},
    "provider": {"source", "diagnostics", "model", "api", "hcl"},
    "module": {"source", "diagnostics", "model", "api", "inference", "hcl", "policies", "provider"},
    "readme": {"model", "nodes", "hcl", "policies", "module"},
    "templates": set(),
    "render": {"hcl", "module", "readme", "templates"},
    "verify": {"hcl", "policies", "module"},
    "write": {"source", "diagnostics"},
    "intake": {"source", "diagnostics", "definition"},
    "configuration": {"source", "diagnostics", "model", "api", "definition", "module"},
    "patterns": {"source", "diagnostics", "configuration", "intake"},
    "suppression": {"source", "diagnostics"},
    "rule_pages": set(),
    "report": {"source", "diagnostics", "rule_pages"},
    "editor": {"diagnostics", "model", "api", "definition", "inference", "nodes"},
    "scaffold": {"source", "diagnostics", "api", "definition", "intake", "configuration"},
    "timings": set(),
    "progress": set(),
}
TOP = {
    "__init__",
    "__main__",
    "check",
    "check_report",
    "cli",
    "cli_project",
    "commands",
    "config_report",
    "console",
    "generate",
    "options",
    "outcome_texts",
    "outcomes",
    "ownership",
    "pipeline",
    "preparation",
    "project",
    "requests",
    "rule_catalogue",
    "survey",
    "validate",
}


def list_imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("generator."):
            rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "generator":
            rooms |= {alias.name for alias in node.names if alias.name in ROOMS | dict.fromkeys(TOP)}
    return rooms


def name_room(path: Path) -> str:
    return path.relative_to(ROOT / "generator").parts[0].removesuffix(".py")


TEMPLATES = ROOT / "generator" / "flow_templates"
SOURCES = sorted(path for path in (ROOT / "generator").rglob("*.py") if not path.is_relative_to(TEMPLATES))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_stands_to_its_left(path: Path) -> None:
    room = name_room(path)
    if room in TOP:
        return
    assert room in ROOMS, f"{room} is a new room: give it its place in the table"
    assert list_imported_rooms(path) - {room, "__version__"} <= ROOMS[room]


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


def test_no_room_is_a_lumber_room() -> None:
    lumber = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [path for path in SOURCES if lumber & set(path.stem.split("_"))]
