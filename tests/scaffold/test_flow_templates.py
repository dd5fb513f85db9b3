"""Every template of flow: made with `flowseal new`, without a finding, and a module that Terraform takes."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from hcl_strategies import run_terraform
from paths import CASES
from typer.testing import CliRunner

from bench import Bench, choose_provider
from generator.cli import app
from generator.scaffold.templates import BUILT_IN, InvalidTemplateError, find_templates

ASKED = {"prompt", "chat", "rag", "agent", "conditions", "batch", "code", "guarded", "loop"}
TEMPLATES = sorted(find_templates(None))
OFFERING = {"rag"}
"""The templates with something commented out."""


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments, prog_name="flowseal")
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    for template in TEMPLATES:
        run("new", f"a-{template}", "--template", template, "-o", str(folder / "flows" / template))
    printed = run("generate", str(folder / "flows"), "-o", str(folder / "modules"))
    assert f"{len(TEMPLATES)} written, 0 unchanged, 0 blocked; no errors, no warnings" in printed
    return folder


def test_the_expected_templates_exist() -> None:
    assert set(TEMPLATES) >= ASKED


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_a_case_a_line_and_a_diagram(template: str) -> None:
    case = CASES / f"new-flow-from-template-{template}"
    assert (case / "command").read_text().split()[:4] == ["new", "greeting", "--template", template]
    assert (case / "expected" / "greeting" / "greeting.flow.yaml").exists()
    found = find_templates(None)[template]
    assert found.line.endswith(".")
    assert any("-->" in line for line in found.picture)
    assert all(line.isascii() and len(line) <= 72 for line in found.picture)


def test_templates_have_no_findings(made: Path) -> None:
    report = json.loads(run("validate", str(made / "flows"), "--format", "json"))
    assert report["findings"] == []
    assert report["summary"]["files"] == len(TEMPLATES)


COMMENTED = re.compile(r"^( *)# ?( *(?:- )?(?:[a-z][A-Za-z_]*:(?: |$)|- ).*)$", re.MULTILINE)
"""A line of a template that is commented out, as opposed to a sentence."""


@pytest.mark.parametrize("template", TEMPLATES)
def test_commented_out_alternatives_are_valid(template: str, tmp_path: Path) -> None:
    run("new", "desk", "--template", template, "-o", str(tmp_path))
    (definition,) = tmp_path.glob("desk.flow.*")
    text, count = COMMENTED.subn(r"\1\2", definition.read_text(encoding="utf-8"))
    assert bool(count) is (template in OFFERING)
    definition.write_text(text, encoding="utf-8")
    assert "1 definition checked: no errors, no warnings" in run("validate", str(definition))


def test_a_comment_sentence_is_not_commented_out_code() -> None:
    assert COMMENTED.findall("# a: 1\n  #   b_c:\n#   - {x: y}\n") == [
        ("", "a: 1"),
        ("  ", "  b_c:"),
        ("", "  - {x: y}"),
    ]
    assert COMMENTED.findall("# If so, use it:\n#     A --> B\n# An id (eu.x:0), or an ARN\n#\n") == []


@pytest.mark.terraform
@pytest.mark.skipif(not shutil.which("terraform"), reason="the terraform command is missing")
def test_terraform_fmt_changes_nothing(made: Path) -> None:
    checked = run_terraform(made / "modules", "fmt", "-check", "-recursive", "-diff")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.terraform
@pytest.mark.skipif(not shutil.which("terraform"), reason="the terraform command is missing")
@pytest.mark.parametrize("template", TEMPLATES)
def test_terraform_accepts_the_module(template: str, made: Path, tmp_path: Path) -> None:
    # The provider is the stand-in, with the real one's schema, unless the environment names a real one.
    provider, chosen = choose_provider(tmp_path)
    bench = Bench({**os.environ, "CHECKPOINT_DISABLE": "1", **chosen}, provider, tmp_path / "calls")
    module = tmp_path / "module"
    shutil.copytree(made / "modules" / f"a-{template}", module)
    bench.succeed(module, "init", "-input=false")
    assert "Warning" not in bench.succeed(module, "validate")


def test_template_code_runs() -> None:
    text = (BUILT_IN / "code" / "code" / "add_up.py").read_text(encoding="utf-8")
    head, _, last = text.rpartition("\n\n")
    variables = {"lines": [{"price": 2.5, "count": 4}, {"price": 0.1, "count": 3}], "currency": "EUR"}
    exec(head, variables)
    assert eval(last, variables) == {"total": 10.3, "currency": "EUR", "pieces": 7}


def test_custom_templates_come_first(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "prompt"
    own.mkdir(parents=True)
    text = (BUILT_IN / "agent" / "template.flow.yaml").read_text(encoding="utf-8")
    (own / "ours.flow.yml").write_text(f"# Our own.\n\n{text}", encoding="utf-8")
    (own / "notes.bin").write_bytes(b"\xff FLOW_NAME")
    (own / ".DS_Store").write_bytes(b"")
    flow = tmp_path / "flow"
    run("new", "desk", "--template", "prompt", "--templates", str(tmp_path / "templates"), "-o", str(flow))
    assert sorted(path.name for path in flow.iterdir()) == ["desk.flow.yml", "notes.bin"]
    assert 'name: "desk"' in (flow / "desk.flow.yml").read_text(encoding="utf-8")
    assert (flow / "notes.bin").read_bytes() == b"\xff FLOW_NAME"
    listed = run("new", "--list", "--templates", str(tmp_path / "templates"))
    assert listed.startswith("prompt\n    Our own.\n\nagent\n")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "contains no templates"),
        ({"a/prompts/x.txt": b""}, "has 0 definitions"),
        ({"a/x.flow.yaml": b"", "a/y.flow.json": b""}, "has 2 definitions"),
        ({"a/x.flow.yaml": b"\xff"}, "is not UTF-8"),
    ],
)
def test_a_folder_without_templates_is_reported(files: dict[str, bytes], words: str, tmp_path: Path) -> None:
    for file, data in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(data)
    with pytest.raises(InvalidTemplateError, match=words):
        find_templates(tmp_path)
    assert words in " ".join(run("new", "--list", "--templates", str(tmp_path), code=2).split())
