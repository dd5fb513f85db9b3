"""iam.tf: the service role, and the policies that let it and the callers use the key.

The same in every module with the same engine.
"""

from __future__ import annotations

from generator.terraform.hcl import Attribute, Block, Reference, Template, Value
from generator.terraform.module.plan import NEW_BEFORE_OLD, FlowResource, make_block
from generator.terraform.policies import (
    build_document_block,
    plan_caller_policy,
    plan_encryption_policy,
    plan_trust_policy,
)

NAME = Reference("local.name")


def plan_iam_tf(flow: FlowResource) -> tuple[Block, ...]:
    """Return the blocks of iam.tf."""
    return (
        *(make_block("data", kind, "current") for kind in ("aws_caller_identity", "aws_partition", "aws_region")),
        _plan_locals(flow),
        _plan_role(),
        build_document_block(plan_trust_policy()),
        plan_policy("encryption", "Lets the service role of the Amazon Bedrock flow ", " use the flow's key"),
        build_document_block(plan_encryption_policy()),
        plan_attachment("encryption"),
        _plan_caller_policy(),
        build_document_block(plan_caller_policy()),
        plan_caller_attachment("caller"),
    )


def plan_policy(label: str, before: str, after: str, *lifecycle: Block, mark: Reference | None = None) -> Block:
    """Return a managed policy of the module, described by the flow's name between `before` and `after`.

    A change of `mark`, which ends the prefix of its name, replaces it. The provider accepts 102 characters for the
    prefix.
    """
    prefix = (f"bedrock-flow-{label.replace('_', '-')}-", Reference("substr(local.name, 0, 64)"), "-")
    return make_block(
        "resource",
        "aws_iam_policy",
        label,
        name_prefix=Template(prefix if mark is None else (*prefix, mark, "-")),
        description=Template((before, NAME, after)),
        policy=Reference(f"data.aws_iam_policy_document.{label}.json"),
        tags=Reference("local.tags"),
        body=lifecycle,
    )


def plan_attachment(label: str, *lifecycle: Block) -> Block:
    """Return the attachment of a policy of the module to the service role."""
    return make_block(
        "resource",
        "aws_iam_role_policy_attachment",
        label,
        role=Reference("aws_iam_role.this.name"),
        policy_arn=Reference(f"aws_iam_policy.{label}.arn"),
        body=lifecycle,
    )


def plan_caller_attachment(label: str, *lifecycle: Attribute) -> Block:
    """Return the attachment of a policy of the module to each of the caller roles."""
    message = Template(
        (
            'caller_roles["',
            Reference("each.key"),
            (
                '"] belongs to another account. For a caller in another account, list the role in this account that '
                "it assumes."
            ),
        )
    )
    same_account = make_block(
        "precondition",
        condition=Reference('split(":", each.value)[4] == local.account_id'),
        error_message=message,
    )
    return make_block(
        "resource",
        "aws_iam_role_policy_attachment",
        label,
        for_each=Reference("var.attach_caller_policy ? var.caller_roles : {}"),
        role=Reference('regex("[^/]+$", each.value)'),
        policy_arn=Reference(f"aws_iam_policy.{label}.arn"),
        body=(make_block("lifecycle", body=(*lifecycle, same_account)),),
    )


def _plan_locals(flow: FlowResource) -> Block:
    dns_suffix = Reference("data.aws_partition.current.dns_suffix")
    return make_block(
        "locals",
        account_id=Reference("data.aws_caller_identity.current.account_id"),
        partition=Reference("data.aws_partition.current.partition"),
        region=Reference("data.aws_region.current.region"),
        via_service=Template(("bedrock.", Reference("local.region"), ".", dns_suffix)),
        flow_arn=Reference(flow.arn),
        key_arn=Reference("aws_kms_key.this.arn"),
        role_arn=Reference("aws_iam_role.this.arn"),
    )


def _plan_role() -> Block:
    return make_block(
        "resource",
        "aws_iam_role",
        "this",
        name_prefix=Template(("AmazonBedrockFlow-", Reference("substr(local.name, 0, 19)"), "-")),
        description=Template(("Service role of the Amazon Bedrock flow ", NAME)),
        assume_role_policy=Reference("data.aws_iam_policy_document.trust.json"),
        permissions_boundary=Reference("var.permissions_boundary_arn"),
        tags=Reference("local.tags"),
        body=(NEW_BEFORE_OLD,),
    )


def _plan_caller_policy() -> Block:
    prefix = '"bedrock-flow-caller-${substr(local.name, 0, 64)}-"'
    attributes: dict[str, Value] = {
        "name": Reference("var.caller_policy_name"),
        "name_prefix": Reference(f"var.caller_policy_name == null ? {prefix} : null"),
        # Not the flow's name: a new description replaces the policy, which a fixed policy name does not allow.
        "description": "Lets those who call an Amazon Bedrock flow use the flow's key",
        "policy": Reference("data.aws_iam_policy_document.caller.json"),
        "tags": Reference("local.tags"),
    }
    return make_block("resource", "aws_iam_policy", "caller", body=(), **attributes)
