"""The conditions of a node: a default, no duplicates, and no branch that can never be taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from generator.findings import Finding, Related, Rule, soft_error, warning
from generator.flow.model import Node
from generator.flow.nodes import DEFAULT, Condition
from generator.validation.expressions import find_operand_fault
from generator.validation.registry import register_check
from generator.validation.satisfiability import distinguish_situations, is_unambiguous
from generator.validation.scope import Scope
from generator.validation.syntax import Expression, ExpressionFault, read_condition

MISSING_DEFAULT_CONDITION = soft_error("MissingDefaultCondition", "A Condition node has no default condition.")
DUPLICATE_CONDITION_EXPRESSION = soft_error(
    "DuplicateConditionExpression", "Two conditions of a node have the same expression."
)
EQUIVALENT_CONDITIONS = warning(
    "EquivalentConditions", "Two conditions of a node are equivalent, although they are written differently."
)
UNREACHABLE_BRANCH = warning(
    "UnreachableBranch", "A branch can never be taken: its condition is never true, or an earlier one always is."
)
MAX_COMPARED = 50
"""Nodes with more conditions are not analyzed. The API allows 5."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A condition, its expression, and the bits of the situations in which it is true."""

    condition: Condition
    text: str
    situations: int


@register_check(MISSING_DEFAULT_CONDITION)
def check_default_conditions(scope: Scope) -> Iterator[Finding]:
    """Report Condition nodes without a `default` entry that has no expression."""
    for node, conditions in scope.conditions:
        if node.type == "Condition" and not any(condition.is_default for condition in conditions):
            path, message, help = _explain_missing(conditions, node.name)
            if path:
                yield Finding(MISSING_DEFAULT_CONDITION, message, help, path)
            else:
                place = (*node.configuration_path, "conditions")
                yield Finding(MISSING_DEFAULT_CONDITION, message, help, place, key=True)


@register_check(DUPLICATE_CONDITION_EXPRESSION)
def check_repeated_expressions(scope: Scope) -> Iterator[Finding]:
    """Report each condition whose expression is identical to that of an earlier one."""
    for node, conditions in scope.conditions:
        first: dict[str, Condition] = {}
        for condition in conditions:
            value, _ = scope.flow.resolve(condition.expression, condition.path)
            if not isinstance(value, str):
                continue
            other = first.setdefault(value, condition)
            if other is not condition:
                names = f"{other.name!r} and {condition.name!r}"
                message = f"Conditions {names} of node {node.name!r} have the same expression."
                related = (Related("The other condition is here.", (*other.path, "expression")),)
                help = f"Only {other.name!r} is ever taken. Change or remove one of them."
                path = (*condition.path, "expression")
                yield Finding(DUPLICATE_CONDITION_EXPRESSION, message, help, path, related=related)


@register_check(EQUIVALENT_CONDITIONS)
def check_equivalent_conditions(scope: Scope) -> Iterator[Finding]:
    """Report each condition that is true in the same situations as an earlier, differently written one."""
    for node, meanings in _find_all_meanings(scope):
        for meaning, earlier in _pair_with_earlier(meanings):
            same = next((other for other in earlier if other.situations == meaning.situations), None)
            if same is not None and meaning.situations and all(other.text != meaning.text for other in earlier):
                names = f"{same.condition.name!r} and {meaning.condition.name!r}"
                message = f"Conditions {names} of node {node.name!r} are equivalent, so only the first is ever taken."
                yield _report(EQUIVALENT_CONDITIONS, message, meaning, [same])


@register_check(UNREACHABLE_BRANCH)
def check_unreachable_branches(scope: Scope) -> Iterator[Finding]:
    """Report each condition that is only true when an earlier one is true too, or that is never true."""
    for node, conditions in scope.routes:
        yield from _report_behind_default(node, conditions)
    for node, meanings in _find_all_meanings(scope):
        for meaning, earlier in _pair_with_earlier(meanings):
            covered = 0
            for other in earlier:
                covered |= other.situations
            name = meaning.condition.name
            if not meaning.situations:
                message = f"Condition {name!r} of node {node.name!r} is never true: it contradicts itself."
                yield _report(UNREACHABLE_BRANCH, message, meaning, [])
            elif not meaning.situations & ~covered and all(other.situations != meaning.situations for other in earlier):
                earlier_ones = [other for other in earlier if other.situations & meaning.situations]
                names = " or ".join(repr(other.condition.name) for other in earlier_ones)
                where = f"Condition {name!r} of node {node.name!r}"
                message = f"{where} is never reached: whenever it is true, {names} is true first."
                yield _report(UNREACHABLE_BRANCH, message, meaning, earlier_ones)


def _explain_missing(conditions: list[Condition], node: str) -> tuple[tuple[str | int, ...], str, str]:
    """Return the path of the likely default (empty if there is none), the message, and the help."""
    message = f"Node {node!r} has no default condition, so the flow ends when no condition is true."
    for condition in conditions:
        if condition.name == DEFAULT:
            message = f"The default condition of node {node!r} has an expression."
            help = "Remove the expression, or rename the condition and add `{name: default}` after it."
            return (*condition.path, "expression"), message, help
    for condition in conditions:
        if condition.expression is None:
            help = f"Rename condition {condition.name!r}, which has no expression, to {DEFAULT!r}."
            return (*condition.path, "name"), message, help
    return (), message, "Add `{name: default}` as the last condition, and a connection for it."


@lru_cache(maxsize=1)
def _find_all_meanings(scope: Scope) -> list[tuple[Node, list[Meaning]]]:
    """Return each Condition node with the meanings of its conditions. Cached because two checks in a row need it."""
    return [(node, _find_meanings(node, conditions, scope)) for node, conditions in scope.routes]


def _find_meanings(node: Node, conditions: list[Condition], scope: Scope) -> list[Meaning]:
    """Return the conditions of a node that can be compared with each other, in order."""
    types = {port.name: port.type for port in reversed(node.inputs)}
    readable: list[tuple[Condition, str, Expression]] = []
    for condition in conditions:
        text, _ = scope.flow.resolve(condition.expression, condition.path)
        expression = read_condition(text) if isinstance(text, str) else None
        if expression is None or isinstance(expression, ExpressionFault) or not is_unambiguous(expression):
            continue
        if find_operand_fault(expression, types) is None:
            readable.append((condition, str(text), expression))
    if len(readable) > MAX_COMPARED:
        return []
    situations = distinguish_situations([expression for _, _, expression in readable], types) if readable else None
    if situations is None:
        return []
    return [Meaning(condition, text, situations.find_where(expression)) for condition, text, expression in readable]


def _pair_with_earlier(meanings: list[Meaning]) -> Iterator[tuple[Meaning, list[Meaning]]]:
    for index, meaning in enumerate(meanings):
        yield meaning, meanings[:index]


def _report(rule: Rule, message: str, meaning: Meaning, others: list[Meaning]) -> Finding:
    related = tuple(
        Related(f"{other.condition.name!r} is evaluated first, here.", (*other.condition.path, "expression"))
        for other in others
    )
    help = "Conditions are evaluated in order: put the narrower one first, or change or remove this one."
    return Finding(rule, message, help, (*meaning.condition.path, "expression"), related=related)


def _report_behind_default(node: Node, conditions: list[Condition]) -> Iterator[Finding]:
    default = next((index for index, item in enumerate(conditions) if item.is_default), len(conditions))
    for condition in conditions[default + 1 :]:
        message = f"Condition {condition.name!r} of node {node.name!r} comes after the default, which is always true."
        related = (Related("The default is here.", (*conditions[default].path, "name")),)
        help = "Move the default to the end."
        yield Finding(UNREACHABLE_BRANCH, message, help, (*condition.path, "name"), related=related)
