"""The example in README.md is real: its definition gives what the README shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from paths import ROOT
from typer.testing import CliRunner

from generator.cli import app

README = (ROOT / "README.md").read_text(encoding="utf-8")


def find_code(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_readme_shows_the_actual_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("greeting.flow.yaml").write_text(find_code("yaml"), encoding="utf-8")
    command, printed = find_code("console").split("\n", 1)
    result = CliRunner().invoke(app, command.removeprefix("$ flowseal ").split())
    assert result.output == printed
    assert find_code("hcl").strip() in Path("modules/greeting/permissions.tf").read_text(encoding="utf-8")


def test_the_readme_s_links_work() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("https://") or (ROOT / link).exists(), link
