"""Every format is documented, has a case for each command, and takes hostile names of files and texts."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.report import Format, ListFormat

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
CASES = [path for path in (ROOT / "tests" / "cases").iterdir() if path.is_dir()]


def read_command(case: Path) -> str:
    command = case / "command"
    return command.read_text(encoding="utf-8") if command.exists() else "generate"


@pytest.mark.parametrize("output_format", list(Format))
def test_every_format_has_a_section(output_format: Format) -> None:
    assert f"\n## {output_format.value}\n" in PAGE


@pytest.mark.parametrize("output_format", list(Format))
@pytest.mark.parametrize("command", ["generate", "validate", "check"])
def test_every_format_has_a_case_of_each_command(output_format: Format, command: str) -> None:
    wanted = f"--format {output_format.value}"
    commands = [read_command(case) for case in CASES]
    assert any(
        item.startswith(command) and (wanted in item or (output_format is Format.TEXT and "--format" not in item))
        for item in commands
    )
    assert any(case.name == f"texts-that-want-to-break-out-of-{output_format.value}" for case in CASES)


def test_what_the_page_shows_is_what_is_printed() -> None:
    printed = "".join((case / "output.txt").read_text(encoding="utf-8") for case in CASES)
    shown = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    assert all(block in printed for block in shown)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
@pytest.mark.parametrize("output_format", list(Format))
@pytest.mark.parametrize(
    "name", ["%0A::error::x", "::stop-commands::x", "a,b:c", "\x1b[31m", "</script>", "[a](b) `c`"]
)
def test_a_file_may_have_any_name(
    output_format: Format, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = f"{name.replace('/', '_')}.flow.yaml"
    (tmp_path / file).write_text("name: x\n", encoding="utf-8")
    for command in (["validate", "."], ["generate", ".", "-o", "modules"], ["check", ".", "-o", "modules"]):
        result = CliRunner().invoke(app, [*command, "--format", output_format.value])
        assert result.exit_code == 1, result.output
        assert not [item for item in result.stdout if unicodedata.category(item) == "Cc" and item != "\n"]
        started = [line for line in result.stdout.splitlines() if line.lstrip().startswith("::")]
        assert len(started) == (output_format is Format.GITHUB)
        if output_format is Format.JSON:
            assert json.loads(result.stdout)["findings"][0]["file"] == file


def test_the_list_of_rules_is_text_or_json() -> None:
    assert [item.value for item in ListFormat] == ["text", "json"]
