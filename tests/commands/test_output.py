"""Nothing that a command prints is a command of a CI, whatever names and values it quotes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from paths import ROOT
from typer.testing import CliRunner

from generator.cli import app

BAD = ["##[error]planted", "##vso[task.x]planted", "x\n::error::planted", "::error::planted"]
COMMANDS = [
    ["new", "a", "--template", "prompt", "-o", "{}"],
    ["new", "{}", "--template", "prompt"],
    ["new", "a", "--template", "{}"],
    ["new", "a", "--template", "prompt", "--templates", "{}"],
    ["schema", "-o", "{}.json"],
    ["schema", "-o", "taken/{}"],
    ["schema", "{}"],
    ["config", "-o", "{}"],
    ["config", "{}"],
    ["config", "--config", "{}"],
    ["init", "--yes", "--flows", "{}"],
    ["init", "--yes", "--output", "{}"],
    ["init", "--yes", "--ci", "{}"],
    ["init", "--yes", "--install", "{}"],
    ["generate", "{}", "-o", "modules"],
    ["generate", "{}.flow.yaml", "-o", "{}"],
    ["check", "{}", "-o", "{}"],
    ["check", "--summary", "{}", "-o", "m", "taken"],
    ["validate", "{}"],
    ["validate", "--max-findings", "{}"],
    ["rules", "{}"],
    ["{}"],
    ["--{}"],
    ["schema", "--{}"],
]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_name_becomes_a_ci_command(
    command: list[str], bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    taken = tmp_path / "taken" / bad
    taken.parent.mkdir()
    taken.write_text("mine")
    (tmp_path / f"{bad}.flow.yaml").write_text("name: 1\n")
    arguments = [item.format(bad) for item in command]
    for _ in range(2):
        output = CliRunner().invoke(app, arguments).output
        assert output
        assert "##[" not in output
        assert "##vso[" not in output
        assert not any(line.lstrip().startswith("::") for line in output.split("\n"))


def test_everything_is_printed_in_one_place() -> None:
    printing = set()
    for path in (ROOT / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_echo = isinstance(node, ast.Attribute) and node.attr in ("echo", "secho")
            if is_echo or (isinstance(node, ast.Name) and node.id == "print"):
                printing.add(path.relative_to(ROOT).as_posix())
    assert printing == {"generator/commands/terminal.py"}
