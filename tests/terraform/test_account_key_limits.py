"""The account holds KMS's limits and rules for key policies where moto does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from identities import (
    ACCOUNT,
    BEDROCK_TRUST,
    OTHER_ACCOUNT,
    allow,
    assume,
    in_other_account,
    make_operator,
    make_role,
)
from identities import write_document as write
from refusals import refused

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


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


def write_key_policy(*principals: str, action: str = "kms:*", more: tuple[dict[str, Any], ...] = ()) -> str:
    statement = {"Sid": "Keep", "Effect": "Allow", "Action": action, "Resource": "*"}
    return write({**statement, "Principal": {"AWS": list(principals)}}, *more)


def test_a_key_policy_has_at_most_32768_bytes(kms: Any) -> None:
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
def test_a_key_policy_that_locks_its_author_out_is_rejected(policy: str, kms: Any) -> None:
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


def test_a_key_policy_for_another_role_locks_its_author_out(bench: Bench, operator: Bench) -> None:
    other = make_role(bench, "keeper-of-keys")
    author = assume(operator, make_role(bench, "author", allow("kms:*"))).client("kms")
    with refused("MalformedPolicyDocumentException", "will not allow you to update"):
        author.create_key(Policy=write_key_policy(other))
    author.create_key(Policy=write_key_policy(other, f"arn:aws:iam::{ACCOUNT}:role/author"))


@pytest.mark.parametrize(
    "policy", ["no JSON", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*"}]}']
)
def test_a_key_policy_is_a_valid_policy(policy: str, kms: Any) -> None:
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(Policy=policy)


def test_a_key_policy_names_principals_that_exist(bench: Bench, kms: Any) -> None:
    make_role(bench, "somebody")  # of an account without roles, nothing is known
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(
            KeyId=key, PolicyName="default", Policy=write_key_policy(ROOT, f"arn:aws:iam::{ACCOUNT}:role/nobody")
        )
    guest = f"arn:aws:iam::{OTHER_ACCOUNT}:role/guest"
    in_other_account(bench, "iam").create_role(RoleName="host", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=write_key_policy(ROOT, guest))
    in_other_account(bench, "iam").create_role(RoleName="guest", AssumeRolePolicyDocument=json.dumps(BEDROCK_TRUST))
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
def test_an_alias_has_at_most_256_characters_of_a_small_set(name: str, kms: Any) -> None:
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
