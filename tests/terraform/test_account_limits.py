"""The account holds IAM's limits where moto does not: asked by boto3, without Terraform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from identities import (
    ACCOUNT,
    BEDROCK_TRUST,
    TRUST,
    allow,
    make_operator,
    make_role,
    make_sso_role,
)
from identities import write_document as write
from refusals import refused

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")

SMALL = write(allow("s3:GetObject"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("limits")) as bench:
        yield bench


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture(scope="module")
def iam(bench: Bench) -> Any:
    return bench.client("iam")


def make_policy(iam: Any, name: str, document: str = SMALL, **more: Any) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=document, **more)["Policy"]["Arn"])


def fill(length: int) -> str:
    """Return a policy of so many characters, and blanks that do not count."""
    document = json.loads(write(allow("s3:GetObject", resource="arn:aws:s3:::")))
    text = json.dumps(document, separators=(",", ":"))
    document["Statement"][0]["Resource"] += "b" * (length - len(text))
    return json.dumps(document, indent=2)


def test_a_role_name_has_at_most_64_characters(iam: Any) -> None:
    iam.create_role(RoleName="r" * 64, AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))
    with refused("ValidationError", "65 is out of bounds"):
        iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))


def test_a_policy_name_has_at_most_128_characters(iam: Any) -> None:
    make_policy(iam, "p" * 128)
    with refused("ValidationError", "129 is out of bounds"):
        make_policy(iam, "p" * 129)


def test_iam_names_ignore_case(iam: Any) -> None:
    iam.create_role(RoleName="Case", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))
    with refused("EntityAlreadyExists"):
        iam.create_role(RoleName="cASE", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))
    make_policy(iam, "Case")
    with refused("EntityAlreadyExists"):
        make_policy(iam, "cASE")


def test_descriptions_are_latin(iam: Any) -> None:
    make_policy(iam, "latin", Description="für Käse")
    with refused("ValidationError", "Latin-1"):
        make_policy(iam, "not-latin", Description="für 猫")
    with refused("ValidationError", "does not match"):
        iam.create_role(RoleName="not-latin", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST), Description="für 猫")
    with refused("ValidationError", "1001 is out of bounds"):
        make_policy(iam, "long", Description="d" * 1001)


def test_a_managed_policy_has_at_most_6144_characters_without_whitespace(iam: Any) -> None:
    arn = make_policy(iam, "large", fill(6144))
    with refused("LimitExceeded", "6144"):
        make_policy(iam, "larger", fill(6145))
    with refused("LimitExceeded", "6144"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=fill(6145), SetAsDefault=True)


def test_a_trust_policy_has_at_most_2048_characters(iam: Any) -> None:
    def trust(length: int) -> str:
        document = json.loads(json.dumps(BEDROCK_TRUST))
        document["Statement"][0]["Sid"] += "x" * (length - len(json.dumps(document, separators=(",", ":"))))
        return json.dumps(document)

    iam.create_role(RoleName="long-trust", AssumeRolePolicyDocument=trust(2048))
    with refused("LimitExceeded", "2048"):
        iam.create_role(RoleName="longer-trust", AssumeRolePolicyDocument=trust(2049))
    with refused("LimitExceeded", "2048"):
        iam.update_assume_role_policy(RoleName="long-trust", PolicyDocument=trust(2049))


def test_inline_policies_have_at_most_10240_characters_in_total(bench: Bench, iam: Any) -> None:
    make_role(bench, "embedded")
    iam.put_role_policy(RoleName="embedded", PolicyName="one", PolicyDocument=fill(6000))
    iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4240))
    iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4240))
    with refused("LimitExceeded", "10240"):
        iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4241))


def test_a_role_has_at_most_ten_attached_policies(bench: Bench, iam: Any) -> None:
    make_role(bench, "crowded")
    policies = [make_policy(iam, f"crowd-{number}") for number in range(11)]
    for arn in policies[:10]:
        iam.attach_role_policy(RoleName="crowded", PolicyArn=arn)
    iam.attach_role_policy(RoleName="crowded", PolicyArn=policies[0])
    with refused("LimitExceeded", "PoliciesPerRole"):
        iam.attach_role_policy(RoleName="crowded", PolicyArn=policies[10])


def test_a_policy_has_at_most_five_versions(iam: Any) -> None:
    arn = make_policy(iam, "versions")
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=SMALL)
    with refused("LimitExceeded"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=SMALL)


def test_a_policy_in_use_or_with_versions_is_not_deleted(bench: Bench, iam: Any) -> None:
    make_role(bench, "user-of-policy")
    arn = make_policy(iam, "in-use")
    iam.attach_role_policy(RoleName="user-of-policy", PolicyArn=arn)
    with refused("DeleteConflict", "attached"):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_role_policy(RoleName="user-of-policy", PolicyArn=arn)
    iam.put_role_permissions_boundary(RoleName="user-of-policy", PermissionsBoundary=arn)
    with refused("DeleteConflict", "attached"):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_role_permissions_boundary(RoleName="user-of-policy")
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=SMALL)["PolicyVersion"]["VersionId"]
    with refused("DeleteConflict", "version"):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)


def test_a_boundary_exists(bench: Bench, iam: Any) -> None:
    missing = f"arn:aws:iam::{ACCOUNT}:policy/nowhere"
    make_role(bench, "bounded")
    with refused("NoSuchEntity", "not attachable"):
        iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=missing)
    with refused("NoSuchEntity", "not attachable"):
        iam.create_role(
            RoleName="bounded-2", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST), PermissionsBoundary=missing
        )


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("attach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("detach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("put_role_policy", {"PolicyName": "more", "PolicyDocument": SMALL}),
        ("update_assume_role_policy", {"PolicyDocument": json.dumps(TRUST)}),
        ("update_role_description", {"Description": "mine"}),
        ("delete_role", {}),
    ],
)
def test_identity_center_roles_cannot_be_changed(
    operation: str, more: dict[str, Any], bench: Bench, operator: Bench, iam: Any
) -> None:
    name = f"AWSReservedSSO_{operation}"
    make_sso_role(bench, operator, name, allow("s3:GetObject"))
    assert iam.get_role(RoleName=name)["Role"]["Path"] == "/aws-reserved/sso.amazonaws.com/"
    with refused("UnmodifiableEntity"):
        getattr(iam, operation)(RoleName=name, **more)


def test_a_trust_policy_names_principals_that_exist(iam: Any) -> None:
    trust = json.loads(json.dumps(TRUST).replace(":root", ":role/nobody"))
    with refused("MalformedPolicyDocument", "Invalid principal"):
        iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=json.dumps(trust))
