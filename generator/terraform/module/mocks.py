"""The mocked provider of a module's tests, and what stands in it for the account."""

from __future__ import annotations

from generator.terraform.hcl import Block, Comment, Reference
from generator.terraform.module.blocks import Item, make_block

ACCOUNT = "111122223333"
REGION = "us-east-1"
IAM = f"arn:aws:iam::{ACCOUNT}:"
PARTNER = "arn:aws:iam::444455556666:role/partner"
KNOWN = {
    "local.partition": "aws",
    "local.region": REGION,
    "local.account_id": ACCOUNT,
    "local.via_service": f"bedrock.{REGION}.amazonaws.com",
}
"""What the module's locals come to under the mocks."""


def plan_mock_provider() -> Block:
    """Return the mocked provider: ids and ARNs in their form, since the real provider checks mocks as well."""
    documents = ("key", "trust", "encryption", "caller")
    body: tuple[Item, ...] = (
        _mock("data", "aws_caller_identity", account_id=ACCOUNT),
        _mock("data", "aws_partition", partition="aws", dns_suffix="amazonaws.com"),
        _mock("data", "aws_region", region=REGION),
        _mock("resource", "aws_bedrockagent_flow", arn=f"arn:aws:bedrock:{REGION}:{ACCOUNT}:flow/FLOW"),
        _mock(
            "resource", "aws_kms_key", arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
        ),
        _mock("resource", "aws_iam_role", arn=f"{IAM}role/flow"),
        Comment("Different JSON and ARNs distinguish the policies."),
        _mock("data", "aws_iam_policy_document", json='{"Id":"nodes"}'),
        _mock("resource", "aws_iam_policy", arn=f"{IAM}policy/nodes"),
        *(
            _override("data", f"data.aws_iam_policy_document.{label}", json=f'{{"Id":"{label}"}}')
            for label in documents
        ),
        *(
            _override("resource", f"aws_iam_policy.{label}", arn=f"{IAM}policy/{label}")
            for label in ("encryption", "caller")
        ),
    )
    return make_block("mock_provider", "aws", body=body)


def _mock(kind: str, type_name: str, **defaults: str) -> Block:
    return make_block(f"mock_{kind}", type_name, defaults={**defaults})


def _override(kind: str, target: str, **values: str) -> Block:
    return make_block(f"override_{kind}", target=Reference(target), values={**values})
