"""What a call needs: its action, the resources that the action is about, and the keys of the request's context.

The kinds of resource are those of AWS's Service Authorization Reference (actions.json, by tools/refresh_actions.py);
what a kind is called in a request is in `RESOURCES`. Rights that only some requests need, such as tagging what is being
made, are those that the API's own reference names.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.iam.models import iam_backends

from account.key_policies import find_key, show_key_policy
from account.requests import load_model

ACTIONS = json.loads(Path(__file__).with_name("actions.json").read_text(encoding="utf-8"))
TAGGING = {"CreateRole": "TagRole", "CreatePolicy": "TagPolicy", "CreateUser": "TagUser", "CreateKey": "TagResource"}
PREFIXES = {"cloudcontrolapi": "cloudformation"}
"""What IAM calls a service that signs under another name."""
KEY_POLICY, TRUST_POLICY = "key policy", "trust policy"
UNMADE_KEY = "00000000-0000-0000-0000-000000000000"
"""Stands for the key that CreateKey is about to make: only a pattern can mean it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One action on one resource, and the resource's own policy where it has one: its name and document."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)
    resource_policy: tuple[str, dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that moto is about to answer: the API's prefix in IAM, the operation, and the members of its request."""

    prefix: str
    operation: str
    members: dict[str, Any]
    account: str
    partition: str
    region: str

    def write_arn(self, resource: str, prefix: str = "") -> str:
        """Return the ARN of a resource of this account; IAM's have no region."""
        service = prefix or self.prefix
        region = "" if service == "iam" else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"


def read_call(response: Any) -> Call:
    """Return the call behind a request of moto's."""
    signed = load_model(response.service_name).signing_name
    prefix = PREFIXES.get(signed, signed)
    operation = response._get_action()
    if prefix == "kms":
        members = json.loads(response.body or "{}")
    elif prefix == "bedrock":
        members = {**json.loads(response.body or "{}"), **response.uri_match}
    else:
        members = dict(getattr(response, "params", {}))
    return Call(prefix, operation, members, response.current_account, response.partition, response.region)


def list_needs(call: Call) -> Iterator[Need]:
    """Yield what a call needs. GetCallerIdentity needs nothing: no policy can deny it."""
    if (call.prefix, call.operation) == ("sts", "GetCallerIdentity"):
        return
    kinds = ACTIONS[call.prefix].get(call.operation)
    if kinds is None:
        raise NotImplementedError(f"{call.prefix}:{call.operation} is not decided by this account")
    action, context = f"{call.prefix}:{call.operation}", _write_context(call)
    resources = [arn for kind in kinds for arn in RESOURCES[kind](call)] or ["*"]
    yield from (Need(action, arn, context, find_policy(call, arn)) for arn in resources)
    if call.operation in TAGGING and call.members.get("Tags"):
        named = [call.write_arn(f"key/{UNMADE_KEY}")] if call.prefix == "kms" else resources
        yield from (Need(f"{call.prefix}:{TAGGING[call.operation]}", arn, context) for arn in named)


def find_policy(call: Call, arn: str) -> tuple[str, dict[str, Any]] | None:
    """Return the policy of a resource; only keys, and roles that are to be assumed, have one."""
    if call.prefix == "kms" and ":key/" in arn:
        key = find_key(arn)
        return None if key is None else (KEY_POLICY, json.loads(show_key_policy(key)))
    if call.operation == "AssumeRole":
        roles = iam_backends[arn.split(":")[4]][call.partition].roles.values()
        texts = [role.assume_role_policy_document for role in roles if role.arn == arn]
        return TRUST_POLICY, json.loads(texts[0]) if texts else {"Version": "2012-10-17", "Statement": []}
    return None


def find_flow_arn(call: Call) -> str:
    """Return the ARN of the flow that a request names by its id or ARN."""
    identifier = call.members["flowIdentifier"]
    return identifier if identifier.startswith("arn:") else call.write_arn(f"flow/{identifier}")


def _find_by_name(call: Call, collection: str, kind: str, member: str) -> list[str]:
    """Return the ARN of the role, user, group or profile that a request names, which need not exist."""
    name = call.members.get(member)
    if name is None:
        return []
    found = getattr(iam_backends[call.account][call.partition], collection).values()
    known = [item.arn for item in found if item.name.lower() == name.lower()]
    return known[:1] or [call.write_arn(f"{kind}{call.members.get('Path', '/')}{name}")]


def _find_named(collection: str, kind: str, member: str) -> Callable[[Call], list[str]]:
    return lambda call: _find_by_name(call, collection, kind, member)


def _find_managed_policy(call: Call) -> list[str]:
    if arn := call.members.get("PolicyArn"):
        return [arn]
    name = call.members.get("PolicyName")
    return [] if name is None else [call.write_arn(f"policy{call.members.get('Path', '/')}{name}")]


def _find_keys(call: Call) -> list[str]:
    """Return the ARNs of the keys of a request: those that it names, and the one that its alias leads to now."""
    names = [call.members[member] for member in ("KeyId", "TargetKeyId", "AliasName") if call.members.get(member)]
    if not names and "CiphertextBlob" in call.members:
        # moto writes the key's id in front of what it encrypts, as KMS does in its own way.
        names = [base64.b64decode(call.members["CiphertextBlob"])[: len(UNMADE_KEY)].decode("ascii")]
    found = {name: find_key(name, call.account, call.region) for name in names}
    known = [key.arn for key in found.values() if key is not None]
    missing = [name if ":" in name else call.write_arn(f"key/{name}") for name in names if found[name] is None]
    return list(dict.fromkeys([*known, *(arn for arn in missing if ":key/" in arn and "alias/" not in arn)]))


def _find_tagged_flow(call: Call, *, alias: bool) -> list[str]:
    arn = call.members.get("resourceArn", "")
    return [arn] if arn and ("/alias/" in arn) is alias else []


def _find_flow(call: Call) -> list[str]:
    return [find_flow_arn(call)] if "flowIdentifier" in call.members else _find_tagged_flow(call, alias=False)


def _find_flow_alias(call: Call) -> list[str]:
    identifier = call.members.get("aliasIdentifier") or call.members.get("flowAliasIdentifier")
    if identifier is None:
        return _find_tagged_flow(call, alias=True)
    return [identifier if identifier.startswith("arn:") else f"{find_flow_arn(call)}/alias/{identifier}"]


def _find_flow_execution(call: Call) -> list[str]:
    name = call.members["executionIdentifier"]
    return [name if name.startswith("arn:") else f"{_find_flow_alias(call)[0]}/execution/{name}"]


RESOURCES: dict[str, Callable[[Call], list[str]]] = {
    "alias": lambda call: [call.write_arn(call.members["AliasName"])],
    "flow": _find_flow,
    "flow-alias": _find_flow_alias,
    "flow-execution": _find_flow_execution,
    "group": _find_named("groups", "group", "GroupName"),
    "instance-profile": _find_named("instance_profiles", "instance-profile", "InstanceProfileName"),
    "key": _find_keys,
    "policy": _find_managed_policy,
    "role": lambda call: (
        [call.members["RoleArn"]] if "RoleArn" in call.members else _find_by_name(call, "roles", "role", "RoleName")
    ),
    "user": _find_named("users", "user", "UserName"),
}


def _write_context(call: Call) -> dict[str, Any]:
    """Return the keys of the context that the request itself sets, in lower case."""
    members, context = call.members, {}
    tags = members.get("Tags") or members.get("tags") or []
    pairs = (
        tags if isinstance(tags, dict) else {tag.get("Key", tag.get("TagKey")): _find_tag_value(tag) for tag in tags}
    )
    context |= {f"aws:requesttag/{key}".lower(): value for key, value in pairs.items()}
    if names := [*pairs, *(members.get("TagKeys") or members.get("tagKeys") or [])]:
        context["aws:tagkeys"] = names
    if call.prefix == "iam":
        context |= _write_iam_context(call)
    if call.prefix == "kms":
        context["kms:calleraccount"] = call.account
        context |= write_encryption_context(members.get("EncryptionContext", {}))
    return context


def write_encryption_context(pairs: dict[str, str]) -> dict[str, Any]:
    """Return an encryption context as keys of a request's context."""
    keys = {f"kms:encryptioncontext:{name}".lower(): value for name, value in pairs.items()}
    return {**keys, "kms:encryptioncontextkeys": list(pairs)} if pairs else {}


def _find_tag_value(tag: dict[str, str]) -> str:
    return tag.get("Value", tag.get("TagValue", ""))


def _write_iam_context(call: Call) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if call.operation.startswith(("Attach", "Detach")):
        context["iam:policyarn"] = call.members["PolicyArn"]
    boundary = call.members.get("PermissionsBoundary")
    if boundary is None and "RoleName" in call.members:
        roles = iam_backends[call.account][call.partition].roles.values()
        boundary = next(
            (role.permissions_boundary_arn for role in roles if role.name == call.members["RoleName"]), None
        )
    if boundary:
        context["iam:permissionsboundary"] = boundary
    return context
