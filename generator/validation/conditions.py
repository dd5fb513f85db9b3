"""The conditions of a Condition node: one for all that is left over, and no two that say the same."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Finding, Related, soft_error
from generator.validation.condition_lists import DEFAULT, Condition
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MISSING_DEFAULT_CONDITION = soft_error(
    "MissingDefaultCondition", "A Condition node does not say what happens when no condition holds."
)
DUPLICATE_CONDITION_EXPRESSION = soft_error(
    "DuplicateConditionExpression", "Two conditions of a node have the same expression."
)


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
