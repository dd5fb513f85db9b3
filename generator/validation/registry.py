"""The list of checks: one function per rule."""

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
    """A function that reports one rule, or a few rules about the same thing."""

    rules: tuple[Rule, ...]
    find: FindingSource


CHECKS: list[Check] = []
UNSPECIFIED = error(
    "Unspecified", "AWS's validation type for anything else. It is never reported and listed only for completeness."
)


def register_check(*rules: Rule) -> Callable[[FindingSource], FindingSource]:
    """Add a check that runs on every definition, including those of loops, in the order of registration.

    `rules` are all the rules that it reports. Each of AWS's validation types has its own function.
    """

    def register(find: FindingSource) -> FindingSource:
        CHECKS.append(Check(rules, find))
        return find

    return register


def register_twins(find: Callable[[Rule, str, Scope], Iterable[Finding]], *twins: tuple[Rule, str]) -> None:
    """Add one function as the check of several rules. It receives the rule and the part of a definition to check."""
    for rule, about in twins:
        register_check(rule)(partial(find, rule, about))


def validate_flow(flow: Flow) -> list[Finding]:
    """Return the findings about a complete flow, including its loops."""
    return [finding for scope in list_scopes(flow) for check in CHECKS for finding in check.find(scope)]
