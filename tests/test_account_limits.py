"""The account holds AWS's limits where moto does not: asked by boto3, without Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from identities import (
    ACCOUNT,
    OTHER_ACCOUNT,
    TRUST,
    allow,
    assume,
    in_other_account,
    make_operator,
    make_role,
    make_sso_role,
)
from identities import write_document as write

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")


BEDROCK = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "FlowsTrustBedrock",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/*"}},
        }
    ],
}
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


@pytest.fixture(scope="module")
def kms(bench: Bench) -> Any:
    return bench.client("kms")


@pytest.fixture(scope="module")
def flows(bench: Bench) -> Any:
    return bench.client("bedrock-agent")


def refused(code: str, words: str = "") -> Any:
    """Expect a refusal of the API: its code, and words of its sentence."""
    return pytest.raises(ClientError, match=rf"(?s)\({code}\).*{words}")


def make_policy(iam: Any, name: str, document: str = SMALL, **more: Any) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=document, **more)["Policy"]["Arn"])


def make_service_role(bench: Bench, name: str, trust: dict[str, Any] = BEDROCK) -> str:
    made = bench.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def write_key_policy(*principals: str, action: str = "kms:*", more: tuple[dict[str, Any], ...] = ()) -> str:
    statement = {"Sid": "Keep", "Effect": "Allow", "Action": action, "Resource": "*"}
    return write({**statement, "Principal": {"AWS": list(principals)}}, *more)


ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def test_a_role_s_name_has_64_characters(iam: Any) -> None:
    iam.create_role(RoleName="r" * 64, AssumeRolePolicyDocument=json.dumps(BEDROCK))
    with refused("ValidationError", "65 is out of bounds"):
        iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=json.dumps(BEDROCK))


def test_a_policy_s_name_has_128_characters(iam: Any) -> None:
    make_policy(iam, "p" * 128)
    with refused("ValidationError", "129 is out of bounds"):
        make_policy(iam, "p" * 129)


def test_names_of_iam_ignore_case(iam: Any) -> None:
    iam.create_role(RoleName="Case", AssumeRolePolicyDocument=json.dumps(BEDROCK))
    with refused("EntityAlreadyExists"):
        iam.create_role(RoleName="cASE", AssumeRolePolicyDocument=json.dumps(BEDROCK))
    make_policy(iam, "Case")
    with refused("EntityAlreadyExists"):
        make_policy(iam, "cASE")


def test_descriptions_are_latin(iam: Any) -> None:
    make_policy(iam, "latin", Description="für Käse")
    with refused("ValidationError", "Latin-1"):
        make_policy(iam, "not-latin", Description="für 猫")
    with refused("ValidationError", "does not match"):
        iam.create_role(RoleName="not-latin", AssumeRolePolicyDocument=json.dumps(BEDROCK), Description="für 猫")
    with refused("ValidationError", "1001 is out of bounds"):
        make_policy(iam, "long", Description="d" * 1001)


def test_a_managed_policy_has_6144_characters_without_blanks(iam: Any) -> None:
    arn = make_policy(iam, "large", fill(6144))
    with refused("LimitExceeded", "6144"):
        make_policy(iam, "larger", fill(6145))
    with refused("LimitExceeded", "6144"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=fill(6145), SetAsDefault=True)


def fill(length: int) -> str:
    """Return a policy of so many characters, and blanks that do not count."""
    document = json.loads(write(allow("s3:GetObject", resource="arn:aws:s3:::")))
    text = json.dumps(document, separators=(",", ":"))
    document["Statement"][0]["Resource"] += "b" * (length - len(text))
    return json.dumps(document, indent=2)


def test_a_trust_policy_has_2048_characters(iam: Any) -> None:
    def trust(length: int) -> str:
        document = json.loads(json.dumps(BEDROCK))
        document["Statement"][0]["Sid"] += "x" * (length - len(json.dumps(document, separators=(",", ":"))))
        return json.dumps(document)

    iam.create_role(RoleName="long-trust", AssumeRolePolicyDocument=trust(2048))
    with refused("LimitExceeded", "2048"):
        iam.create_role(RoleName="longer-trust", AssumeRolePolicyDocument=trust(2049))
    with refused("LimitExceeded", "2048"):
        iam.update_assume_role_policy(RoleName="long-trust", PolicyDocument=trust(2049))


def test_embedded_policies_have_10240_characters_together(bench: Bench, iam: Any) -> None:
    make_role(bench, "embedded")
    iam.put_role_policy(RoleName="embedded", PolicyName="one", PolicyDocument=fill(6000))
    iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4240))
    iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4240))
    with refused("LimitExceeded", "10240"):
        iam.put_role_policy(RoleName="embedded", PolicyName="two", PolicyDocument=fill(4241))


def test_a_role_has_ten_attached_policies(bench: Bench, iam: Any) -> None:
    make_role(bench, "crowded")
    policies = [make_policy(iam, f"crowd-{number}") for number in range(11)]
    for arn in policies[:10]:
        iam.attach_role_policy(RoleName="crowded", PolicyArn=arn)
    iam.attach_role_policy(RoleName="crowded", PolicyArn=policies[0])
    with refused("LimitExceeded", "PoliciesPerRole"):
        iam.attach_role_policy(RoleName="crowded", PolicyArn=policies[10])


def test_a_policy_has_five_versions(iam: Any) -> None:
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
        iam.create_role(RoleName="bounded-2", AssumeRolePolicyDocument=json.dumps(BEDROCK), PermissionsBoundary=missing)


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
def test_roles_of_identity_center_are_nobody_s_to_change(
    operation: str, more: dict[str, Any], bench: Bench, operator: Bench, iam: Any
) -> None:
    name = f"AWSReservedSSO_{operation}"
    make_sso_role(bench, operator, name, allow("s3:GetObject"))
    assert iam.get_role(RoleName=name)["Role"]["Path"] == "/aws-reserved/sso.amazonaws.com/"
    with refused("UnmodifiableEntity"):
        getattr(iam, operation)(RoleName=name, **more)


def test_a_trust_names_principals_that_exist(iam: Any) -> None:
    trust = json.loads(json.dumps(TRUST).replace(":root", ":role/nobody"))
    with refused("MalformedPolicyDocument", "Invalid principal"):
        iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=json.dumps(trust))


def test_a_key_policy_has_32768_bytes(kms: Any) -> None:
    def policy(length: int) -> str:
        text = write_key_policy(ROOT)
        return text.replace("Keep", "Keep" + "x" * (length - len(text)))

    kms.create_key(Policy=policy(32_768))
    with refused("(LimitExceededException|ValidationException)"):
        kms.create_key(Policy=policy(32_769))


@pytest.mark.parametrize(
    "policy",
    [
        write_key_policy(ROOT, action="kms:Decrypt"),
        write_key_policy(ROOT).replace('"Resource": "*"', '"Resource": "arn:aws:kms:us-east-1:123456789012:key/other"'),
        write_key_policy(
            ROOT,
            more=({"Effect": "Deny", "Principal": {"AWS": ROOT}, "Action": "kms:PutKeyPolicy", "Resource": "*"},),
        ),
    ],
    ids=["no right to put", "another key", "a denial"],
)
def test_a_key_policy_that_locks_its_author_out_is_refused(policy: str, kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    for call in (lambda **more: kms.put_key_policy(KeyId=key, PolicyName="default", **more), kms.create_key):
        with refused("MalformedPolicyDocumentException", "will not allow you to update"):
            call(Policy=policy)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy, BypassPolicyLockoutSafetyCheck=True)


def test_a_key_policy_may_name_its_own_key(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]
    policy = write_key_policy(ROOT).replace('"Resource": "*"', f'"Resource": "{key["Arn"]}"')
    for name in (key["KeyId"], key["Arn"]):
        kms.put_key_policy(KeyId=name, PolicyName="default", Policy=policy)


def test_a_key_policy_that_admits_another_role_locks_the_author_out(bench: Bench, operator: Bench) -> None:
    other = make_role(bench, "keeper-of-keys")
    author = assume(operator, make_role(bench, "author", allow("kms:*"))).client("kms")
    with refused("MalformedPolicyDocumentException", "will not allow you to update"):
        author.create_key(Policy=write_key_policy(other))
    author.create_key(Policy=write_key_policy(other, f"arn:aws:iam::{ACCOUNT}:role/author"))


@pytest.mark.parametrize(
    "policy", ["no JSON", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*"}]}']
)
def test_a_key_policy_is_one(policy: str, kms: Any) -> None:
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(Policy=policy)


def test_a_key_policy_names_principals_that_exist(bench: Bench, kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(
            KeyId=key, PolicyName="default", Policy=write_key_policy(ROOT, f"arn:aws:iam::{ACCOUNT}:role/nobody")
        )
    guest = f"arn:aws:iam::{OTHER_ACCOUNT}:role/guest"
    in_other_account(bench, "iam").create_role(RoleName="host", AssumeRolePolicyDocument=json.dumps(BEDROCK))
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=write_key_policy(ROOT, guest))
    in_other_account(bench, "iam").create_role(RoleName="guest", AssumeRolePolicyDocument=json.dumps(BEDROCK))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=write_key_policy(ROOT, guest))


def test_a_deleted_role_stays_in_a_key_policy_as_its_id_and_comes_back_as_another(
    bench: Bench, operator: Bench, iam: Any, kms: Any
) -> None:
    arn = make_role(bench, "passing")
    policy = write_key_policy(ROOT, arn)
    key = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    identifier = iam.get_role(RoleName="passing")["Role"]["RoleId"]
    session = assume(operator, arn).client("kms")
    session.describe_key(KeyId=key)
    iam.delete_role(RoleName="passing")
    shown = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert shown == policy.replace(arn, identifier)
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=shown)
    make_role(bench, "passing")
    with refused("UnrecognizedClientException"):
        session.describe_key(KeyId=key)
    with refused("AccessDeniedException"):
        assume(operator, arn).client("kms").describe_key(KeyId=key)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assume(operator, arn).client("kms").describe_key(KeyId=key)


@pytest.mark.parametrize("name", ["alias/a b", "alias/ä", "alias/a.b", "alias/" + "a" * 251])
def test_an_alias_has_256_characters_of_few_kinds(name: str, kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("ValidationException"):
        kms.create_alias(AliasName=name, TargetKeyId=key)
    kms.create_alias(AliasName=f"alias/{key}/".ljust(256, "a"), TargetKeyId=key)


@pytest.mark.parametrize("days", [6, 31])
def test_a_key_waits_7_to_30_days_for_its_deletion(days: int, kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("ValidationException", "between 7 and 30|out of bounds"):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


@pytest.mark.parametrize("days", [89, 2561])
def test_a_key_rotates_after_90_to_2560_days(days: int, bench: Bench) -> None:
    kms = bench.client("kms", config=Config(parameter_validation=False))
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("ValidationException", "out of bounds"):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=days)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=2560)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 2560


def test_a_flow_s_name_has_200_characters(bench: Bench, flows: Any) -> None:
    role = make_service_role(bench, "AmazonBedrockFlow-long-name")
    flows.create_flow(name="a-" * 100, executionRoleArn=role)
    with refused("ValidationException", "does not match"):
        flows.create_flow(name="a-" * 101, executionRoleArn=role)
    with refused("ConflictException", "exists"):
        flows.create_flow(name="a-" * 100, executionRoleArn=role)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bedrock.amazonaws.com", "lambda.amazonaws.com"),
        (":flow/*", ":agent/*"),
        (ACCOUNT, OTHER_ACCOUNT),
        ('"Effect": "Allow"', '"Effect": "Deny"'),
    ],
)
def test_a_flow_s_role_lets_bedrock_in(old: str, new: str, bench: Bench, flows: Any) -> None:
    name = f"AmazonBedrockFlow-{re.sub('[^a-z]', '', new)}"
    role = make_service_role(bench, name, json.loads(json.dumps(BEDROCK).replace(old, new)))
    with refused("ValidationException", "cannot assume"):
        flows.create_flow(name="untrusting", executionRoleArn=role)
    bench.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(BEDROCK))
    flow = flows.create_flow(name="untrusting", executionRoleArn=role)["id"]
    flows.delete_flow(flowIdentifier=flow)


def test_a_flow_s_role_exists(flows: Any) -> None:
    with refused("ValidationException", "does not exist"):
        flows.create_flow(name="lonely", executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/nobody")


def test_a_flow_s_key_exists_and_is_enabled(bench: Bench, kms: Any, flows: Any) -> None:
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    role = make_service_role(bench, "AmazonBedrockFlow-keyless")
    with refused("ValidationException", "does not exist"):
        flows.create_flow(name="keyless", executionRoleArn=role, customerEncryptionKeyArn=arn[:-4] + "0000")
    kms.schedule_key_deletion(KeyId=arn.rsplit("/", 1)[-1], PendingWindowInDays=7)
    with refused("ValidationException", "PendingDeletion"):
        flows.create_flow(name="keyless", executionRoleArn=role, customerEncryptionKeyArn=arn)


def test_a_flow_in_use_is_not_deleted(bench: Bench, flows: Any) -> None:
    role = make_service_role(bench, "AmazonBedrockFlow-in-use")
    flow = flows.create_flow(name="in-use", executionRoleArn=role)["id"]
    version = flows.create_flow_version(flowIdentifier=flow)["version"]
    alias = flows.create_flow_alias(flowIdentifier=flow, name="live", routingConfiguration=[{"flowVersion": version}])[
        "id"
    ]
    with refused("ConflictException", "in use"):
        flows.delete_flow(flowIdentifier=flow)
    with refused("ConflictException", "used by the alias live"):
        flows.delete_flow_version(flowIdentifier=flow, flowVersion=version)
    flows.delete_flow_alias(flowIdentifier=flow, aliasIdentifier=alias)
    with refused("ConflictException", "in use"):
        flows.delete_flow(flowIdentifier=flow)
    flows.delete_flow_version(flowIdentifier=flow, flowVersion=version)
    flows.delete_flow(flowIdentifier=flow)
    with refused("ResourceNotFoundException"):
        flows.get_flow(flowIdentifier=flow)
