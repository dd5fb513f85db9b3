"""Who makes a call: the principal behind an access key, its policies, and what its requests say of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from account.decisions import Policies, Principal, Statement, read_policy

FORWARDED = "x-account-called-via"
"""A header that the account's own services send: which service calls on behalf of whom the access key belongs to."""
SENT_TO = "x-moto-account-id"


class UnknownSessionError(Exception):
    """The credentials of a role that is gone."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal with its own policies and the global keys of its requests."""

    principal: Principal
    identity: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None
    context: dict[str, str]

    def ask(self, resource_policy: tuple[Statement, ...] | None) -> Policies:
        """Return what decides a call of this caller on a resource with such a policy."""
        return Policies(self.identity, self.boundary, resource_policy)


def find_caller(response: Any) -> Caller:
    """Return who makes a request of moto's; an access key that nobody made is the root of the request's account.

    Raises UnknownSessionError where a session's role is gone, or was made anew since.
    """
    account, partition, key = response.current_account, response.partition, response.access_key
    made = iam_backends[account][partition].access_keys.get(key)
    if made is None:
        return _describe_root(account, partition)
    if made.role_arn:
        return _describe_session(account, partition, key, made.role_arn)
    return _describe_user(account, partition, made.user_name)


def list_services(response: Any) -> list[str]:
    """Return the services that a request came through on behalf of its caller."""
    found = response.headers.get(FORWARDED)
    return [found] if found else []


def describe_service_role(response: Any, arn: str) -> Caller:
    """Return a role as Bedrock assumes it while a flow of the request's account runs; it must exist."""
    account, partition = response.current_account, response.partition
    (role,) = [role for role in iam_backends[account][partition].roles.values() if role.arn == arn]
    principal = Principal(f"arn:{partition}:sts::{account}:assumed-role/{role.name}/BedrockFlows", arn)
    boundary = _find_boundary(role, account, partition)
    context = _write_context(principal, f"{role.id}:BedrockFlows", "AssumedRole")
    return Caller(principal, list_policies(role), boundary, context)


def list_policies(owner: Any) -> tuple[Statement, ...]:
    """Return the statements of the policies that are attached to, or embedded in, a role, user or group of moto's."""
    attached = [statement for policy in owner.managed_policies.values() for statement in read_managed_policy(policy)]
    embedded = [statement for name, text in owner.policies.items() for statement in read_policy(name, json.loads(text))]
    return (*attached, *embedded)


def read_managed_policy(policy: Any) -> tuple[Statement, ...]:
    """Return the statements of a managed policy of moto's, in its default version."""
    (text,) = [item.document for item in policy.versions if item.version_id == policy.default_version_id]
    return read_policy(policy.name, json.loads(text))


def _describe_root(account: str, partition: str) -> Caller:
    principal = Principal(f"arn:{partition}:iam::{account}:root")
    return Caller(principal, (), None, _write_context(principal, account, "Account"))


def _describe_user(account: str, partition: str, name: str) -> Caller:
    backend = iam_backends[account][partition]
    user = backend.users[name]
    groups = [statement for group in backend.get_groups_for_user(name) for statement in list_policies(group)]
    principal = Principal(user.arn)
    context = _write_context(principal, user.id, "User") | {"aws:username": name}
    return Caller(principal, (*list_policies(user), *groups), None, context)


def _describe_session(account: str, partition: str, key: str, role_arn: str) -> Caller:
    session = sts_backends[account][partition].get_assumed_role_from_access_key(key)
    roles = [role for role in iam_backends[account][partition].roles.values() if role.arn == role_arn]
    if session is None or not roles or session.role_id != roles[0].id:
        raise UnknownSessionError
    role = roles[0]
    principal = Principal(session.arn, role.arn)
    boundary = _find_boundary(role, account, partition)
    context = _write_context(principal, session.user_id, "AssumedRole")
    return Caller(principal, list_policies(role), boundary, context)


def _find_boundary(role: Any, account: str, partition: str) -> tuple[Statement, ...] | None:
    if not role.permissions_boundary_arn:
        return None
    return read_managed_policy(iam_backends[account][partition].managed_policies[role.permissions_boundary_arn])


def _write_context(principal: Principal, identifier: str, kind: str) -> dict[str, str]:
    """Return the global keys that a request carries of its caller, in lower case."""
    return {
        "aws:principalarn": principal.role or principal.arn,
        "aws:principalaccount": principal.account or "",
        "aws:principaltype": kind,
        "aws:userid": identifier,
        # The loopback address stands for AWS's endpoints, which speak TLS.
        "aws:securetransport": "true",
    }
