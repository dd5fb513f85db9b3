"""Terraform files of the user's beside a module: which of them may change who can decrypt."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import ROOT
from projects import ASKED, Project, start_project

from generator.output.terraform_blocks import TerraformBlock, UnreadableBlocksError, list_blocks, list_json_blocks
from generator.source import read_document
from generator.terraform.proof.reader import read_file

MODULES = sorted((ROOT / "examples" / "modules").glob("*/"))

GRANT = 'resource "aws_kms_grant" "audit" {\n  x = 1\n}\n'
WARNED = {
    "a.tf": GRANT,
    "b.tofu": GRANT,
    "c.tf": "\ufeff" + GRANT.replace("\n", "\r\n"),
    "d.tf": 'resource aws_iam_role_policy audit { policy = "{}" }',
    "e.tf": '/* */ resource /* x */ "aws_\\u006bms_key_policy" "a" {}',
    "f.tf": 'locals { a = <<-EOT\n  } "\n  EOT\n}\n' + GRANT,
    "g.tf": 'locals { a = "${ join("}", ["\\"{"]) }%{ if true }{%{ endif }" }\n' + GRANT,
    "h.tf": 'resource "awscc_kms_key" "a" {}',
    "i.tf": 'module "a" { source = "./a" }',
    "j.tf": "resource {",
    "k.tf": "}",
    "l.tf": '"',
    "m.tf": "/* a",
    "n.tf": "locals { a = <<EOT\n}\n",
    "o.tf.json": '{"resource": {"aws_kms_grant": {"a": {}}}}',
    "p.tf.json": '[{"resource": [{"aws_iam_policy": [{"a": {}}]}]}]',
    "q.tofu.json": '{"module": [{"a": {"source": "./a"}}]}',
    "r.tf.json": '{"resource": {"null_resource": {}}, "resource": {}}',
    "s.tf.json": "{",
    "sa.tf": 'resource "aws_cloudformation_stack" "a" {}',
    "sb.tf": 'resource "aws_ssoadmin_managed_policy_attachment" "a" {}',
    "sc.tf": 'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}',
    "sd.tf": 'resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}',
    "se.tf": "removed {\n  from = aws_kms_key_policy.this\n}",
    "sf.tf": "moved {\n  from = aws_iam_role.this\n  to = aws_iam_role.that\n}",
    "sg.tf": 'import {\n  to = aws_iam_role_policy.this\n  id = "a:b"\n}',
    "sh.tf": "removed {\n  from = module.other\n}",
    "si.tf.json": '{"removed": [{"from": "aws_kms_key_policy.this"}]}',
    "sj.tf.json": '{"resource": {"null_resource": {"a": {"provisioner": {"local-exec": {"command": "x"}}}}}}',
    "sk.tf": 'resource "awscc_cloudformation_stack" "a" {}',
}
LEFT = {
    "a.tf": "",
    "b.tf": f"# {GRANT.splitlines()[0]}\n// {GRANT}".replace("\n  x", " x").replace("\n}", "}"),
    "c.tf": 'data "aws_kms_key" "a" { key_id = "a" }\ndata "aws_iam_policy_document" "a" {}',
    "d.tf": 'resource "aws_sns_topic" "a" { kms_master_key_id = aws_kms_key.this.id }',
    "e.tf": 'locals { a = "resource \\"aws_kms_grant\\" \\"a\\" {" }',
    "f.tf": f"locals {{\n  a = <<EOT\n{GRANT}EOT\n}}\n",
    "g.tf": 'output "aws_kms_grant" { value = { resource = 1 < 2 } }',
    "ga.tf": 'resource "null_resource" "a" {}\nresource "terraform_data" "b" {}',
    "gb.tf": 'moved {\n  from = aws_sns_topic.a\n  to = aws_sns_topic.b\n}\noutput "a" { value = aws_kms_key.a.arn }',
    "h.tf.json": '{"data": {"aws_kms_key": {"a": {}}}, "resource": {"aws_sns_topic": {"aws_kms_key": {}}}, "//": "x"}',
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One flow, generated."""
    return start_project(tmp_path / "project", "one")


def list_reported(project: Project, *arguments: str) -> list[tuple[str, str, str]]:
    findings = json.loads(project.run(*arguments, "--format", "json").stdout)["findings"]
    return [(item["file"].removeprefix("modules/one/"), item["rule"], item["severity"]) for item in findings]


@pytest.mark.parametrize("command", ["generate", "check"])
def test_a_file_that_may_change_who_can_decrypt_is_a_warning(command: str, project: Project) -> None:
    for name, text in WARNED.items():
        (project.modules / "one" / name).write_bytes(text.encode())
    (project.modules / "one" / "t.tf").write_bytes(b"\xff")
    names = [*WARNED, "t.tf"]
    assert list_reported(project, command) == [(name, "UnmanagedPermissions", "warning") for name in names]
    # A module that is generated anew is looked at like one that is kept.
    project.define("one", text="Say more.")
    assert [item for item in list_reported(project, command) if item[1] != "OutdatedModule"] == [
        (name, "UnmanagedPermissions", "warning") for name in names
    ]


def test_harmless_files_are_reported_as_info(project: Project) -> None:
    for name, text in LEFT.items():
        (project.modules / "one" / name).write_text(text, encoding="utf-8")
    (project.modules / "one" / "README.txt").write_text(GRANT)
    (project.modules / "one" / "aws_iam").mkdir()
    (project.modules / "one" / "aws_iam" / "main.tf").write_text(GRANT)
    assert list_reported(project, "check") == [(name, "UnmanagedTerraformFile", "info") for name in LEFT]


def test_an_override_file_is_always_an_error(project: Project) -> None:
    (project.modules / "one" / "kms_override.tf").write_text(GRANT)
    assert list_reported(project, "check") == [("kms_override.tf", "OverrideFile", "error")]


def test_a_project_can_change_the_severity(project: Project) -> None:
    (project.modules / "one" / "a.tf").write_text(GRANT)
    project.run("check", expect=0)
    project.run("check", "--strict", expect=1)
    project.configure("flows: [flows]\noutput: modules\nrules: {UnmanagedPermissions: info}\n")
    project.run("check", "--strict", expect=0)


@pytest.mark.skipif(sys.platform == "win32", reason="no links and pipes on Windows")
def test_links_are_followed_and_only_files_are_read(project: Project) -> None:
    (project.folder / "grant.txt").write_text(GRANT)
    (project.modules / "one" / "a.tf").symlink_to(project.folder / "grant.txt")
    (project.modules / "one" / "b.tf").symlink_to(project.folder / "nowhere")
    os.mkfifo(project.modules / "one" / "c.tf")
    printed = project.run("check", expect=0).stdout
    assert "declares aws_kms_grant.audit" in printed
    assert printed.count("who can decrypt: it is not a regular file.") == 2


def test_an_unreadable_unmanaged_file_is_a_warning(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.modules / "one" / "a.tf").write_text("")
    original = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "a.tf":
            raise PermissionError(13, "Permission denied")
        return original(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    assert "who can decrypt: Permission denied." in project.run("check", expect=0).stdout


def test_invalid_utf_8_is_reported_at_its_line(project: Project) -> None:
    (project.modules / "one" / "a.tf").write_bytes(b"# fine\n\n# \xff\n")
    assert "/a.tf:3:1: warning[UnmanagedPermissions]" in project.run("check", expect=0).stdout


def test_blocks_have_an_address_and_a_position() -> None:
    text = '\n  resource "aws_kms_grant" "a" {\n  b "c" {}\n}\nmodule "d" {\n}\nterraform {}\n'
    assert [(block.address, block.span.line, block.span.column) for block in list_blocks(text)] == [
        ("aws_kms_grant.a", 2, 3),
        ("module.d", 5, 1),
    ]
    document, _ = read_document("a.json", b'{"module": {"d": {}},\n "resource": {"aws_kms_grant": {"a": {}, "b": []}}}')
    assert document is not None
    assert [(block.address, block.span.line) for block in list_json_blocks(document)] == [
        ("module.d", 1),
        ("aws_kms_grant.a", 2),
        ("aws_kms_grant.b", 2),
    ]


@given(st.text(alphabet='a_"{}[]()$%\\#/*<-EOT\n\r ', max_size=60))
def test_any_text_is_read_or_rejected(text: str) -> None:
    for whole in (text, GRANT + text):
        found = try_blocks(whole)
        if isinstance(found, UnreadableBlocksError):
            assert found.span is not None
            assert 1 <= found.span.line <= whole.count("\n") + 1
        else:
            assert whole == text or found[0].address == "aws_kms_grant.audit"


def try_blocks(text: str) -> list[TerraformBlock] | UnreadableBlocksError:
    try:
        return list_blocks(text)
    except UnreadableBlocksError as error:
        return error


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_the_blocks_of_a_module_are_those_that_the_proof_reads(module: Path) -> None:
    for path in sorted(module.glob("*.tf")):
        text = path.read_text(encoding="utf-8")
        read = [(block.type, block.labels) for block in read_file(text).blocks if block.labels]
        assert [(block.kind, block.labels) for block in list_blocks(text)] == read


@pytest.mark.parametrize("command", ["generate", "check"])
def test_an_unreadable_folder_is_a_finding(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("generator.output.unmanaged.os.listdir", refuse)
    project = start_project(tmp_path / "two-flows", "one", "two")
    project.configure("flows: [flows/one.flow.json, flows/two.flow.json]\noutput: modules\n")
    printed = project.run(command, expect=1).stdout
    assert " ".join(printed.split()).count(": permission denied.") == 2
    assert "blocked     modules/two" in printed


def test_an_unreadable_folder_does_not_block_another_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.listdir
    project = start_project(tmp_path / "two-flows", "one", "two")
    project.configure("flows: [flows/one.flow.json, flows/two.flow.json]\noutput: modules\n")
    project.define("one", text="Say more.")
    project.define("two", text="Say more.")

    def refuse(path: Path) -> list[str]:
        if Path(path).name == "two":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("generator.output.unmanaged.os.listdir", refuse)
    assert "blocked     modules/two" in project.run("generate", expect=1).stdout
    assert project.read_modules()["one/prompts/Ask.txt"] == f"Say more.{ASKED}".encode()
