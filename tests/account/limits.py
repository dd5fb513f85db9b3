"""Limits of KMS and IAM that moto does not hold, and the rotation period that it forgets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.iam.exceptions import IAMException
from moto.iam.models import IAMBackend, iam_backends
from moto.kms.responses import KmsResponse

from account.requests import InvalidRequestError, read_request

LARGEST_POLICY = 6144
LARGEST_KEY_POLICY = 32_768
LARGEST_TRUST = 2048
MOST_ATTACHMENTS = 10
SSO = "/aws-reserved/sso.amazonaws.com/"


def check_key_policy(text: str, account: str) -> None:
    """Refuse a key policy that is malformed, too long, names nobody that exists, or locks everybody out."""
    if len(text) > LARGEST_KEY_POLICY:
        raise InvalidRequestError("the policy is too long", "LimitExceededException")
    statements = json.loads(text)["Statement"]
    principals = [arn for statement in statements for arn in list_principals(statement)]
    known = {role.arn for backend in iam_backends[account].values() for role in backend.roles.values()}
    for arn in principals:
        if f":iam::{account}:role/" in arn and arn not in known:
            raise InvalidRequestError(f"the principal {arn} does not exist", "MalformedPolicyDocumentException")
    lets_in = [
        statement
        for statement in statements
        if statement["Effect"] == "Allow"
        and {"kms:*", "kms:PutKeyPolicy"} & set(as_list(statement["Action"]))
        and any(f"::{account}:" in arn for arn in list_principals(statement))
    ]
    if not lets_in:
        message = "The new key policy will not allow you to update the key policy in the future."
        raise InvalidRequestError(message, "MalformedPolicyDocumentException")


def list_principals(statement: dict[str, Any]) -> list[str]:
    """Return the AWS principals of a statement."""
    principal = statement.get("Principal", {})
    return as_list(principal.get("AWS", []) if isinstance(principal, dict) else principal)


def as_list(value: Any) -> list[Any]:
    """Return a list, of one where a policy writes the thing alone."""
    return value if isinstance(value, list) else [value]


def install_kms_limits() -> None:
    """Hold KMS's requests against its model, its key policies against its rules, and remember rotation periods."""
    replace(KmsResponse, "create_key", _wrap_kms("CreateKey"))
    replace(KmsResponse, "create_alias", _wrap_kms("CreateAlias"))
    replace(KmsResponse, "schedule_key_deletion", _wrap_kms("ScheduleKeyDeletion"))
    replace(KmsResponse, "put_key_policy", _wrap_kms("PutKeyPolicy"))
    replace(KmsResponse, "enable_key_rotation", _remember_rotation)
    replace(KmsResponse, "get_key_rotation_status", _tell_rotation)


def install_iam_limits() -> None:
    """Hold names, sizes and numbers of IAM."""
    replace(IAMBackend, "create_role", _check_role)
    replace(IAMBackend, "create_policy", _check_policy)
    replace(IAMBackend, "attach_role_policy", _check_attachment)


def replace(owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Put `wrapper(real, self, ...)` in the place of a method."""
    real = getattr(owner, name)
    setattr(owner, name, lambda self, *arguments, **named: wrapper(real, self, *arguments, **named))


def _wrap_kms(operation: str) -> Callable[..., Any]:
    def answer(real: Callable[..., Any], self: Any) -> Any:
        request = read_request("kms", operation, self.body)
        if request.get("Policy"):
            check_key_policy(request["Policy"], self.current_account)
        if not re.fullmatch(r"alias/[a-zA-Z0-9/_-]+", request.get("AliasName", "alias/x")):
            raise InvalidRequestError("Alias contains invalid characters", "InvalidAliasNameException")
        if not 7 <= request.get("PendingWindowInDays", 30) <= 30:
            raise InvalidRequestError("PendingWindowInDays must be between 7 and 30")
        return real(self)

    return answer


def _find_key(self: Any) -> Any:
    backend = self.kms_backend
    return backend.keys[backend.get_key_id(json.loads(self.body)["KeyId"])]


def _remember_rotation(real: Callable[..., Any], self: Any) -> Any:
    days = read_request("kms", "EnableKeyRotation", self.body).get("RotationPeriodInDays", 365)
    if not 90 <= days <= 2560:
        raise InvalidRequestError("RotationPeriodInDays must be between 90 and 2560")
    answer = real(self)
    _find_key(self).rotation_period = days
    return answer


def _tell_rotation(real: Callable[..., Any], self: Any) -> str:
    status = json.loads(real(self))
    if status["KeyRotationEnabled"]:
        status["RotationPeriodInDays"] = getattr(_find_key(self), "rotation_period", 365)
    return json.dumps(status)


def _check_role(real: Callable[..., Any], self: Any, role_name: str, trust: str, *rest: Any, **named: Any) -> Any:
    if len(role_name) > 64:
        raise IAMException("ValidationError", "a role's name has at most 64 characters")
    if role_name.lower() in {role.name.lower() for role in self.roles.values()}:
        raise IAMException("EntityAlreadyExists", f"Role with name {role_name} already exists.")
    if len(re.sub(r"\s", "", trust)) > LARGEST_TRUST:
        raise IAMException("LimitExceeded", "a trust policy has at most 2,048 characters")
    return real(self, role_name, trust, *rest, **named)


def _check_policy(real: Callable[..., Any], self: Any, *arguments: Any, **named: Any) -> Any:
    values = (
        dict(zip(("description", "path", "policy_document", "policy_name", "tags"), arguments, strict=False)) | named
    )
    if len(re.sub(r"\s", "", values["policy_document"])) > LARGEST_POLICY:
        raise IAMException("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
    if not values["description"].isascii() and not _is_latin(values["description"]):
        raise IAMException("ValidationError", "a description is Latin-1")
    if len(values["policy_name"]) > 128:
        raise IAMException("ValidationError", "a policy's name has at most 128 characters")
    return real(self, *arguments, **named)


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _check_attachment(real: Callable[..., Any], self: Any, policy_arn: str, role_name: str) -> Any:
    role = self.get_role(role_name)
    if SSO in role.arn:
        raise IAMException("UnmodifiableEntity", "Roles of IAM Identity Center cannot be changed.")
    if policy_arn not in role.managed_policies and len(role.managed_policies) >= MOST_ATTACHMENTS:
        raise IAMException("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
    return real(self, policy_arn, role_name)
