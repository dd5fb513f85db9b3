"""Each folder of tests/cases: an input, what the command prints for it, and the modules that come of it.

`command` holds the arguments (by default `generate . -o modules`). `output.txt` is the exit code and what was
printed, exactly; `expected` is the tree of `modules`, compared both ways, and without it nothing may be made.
`pytest --accept` rewrites both: read the diff.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rules import list_rules
from trees import compare_trees, read_tree, write_tree
from typer.testing import CliRunner

import generator.output.rules
import generator.project.discovery
import generator.run.execute
from generator.cli import app
from generator.findings import Rule

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accept: bool) -> None:
    work = tmp_path / "work"
    shutil.copytree(case / "input", work, symlinks=True)
    monkeypatch.chdir(work)
    before = read_tree(work)
    command = case / "command"
    arguments = command.read_text().split() if command.exists() else ["generate", ".", "-o", "modules"]
    result = CliRunner().invoke(app, arguments, prog_name="flowseal")
    output = f"exit code {result.exit_code}\n{result.stdout}".encode()
    made = read_tree(work / "modules")
    if accept:
        (case / "output.txt").write_bytes(output)
        write_tree(case / "expected", made)
    assert output.decode() == (case / "output.txt").read_text(encoding="utf-8")
    assert compare_trees(made, read_tree(case / "expected")) == []
    outside = {name: data for name, data in read_tree(work).items() if not name.startswith("modules/")}
    assert outside == {name: data for name, data in before.items() if not name.startswith("modules/")}


def test_every_rule_has_a_case() -> None:
    # What the disk refuses is tried in test_write*.py, where the disk can be made to refuse.
    of_the_disk = {rule.name for rule in vars(generator.output.rules).values() if isinstance(rule, Rule)}
    printed = "".join((case / "output.txt").read_text(encoding="utf-8") for case in CASES)
    # AWS's bucket for what it has no name for; and a name that not every disk can hold, tried in test_discovery.py.
    never = of_the_disk | {"Unspecified", "NonUtf8Path"}
    missing = [name for name in list_rules() if f"[{name}]: " not in printed and name not in never]
    assert not missing
