"""The table of proofs: a row a module, a column a proof, also when tests run in several processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from proofs import COLUMNS, Proof
from subjects import EVERYDAY, EXAMPLES, ROOT, SAMPLES

TESTS = """
import pytest

@pytest.mark.proves("format", "init", "plan")
def test_one(subject, proof):
    with proof.of("format"):
        proof.notes["Terraform"] = "9.9.9"
    with proof.of("init"):
        assert subject.name != BROKEN
    with proof.of("plan"):
        pass

@pytest.mark.modules("order-desk", "phone-bank")
@pytest.mark.proves("upgrade")
def test_two(subject, proof):
    with proof.of("upgrade"):
        pass
"""


def run_pytest(folder: Path, *arguments: str, broken: str = "") -> list[str]:
    """Run the small tests with the plugin alone; return the lines that pytest prints."""
    file = folder / "test_small.py"
    file.write_text(f"BROKEN = {broken!r}\n{TESTS}", encoding="utf-8")
    path = os.pathsep.join([str(ROOT / "tests" / "support"), str(ROOT / "tests" / "terraform"), str(ROOT)])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "proof_table", *arguments]
    # Two runs that clear old folders away in one place get into each other's way, which pytest warns of.
    command += ["--basetemp", str(folder / "temporary")]
    environment = {**os.environ, "PYTHONPATH": path}
    result = subprocess.run(
        [*command, file.name], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return result.stdout.splitlines()


def read_rows(lines: list[str]) -> dict[str, list[str]]:
    """Return the cells of each row by its module, the seconds left out."""
    (head,) = [number for number, line in enumerate(lines) if line.startswith("module ")]
    rows = [line.split() for line in lines[head:] if re.search(r" \d+\.\d$|seconds$", line)]
    return {cells[0]: cells[1:-1] for cells in rows}


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_table_has_a_row_per_module_and_a_column_per_proof(tmp_path: Path, processes: str) -> None:
    lines = run_pytest(tmp_path, "--prove", "-n", processes, broken="order-desk")
    rows = read_rows(lines)
    assert rows.pop("module") == ["format", "init", "plan", "upgrade"]
    assert rows.keys() == {*EXAMPLES, *SAMPLES}
    assert rows["order-desk"] == ["ok", "FAILED", "-", "ok"]
    assert rows["phone-bank"] == ["ok", "ok", "ok", "ok"]
    assert rows["travel-chat"] == ["ok", "ok", "ok"]
    assert "Terraform: 9.9.9" in lines
    assert re.fullmatch(rf"slowest: ({'|'.join(rows)}), \d+\.\d s", *(line for line in lines if "slowest" in line))
    assert re.fullmatch(r"1 failed, \d+ passed in .*", lines[-1]), lines


def test_the_daily_run_proves_one_module_and_shows_the_table_only_on_failure(tmp_path: Path) -> None:
    lines = run_pytest(tmp_path)
    assert not [line for line in lines if line.startswith("module ")]
    assert lines[-1].startswith("1 passed")
    assert read_rows(run_pytest(tmp_path, broken=EVERYDAY))[EVERYDAY] == ["ok", "FAILED", "-"]


def test_an_undeclared_column_is_rejected() -> None:
    with pytest.raises(AssertionError, match="edit"), Proof("x", ["plan"]).of("edit"):
        pass
    with pytest.raises(AssertionError, match="sorcery"):
        Proof("x", ["sorcery"])


def test_the_page_explains_each_column() -> None:
    page = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE) == list(COLUMNS.items())
