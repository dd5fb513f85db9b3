"""permissions.tf: the permissions that the nodes of the flow need, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.flow.grant import Grant
from generator.terraform.hcl import Attribute, Block, Comment, Reference, Value, encode_value
from generator.terraform.module.iam_tf import plan_attachment, plan_policy
from generator.terraform.module.plan import NEW_BEFORE_OLD, Item, digest, make_block
from generator.terraform.policies import (
    LARGEST_POLICY,
    PolicyDocument,
    build_document_block,
    list_derived_locals,
    list_parameters,
    write_policy_json,
)

MARK = Reference("substr(local.permissions_sha256, 0, 12)")


def plan_permissions_tf(
    grants: Sequence[Grant], policies: Sequence[PolicyDocument], is_released: bool
) -> Iterator[Block]:
    """Yield the blocks of permissions.tf; `policies` are made from the grants.

    If the flow is released, a change of what they grant replaces the policies: all versions use the same role, so the
    version behind the aliases needs the old ones until the aliases have moved. The name of a policy decides, because
    AWS cannot change it. `replace_triggered_by` would forget the change if the policy could not be created.
    """
    local: list[Item] = [Attribute(name, value) for name, value in list_derived_locals(grants).items()]
    if is_released and policies:
        local += _digest_permissions(grants, policies)
    if local:
        yield Block("locals", (), tuple(local))
    for policy in policies:
        need = "What the nodes of the Amazon Bedrock flow ", " need", _limit_length(policy.name)
        yield build_document_block(policy)
        yield plan_policy(policy.name, *need, mark=MARK if is_released else None)
        yield plan_attachment(policy.name, NEW_BEFORE_OLD)
    yield make_block("locals", node_policies_json={policy.name: _read_json(policy.name) for policy in policies})


def _digest_permissions(grants: Sequence[Grant], policies: Sequence[PolicyDocument]) -> tuple[Item, ...]:
    """Return a digest of what the policies grant. It is known before apply if the values of the parameters are."""
    documents = {policy.name: write_policy_json(policy, encode_value) for policy in policies}
    computed = {name: value.text for name, value in list_derived_locals(grants).items()}
    granted: dict[str, Value] = {
        "statements": digest([documents, computed]),
        "values": {name: Reference(f"var.{name}") for name in list_parameters(grants)},
    }
    return (
        Comment("If any of this changes, new policies are attached. The old ones stay until the aliases have moved."),
        Attribute("permissions", granted),
        Attribute("permissions_sha256", Reference("sha256(jsonencode(local.permissions))")),
    )


def _read_json(label: str) -> Reference:
    return Reference(f"data.aws_iam_policy_document.{label}.json")


def _limit_length(label: str) -> Block:
    """Check what is only known during apply. IAM counts the characters of a managed policy without white space."""
    rendered = _read_json(label).text
    fits = make_block(
        "precondition",
        condition=Reference(f'length(replace({rendered}, "/\\\\s/", "")) <= {LARGEST_POLICY}'),
        error_message=f"The node permissions exceed IAM's limit of {LARGEST_POLICY:,} characters for a managed policy.",
    )
    return make_block("lifecycle", create_before_destroy=True, body=(fits,))
