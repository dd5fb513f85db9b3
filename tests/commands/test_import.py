"""`flowseal import` on the disk: where it writes, what it leaves alone, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flow_documents import make_flow
from paths import ROOT
from trees import read_tree
from typer.testing import CliRunner, Result

from generator.cli import app

CASES = ROOT / "tests" / "cases"
TEMPLATE = CASES / "import-cloudformation-template-with-functions" / "input" / "template.yaml"
STORED = CASES / "import-definition-from-a-file-in-s3" / "input"


@pytest.fixture(autouse=True)
def _work_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["import", *arguments], input=text)


def write_document(file: str = "flow.json", /, **sections: object) -> str:
    Path(file).write_text(json.dumps(make_flow(**sections), default=float), encoding="utf-8")
    return file


def test_nothing_is_overwritten_and_then_nothing_is_written_at_all() -> None:
    document = write_document()
    Path("flows/small/prompts").mkdir(parents=True)
    Path("flows/small/prompts/ask.txt").write_text("mine")
    before = read_tree(Path())
    result = run(document)
    assert result.exit_code == 2
    assert "flows/small/prompts/ask.txt already exists; nothing was written." in result.output
    assert read_tree(Path()) == before


def test_a_second_run_finds_the_files_of_the_first() -> None:
    document = write_document()
    assert run(document).exit_code == 0
    before = read_tree(Path())
    assert run(document).exit_code == 2
    assert read_tree(Path()) == before


def test_the_same_source_makes_the_same_files() -> None:
    assert run(str(TEMPLATE), "-o", "one").exit_code == 0
    assert run(str(TEMPLATE), "-o", "two").exit_code == 0
    one, two = read_tree(Path("one")), read_tree(Path("two"))
    note = "order-desk-dev/MIGRATION.md"
    assert {**one, note: one[note].replace(b"one/", b"two/")} == two


def test_imported_definitions_make_proven_modules() -> None:
    assert run(str(TEMPLATE)).exit_code == 0
    result = CliRunner().invoke(app, ["generate", "flows", "-o", "modules"])
    assert result.exit_code == 0, result.output
    assert Path("modules/order-desk-dev/release.tf").exists()


def test_standard_input_is_a_source() -> None:
    document = json.dumps(make_flow(), default=float)
    assert run("-", text=document).exit_code == 0
    assert Path("flows/small/small.flow.yaml").exists()


def test_a_repository_gets_its_flows_in_its_own_folder_with_its_schema_and_severities() -> None:
    document = write_document(status="Prepared")
    Path("flowseal.yaml").write_text("flows: [definitions]\noutput: out\nrules: {DecidedByModule: error}\n")
    result = run(document)
    # What is said about the source has the severity of its rule; the settings are about the definitions.
    assert result.exit_code == 0, result.output
    text = Path("definitions/small/small.flow.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../.flowseal-schema/definition.json\n# Imported by")
    assert Path(".flowseal-schema/definition.json").exists()
    assert "flowseal generate definitions/small -o out" in Path("definitions/small/MIGRATION.md").read_text()


def test_flows_of_one_name_are_a_usage_error() -> None:
    result = run(write_document("one.json"), write_document("two.json"))
    assert result.exit_code == 2
    assert "Two flows are named 'small'" in result.output
    assert not Path("flows").exists()


def test_a_file_of_a_definition_that_no_flow_needs_is_a_usage_error() -> None:
    result = run(write_document(), "--definition", str(STORED / "answers.json"))
    assert result.exit_code == 2
    assert "--definition" in result.output
    assert not Path("flows").exists()


def test_of_several_files_of_definitions_each_flow_gets_the_one_with_its_name() -> None:
    other = "other.json"
    Path(other).write_text(json.dumps(make_flow()["definition"], default=float))
    copies = ("--definition", other, "--definition", str(STORED / "answers.json"))
    result = run(str(STORED / "template.yaml"), *copies)
    assert result.exit_code == 2, result.output
    assert "other.json" in result.output
    second = (STORED / "template.yaml").read_text().replace("answers", "other").replace("Answers", "Other")
    Path("second.yaml").write_text(second)
    assert run(str(STORED / "template.yaml"), "second.yaml", *copies).exit_code == 0
    assert Path("flows/answers/prompts/answer.txt").read_text() == "Hello. Answer {{question}} briefly."
    assert Path("flows/other/prompts/ask.txt").exists()


def test_a_name_that_is_a_path_stays_inside_the_folder() -> None:
    result = run(write_document(name="../../outside"))
    assert result.exit_code == 1
    assert [path.name for path in Path("flows").iterdir()] == ["outside"]
    assert not (Path().absolute().parent / "outside").exists()


def test_names_of_a_template_cannot_write_lines_of_a_definition() -> None:
    name = "Flow\nname: other\x07"
    properties = {"Definition": make_flow()["definition"], "Description": {"Ref": "A\nencryption: 1\x07"}}
    template = {"Resources": {name: {"Type": "AWS::Bedrock::Flow", "Properties": {"Name": "sound", **properties}}}}
    Path("template.json").write_text(json.dumps(template, default=float))
    result = run("template.json")
    assert result.exit_code == 0, result.output
    text = Path("flows/sound/sound.flow.yaml").read_text()
    assert "\nname: sound\n" in text
    assert "\nname: other" not in text
    assert "\x07" not in text


def test_no_imported_release_is_advised_to_use_the_engine_that_cannot_keep_its_flow() -> None:
    flow = {"Name": "small", "Definition": make_flow()["definition"], "ExecutionRoleArn": "arn:aws:iam::1:role/A"}
    to = {"RoutingConfiguration": [{"FlowVersion": {"Fn::GetAtt": ["Version", "Version"]}}]}
    resources = {
        "Flow": {"Type": "AWS::Bedrock::Flow", "Properties": flow},
        "Version": {"Type": "AWS::Bedrock::FlowVersion", "Properties": {"FlowArn": {"Ref": "Flow"}}},
        "Alias": {"Type": "AWS::Bedrock::FlowAlias", "Properties": {"Name": "live", "FlowArn": {"Ref": "Flow"}, **to}},
    }
    Path("template.json").write_text(json.dumps({"Resources": resources}, default=float))
    assert run("template.json").exit_code == 0
    assert "\nrelease:" in Path("flows/small/small.flow.yaml").read_text()
    generated = CliRunner().invoke(app, ["generate", "flows", "-o", "modules"], prog_name="flowseal")
    assert generated.exit_code == 0
    assert "ReleaseNeedsAwsCli" not in generated.output


def test_an_existing_flow_is_kept_whatever_engine_is_the_default() -> None:
    Path("flowseal.yaml").write_text("defaults: {engine: cloud-control}\n")
    run(write_document(id="ABCDEFGHIJ"))
    assert "\nengine: native\n" in Path("flows/small/small.flow.yaml").read_text()
    assert "import {" in Path("flows/small/MIGRATION.md").read_text()
