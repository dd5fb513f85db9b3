"""The proof can fail: each mutation of a rendered file leads to exit code 4, and nothing on disk changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from paths import ROOT
from plans import SOURCE, plan_example
from trees import read_tree
from typer.testing import CliRunner

import generator.terraform.hcl
import generator.terraform.hcl.tokens
import generator.terraform.render
from generator.cli import app
from generator.terraform.proof import ProofFailure, prove_module
from generator.terraform.proof.policies import list_patterns
from generator.terraform.proof.reader import read_file

EXAMPLE = ROOT / "examples" / "flows" / "support-triage"
FAILURES = Path(__file__).parent / "proof_failures.txt"
Files = dict[str, str]
TESTS = "tests/flow.tftest.hcl"
MUTATIONS: dict[str, tuple[str, str, str]] = {
    "a wrong condition key": ("kms.tf", "aws:bedrock-flows:arn", "aws:bedrock:flow:arn"),
    "a condition with patterns": (
        "iam.tf",
        '"StringEquals"\n      variable = "kms:Enc',
        '"StringLike"\n      variable = "kms:Enc',
    ),
    "a missing condition": (
        "kms.tf",
        """

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via_service]
    }""",
        "",
    ),
    "a misnamed condition": ("kms.tf", "    condition {", "    conditional {"),
    "a condition without its values": ("kms.tf", "      values   = [local.via_service]\n", ""),
    "a widened resource": ("iam.tf", "resources = [local.key_arn]", 'resources = ["*"]'),
    "a widened context": ("iam.tf", "[local.flow_arn]", '["arn:${local.partition}:bedrock:*:*:flow/*"]'),
    "an extra action": (
        "iam.tf",
        '["kms:Decrypt", "kms:GenerateDataKey"]',
        '["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"]',
    ),
    "a missing action": ("iam.tf", '["kms:Decrypt", "kms:GenerateDataKey"]', '["kms:Decrypt"]'),
    "a swapped principal": ("kms.tf", ":iam::${local.account_id}:root", ":iam::111122223333:root"),
    "a principal for everyone": ("kms.tf", "concat([local.role_arn],", 'concat(["*"],'),
    "missing callers": ("kms.tf", ", values(var.caller_principals)", ""),
    "trust in another service": ("iam.tf", "bedrock.amazonaws.com", "lambda.amazonaws.com"),
    "a renamed statement": ("kms.tf", "AllowRoleUseKMSKey", "AllowRoleUseKey"),
    "a Deny statement": (
        "kms.tf",
        '    sid       = "AllowRoleUseKMSKey"',
        '    effect    = "Deny"\n    sid       = "AllowRoleUseKMSKey"',
    ),
    "not_actions instead of actions": ("iam.tf", 'actions   = ["kms:Decrypt"', 'not_actions = ["kms:Decrypt"'),
    "a misnamed node": ("main.tf", '    node {\n      name = "ForPerson"', '    nod {\n      name = "ForPerson"'),
    "a changed expression": ("main.tf", 'expression = "$.data"', 'expression = "$.data.x"'),
    "a changed number": ("main.tf", "temperature = 0.7", "temperature = 0.70001"),
    "a string that is evaluated": ("main.tf", '"kind == \\"handbook\\""', '"${var.name}"'),
    "an attribute twice": (
        "main.tf",
        "  tags                        = local.tags",
        "  tags                        = local.tags\n  tags                        = {}",
    ),
    "two attributes on one line": ("main.tf", 'type = "Input"', 'type = "Input" extra = 1'),
    "two blocks with the same name": ("kms.tf", 'resource "aws_kms_alias" "this"', 'resource "aws_kms_key" "this"'),
    "no rotation": ("kms.tf", "enable_key_rotation     = true", "enable_key_rotation     = false"),
    "a key with its own policy": (
        "kms.tf",
        "  tags                    = local.tags",
        '  tags                    = local.tags\n  policy                  = "{}"',
    ),
    "permissions after the flow": (
        "main.tf",
        "  depends_on = [aws_iam_role_policy_attachment.nodes]",
        "  depends_on = []",
    ),
    "a wrong attachment": (
        "iam.tf",
        "policy_arn = aws_iam_policy.encryption.arn",
        "policy_arn = aws_iam_policy.caller.arn",
    ),
    "a missing precondition": ("iam.tf", 'split(":", each.value)[4] == local.account_id', "true"),
    "callers in other accounts without attachments": ("kms.tf", 'split(":", arn)[4] == local.account_id', "true"),
    "old before new": ("iam.tf", "create_before_destroy = true", "create_before_destroy = false"),
    "a policy that refers to a resource": (
        "kms.tf",
        "values   = [local.flow_arn]",
        "values   = [aws_bedrockagent_flow.this.arn]",
    ),
    "a cycle": ("iam.tf", "  key_arn  = aws_kms_key.this.arn", "  key_arn  = local.key_arn"),
    "an undeclared resource": ("outputs.tf", "aws_kms_key.this.key_id", "aws_kms_key.that.key_id"),
    "a wider node permission": ("permissions.tf", "knowledge-base/${var.handbook_id}", "knowledge-base/*"),
    "a weaker validation": ("variables.tf", "[a-zA-Z0-9_+=,.@-]{1,64}", ".*"),
    "an unplanned default": (
        "variables.tf",
        'variable "handbook_id" {',
        'variable "handbook_id" {\n  default = "X"',
    ),
    "a test that expects a wider policy": (TESTS, '"kms:Decrypt", "kms:GenerateDataKey"', '"kms:*"'),
    "a test of another policy": (
        TESTS,
        "aws_iam_policy_document.key.statement",
        "aws_iam_policy_document.caller.statement",
    ),
    "a test that always passes": (TESTS, "aws_kms_key_policy.this.policy == data", "true || true == data"),
    "a test of an undeclared resource": (
        TESTS,
        "aws_kms_key.this.enable_key_rotation",
        "aws_kms_key.that.enable_key_rotation",
    ),
    "a test without an expected failure": (TESTS, "[var.handbook_id, var.answer_model]", "[var.handbook_id]"),
    "a missing test": (TESTS, 'run "rejects_spaces"', 'run "accepts_spaces"'),
    "another value in a test": (TESTS, "KB00000001*", "KB00000001"),
    "a test that expects wider node permissions": (TESTS, '"bedrock:RetrieveAndGenerate"', '"bedrock:*"'),
    "an extra output": (
        "outputs.tf",
        "  value       = local.node_policies_json\n}\n",
        '  value       = local.node_policies_json\n}\n\noutput "more" {\n  value = local.name\n}\n',
    ),
    "a renamed output": ("outputs.tf", 'output "kms_key_arn"', 'output "kms_key_arm"'),
    "an older provider": ("versions.tf", ">= 6.8.0", ">= 5.0.0"),
    "another prompt": ("prompts/Classify.txt", "question", "questions"),
    "the prompt of another node": ("main.tf", "/prompts/Classify.txt", "/prompts/Answer.txt"),
    "a linter annotation in a header": (
        "main.tf",
        " DO NOT EDIT.",
        " DO NOT EDIT. tflint-ignore-file: terraform_naming",
    ),
    "a file without a header": ("iam.tf", "# Code generated by flowseal. DO NOT EDIT.\n", ""),
    "an unclosed comment": ("README.md", "DO NOT EDIT. -->", "DO NOT EDIT."),
    "a wider deployment policy": ("policies/deployment.json", "kms:Decrypt", "kms:*"),
    "a wider planning policy": ("policies/plan.json", "bedrock:GetFlow", "bedrock:*"),
    "an extra file": ("extra.tf", "", "# nothing\n"),
}


def mutate_files(name: str, files: Files) -> Files:
    file, old, new = MUTATIONS[name]
    text = files.get(file, "")
    assert old in text, f"{old!r} is not in {file}"
    return {**files, file: text.replace(old, new, 1) if old else new}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a generated module, and a definition that was edited since."""
    shutil.copytree(EXAMPLE, tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    assert generate() == 0
    with Path("flows/support-triage.flow.yaml").open("a", encoding="utf-8") as definition:
        definition.write("# edited\n")
    return tmp_path


def generate() -> int:
    return CliRunner().invoke(app, ["generate", "flows", "-o", "modules"]).exit_code


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_module_is_never_written(name: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render: Callable[..., Files] = generator.terraform.render.render_module
    before = read_tree(work)
    monkeypatch.setattr(generator.terraform.render, "render_module", lambda *given: mutate_files(name, render(*given)))
    assert generate() == 4
    assert read_tree(work) == before


def test_without_a_mutation_the_module_is_written(work: Path) -> None:
    assert generate() == 0
    assert (work / "modules" / "flowseal.lock.json").exists()


ENCODERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "without escaped interpolations": ("escape_string", lambda text: text.replace("\\", "\\\\").replace('"', '\\"')),
    "without escaped quotes": ("escape_string", lambda text: text),
    "that drops the last character": ("escape_string", lambda text: text[:-1]),
    "that doubles dollar signs": ("escape_string", lambda text: text.replace("${", "$${").replace('"', '\\"')),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_a_broken_encoder_is_detected(name: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = work / "flows" / "support-triage.flow.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("description: Sorts", 'description: Sorts "a" ${b}', 1), encoding="utf-8")
    before = read_tree(work)
    function, replacement = ENCODERS[name]
    for module in (generator.terraform.hcl.tokens, generator.terraform.hcl):
        monkeypatch.setattr(module, function, replacement)
    assert generate() == 4
    assert read_tree(work) == before


@pytest.mark.parametrize(
    "statement",
    [
        'actions = [var.actions]\n resources = ["*"]',
        'resources = ["*"]',
        'actions = ["bedrock:Rerank"]\n resources = concat(["*"], [local.flow_arn])',
        'actions = ["bedrock:InvokeFlow"]\n resources = concat(["*"], [local.flow_arn])',
        'actions = ["bedrock:InvokeFlow"]\n resources = [for name in ["*"] : name]',
        'actions = ["bedrock:InvokeFlow"]\n resources = true ? ["*"] : []',
        'actions = ["bedrock:InvokeFlow"]\n resources = [join("", ["*"])]',
        'actions = ["bedrock:InvokeFlow"]\n resources = split(",", "*")',
        'actions = ["bedrock:InvokeFlow"]\n resources = [["*"]]',
        'actions = ["bedrock:*"]\n resources = [local.flow_arn]',
        'actions = ["kms:*"]\n resources = [local.key_arn]',
        'actions = split(",", "bedrock:InvokeFlow")\n resources = [local.flow_arn]',
        """actions = ["kms:Decrypt"]
        principals {
          type        = "AWS"
          identifiers = distinct(concat([local.role_arn], ["*"]))
        }""",
    ],
)
def test_the_second_check_of_policies_rejects_what_it_cannot_read(statement: str) -> None:
    (block,) = read_file(f'data "aws_iam_policy_document" "nodes" {{\n statement {{\n {statement}\n }}\n}}\n').blocks
    if '["bedrock:Rerank"]' in statement:
        # Two actions have no resources: IAM accepts only "*" for them.
        assert list(list_patterns(block)) == []
    else:
        assert len(list(list_patterns(block))) == 1


def test_the_proof_reports_each_difference(accept: bool) -> None:
    plan = plan_example("support-triage")
    files = generator.terraform.render.render_module(plan, SOURCE)
    reported = []
    for name in MUTATIONS:
        failures = dict.fromkeys(prove_module(plan, mutate_files(name, files)))
        reported.append("".join([f"{name}\n", *(f"  {failure.file}: {failure.message}\n" for failure in failures)]))
    text = "\n".join(reported)
    if accept:
        FAILURES.write_text(text, encoding="utf-8")
    assert text == FAILURES.read_text(encoding="utf-8")


def test_a_file_without_planned_blocks_is_unexpected() -> None:
    plan = plan_example("support-triage")
    files = generator.terraform.render.render_module(plan, SOURCE)
    blocks = {file: planned for file, planned in plan.blocks.items() if file != "versions.tf"}
    assert prove_module(replace(plan, blocks=blocks), files) == [ProofFailure("versions.tf", "the file is unexpected")]


def test_every_prompt_is_read_and_exists() -> None:
    plan = plan_example("support-triage")
    files = generator.terraform.render.render_module(plan, SOURCE)
    more = {**plan.texts, "prompts/More.txt": "More"}
    unnamed = prove_module(replace(plan, texts=more), {**files, "prompts/More.txt": "More"})
    assert unnamed == [ProofFailure("prompts/More.txt", "no file() reads this file")]
    fewer = {path: text for path, text in plan.texts.items() if path != "prompts/Classify.txt"}
    del files["prompts/Classify.txt"]
    missing = prove_module(replace(plan, texts=fewer), files)
    assert missing == [ProofFailure("main.tf", "file() reads prompts/Classify.txt, which is not in the module")]
