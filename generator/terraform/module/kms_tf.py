"""kms.tf: the key that encrypts the flow, its alias, and its policy. The same in every module."""

from __future__ import annotations

from generator.terraform.hcl import Block, Reference, Template
from generator.terraform.module.plan import NEW_BEFORE_OLD, make_block
from generator.terraform.policies import build_document_block, plan_key_policy

NAME = Reference("local.name")


def plan_kms_tf() -> tuple[Block, ...]:
    """Return the blocks of kms.tf."""
    policy = plan_key_policy()
    key_id = Reference("aws_kms_key.this.key_id")
    return (
        make_block(
            "resource",
            "aws_kms_key",
            "this",
            description=Template(("Encrypts the Amazon Bedrock flow ", NAME)),
            deletion_window_in_days=Reference("local.deletion_window_in_days"),
            enable_key_rotation=True,
            rotation_period_in_days=Reference("local.rotation_period_in_days"),
            tags=Reference("local.tags"),
            body=(NEW_BEFORE_OLD,),
        ),
        make_block(
            "resource",
            "aws_kms_alias",
            "this",
            name=Template(("alias/bedrock-flows/", NAME)),
            target_key_id=key_id,
        ),
        make_block(
            "resource",
            "aws_kms_key_policy",
            "this",
            key_id=key_id,
            policy=Reference(f"data.aws_iam_policy_document.{policy.name}.json"),
            body=(make_block("lifecycle", replace_triggered_by=[key_id], body=(_require_same_account(),)),),
        ),
        build_document_block(policy),
    )


def _require_same_account() -> Block:
    """Reject caller roles in other accounts here, too: without attachments, nothing else would."""
    return make_block(
        "precondition",
        condition=Reference('alltrue([for arn in values(var.caller_roles) : split(":", arn)[4] == local.account_id])'),
        error_message=(
            "caller_roles accepts roles in this account only. For a caller in another account, list the role in this "
            "account that it assumes."
        ),
    )
