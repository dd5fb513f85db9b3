"""Policy documents as statements. What is not understood is an error, never passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from account.decisions.conditions import Condition, read_conditions
from account.decisions.patterns import Context, matches_action, matches_resource

VERSION = "2012-10-17"
_KNOWN = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, and the name of its document for reports."""

    document: str
    sid: str
    allows: bool
    actions: tuple[str, ...]
    all_actions_but: bool
    resources: tuple[str, ...]
    all_resources_but: bool
    principals: Mapping[str, tuple[str, ...]]
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """Return what a report calls the statement: its document, and its Sid or number."""
        return f"{self.document}: {self.sid}"

    def speaks_of(self, action: str, resource: str, context: Context) -> bool:
        """Return whether action, resource and conditions fit a request; the principal is another question."""
        named = any(matches_action(pattern, action) for pattern in self.actions)
        if named is self.all_actions_but:
            return False
        # A trust policy has no Resource: it speaks of its role.
        if self.resources:
            meant = any(matches_resource(pattern, resource, context) for pattern in self.resources)
            if meant is self.all_resources_but:
                return False
        return all(condition.holds(context) for condition in self.conditions)


def read_policy(name: str, document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """Return the statements of a policy document, or raise ValueError at what this evaluator does not know."""
    if document.get("Version") != VERSION:
        raise ValueError(f"{name}: version {document.get('Version')} is not known to this evaluator, only {VERSION}")
    statements = as_tuple(document.get("Statement", ()))
    return tuple(_read_statement(name, number, statement) for number, statement in enumerate(statements, 1))


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return a tuple, of one where a policy writes the thing alone."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _read_statement(document: str, number: int, statement: Mapping[str, Any]) -> Statement:
    if unknown := set(statement) - _KNOWN:
        raise ValueError(f"{document}: {', '.join(sorted(unknown))} is not known to this evaluator")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise ValueError(f"{document}: {statement['Effect']} is no effect")
    principal = statement.get("Principal", {})
    return Statement(
        document,
        statement.get("Sid") or f"statement {number}",
        statement["Effect"] == "Allow",
        as_tuple(statement.get("Action", statement.get("NotAction"))),
        "NotAction" in statement,
        as_tuple(statement.get("Resource", statement.get("NotResource", ()))),
        "NotResource" in statement,
        {kind: as_tuple(names) for kind, names in ({"AWS": "*"} if principal == "*" else principal).items()},
        read_conditions(statement.get("Condition", {})),
    )
