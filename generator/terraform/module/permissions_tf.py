"""permissions.tf: the permissions that the nodes of the flow need, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.flow.grant import Grant
from generator.terraform.hcl import Attribute, Block, Reference
from generator.terraform.module.iam_tf import plan_attachment, plan_policy
from generator.terraform.module.plan import NEW_BEFORE_OLD, make_block
from generator.terraform.policies import LARGEST_POLICY, PolicyDocument, build_document_block, list_derived_locals


def plan_permissions_tf(grants: Sequence[Grant], policies: Sequence[PolicyDocument]) -> Iterator[Block]:
    """Yield the blocks of permissions.tf; `policies` are made from the grants."""
    derived = list_derived_locals(grants)
    if derived:
        yield Block("locals", (), tuple(Attribute(name, value) for name, value in derived.items()))
    for policy in policies:
        yield build_document_block(policy)
        yield plan_policy(
            policy.name, "What the nodes of the Amazon Bedrock flow ", " need", _limit_length(policy.name)
        )
        yield plan_attachment(policy.name, NEW_BEFORE_OLD)
    yield make_block("locals", node_policies_json={policy.name: _read_json(policy.name) for policy in policies})


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
