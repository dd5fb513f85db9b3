"""main.tf: the defaults from the definition, and the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.findings import Finding
from generator.flow.model import Engine, Flow, Node
from generator.flow.model import Value as ModelValue
from generator.source.position import Path
from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, Value
from generator.terraform.module.files import name_text_file
from generator.terraform.module.plan import Item, make_block, plan_cloud_control
from generator.terraform.resource import translate_definition, translate_value

FLOATS = r'("(?:Temperature|TopP)":)([-+.0-9Ee]+)'
"""The API's floats in the JSON of a definition. Quotes in a prompt are escaped, so nothing in one matches."""
TOLERANCE = "0.000001"
FOUND = "self.properties"
"""What Cloud Control returned, as JSON. After a failed update it is null, until Terraform reads it again."""
ALL_TAGS = Reference("local.all_tags")
"""The tags of resources of Cloud Control."""


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
    description = None if flow.description is None else translate_value(flow.description)
    order = _plan_order(policies)
    uses_cloud_control = flow.engine is Engine.CLOUD_CONTROL or flow.release is not None
    default_tags = (make_block("data", "aws_default_tags", "current"),) if uses_cloud_control else ()
    others = _plan_all_tags() if uses_cloud_control else ()
    if isinstance(definition, Block):
        resource = _plan_native_flow(description, definition, order)
    else:
        others, resource = (*others, *_plan_properties(description, definition)), _plan_flow(order)
    return (*default_tags, _plan_locals(flow, others), resource), texts, findings


def _plan_locals(flow: Flow, others: tuple[Item, ...]) -> Block:
    def choose(variable: str, default: Value) -> Value:
        return Call("coalesce", (Reference(f"var.{variable}"), default))

    encryption = flow.encryption
    return make_block(
        "locals",
        name=choose("name", flow.name),
        deletion_window_in_days=choose("deletion_window_in_days", encryption.deletion_window_in_days),
        rotation_period_in_days=choose("rotation_period_in_days", encryption.rotation_period_in_days),
        tags=_plan_tags(flow.tags),
        body=others,
    )


def _plan_tags(tags: Mapping[str, ModelValue]) -> Value:
    if not tags:
        return Reference("var.tags")
    return Call("merge", ({key: translate_value(tags[key]) for key in sorted(tags)}, Reference("var.tags")))


def _plan_all_tags() -> tuple[Item, ...]:
    # AWS may not have a key for no tags. What is not there cannot be patched, only added.
    tagged = Reference("length(local.all_tags) == 0 ? {} : { Tags = local.all_tags }")
    default_tags = Reference("data.aws_default_tags.current.tags")
    return (
        Comment("The provider does not add default_tags to Cloud Control resources."),
        Attribute("all_tags", Call("merge", (default_tags, Reference("local.tags")))),
        Attribute("tagged", tagged),
    )


def _plan_order(policies: Sequence[str]) -> tuple[Item, ...]:
    if not policies:
        return ()
    attachments: list[Value] = [Reference(f"aws_iam_role_policy_attachment.{label}") for label in policies]
    return (
        Comment("Create the node permissions before the flow that needs them."),
        Attribute("depends_on", attachments),
    )


def _plan_native_flow(description: Value, definition: Block, order: tuple[Item, ...]) -> Block:
    described = () if description is None else (Attribute("description", description),)
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
            *order,
        ),
    )


def _plan_properties(description: Value, definition: Attribute) -> tuple[Item, ...]:
    """Return the local values for the flow's properties, in Cloud Control's terms."""
    properties: dict[str, Value] = {"Name": Reference("local.name")}
    if description is not None:
        properties["Description"] = description
    properties["ExecutionRoleArn"] = Reference("local.role_arn")
    properties["CustomerEncryptionKeyArn"] = Reference("local.key_arn")
    return (
        Comment("What the flow has besides its definition."),
        Attribute("flow_properties", Call("merge", (Reference("local.tagged"), properties))),
        Comment("The definition, as Cloud Control has it."),
        definition,
        Comment("Amazon Bedrock keeps these numbers in 32 bits, and may return other digits: a tolerance is needed."),
        Attribute("float_pattern", FLOATS),
    )


def _plan_flow(order: tuple[Item, ...]) -> Block:
    definition = Reference("var.rewrite_definition ? {} : { Definition = local.definition }")
    state = Call("jsonencode", (Call("merge", (Reference("local.flow_properties"), definition)),))
    lifecycle = make_block(
        "lifecycle",
        body=(
            Comment("The provider neither repeats an update that failed nor notices a change made elsewhere."),
            Comment("Right after a failed update, nothing is known of the flow: the provider has reported why."),
            _check_definition(),
            _check_role_and_key(),
            _check_status(),
        ),
    )
    return plan_cloud_control("flow", "AWS::Bedrock::Flow", "flow.json", state, lifecycle, *order)


def _check_definition() -> Block:
    """Require that AWS has the definition. Without it, nothing that follows the flow happens, such as a version."""
    found, own = f"jsonencode(jsondecode({FOUND}).Definition)", "jsonencode(local.definition)"
    blank = 'replace({}, "/${{local.float_pattern}}/", "$1")'.format
    # Never equal: what is compared is known only after the flow is updated, so that the plan goes through.
    expected = f'(var.rewrite_definition ? "rewritten" : {blank(own)})'
    unchecked = f"{FOUND} == null || !(var.check_definition || var.rewrite_definition)"
    text = f'{unchecked} || try({blank(found)}, "none") == {expected}'
    difference = f"tonumber(number[1]) - tonumber(regexall(local.float_pattern, {found})[index][1])"
    floats = (
        f"{FOUND} == null || !var.check_definition || var.rewrite_definition || try(alltrue([for index, number in "
        f"regexall(local.float_pattern, {own}) : abs({difference}) < {TOLERANCE}]), false)"
    )
    different = (
        "The flow in AWS does not have this module's definition: its last update failed, or it was changed outside "
        "Terraform. To write the whole definition, apply twice: with rewrite_definition set to true, which ends with "
        "an error, and without it."
    )
    rewritten = (
        "The definition was left out, because rewrite_definition is true. To write the whole definition, set it to "
        "false, and apply again."
    )
    return make_block(
        "postcondition",
        condition=Call("alltrue", ([Reference(text), Reference(floats)],)),
        error_message=Reference(f'var.rewrite_definition ? "{rewritten}" : "{different}"'),
    )


def _check_role_and_key() -> Block:
    message = (
        "The flow in AWS does not have this module's service role and key: its last update failed, or it was changed "
        "outside Terraform. To write the one that differs, replace it: terraform apply -replace=ADDRESS, with the "
        "address of this module's aws_iam_role.this or aws_kms_key.this."
    )
    names = ("ExecutionRoleArn", "CustomerEncryptionKeyArn")
    found = ", ".join(f"jsondecode({FOUND}).{name}" for name in names)
    return make_block(
        "postcondition",
        condition=Reference(f"{FOUND} == null || try([{found}] == [local.role_arn, local.key_arn], false)"),
        error_message=message,
    )


def _check_status() -> Block:
    """Require that Amazon Bedrock accepted the flow. Terraform has nothing to update if only this is wrong."""
    validations = f"jsondecode({FOUND}).Validations"
    reasons = f'try(join("\\n", [for validation in {validations} : validation.Message]), "No reason given.")'
    message = (
        *("Amazon Bedrock rejected the flow:\n", Reference(reasons)),
        (
            "\nCorrect the definition, and apply again. If the cause is elsewhere, fix it there, then apply twice to "
            "have the same definition validated again: with rewrite_definition set to true, which ends with an error, "
            "and without it."
        ),
    )
    status = f'try(jsondecode({FOUND}).Status, "none")'
    return make_block(
        "postcondition",
        condition=Reference(f'var.rewrite_definition || {status} != "Failed"'),
        error_message=Template(message),
    )
