"""The proof can fail: each wrong word in what was rendered ends with exit code 4, and the disk stays as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
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

EXAMPLE = Path(__file__).parent.parent / "examples" / "flows" / "support-triage"
SAID = Path(__file__).parent / "what_the_proof_says.txt"
Files = dict[str, str]
TESTS = "tests/flow.tftest.hcl"
PLACES: dict[str, tuple[str, str, str]] = {
    "a wrong condition key": ("kms.tf", "aws:bedrock-flows:arn", "aws:bedrock:flow:arn"),
    "a condition that takes patterns": (
        "iam.tf",
        '"StringEquals"\n      variable = "kms:Enc',
        '"StringLike"\n      variable = "kms:Enc',
    ),
    "a condition less": (
        "kms.tf",
        """

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via_service]
    }""",
        "",
    ),
    "a condition under another name": ("kms.tf", "    condition {", "    conditional {"),
    "a condition without its values": ("kms.tf", "      values   = [local.via_service]\n", ""),
    "a widened resource": ("iam.tf", "resources = [local.key_arn]", 'resources = ["*"]'),
    "a widened context": ("iam.tf", "[local.flow_arn]", '["arn:${local.partition}:bedrock:*:*:flow/*"]'),
    "an action more": (
        "iam.tf",
        '["kms:Decrypt", "kms:GenerateDataKey"]',
        '["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"]',
    ),
    "an action less": ("iam.tf", '["kms:Decrypt", "kms:GenerateDataKey"]', '["kms:Decrypt"]'),
    "a swapped principal": ("kms.tf", ":iam::${local.account_id}:root", ":iam::111122223333:root"),
    "a principal for everybody": ("kms.tf", "concat([local.role_arn],", 'concat(["*"],'),
    "callers that are left out": ("kms.tf", ", values(var.caller_principals)", ""),
    "a trust in another service": ("iam.tf", "bedrock.amazonaws.com", "lambda.amazonaws.com"),
    "a renamed statement": ("kms.tf", "AllowRoleUseKMSKey", "AllowRoleUseKey"),
    "a statement that denies": (
        "kms.tf",
        '    sid       = "AllowRoleUseKMSKey"',
        '    effect    = "Deny"\n    sid       = "AllowRoleUseKMSKey"',
    ),
    "not these actions": ("iam.tf", 'actions   = ["kms:Decrypt"', 'not_actions = ["kms:Decrypt"'),
    "a lost node": ("main.tf", '    node {\n      name = "ForPerson"', '    nod {\n      name = "ForPerson"'),
    "a changed expression": ("main.tf", 'expression = "$.data"', 'expression = "$.data.x"'),
    "a changed number": ("main.tf", "temperature = 0.7", "temperature = 0.70001"),
    "a text that runs": ("main.tf", '"kind == \\"handbook\\""', '"${var.name}"'),
    "an attribute twice": (
        "main.tf",
        "  tags                        = local.tags",
        "  tags                        = local.tags\n  tags                        = {}",
    ),
    "two things on a line": ("main.tf", 'type = "Input"', 'type = "Input" extra = 1'),
    "a second block of one name": ("kms.tf", 'resource "aws_kms_alias" "this"', 'resource "aws_kms_key" "this"'),
    "no rotation": ("kms.tf", "enable_key_rotation     = true", "enable_key_rotation     = false"),
    "a key with a policy of its own": (
        "kms.tf",
        "  tags                    = local.tags",
        '  tags                    = local.tags\n  policy                  = "{}"',
    ),
    "rights that come too late": (
        "main.tf",
        "  depends_on = [aws_iam_role_policy_attachment.nodes]",
        "  depends_on = []",
    ),
    "a wrong attachment": (
        "iam.tf",
        "policy_arn = aws_iam_policy.encryption.arn",
        "policy_arn = aws_iam_policy.caller.arn",
    ),
    "a precondition less": ("iam.tf", 'split(":", each.value)[4] == local.account_id', "true"),
    "callers of other accounts without attachments": ("kms.tf", 'split(":", arn)[4] == local.account_id', "true"),
    "old before new": ("iam.tf", "create_before_destroy = true", "create_before_destroy = false"),
    "a policy that names a resource": (
        "kms.tf",
        "values   = [local.flow_arn]",
        "values   = [aws_bedrockagent_flow.this.arn]",
    ),
    "a cycle": ("iam.tf", "  key_arn  = aws_kms_key.this.arn", "  key_arn  = local.key_arn"),
    "something undeclared": ("outputs.tf", "aws_kms_key.this.key_id", "aws_kms_key.that.key_id"),
    "a wider right of a node": ("permissions.tf", "knowledge-base/${var.handbook_id}", "knowledge-base/*"),
    "a variable without its rule": ("variables.tf", "[a-zA-Z0-9_+=,.@-]{1,64}", ".*"),
    "a default of a parameter": (
        "variables.tf",
        'variable "handbook_id" {',
        'variable "handbook_id" {\n  default = "X"',
    ),
    "a test that expects more": (TESTS, '"kms:Decrypt", "kms:GenerateDataKey"', '"kms:*"'),
    "a test that looks elsewhere": (
        TESTS,
        "aws_iam_policy_document.key.statement",
        "aws_iam_policy_document.caller.statement",
    ),
    "a test that holds by itself": (TESTS, "aws_kms_key_policy.this.policy == data", "true || true == data"),
    "a test of what is not there": (
        TESTS,
        "aws_kms_key.this.enable_key_rotation",
        "aws_kms_key.that.enable_key_rotation",
    ),
    "a test that expects no refusal": (TESTS, "[var.handbook_id, var.answer_model]", "[var.handbook_id]"),
    "a test less": (TESTS, 'run "rejects_spaces"', 'run "accepts_spaces"'),
    "another value for a test": (TESTS, "KB00000001*", "KB00000001"),
    "rights that a test does not know": (TESTS, '"bedrock:RetrieveAndGenerate"', '"bedrock:*"'),
    "an output less": ("outputs.tf", 'output "kms_key_arn"', 'output "kms_key_arm"'),
    "an older provider": ("versions.tf", ">= 6.8.0", ">= 5.0.0"),
    "another prompt": ("prompts/Classify.txt", "question", "questions"),
    "a prompt from elsewhere": ("main.tf", "/prompts/Classify.txt", "/prompts/Answer.txt"),
    "an instruction to a linter": ("main.tf", " DO NOT EDIT.", " DO NOT EDIT. tflint-ignore-file: terraform_naming"),
    "a file without a header": ("iam.tf", "# Code generated by flowseal. DO NOT EDIT.\n", ""),
    "a comment that stays open": ("README.md", "DO NOT EDIT. -->", "DO NOT EDIT."),
    "a wider policy to deploy with": ("policies/deployment.json", "kms:Decrypt", "kms:*"),
    "a wider policy to plan with": ("policies/plan.json", "bedrock:GetFlow", "bedrock:*"),
    "a file more": ("extra.tf", "", "# nothing\n"),
}


def spoil_files(name: str, files: Files) -> Files:
    file, old, new = PLACES[name]
    text = files.get(file, "")
    assert old in text, f"nothing to spoil: {old!r} is not in {file}"
    return {**files, file: text.replace(old, new, 1) if old else new}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a generated module and a definition that was edited since."""
    shutil.copytree(EXAMPLE, tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    assert generate() == 0
    with Path("flows/support-triage.flow.yaml").open("a", encoding="utf-8") as definition:
        definition.write("# edited\n")
    return tmp_path


def generate() -> int:
    return CliRunner().invoke(app, ["generate", "flows", "-o", "modules"]).exit_code


@pytest.mark.parametrize("name", PLACES)
def test_a_wrong_text_is_never_written(name: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render: Callable[..., Files] = generator.terraform.render.render_module
    before = read_tree(work)
    monkeypatch.setattr(generator.terraform.render, "render_module", lambda *given: spoil_files(name, render(*given)))
    assert generate() == 4
    assert read_tree(work) == before


def test_without_a_mutation_the_module_is_written(work: Path) -> None:
    assert generate() == 0
    assert (work / "modules" / "flowseal.lock.json").exists()


ENCODERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "that leaves interpolations open": ("escape_string", lambda text: text.replace("\\", "\\\\").replace('"', '\\"')),
    "that leaves quotes open": ("escape_string", lambda text: text),
    "that loses the end": ("escape_string", lambda text: text[:-1]),
    "that doubles dollars": ("escape_string", lambda text: text.replace("${", "$${").replace('"', '\\"')),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_a_wrong_encoder_is_found(name: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_the_second_look_at_policies_refuses_what_it_cannot_read(statement: str) -> None:
    (block,) = read_file(f'data "aws_iam_policy_document" "nodes" {{\n statement {{\n {statement}\n }}\n}}\n').blocks
    if '["bedrock:Rerank"]' in statement:
        # Two of the permissions have no resources: "*" is all that IAM takes for them.
        assert list(list_patterns(block)) == []
    else:
        assert len(list(list_patterns(block))) == 1


def test_the_proof_says_what_differs(accept: bool) -> None:
    plan = plan_example("support-triage")
    files = generator.terraform.render.render_module(plan, SOURCE)
    said = []
    for name in PLACES:
        failures = dict.fromkeys(prove_module(plan, spoil_files(name, files)))
        said.append("".join([f"{name}\n", *(f"  {failure.file}: {failure.message}\n" for failure in failures)]))
    text = "\n".join(said)
    if accept:
        SAID.write_text(text, encoding="utf-8")
    assert text == SAID.read_text(encoding="utf-8")


def test_every_text_is_named_and_what_is_named_is_there() -> None:
    plan = plan_example("support-triage")
    files = generator.terraform.render.render_module(plan, SOURCE)
    more = {**plan.texts, "prompts/More.txt": "More"}
    unnamed = prove_module(replace(plan, texts=more), {**files, "prompts/More.txt": "More"})
    assert unnamed == [ProofFailure("prompts/More.txt", "no file() reads this file")]
    fewer = {path: text for path, text in plan.texts.items() if path != "prompts/Classify.txt"}
    del files["prompts/Classify.txt"]
    missing = prove_module(replace(plan, texts=fewer), files)
    assert missing == [ProofFailure("main.tf", "file() reads prompts/Classify.txt, which is not in the module")]
