"""Every call is decided before it is answered, and each decision is written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from moto.core.exceptions import AccessDeniedError, InvalidClientTokenIdError, JsonRESTError
from moto.core.responses import BaseResponse

from account.callers import Caller, UnknownSessionError, find_caller, list_services
from account.decisions import Decision, Request, decide, read_policy
from account.needs import Need, list_needs, read_call
from account.turns import TURN

_files: list[Path] = []


XML = ("cloudformation", "iam", "sts")


class RefusedCallError(JsonRESTError):
    """A refusal as the services say it that speak JSON."""

    def __init__(self, message: str, code: int, kind: str = "AccessDeniedException") -> None:
        super().__init__(kind, message)
        self.code = code


def install_authorization(file: Path) -> None:
    """Have every call of moto's decided; append each decision to `file`, a JSON document a line."""
    file.touch()
    _files.append(file)
    BaseResponse._authenticate_and_authorize_normal_action = _authorize_call


def authorize(response: Any, *needs: Need, caller: Caller | None = None) -> None:
    """Decide what a request needs, and raise the refusal as AWS words it; `caller` is who acts in its course."""
    with TURN:
        _authorize(response, caller or _find_caller(response), needs)


def _authorize(response: Any, caller: Caller, needs: tuple[Need, ...]) -> None:
    for need in needs:
        context = {
            **caller.context,
            "aws:requestedregion": response.region,
            **write_forwarding(list_services(response)),
        }
        request = Request(
            caller.principal,
            need.action,
            need.resource,
            find_account(need.resource) or response.current_account,
            context | need.context,
        )
        policy = None if need.resource_policy is None else read_policy(*need.resource_policy)
        decision = decide(request, caller.ask(policy))
        _record(response, need, decision)
        if not decision.allowed:
            raise _refuse(response, decision.write_refusal())
        if need.action == "sts:AssumeRole" and caller.principal.is_root:
            raise _refuse(response, "Roles may not be assumed by root accounts.")


def write_forwarding(services: list[str]) -> dict[str, Any]:
    """Return the keys that say through which services a request came, the caller's own first."""
    if not services:
        return {"aws:viaawsservice": "false"}
    ends = {"aws:calledviafirst": services[0], "aws:calledvialast": services[-1]}
    return {"aws:viaawsservice": "true", "aws:calledvia": services, **ends}


def find_account(arn: str) -> str:
    """Return the account in an ARN, nothing where none is named."""
    return arn.split(":")[4] if arn.startswith("arn:") else ""


def _authorize_call(self: Any, resource: str = "*") -> None:
    authorize(self, *list_needs(read_call(self)))


def _find_caller(response: Any) -> Caller:
    try:
        return find_caller(response)
    except UnknownSessionError:
        error = InvalidClientTokenIdError()
        if response.service_name in XML:
            raise error from None
        raise RefusedCallError(error.message, 403, "UnrecognizedClientException") from None


def _refuse(response: Any, message: str) -> Exception:
    if response.service_name in XML:
        who, _, what = message.partition(" is not authorized to perform: ")
        error = AccessDeniedError(who.removeprefix("User: "), what)
        error.description = error.description.replace(error.message, message)
        return error
    return RefusedCallError(message, 400 if response.service_name == "kms" else 403)


def _record(response: Any, need: Need, decision: Decision) -> None:
    asked = decision.request
    line = {
        "operation": response._get_action(),
        "session": asked.principal.arn,
        "principal": asked.principal.role or asked.principal.arn,
        "account": asked.account,
        "action": asked.action,
        "resource": asked.resource,
        "context": dict(asked.context),
        "resource_policy": need.resource_policy,
        "verdict": decision.verdict.value,
        "by": list(decision.by),
    }
    for file in _files:
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
