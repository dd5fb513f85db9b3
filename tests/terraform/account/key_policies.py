"""Keys of KMS and their policies: whom a policy means, whom it locks out, and how it reads when somebody is gone.

KMS keeps the unique id of a role or user that a key policy names. Who is deleted and made again under the same name is
somebody else to it, and GetKeyPolicy then shows the id of the one that is gone.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import KmsBackend, kms_backends

from account.callers import Caller
from account.decisions import Principal, read_policy
from account.decisions.principals import Naming, find_naming
from account.requests import InvalidRequestError

LARGEST_KEY_POLICY = 32_768
MALFORMED = "MalformedPolicyDocumentException"


def find_key(name: str, account: str = "", region: str = "") -> Any:
    """Return the key of an id, ARN or alias, None where there is none."""
    if name.startswith("arn:"):
        _, _, _, region, account, name = name.split(":", 5)
    backend = kms_backends[account][region]
    identifier = backend.get_key_id_from_alias(name) if name.startswith("alias/") else name.removeprefix("key/")
    return backend.keys.get(identifier)


def check_key_policy(text: str, caller: Caller, key_arn: str, *, bypass: bool) -> None:
    """Refuse a key policy that is too long or malformed, names nobody that exists, or locks its author out."""
    if len(text.encode("utf-8")) > LARGEST_KEY_POLICY:
        raise InvalidRequestError("The key policy is too long", "LimitExceededException")
    document = read_document(text)
    for arn in list_principals(document):
        check_principal(arn, "Policy contains a statement with one or more invalid principals.")
    if not bypass and not _may_put_again(document, caller.principal, key_arn):
        message = "The new key policy will not allow you to update the key policy in the future."
        raise InvalidRequestError(message, MALFORMED)


def read_document(text: str) -> dict[str, Any]:
    """Return a key policy as data, or raise what KMS says of one that is none."""
    try:
        document: dict[str, Any] = json.loads(text)
        complete = all({"Principal", "Effect"} <= set(statement) for statement in document["Statement"])
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise InvalidRequestError("The policy is not valid JSON, or a statement has no principal", MALFORMED)
    return document


def list_principals(document: dict[str, Any]) -> list[str]:
    """Return the AWS principals of a resource's policy."""
    return [name for statement in read_policy("policy", document) for name in statement.principals.get("AWS", ())]


def check_principal(arn: str, message: str) -> None:
    """Refuse a role or user that does not exist in an account that this one knows of."""
    account = arn.split(":")[4] if arn.startswith("arn:") else ""
    is_entity = ":role/" in arn or ":user/" in arn
    known = account in iam_backends and any(
        backend.roles or backend.users for backend in iam_backends[account].values()
    )
    if (is_entity and known and find_unique_id(arn) is None) or arn.startswith(("AROA", "AIDA")):
        raise InvalidRequestError(message, MALFORMED)


def find_unique_id(arn: str) -> str | None:
    """Return the unique id of the role or user of an ARN, None where there is none."""
    for backend in iam_backends[arn.split(":")[4]].values():
        for entity in (*backend.roles.values(), *backend.users.values()):
            if entity.arn == arn:
                return str(entity.id)
    return None


def show_key_policy(key: Any) -> str:
    """Return a key's policy as GetKeyPolicy shows it: of who is gone, only the unique id is left."""
    text = str(key.policy)
    for arn, identifier in getattr(key, "principal_ids", {}).items():
        if find_unique_id(arn) != identifier:
            text = text.replace(json.dumps(arn), json.dumps(identifier))
    return text


def remember_principals(key: Any) -> None:
    """Note who the roles and users are that a key's policy names, at the time when it is put."""
    found = {arn: find_unique_id(arn) for arn in list_principals(json.loads(key.policy)) if arn.startswith("arn:")}
    key.principal_ids = {arn: identifier for arn, identifier in found.items() if identifier is not None}


def install_key_policies() -> None:
    """Have moto note the principals of key policies, and show who is gone."""
    create, put = KmsBackend.create_key, KmsBackend.put_key_policy

    def create_key(self: Any, *arguments: Any, **named: Any) -> Any:
        key = create(self, *arguments, **named)
        remember_principals(key)
        return key

    def put_key_policy(self: Any, key_id: str, policy: str) -> None:
        put(self, key_id, policy)
        remember_principals(self.keys[self.get_key_id(key_id)])

    def get_key_policy(self: Any, key_id: str) -> str:
        return show_key_policy(self.keys[self.get_key_id(key_id)])

    KmsBackend.create_key, KmsBackend.put_key_policy = create_key, put_key_policy
    KmsBackend.get_key_policy = get_key_policy


def _may_put_again(document: dict[str, Any], principal: Principal, key_arn: str) -> bool:
    """Return whether a key policy lets its author, or the author's account, put the next one."""
    statements = [
        statement
        for statement in read_policy("policy", document)
        if statement.speaks_of("kms:PutKeyPolicy", key_arn, {})
        and find_naming(statement, principal) is not Naming.NOT_AT_ALL
    ]
    return bool(statements) and all(statement.allows for statement in statements)
