"""The list of checks: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from generator.findings import Finding, Rule, error
from generator.flow.model import Flow
from generator.validation.scope import Scope, list_scopes

FindingSource = Callable[[Scope], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A function that reports one rule, or a few that look at the same thing."""

    rules: tuple[Rule, ...]
    find: FindingSource


CHECKS: list[Check] = []
UNSPECIFIED = error(
    "Unspecified", "AWS's kind for what fits no other; never reported, listed so that the kinds are whole."
)


def register_check(*rules: Rule) -> Callable[[FindingSource], FindingSource]:
    """Add a check to those that every definition goes through, that of a loop too, in the order of registration.

    `rules` are all that it reports; each of AWS's kinds has a function of its own.
    """

    def register(find: FindingSource) -> FindingSource:
        CHECKS.append(Check(rules, find))
        return find

    return register


def register_twins(find: Callable[[Rule, str, Scope], Iterable[Finding]], *twins: tuple[Rule, str]) -> None:
    """Add a check for each rule: one function, which gets the rule and what of a definition it is about."""
    for rule, about in twins:
        register_check(rule)(partial(find, rule, about))


def validate_flow(flow: Flow) -> list[Finding]:
    """Return what is wrong with a flow as a whole: what its parts say of each other, in its loops too."""
    return [finding for scope in list_scopes(flow) for check in CHECKS for finding in check.find(scope)]
