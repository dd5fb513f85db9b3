"""Every call of the account is decided: who an access key is, which actions a call takes, and how a refusal reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
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
    make_service_role,
)
from identities import write_document as write
from refusals import not_authorized

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")

CONTEXT = {"aws:bedrock-flows:arn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/ABCDEFGHIJ"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("authorization")) as bench:
        yield bench


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture(scope="module")
def service_role(bench: Bench) -> str:
    return make_service_role(bench, "AmazonBedrockFlow-all")


def take_role(bench: Bench, operator: Bench, name: str, *statements: dict[str, Any]) -> Bench:
    return assume(operator, make_role(bench, name, *statements))


def list_new(bench: Bench, before: int) -> list[tuple[str, str, str]]:
    return [(item["action"], item["resource"], item["verdict"]) for item in bench.read_decisions()[before:]]


def test_the_default_key_belongs_to_the_account_root(bench: Bench) -> None:
    assert bench.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert in_other_account(bench, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    before = len(bench.read_decisions())
    bench.client("iam").list_roles()
    (decided,) = bench.read_decisions()[before:]
    assert (decided["principal"], decided["by"]) == (f"arn:aws:iam::{ACCOUNT}:root", ["the account's root"])


def test_the_root_cannot_assume_a_role(bench: Bench) -> None:
    arn = make_role(bench, "not-for-root")
    with pytest.raises(ClientError, match="may not be assumed by root"):
        bench.client("sts").assume_role(RoleArn=arn, RoleSessionName="run")


def test_a_user_has_the_policies_of_its_groups(bench: Bench) -> None:
    iam = bench.client("iam")
    iam.create_user(UserName="ann")
    acting = bench.acting_with(iam.create_access_key(UserName="ann")["AccessKey"])
    assert acting.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"
    ann = acting.client("iam")
    with not_authorized("iam:ListRoles", "\\*"):
        ann.list_roles()
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=write(allow("iam:ListRoles")))
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    ann.list_roles()


def test_assuming_a_role_needs_its_trust_policy_and_the_caller_s_policies(bench: Bench, operator: Bench) -> None:
    iam = bench.client("iam")
    iam.create_user(UserName="bob")
    bob = bench.acting_with(iam.create_access_key(UserName="bob")["AccessKey"]).client("sts")
    arn = make_role(bench, "goal")
    with not_authorized("sts:AssumeRole", "role/goal"):
        bob.assume_role(RoleArn=arn, RoleSessionName="run")
    trust = json.dumps(TRUST).replace(":root", ":user/bob")
    iam.update_assume_role_policy(RoleName="goal", PolicyDocument=trust)
    assert bob.assume_role(RoleArn=arn, RoleSessionName="run")["AssumedRoleUser"]["Arn"].endswith("/goal/run")
    with not_authorized("sts:AssumeRole", "role/goal", "because no resource-based policy"):
        operator.client("sts").assume_role(RoleArn=arn, RoleSessionName="run")
    with not_authorized("sts:AssumeRole", "role/nobody", "because no resource-based policy"):
        operator.client("sts").assume_role(RoleArn=arn.replace("goal", "nobody"), RoleSessionName="run")
    with pytest.raises(ClientError, match="session policies"):
        operator.client("sts").assume_role(
            RoleArn=make_role(bench, "narrowed"), RoleSessionName="run", Policy=write(allow("*"))
        )


def test_attached_policies_apply_in_their_default_version_within_the_boundary(bench: Bench, operator: Bench) -> None:
    iam = bench.client("iam")
    role = take_role(bench, operator, "changing").client("iam")
    arn = iam.create_policy(PolicyName="changing", PolicyDocument=write(allow("iam:ListUsers")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="changing", PolicyArn=arn)
    with not_authorized("iam:ListRoles"):
        role.list_roles()
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=write(allow("iam:ListRoles")), SetAsDefault=True)
    role.list_roles()
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=write(allow("bedrock:*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="changing", PermissionsBoundary=limit)
    with not_authorized("iam:ListRoles", reason="because no permissions boundary"):
        role.list_roles()
    iam.delete_role_permissions_boundary(RoleName="changing")
    iam.put_role_policy(
        RoleName="changing", PolicyName="never", PolicyDocument=write({**allow("iam:*"), "Effect": "Deny"})
    )
    with not_authorized("iam:ListRoles", reason="with an explicit deny in an identity-based policy"):
        role.list_roles()


def test_resource_names_are_those_of_the_call(bench: Bench, operator: Bench) -> None:
    only = f"arn:aws:iam::{ACCOUNT}:role/team/*"
    role = take_role(bench, operator, "team-lead", allow("iam:*Role", "iam:TagRole", resource=only)).client("iam")
    role.create_role(RoleName="member", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST))
    role.get_role(RoleName="member")
    with not_authorized("iam:CreateRole", "role/member2"):
        role.create_role(RoleName="member2", AssumeRolePolicyDocument=json.dumps(TRUST))
    with not_authorized("iam:GetRole", "role/team-lead"):
        role.get_role(RoleName="team-lead")


def test_a_policy_is_attached_only_if_the_condition_allows_it(bench: Bench, operator: Bench) -> None:
    pattern = f"arn:aws:iam::{ACCOUNT}:policy/bedrock-flow-caller-*"
    statement = {**allow("iam:AttachRolePolicy"), "Condition": {"ArnLike": {"iam:PolicyARN": pattern}}}
    role = take_role(bench, operator, "attacher", statement).client("iam")
    make_role(bench, "attached")
    for name, fits in (("bedrock-flow-caller-x", True), ("other", False)):
        arn = bench.client("iam").create_policy(PolicyName=name, PolicyDocument=write(allow("s3:*")))["Policy"]["Arn"]
        if fits:
            role.attach_role_policy(RoleName="attached", PolicyArn=arn)
        else:
            with not_authorized("iam:AttachRolePolicy"):
                role.attach_role_policy(RoleName="attached", PolicyArn=arn)


@pytest.mark.parametrize("missing", ["iam:TagRole", "iam:TagPolicy", "kms:TagResource", "bedrock:TagResource"])
def test_tagging_on_creation_needs_its_own_permission(
    missing: str, bench: Bench, operator: Bench, service_role: str
) -> None:
    name = missing.replace(":", "-")
    rest = {**allow(missing, sid="Not"), "Effect": "Deny"}
    role = take_role(bench, operator, name, allow("iam:*", "kms:*", "bedrock:*"), rest)
    tags = [{"Key": "a", "Value": "b"}]
    calls: dict[str, Any] = {
        "iam:TagRole": lambda: role.client("iam").create_role(
            RoleName=f"{name}-made", AssumeRolePolicyDocument=json.dumps(TRUST), Tags=tags
        ),
        "iam:TagPolicy": lambda: role.client("iam").create_policy(
            PolicyName=name, PolicyDocument=write(allow("s3:*")), Tags=tags
        ),
        "kms:TagResource": lambda: role.client("kms").create_key(Tags=[{"TagKey": "a", "TagValue": "b"}]),
        "bedrock:TagResource": lambda: role.client("bedrock-agent").create_flow(
            name=name, executionRoleArn=service_role, tags={"a": "b"}
        ),
    }
    with not_authorized(missing, reason="with an explicit deny"):
        calls[missing]()


def test_a_key_is_used_with_the_required_encryption_context(bench: Bench, operator: Bench) -> None:
    key = bench.client("kms").create_key()["KeyMetadata"]["KeyId"]
    condition = {"StringEquals": {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}}
    user = take_role(bench, operator, "user-of-key", {**allow("kms:Encrypt", "kms:Decrypt"), "Condition": condition})
    kms = user.client("kms")
    blob = kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"text"
    with not_authorized("kms:Encrypt", key):
        kms.encrypt(KeyId=key, Plaintext=b"text")
    with not_authorized("kms:Decrypt", key):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"other": "flow"})
    with not_authorized("kms:DescribeKey", key):
        kms.describe_key(KeyId=key)


def test_an_alias_needs_permissions_on_the_alias_and_each_key(bench: Bench, operator: Bench) -> None:
    old, new = (bench.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/bedrock-flows/x"
    name = "alias/bedrock-flows/x"
    role = take_role(bench, operator, "namer", allow("kms:*Alias", resource=[alias, old])).client("kms")
    before = len(bench.read_decisions())
    role.create_alias(AliasName=name, TargetKeyId=old.rsplit("/", 1)[-1])
    assert list_new(bench, before) == [("kms:CreateAlias", alias, "allowed"), ("kms:CreateAlias", old, "allowed")]
    with not_authorized("kms:UpdateAlias", new.rsplit("/", 1)[-1]):
        role.update_alias(AliasName=name, TargetKeyId=new)
    before = len(bench.read_decisions())
    bench.client("kms").update_alias(AliasName=name, TargetKeyId=new)
    assert {resource for _, resource, _ in list_new(bench, before)} == {alias, old, new}
    with not_authorized("kms:DeleteAlias", new.rsplit("/", 1)[-1]):
        role.delete_alias(AliasName=name)


def test_writing_and_reading_a_flow_uses_the_caller_s_key_permissions(
    bench: Bench, operator: Bench, service_role: str
) -> None:
    key = bench.client("kms").create_key()["KeyMetadata"]["Arn"]
    role = take_role(bench, operator, "maker", allow("bedrock:*", "iam:PassRole", "kms:*"))
    flows = role.client("bedrock-agent")
    before = len(bench.read_decisions())
    flow = flows.create_flow(name="made", executionRoleArn=service_role, customerEncryptionKeyArn=key)
    asked = [item for item in bench.read_decisions()[before:] if item["resource"] == key]
    assert [item["action"] for item in asked] == ["kms:GenerateDataKey", "kms:Decrypt"]
    for item in asked:
        assert item["context"]["kms:viaservice"] == "bedrock.us-east-1.amazonaws.com"
        assert item["context"]["kms:encryptioncontext:aws:bedrock-flows:arn"] == flow["arn"]
        assert item["context"]["aws:viaawsservice"] == "true"
    other = bench.client("kms").create_key()["KeyMetadata"]["Arn"]
    calls: dict[str, tuple[Any, list[tuple[str, str]]]] = {
        "get_flow": ({}, [("kms:Decrypt", key)]),
        "prepare_flow": ({}, [("kms:GenerateDataKey", key), ("kms:Decrypt", key)]),
        "update_flow": (
            {"name": "made", "executionRoleArn": service_role, "customerEncryptionKeyArn": other},
            [("kms:GenerateDataKey", other), ("kms:Decrypt", other)],
        ),
        "list_flow_versions": ({}, []),
        "delete_flow": ({}, []),
    }
    for operation, (more, uses) in calls.items():
        before = len(bench.read_decisions())
        getattr(flows, operation)(flowIdentifier=flow["id"], **more)
        found = [(action, resource) for action, resource, _ in list_new(bench, before)]
        passed = [("iam:PassRole", service_role)] if operation == "update_flow" else []
        action = "".join(part.capitalize() for part in operation.split("_"))
        assert found == [(f"bedrock:{action}", flow["arn"]), *passed, *uses]


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:Decrypt", "iam:PassRole", "bedrock:CreateFlow"])
def test_a_flow_is_not_created_if_a_permission_is_missing(
    action: str, bench: Bench, operator: Bench, service_role: str
) -> None:
    rights = {"kms:GenerateDataKey", "kms:Decrypt", "iam:PassRole", "bedrock:CreateFlow"} - {action}
    name = action.replace(":", "-")
    flows = take_role(bench, operator, name, allow(*sorted(rights))).client("bedrock-agent")
    key = bench.client("kms").create_key()["KeyMetadata"]["Arn"]
    with not_authorized(action) as refusal:
        flows.create_flow(name=name, executionRoleArn=service_role, customerEncryptionKeyArn=key)
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/run" in str(refusal.value)
    assert name not in {flow["name"] for flow in bench.client("bedrock-agent").list_flows()["flowSummaries"]}


def test_a_flow_without_a_key_needs_no_kms_permission(bench: Bench, operator: Bench, service_role: str) -> None:
    flows = take_role(bench, operator, "keyless", allow("bedrock:*", "iam:PassRole")).client("bedrock-agent")
    flow = flows.create_flow(name="without-a-key", executionRoleArn=service_role)
    assert flows.get_flow(flowIdentifier=flow["id"])["name"] == "without-a-key"


def test_errors_have_the_codes_of_their_services(bench: Bench, operator: Bench) -> None:
    nobody = take_role(bench, operator, "nobody")
    calls = {
        "AccessDenied": lambda: nobody.client("iam").list_roles(),
        "AccessDeniedException": lambda: nobody.client("kms").list_aliases(),
    }
    for code, call in calls.items():
        with pytest.raises(ClientError) as refusal:
            call()
        assert refusal.value.response["Error"]["Code"] == code
    with pytest.raises(ClientError) as refusal:
        nobody.client("bedrock-agent").list_flows()
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
