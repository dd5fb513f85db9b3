"""The module's public face, and every leaf of a definition in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

import pytest
from flow_documents import make_flow, make_prompt
from plans import FLOWS, INLINE_CHAT, plan_definition, plan_document, plan_example

from generator.definition import read_flow
from generator.inference import MODEL_KINDS
from generator.intake import DiskReader
from generator.model import ModelKind, Parameter, ParameterReference
from generator.module import ModulePlan
from generator.module.parameters import plan_parameter
from generator.render import render_module
from generator.source import read_document
from generator.verify.declarations import list_declarations
from generator.verify.expressions import (
    Expression,
    FunctionCall,
    Interpolation,
    Member,
    Name,
    Number,
    Object,
    Sequence,
    Text,
    Truth,
)
from generator.verify.reading import ReadBlock, read_file

EXAMPLES = [*sorted(FLOWS.glob("*/*.flow.*")), INLINE_CHAT]

ADDRESSES = """
aws_bedrockagent_flow.this
aws_iam_policy.caller
aws_iam_policy.encryption
aws_iam_policy.nodes
aws_iam_role.this
aws_iam_role_policy_attachment.caller
aws_iam_role_policy_attachment.encryption
aws_iam_role_policy_attachment.nodes
aws_kms_alias.this
aws_kms_key.this
aws_kms_key_policy.this
data.aws_caller_identity.current
data.aws_iam_policy_document.caller
data.aws_iam_policy_document.encryption
data.aws_iam_policy_document.key
data.aws_iam_policy_document.nodes
data.aws_iam_policy_document.trust
data.aws_partition.current
data.aws_region.current
output.caller_policy_arn
output.caller_policy_json
output.encryption_policy_json
output.flow_arn
output.flow_id
output.key_policy_json
output.kms_key_alias
output.kms_key_arn
output.kms_key_id
output.node_policies_json
output.role_arn
output.role_name
var.answer_model
var.attach_caller_policy
var.caller_policy_name
var.caller_principals
var.caller_roles
var.deletion_window_in_days
var.handbook_id
var.name
var.permissions_boundary_arn
var.rotation_period_in_days
var.tags
"""
"""Public: others refer to these. A change of one needs a `moved` block, or a new major version."""


def read_blocks(plan: ModulePlan) -> dict[str, tuple[ReadBlock, ...]]:
    files = render_module(plan)
    return {name: read_file(text).blocks for name, text in files.items() if name.endswith(".tf")}


def test_addresses_variables_and_outputs_stay_what_they_are() -> None:
    declared = {item.address for item in list_declarations(read_blocks(plan_example("support-triage")))}
    assert sorted(address for address in declared if not address.startswith("local.")) == ADDRESSES.split()


def test_a_module_has_these_files() -> None:
    assert sorted(render_module(plan_definition(INLINE_CHAT))) == [
        ".gitattributes",
        "README.md",
        "iam.tf",
        "kms.tf",
        "main.tf",
        "outputs.tf",
        "permissions.tf",
        "prompts/Plan.message-1.txt",
        "prompts/Plan.message-2.txt",
        "prompts/Plan.message-3.txt",
        "prompts/Plan.system-1.txt",
        "prompts/Plan.system-3.txt",
        "tests/flow.tftest.hcl",
        "variables.tf",
        "versions.tf",
    ]


def list_leaves(value: object) -> Iterator[object]:
    """Yield the leaves of a definition, but for empty configurations, whose absence means the same."""
    if isinstance(value, dict):
        for item in value.values():
            yield from list_leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from list_leaves(item)
    elif isinstance(value, ParameterReference):
        yield f"var.{value.name}"
    else:
        yield normalize("NFC", value) if isinstance(value, str) else value


def list_read_leaves(expression: Expression, texts: dict[str, str]) -> Iterator[object]:
    inner: tuple[Expression, ...] = ()
    match expression:
        case Text(value) | Truth(value) | Number(value):
            yield value
        case FunctionCall("file", (Interpolation((_, str() as path)),)):
            yield texts[path.removeprefix("/")]
        case FunctionCall("jsonencode", items) | Sequence(items):
            inner = items
        case Object(entries):
            inner = tuple(value for _, value in entries)
        case Member(Name("var"), name):
            yield f"var.{name}"
        case _:
            raise TypeError(expression)
    for item in inner:
        yield from list_read_leaves(item, texts)


def list_block_leaves(block: ReadBlock, texts: dict[str, str]) -> Iterator[object]:
    for value in block.attributes.values():
        yield from list_read_leaves(value, texts)
    for nested in block.blocks:
        yield from list_block_leaves(nested, texts)


def sort_leaves(leaves: Iterator[object]) -> list[str]:
    return sorted(f"{Decimal(leaf)}" if type(leaf) is int else f"{leaf!s}" for leaf in leaves)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_leaf_of_a_definition_is_lost_or_added(path: Path) -> None:
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    flow = read_flow(document, DiskReader(path.parent)).flow
    assert flow is not None
    plan = plan_definition(path)
    main = read_blocks(plan)["main.tf"]
    (definition,) = next(block for block in main if block.type == "resource").blocks
    assert sort_leaves(list_block_leaves(definition, dict(plan.texts))) == sort_leaves(
        list_leaves(dict(flow.definition))
    )


def test_a_number_stays_as_its_author_wrote_it() -> None:
    assert "temperature    = 0.2\n" in render_module(plan_example("support-triage"))["main.tf"]


def test_a_large_prompt_arrives_byte_for_byte() -> None:
    text = '"${x}" %{ if y } \u0024{z}\n*/ EOT {{question}} \U0001f600\r\n' * 2500
    files = render_module(plan_document(make_flow(make_prompt(text=text))))
    assert len(text) > 100_000
    assert files["prompts/Ask.txt"] == text
    assert "EOT" not in files["main.tf"]


def read_output_of_node_policies(plan: ModulePlan) -> str:
    """Return the locals of permissions.tf that the output `node_policies_json` gives."""
    text = render_module(plan)["permissions.tf"]
    return " ".join(text[text.rindex("locals {") :].split())


def test_the_nodes_policies_are_a_map_whatever_their_number() -> None:
    code = {"name": "Add", "type": "InlineCode", "configuration": {"inlineCode": {"code": "1", "language": "Python_3"}}}
    bare = read_output_of_node_policies(plan_document(make_flow(code)))
    assert bare == "locals { node_policies_json = {} }"
    one = read_output_of_node_policies(plan_document(make_flow(make_prompt())))
    assert one == "locals { node_policies_json = { nodes = data.aws_iam_policy_document.nodes.json } }"
    functions = [
        {
            "name": f"Call{number}",
            "type": "LambdaFunction",
            "configuration": {
                "lambdaFunction": {"lambdaArn": f"arn:aws:lambda:us-east-1:123456789012:function:{'f' * 60}{number}"}
            },
        }
        for number in range(70)
    ]
    many = read_output_of_node_policies(plan_document(make_flow(*functions)))
    assert many.count("_json") == 1
    assert "nodes = data.aws_iam_policy_document.nodes.json nodes_2 = data.aws_iam_policy_document.nodes_2.json" in many


def test_a_parameter_that_ranks_takes_an_arn_alone() -> None:
    base = ("definition", "nodes", 0, "configuration", "knowledgeBase")
    configuration = ("rerankingConfiguration", "bedrockRerankingConfiguration", "modelConfiguration", "modelArn")
    answers, ranks = (*base, "modelId"), (*base, *configuration)
    for uses, taken in (((answers,), True), ((answers, ranks), False)):
        parameter = Parameter("m", "Answers", None, ModelKind.FOUNDATION_MODEL, uses, ("parameters", "m"))
        variable = plan_parameter(parameter)
        pattern = MODEL_KINDS[ModelKind.FOUNDATION_MODEL].id_pattern
        assert any(f"|{pattern})" in rule.condition.text for rule in variable.validations) is taken
        assert variable.description == ("Answers (ID or ARN of a foundation model)" if taken else "Answers")
