"""kms.tf: the key that seals the flow, its alias and its policy. The same in every module."""

from __future__ import annotations

from generator.terraform.hcl import Block, Reference, Template
from generator.terraform.module.blocks import NEW_BEFORE_OLD, make_block
from generator.terraform.policies import PolicyDocument, build_document_block

NAME = Reference("local.name")


def plan_key_file(policy: PolicyDocument) -> tuple[Block, ...]:
    """Return the blocks of kms.tf; `policy` is the key's."""
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
            body=(make_block("lifecycle", replace_triggered_by=[key_id], body=(_demand_same_account(),)),),
        ),
        build_document_block(policy),
    )


def _demand_same_account() -> Block:
    """Refuse caller roles of another account here too: without attachments, nothing else would."""
    return make_block(
        "precondition",
        condition=Reference('alltrue([for arn in values(var.caller_roles) : split(":", arn)[4] == local.account_id])'),
        error_message=(
            "caller_roles accepts roles in this account only. Move roles in other accounts to caller_principals."
        ),
    )
