"""main.tf: the defaults from the definition, and the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.findings import Finding
from generator.flow.model import Flow, Node
from generator.flow.model import Value as ModelValue
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, Value
from generator.terraform.module.files import name_text_file
from generator.terraform.module.plan import make_block
from generator.terraform.resource import translate_definition, translate_value


def plan_main_tf(
    flow: Flow, policies: Sequence[str]
) -> tuple[tuple[Block, ...], dict[Path, tuple[str, str]], list[Finding]]:
    """Return the blocks of main.tf, prompts and code, and findings about what the provider cannot express.

    `policies` are the labels of the policies for the nodes, which must be attached before the flow is created. Each
    prompt or code comes as its file and text, by its path in the flow.
    """
    texts: dict[Path, tuple[str, str]] = {}

    def place_text(node: Node, path: Path, text: str) -> Value:
        file = name_text_file(node, path)
        texts[path] = (file, text)
        return Call("file", (Template((Reference("path.module"), f"/{file}")),))

    definition, findings = translate_definition(flow, place_text)
    return (_plan_locals(flow), _plan_flow(flow, definition, policies)), texts, findings


def _plan_locals(flow: Flow) -> Block:
    def choose(variable: str, default: Value) -> Value:
        return Call("coalesce", (Reference(f"var.{variable}"), default))

    encryption = flow.encryption
    return make_block(
        "locals",
        name=choose("name", flow.name),
        deletion_window_in_days=choose("deletion_window_in_days", encryption.deletion_window_in_days),
        rotation_period_in_days=choose("rotation_period_in_days", encryption.rotation_period_in_days),
        tags=_plan_tags(flow.tags),
    )


def _plan_tags(tags: Mapping[str, ModelValue]) -> Value:
    if not tags:
        return Reference("var.tags")
    return Call("merge", ({key: translate_value(tags[key]) for key in sorted(tags)}, Reference("var.tags")))


def _plan_flow(flow: Flow, definition: Block | Attribute, policies: Sequence[str]) -> Block:
    description = () if flow.description is None else (Attribute("description", translate_value(flow.description)),)
    order: tuple[Attribute | Comment, ...] = ()
    if policies:
        attachments: list[Value] = [Reference(f"aws_iam_role_policy_attachment.{label}") for label in policies]
        order = (
            Comment("Create the node permissions before the flow that needs them."),
            Attribute("depends_on", attachments),
        )
    return Block(
        "resource",
        ("aws_bedrockagent_flow", "this"),
        (
            Attribute("name", Reference("local.name")),
            *description,
            Attribute("execution_role_arn", Reference("local.role_arn")),
            Attribute("customer_encryption_key_arn", Reference("local.key_arn")),
            Attribute("tags", Reference("local.tags")),
            definition,
            *order,
        ),
    )
