"""Who asks, and which words of a policy mean them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from account.decisions.statements import Statement


class Naming(Enum):
    """How a statement means a principal."""

    NOT_AT_ALL = 0
    BY_ACCOUNT = 1
    """Through the account, which hands the decision to its IAM."""
    BY_ROLE = 2
    """By the role's ARN: a permissions boundary still limits it."""
    DIRECTLY = 3
    """By the ARN of the user or session, as the service, or as everybody."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller: the ARN of an account's root, of a user, of a role's session, or the name of a service.

    A session's ARN does not carry the role's path, so that the role's own ARN stands beside it.
    """

    arn: str
    role: str | None = None

    @property
    def account(self) -> str | None:
        """Return the account of the principal; a service has none."""
        return self.arn.split(":")[4] if self.arn.startswith("arn:") else None

    @property
    def is_root(self) -> bool:
        """Return whether this is an account's root."""
        return self.arn.endswith(":root")

    @property
    def names(self) -> set[str]:
        """Return the ARNs by which a condition or a policy may mean the principal."""
        return {self.arn, self.role} if self.role else {self.arn}


def find_naming(statement: Statement, principal: Principal) -> Naming:
    """Return the closest way in which a statement of a resource's policy means a principal."""
    if principal.account is None:
        services = statement.principals.get("Service", ())
        return Naming.DIRECTLY if principal.arn in services else Naming.NOT_AT_ALL
    found = [_find_naming_by(name, principal) for name in statement.principals.get("AWS", ())]
    return max(found, key=lambda naming: naming.value, default=Naming.NOT_AT_ALL)


def _find_naming_by(name: str, principal: Principal) -> Naming:
    if name in ("*", principal.arn):
        return Naming.DIRECTLY
    if name == principal.role:
        return Naming.BY_ROLE
    if principal.account == name or (name.endswith(":root") and name.split(":")[4] == principal.account):
        return Naming.BY_ACCOUNT
    return Naming.NOT_AT_ALL
