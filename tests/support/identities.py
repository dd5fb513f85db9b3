"""Identities in the account for tests: an operator who may assume roles, and roles with given policies."""

from __future__ import annotations

import json
from typing import Any

from bench import Bench

ACCOUNT, OTHER_ACCOUNT = "123456789012", "999999999999"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
EVERYBODY = {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
TRUST = {"Version": "2012-10-17", "Statement": [{**EVERYBODY, "Action": "sts:AssumeRole"}]}
BEDROCK_TRUST = {
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
"""The trust of a service role of flows."""
Statement = dict[str, Any]


def write_document(*statements: Statement) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, sid: str = "Allowed", resource: str | list[str] = "*") -> Statement:
    """Return a statement that allows actions."""
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def make_operator(bench: Bench, name: str = "operator") -> Bench:
    """Make the user who assumes roles, as the root does it, and act as that user."""
    iam = bench.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name, PolicyName="assume", PolicyDocument=write_document(allow("sts:AssumeRole", sid="Assume"))
    )
    return bench.acting_with(iam.create_access_key(UserName=name)["AccessKey"])


def make_role(bench: Bench, name: str, *statements: Statement, path: str = "/") -> str:
    """Make a role that the operator may assume, with its policy embedded; return its ARN."""
    iam = bench.client("iam")
    role = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=write_document(*statements))
    return str(role["Arn"])


def make_service_role(bench: Bench, name: str, trust: dict[str, Any] = BEDROCK_TRUST) -> str:
    """Make a role that Bedrock may assume for flows; return its ARN."""
    made = bench.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def make_sso_role(bench: Bench, operator: Bench, name: str, *statements: Statement) -> str:
    """Make a role of IAM Identity Center as that does it, by its own service role; return its ARN."""
    center = "AWSServiceRoleForSSO"
    names = {role["RoleName"] for role in bench.client("iam").list_roles()["Roles"]}
    if center not in names:
        make_role(bench, center, allow("iam:*", sid="Manage"), path="/aws-service-role/sso.amazonaws.com/")
    arn = bench.client("iam").get_role(RoleName=center)["Role"]["Arn"]
    return make_role(assume(operator, arn), name, *statements, path="/aws-reserved/sso.amazonaws.com/")


def assume(operator: Bench, arn: str) -> Bench:
    """Return the bench for a session of a role."""
    made = operator.client("sts").assume_role(RoleArn=arn, RoleSessionName="run")
    return operator.acting_with(made["Credentials"])


def in_other_account(bench: Bench, service: str) -> Any:
    """Return a client for the root of another account, as moto lets a request choose it."""
    client = bench.client(service)

    def choose(params: dict[str, Any], **_rest: Any) -> None:
        params["headers"]["x-moto-account-id"] = OTHER_ACCOUNT

    client.meta.events.register("before-call.*.*", choose)
    return client
