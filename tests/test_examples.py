"""The examples: examples/modules is what the definitions come to, byte for byte, and in Terraform's own form."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hcl_strategies import run_terraform
from paths import ROOT
from subjects import LOOPING
from trees import compare_trees, read_tree, write_tree
from typer.testing import CliRunner

from generator.cli import app

EXAMPLES = ROOT / "examples"
SAMPLES = sorted((EXAMPLES.parent.parent / "shared" / "real_flows").glob("*_flow.json"))


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the tree of modules of the examples' definitions, which must be without a finding."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES / "flows", folder / "flows")
    result = CliRunner().invoke(app, ["generate", str(folder / "flows"), "-o", str(folder / "modules")])
    assert result.exit_code == 0, result.output
    assert "no errors, no warnings" in result.output
    return read_tree(folder / "modules")


def test_the_committed_modules_are_current(modules: dict[str, bytes], accept: bool) -> None:
    if accept:
        write_tree(EXAMPLES / "modules", modules)
    assert compare_trees(modules, read_tree(EXAMPLES / "modules")) == []


def test_shared_files_are_identical_in_every_module(modules: dict[str, bytes]) -> None:
    for file in ("kms.tf", "versions.tf"):
        assert len({data for name, data in modules.items() if name.endswith(f"/{file}")}) == 1
    native = {name: data for name, data in modules.items() if not name.startswith(f"{LOOPING}/")}
    assert len({data for name, data in native.items() if name.endswith("/iam.tf")}) == 1
    # A module with a release has more outputs and files.
    for file in ("outputs.tf", ".gitattributes"):
        without, released = sorted({data for name, data in native.items() if name.endswith(f"/{file}")}, key=len)
        assert set(without.splitlines()) < set(released.splitlines())
    tests = [data for name, data in native.items() if name.endswith("/flow.tftest.hcl")]
    assert len(tests) == len(list((EXAMPLES / "flows").iterdir())) - 1
    assert len({data.partition(b"\n")[2].split(b"# Specific to this flow")[0] for data in tests}) == 1


@pytest.mark.terraform
def test_terraform_fmt_changes_nothing() -> None:
    checked = run_terraform(EXAMPLES / "modules", "fmt", "-check", "-recursive", "-diff")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif(not SAMPLES, reason="AWS's samples are not here")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_an_aws_sample_becomes_a_module(sample: Path, tmp_path: Path) -> None:
    made = tmp_path / "modules"
    result = CliRunner().invoke(app, ["generate", str(sample), "-o", str(made)])
    assert result.exit_code == 0, result.output
    assert len(read_tree(made)) > 8
    if shutil.which("terraform"):
        checked = run_terraform(made, "fmt", "-check", "-recursive", "-diff")
        assert checked.returncode == 0, checked.stdout + checked.stderr
