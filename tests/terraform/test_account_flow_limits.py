"""The account holds what Amazon Bedrock asks of a flow's name, role and key, and keeps flows in use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from identities import (
    ACCOUNT,
    BEDROCK_TRUST,
    OTHER_ACCOUNT,
    make_service_role,
)
from refusals import refused
from released import make_alias, make_flow_of, make_version

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("limits")) as bench:
        yield bench


@pytest.fixture(scope="module")
def kms(bench: Bench) -> Any:
    return bench.client("kms")


@pytest.fixture(scope="module")
def flows(bench: Bench) -> Any:
    return bench.client("bedrock-agent")


def test_a_flow_name_has_at_most_200_characters(bench: Bench, flows: Any) -> None:
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
def test_a_flow_s_role_trusts_bedrock(old: str, new: str, bench: Bench, flows: Any) -> None:
    name = f"AmazonBedrockFlow-{re.sub('[^a-z]', '', new)}"
    role = make_service_role(bench, name, json.loads(json.dumps(BEDROCK_TRUST).replace(old, new)))
    with refused("ValidationException", "cannot assume"):
        flows.create_flow(name="untrusting", executionRoleArn=role)
    bench.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(BEDROCK_TRUST))
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
    flow = make_flow_of(bench, "in-use", role)
    version = make_version(bench, flow)
    alias = make_alias(bench, flow, version)
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
