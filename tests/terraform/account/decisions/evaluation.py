"""The decision itself: an explicit Deny first, then who has to allow, which differs with the account and the service.

The order and the rules are those of the IAM User Guide ("Policy evaluation logic") and of the KMS Developer Guide
("Default key policy", "Allowing users in other accounts to use a KMS key").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from account.decisions.patterns import Context
from account.decisions.principals import Naming, Principal, find_naming
from account.decisions.statements import Statement

IDENTITY, BOUNDARY, RESOURCE = "identity-based policy", "permissions boundary", "resource-based policy"
ROOT = "the account's root"


class Verdict(Enum):
    """What came out."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    """Nothing allows it."""
    DENIED = "denied"
    """A statement denies it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one resource, with the keys of its context."""

    principal: Principal
    action: str
    resource: str
    account: str
    """The account that the resource belongs to."""
    context: Context


@dataclass(frozen=True, slots=True)
class Policies:
    """What is asked: the caller's policies, its boundary, and the policy of the resource where that has one."""

    identity: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    resource: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, the statements that it rests on, and for a refusal which kind of policy was missing."""

    request: Request
    verdict: Verdict
    by: tuple[str, ...] = ()
    kind: str = ""

    @property
    def allowed(self) -> bool:
        """Return whether the call may go on."""
        return self.verdict is Verdict.ALLOWED

    def write_refusal(self) -> str:
        """Return what AWS says of a refusal: who, which action, on what, and why."""
        asked = self.request
        text = f"User: {asked.principal.arn} is not authorized to perform: {asked.action} on resource: {asked.resource}"
        article = "an" if self.kind == IDENTITY else "a"
        if self.verdict is Verdict.DENIED:
            return f"{text} with an explicit deny in {article} {self.kind}"
        return f"{text} because no {self.kind} allows the {asked.action} action"


def decide(request: Request, policies: Policies) -> Decision:
    """Decide a request as AWS does."""
    groups = {
        IDENTITY: _find_applying(request, policies.identity),
        BOUNDARY: _find_applying(request, policies.boundary or ()),
        RESOURCE: [
            statement
            for statement in _find_applying(request, policies.resource or ())
            if _is_meant(statement, request.principal)
        ],
    }
    for kind, statements in groups.items():
        if denials := [statement.name for statement in statements if not statement.allows]:
            return Decision(request, Verdict.DENIED, tuple(denials), kind)
    return _find_allowance(request, policies, groups[IDENTITY], groups[BOUNDARY], groups[RESOURCE])


def _find_applying(request: Request, statements: Iterable[Statement]) -> list[Statement]:
    asked = request.action, request.resource, request.context
    return [statement for statement in statements if statement.speaks_of(*asked)]


def _is_meant(statement: Statement, principal: Principal) -> bool:
    naming = find_naming(statement, principal)
    # A denial of the account's root means everybody in the account, too.
    return naming is not Naming.NOT_AT_ALL


def _find_allowance(
    request: Request,
    policies: Policies,
    identity: list[Statement],
    boundary: list[Statement],
    resource: list[Statement],
) -> Decision:
    principal = request.principal
    bounded = policies.boundary is None or bool(boundary)
    by_identity = (ROOT,) if principal.is_root else tuple(statement.name for statement in identity)
    by_boundary = tuple(statement.name for statement in boundary)
    named = {statement.name: find_naming(statement, principal) for statement in resource}
    if policies.resource is not None:
        direct = [name for name, naming in named.items() if naming.value >= Naming.BY_ROLE.value]
        if principal.account is None or (principal.account == request.account and direct):
            return _decide_direct(request, direct, named, by_boundary, bounded=bounded)
    # In another account, no right of one's own account counts without a word of the resource's policy.
    if not named and (policies.resource is not None or principal.account != request.account):
        return Decision(request, Verdict.REFUSED, (), RESOURCE)
    if not by_identity:
        return Decision(request, Verdict.REFUSED, tuple(named), IDENTITY)
    if not bounded:
        return Decision(request, Verdict.REFUSED, (*named, *by_identity), BOUNDARY)
    return Decision(request, Verdict.ALLOWED, (*named, *by_identity, *by_boundary))


def _decide_direct(
    request: Request, direct: list[str], named: dict[str, Naming], by_boundary: tuple[str, ...], *, bounded: bool
) -> Decision:
    """Decide by the resource's policy alone; of the boundary's silence only a grant to the role's ARN takes note."""
    if not direct:
        return Decision(request, Verdict.REFUSED, (), RESOURCE)
    free = [name for name in direct if named[name] is Naming.DIRECTLY]
    if free:
        return Decision(request, Verdict.ALLOWED, tuple(free))
    if not bounded:
        return Decision(request, Verdict.REFUSED, tuple(direct), BOUNDARY)
    return Decision(request, Verdict.ALLOWED, (*direct, *by_boundary))
