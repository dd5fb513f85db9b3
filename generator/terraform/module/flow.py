"""main.tf: the flow, and the files of its prompts and code."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, Value
from generator.terraform.module.blocks import carry_value, make_block
from generator.terraform.resource import translate_definition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.findings import Finding
    from generator.flow.model import Flow, Node
    from generator.flow.model import Value as ModelValue
    from generator.source.position import Path

PARTS = {"system": "system", "messages": "message"}
"""How the file of a chat prompt's text says which part it is, by the API's list."""


def plan_flow_file(flow: Flow, policies: Sequence[str]) -> tuple[tuple[Block, ...], dict[str, str], list[Finding]]:
    """Return the blocks of main.tf, the texts of prompts and code by path, and what the provider cannot carry.

    `policies` are the labels of the policies for the nodes, which must be attached before the flow is made.
    """
    texts: dict[str, str] = {}

    def place_text(node: Node, path: Path, text: str) -> Value:
        file = name_text_file(node, path)
        texts[file] = text
        return Call("file", (Template((Reference("path.module"), f"/{file}")),))

    definition, findings = translate_definition(flow, place_text)
    return (_plan_locals(flow), _plan_flow(flow, definition, policies)), dict(sorted(texts.items())), findings


def name_text_file(node: Node, path: Path) -> str:
    """Return the file of a text, after its node and its part, such as prompts/Plan.system-1.txt."""
    if node.type == "InlineCode":
        return f"code/{node.name}.py"
    for member, following in pairwise(path):
        if member in PARTS and isinstance(following, int):
            return f"prompts/{node.name}.{PARTS[str(member)]}-{following + 1}.txt"
    return f"prompts/{node.name}.txt"


def _plan_locals(flow: Flow) -> Block:
    encryption = flow.encryption
    return make_block(
        "locals",
        name=Call("coalesce", (Reference("var.name"), flow.name)),
        deletion_window_in_days=Call(
            "coalesce", (Reference("var.deletion_window_in_days"), encryption.deletion_window_in_days)
        ),
        rotation_period_in_days=Call(
            "coalesce", (Reference("var.rotation_period_in_days"), encryption.rotation_period_in_days)
        ),
        tags=_plan_tags(flow.tags),
    )


def _plan_tags(tags: Mapping[str, ModelValue]) -> Value:
    if not tags:
        return Reference("var.tags")
    return Call("merge", ({key: carry_value(tags[key]) for key in sorted(tags)}, Reference("var.tags")))


def _plan_flow(flow: Flow, definition: Block, policies: Sequence[str]) -> Block:
    described = () if flow.description is None else (Attribute("description", carry_value(flow.description)),)
    rights: tuple[Attribute | Comment, ...] = ()
    if policies:
        attachments: list[Value] = [Reference(f"aws_iam_role_policy_attachment.{label}") for label in policies]
        rights = (
            Comment("Create the node permissions before the flow that needs them."),
            Attribute("depends_on", attachments),
        )
    return Block(
        "resource",
        ("aws_bedrockagent_flow", "this"),
        (
            Attribute("name", Reference("local.name")),
            *described,
            Attribute("execution_role_arn", Reference("local.role_arn")),
            Attribute("customer_encryption_key_arn", Reference("local.key_arn")),
            Attribute("tags", Reference("local.tags")),
            definition,
            *rights,
        ),
    )
