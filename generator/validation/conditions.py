"""The conditions of a node: one for all that is left over, no two that mean the same, and none that never decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from generator.findings import Finding, Related, Rule, soft_error, warning
from generator.flow.model import Node
from generator.validation.expressions import find_operand_fault
from generator.validation.registry import register_check
from generator.validation.satisfiability import distinguish_situations, is_clear
from generator.validation.scope import DEFAULT, Condition, Scope
from generator.validation.syntax import Expression, ExpressionFault, read_condition

MISSING_DEFAULT_CONDITION = soft_error(
    "MissingDefaultCondition", "A Condition node does not say what happens when no condition holds."
)
DUPLICATE_CONDITION_EXPRESSION = soft_error(
    "DuplicateConditionExpression", "Two conditions of a node have the same expression."
)
EQUIVALENT_CONDITIONS = warning(
    "EquivalentConditions", "Two conditions of a node mean the same, though written differently."
)
UNREACHABLE_BRANCH = warning(
    "UnreachableBranch", "A condition never decides: it cannot hold, or earlier ones always hold too."
)
MOST_JUDGED = 50
"""Conditions of one node that are compared with each other; the API takes 5."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A condition, its text, and the situations in which it holds, as bits."""

    condition: Condition
    text: str
    holds: int


@register_check(MISSING_DEFAULT_CONDITION)
def check_default_conditions(scope: Scope) -> Iterator[Finding]:
    """Report Condition nodes without an entry `default` that has no expression."""
    for node, conditions in scope.conditions:
        if node.type == "Condition" and not any(condition.is_default for condition in conditions):
            path, message, remedy = _explain_missing(conditions, node.name)
            if path:
                yield Finding(MISSING_DEFAULT_CONDITION, message, remedy, path)
            else:
                place = (*node.configuration_path, "conditions")
                yield Finding(MISSING_DEFAULT_CONDITION, message, remedy, place, key=True)


@register_check(DUPLICATE_CONDITION_EXPRESSION)
def check_repeated_expressions(scope: Scope) -> Iterator[Finding]:
    """Report each condition whose expression is word for word that of an earlier one."""
    for node, conditions in scope.conditions:
        first: dict[str, Condition] = {}
        for condition in conditions:
            value, _ = scope.flow.look_through(condition.expression, condition.path)
            if not isinstance(value, str):
                continue
            other = first.setdefault(value, condition)
            if other is not condition:
                message = f"The conditions {other.name!r} and {condition.name!r} of {node.name!r} are the same."
                related = (Related("The other condition is here.", (*other.path, "expression")),)
                remedy = f"Only {other.name} is ever taken. Change one of them, or leave one out."
                path = (*condition.path, "expression")
                yield Finding(DUPLICATE_CONDITION_EXPRESSION, message, remedy, path, related=related)


@register_check(EQUIVALENT_CONDITIONS)
def check_equivalent_conditions(scope: Scope) -> Iterator[Finding]:
    """Report each condition that holds in the same situations as an earlier one whose text is another."""
    for node, meanings in _find_all_meanings(scope):
        for meaning, earlier in _pair_with_earlier(meanings):
            same = next((other for other in earlier if other.holds == meaning.holds), None)
            if same is not None and meaning.holds and all(other.text != meaning.text for other in earlier):
                names = f"{same.condition.name!r} and {meaning.condition.name!r}"
                message = f"The conditions {names} of {node.name!r} mean the same, so only the first is ever taken."
                yield _report(EQUIVALENT_CONDITIONS, message, meaning, [same])


@register_check(UNREACHABLE_BRANCH)
def check_unreachable_branches(scope: Scope) -> Iterator[Finding]:
    """Report each condition that never decides: in each situation in which it holds, an earlier one holds too."""
    for node, conditions in scope.routes:
        yield from _report_behind_default(node, conditions)
    for node, meanings in _find_all_meanings(scope):
        for meaning, earlier in _pair_with_earlier(meanings):
            covered = 0
            for other in earlier:
                covered |= other.holds
            name = meaning.condition.name
            if not meaning.holds:
                message = f"The condition {name!r} of {node.name!r} can never hold: it contradicts itself."
                yield _report(UNREACHABLE_BRANCH, message, meaning, [])
            elif not meaning.holds & ~covered and all(other.holds != meaning.holds for other in earlier):
                guilty = [other for other in earlier if other.holds & meaning.holds]
                names = " or ".join(repr(other.condition.name) for other in guilty)
                message = (
                    f"The condition {name!r} of {node.name!r} is never reached: where it holds, {names} does first."
                )
                yield _report(UNREACHABLE_BRANCH, message, meaning, guilty)


def _explain_missing(conditions: list[Condition], node: str) -> tuple[tuple[str | int, ...], str, str]:
    """Return where the default may be meant to stand (nothing if nowhere), what is wrong, and the remedy."""
    message = f"The node {node!r} has no default condition, so nothing follows when no other holds."
    for condition in conditions:
        if condition.name == DEFAULT:
            message = (
                f"The default condition of {node!r} has an expression, so nothing follows when no condition holds."
            )
            remedy = "Leave its expression out, or give the condition another name and add one named default."
            return (*condition.path, "expression"), message, remedy
    for condition in conditions:
        if condition.expression is None:
            remedy = f"Rename the condition `{condition.name}` to `{DEFAULT}`: it has no expression."
            return (*condition.path, "name"), message, remedy
    return (), message, "Add `{name: default}` as the last condition, and a connection that follows it."


@lru_cache(maxsize=1)
def _find_all_meanings(scope: Scope) -> list[tuple[Node, list[Meaning]]]:
    """Return each Condition node with what its conditions mean. Both checks ask for it, one after the other."""
    return [(node, _find_meanings(node, conditions, scope)) for node, conditions in scope.routes]


def _find_meanings(node: Node, conditions: list[Condition], scope: Scope) -> list[Meaning]:
    """Return the conditions of a node that can be judged together, in their order."""
    types = {port.name: port.type for port in reversed(node.inputs)}
    readable: list[tuple[Condition, str, Expression]] = []
    for condition in conditions:
        text, _ = scope.flow.look_through(condition.expression, condition.path)
        expression = read_condition(text) if isinstance(text, str) else None
        if expression is None or isinstance(expression, ExpressionFault) or not is_clear(expression):
            continue
        if find_operand_fault(expression, types) is None:
            readable.append((condition, str(text), expression))
    if len(readable) > MOST_JUDGED:
        return []
    situations = distinguish_situations([expression for _, _, expression in readable], types) if readable else None
    if situations is None:
        return []
    return [Meaning(condition, text, situations.find_where(expression)) for condition, text, expression in readable]


def _pair_with_earlier(meanings: list[Meaning]) -> Iterator[tuple[Meaning, list[Meaning]]]:
    for place, meaning in enumerate(meanings):
        yield meaning, meanings[:place]


def _report(rule: Rule, message: str, meaning: Meaning, others: list[Meaning]) -> Finding:
    related = tuple(
        Related(f"{other.condition.name} is decided first, here.", (*other.condition.path, "expression"))
        for other in others
    )
    remedy = "Conditions are tried in their order: put the narrower one first, change one, or leave this one out."
    return Finding(rule, message, remedy, (*meaning.condition.path, "expression"), related=related)


def _report_behind_default(node: Node, conditions: list[Condition]) -> Iterator[Finding]:
    default = next((place for place, item in enumerate(conditions) if item.is_default), len(conditions))
    for condition in conditions[default + 1 :]:
        message = f"The condition {condition.name!r} of {node.name!r} stands behind the default, which always holds."
        related = (Related("The default is here.", (*conditions[default].path, "name")),)
        remedy = "Put the default last."
        yield Finding(UNREACHABLE_BRANCH, message, remedy, (*condition.path, "name"), related=related)
