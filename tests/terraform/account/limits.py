"""Limits of IAM and KMS that moto does not hold, and the rotation period that it forgets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.iam.exceptions import IAMException
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.sts.models import STSBackend

from account.callers import find_caller
from account.key_policies import check_key_policy, check_principal, list_principals
from account.needs import ACTIONS, UNMADE_KEY
from account.requests import InvalidRequestError, find_faults, load_model, read_request

LARGEST_POLICY = 6144
LARGEST_TRUST = 2048
LARGEST_EMBEDDED = 10_240
MOST_ATTACHMENTS = 10
SSO = "/aws-reserved/sso.amazonaws.com/"
IDENTITY_CENTER = "/aws-service-role/sso.amazonaws.com/"
READING = ("Get", "List", "Simulate", "Generate")


def install_kms_limits() -> None:
    """Hold KMS's requests against its model, its key policies against its rules, and remember rotation periods."""
    for operation in ("CreateKey", "CreateAlias", "ScheduleKeyDeletion", "PutKeyPolicy"):
        replace(KmsResponse, camelcase_to_underscores(operation), _wrap_kms(operation))
    replace(KmsResponse, "enable_key_rotation", _remember_rotation)
    replace(KmsResponse, "get_key_rotation_status", _tell_rotation)
    # moto's own look at key policies knows no conditions; each call was decided before.
    replace(KmsResponse, "_validate_key_policy", lambda real, self, *rest: None)


def install_iam_limits() -> None:
    """Hold IAM's requests against its model, and names, sizes and numbers that the model does not tell."""
    for operation in ACTIONS["iam"]:
        if hasattr(IamResponse, camelcase_to_underscores(operation)):
            replace(IamResponse, camelcase_to_underscores(operation), _wrap_iam(operation))
    replace(IAMBackend, "create_role", _check_role)
    replace(IAMBackend, "update_assume_role_policy", _check_trust)
    replace(IAMBackend, "put_role_permissions_boundary", _check_new_boundary)
    replace(IAMBackend, "put_role_policy", _check_embedded)
    replace(IAMBackend, "create_policy", _check_policy)
    replace(IAMBackend, "create_policy_version", _check_version)
    replace(IAMBackend, "delete_policy", _check_deletion)
    replace(IAMBackend, "attach_role_policy", _check_attachment)
    replace(STSBackend, "assume_role", _refuse_session_policy)


def replace(owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Put `wrapper(real, self, ...)` in the place of a method."""
    real = getattr(owner, name)
    setattr(owner, name, lambda self, *arguments, **named: wrapper(real, self, *arguments, **named))


def _wrap_kms(operation: str) -> Callable[..., Any]:
    def answer(real: Callable[..., Any], self: Any) -> Any:
        request = read_request("kms", operation, self.body)
        if request.get("Policy"):
            key = request.get("KeyId", UNMADE_KEY).rsplit("/", 1)[-1]
            arn = f"arn:{self.partition}:kms:{self.region}:{self.current_account}:key/{key}"
            bypass = request.get("BypassPolicyLockoutSafetyCheck", False)
            check_key_policy(request["Policy"], find_caller(self), arn, bypass=bypass)
        if not 7 <= request.get("PendingWindowInDays", 30) <= 30:
            raise InvalidRequestError("PendingWindowInDays must be between 7 and 30")
        return real(self)

    return answer


def _find_key(self: Any) -> Any:
    backend = self.kms_backend
    return backend.keys[backend.get_key_id(json.loads(self.body)["KeyId"])]


def _remember_rotation(real: Callable[..., Any], self: Any) -> Any:
    days = read_request("kms", "EnableKeyRotation", self.body).get("RotationPeriodInDays", 365)
    answer = real(self)
    _find_key(self).rotation_period = days
    return answer


def _tell_rotation(real: Callable[..., Any], self: Any) -> str:
    status = json.loads(real(self))
    if status["KeyRotationEnabled"]:
        status["RotationPeriodInDays"] = getattr(_find_key(self), "rotation_period", 365)
    return json.dumps(status)


def _wrap_iam(operation: str) -> Callable[..., Any]:
    def answer(real: Callable[..., Any], self: Any) -> Any:
        members = dict(self.params)
        shape = load_model("iam").operation_model(operation).input_shape
        if shape is not None and (faults := list(find_faults(shape, members, "input"))):
            raise IAMException("ValidationError", "; ".join(faults))
        if not operation.startswith(READING):
            _check_owner(self, members.get("RoleName"))
        return real(self)

    return answer


def _check_owner(response: Any, role_name: str | None) -> None:
    """Refuse to change a role of IAM Identity Center, unless its own service role does it."""
    reserved = [role for role in response.backend.roles.values() if role.name == role_name and SSO in role.arn]
    if reserved and IDENTITY_CENTER not in (find_caller(response).principal.role or ""):
        raise IAMException("UnmodifiableEntity", "Roles of IAM Identity Center cannot be changed.")


def _measure(document: str) -> int:
    """Return the characters of a policy that IAM counts: all but white space."""
    return len(re.sub(r"\s", "", document))


def _check_role(real: Callable[..., Any], self: Any, role_name: str, trust: str, *rest: Any, **named: Any) -> Any:
    if role_name.lower() in {role.name.lower() for role in self.roles.values()}:
        raise IAMException("EntityAlreadyExists", f"Role with name {role_name} already exists.")
    boundary = named.get("permissions_boundary") or (rest[1] if len(rest) > 1 else None)
    _check_boundary(self, boundary)
    _check_trust_text(trust)
    return real(self, role_name, trust, *rest, **named)


def _check_trust(real: Callable[..., Any], self: Any, role_name: str, trust: str) -> Any:
    _check_trust_text(trust)
    return real(self, role_name, trust)


def _check_trust_text(trust: str) -> None:
    if _measure(trust) > LARGEST_TRUST:
        raise IAMException("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")
    for arn in list_principals(json.loads(trust)):
        try:
            check_principal(arn, f"Invalid principal in policy: {arn}")
        except InvalidRequestError as error:
            raise IAMException("MalformedPolicyDocument", error.message) from error


def _check_new_boundary(real: Callable[..., Any], self: Any, role_name: str, permissions_boundary: str) -> Any:
    _check_boundary(self, permissions_boundary)
    return real(self, role_name, permissions_boundary)


def _check_boundary(backend: Any, arn: str | None) -> None:
    if arn and arn not in backend.managed_policies:
        raise IAMException("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")


def _check_embedded(real: Callable[..., Any], self: Any, role_name: str, policy_name: str, document: str) -> Any:
    others = [text for name, text in self.get_role(role_name).policies.items() if name != policy_name]
    if sum(map(_measure, [*others, document])) > LARGEST_EMBEDDED:
        raise IAMException("LimitExceeded", f"Maximum policy size of {LARGEST_EMBEDDED} bytes exceeded")
    return real(self, role_name, policy_name, document)


def _check_policy(real: Callable[..., Any], self: Any, *arguments: Any, **named: Any) -> Any:
    values = (
        dict(zip(("description", "path", "policy_document", "policy_name", "tags"), arguments, strict=False)) | named
    )
    _check_policy_size(values["policy_document"])
    if not _is_latin(values["description"] or ""):
        raise IAMException("ValidationError", "Value at 'description' must be Latin-1")
    known = {policy.name.lower() for policy in self.managed_policies.values() if policy.account_id == self.account_id}
    if values["policy_name"].lower() in known:
        raise IAMException("EntityAlreadyExists", f"A policy called {values['policy_name']} already exists.")
    return real(self, *arguments, **named)


def _check_version(
    real: Callable[..., Any], self: Any, policy_arn: str, policy_document: str, set_as_default: bool
) -> Any:
    _check_policy_size(policy_document)
    return real(self, policy_arn, policy_document, set_as_default)


def _check_policy_size(document: str) -> None:
    if _measure(document) > LARGEST_POLICY:
        raise IAMException("LimitExceeded", f"Cannot exceed quota for PolicySize: {LARGEST_POLICY}")


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _check_deletion(real: Callable[..., Any], self: Any, policy_arn: str) -> Any:
    policy = self.managed_policies.get(policy_arn)
    bounded = any(role.permissions_boundary_arn == policy_arn for role in self.roles.values())
    if policy is not None and (policy.attachment_count or bounded):
        raise IAMException("DeleteConflict", "Cannot delete a policy attached to entities.")
    if policy is not None and len(policy.versions) > 1:
        message = "This policy has more than one version. Before you delete a policy, you must delete the others."
        raise IAMException("DeleteConflict", message)
    return real(self, policy_arn)


def _check_attachment(real: Callable[..., Any], self: Any, policy_arn: str, role_name: str) -> Any:
    role = self.get_role(role_name)
    if policy_arn not in role.managed_policies and len(role.managed_policies) >= MOST_ATTACHMENTS:
        raise IAMException("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHMENTS}")
    return real(self, policy_arn, role_name)


def _refuse_session_policy(real: Callable[..., Any], self: Any, *arguments: Any, **named: Any) -> Any:
    """Keep who the role is for the life of the session; policies of sessions are not decided here."""
    if named.get("policy"):
        raise IAMException("ValidationError", "this account decides no session policies")
    session = real(self, *arguments, **named)
    roles = iam_backends[session.account_id][self.partition].roles.values()
    session.role_id = next((role.id for role in roles if role.arn == session.role_arn), None)
    return session
