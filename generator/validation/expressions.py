"""Expressions of inputs and of conditions: well-formed, and about what is there."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Finding, Related, Rule, Severity, declare_rule
from generator.model import Node, Value
from generator.source.position import Path
from generator.validation.condition_expressions import read_condition
from generator.validation.condition_lists import Condition
from generator.validation.input_expressions import read_input_expression
from generator.validation.languages import ExpressionFault
from generator.validation.operands import find_operand_fault
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MALFORMED_NODE_INPUT_EXPRESSION = declare_rule(
    "MalformedNodeInputExpression",
    Severity.ERROR,
    "An input's expression is not in the language that Bedrock reads.",
    can_be_silenced=True,
)
MALFORMED_CONDITION_EXPRESSION = declare_rule(
    "MalformedConditionExpression",
    Severity.ERROR,
    "A condition cannot be read, or compares what cannot be compared.",
    can_be_silenced=True,
)


@register_check(MALFORMED_NODE_INPUT_EXPRESSION)
def check_input_expressions(scope: Scope) -> Iterator[Finding]:
    """Report the first fault of each input's expression."""
    for node in scope.body.nodes:
        for port in node.inputs:
            place = (*port.path, "expression")
            value, path = scope.flow.look_through(port.expression, place)
            fault = read_input_expression(value) if isinstance(value, str) else None
            if fault is not None:
                subject = f"The expression of the input {port.name!r} of {node.name!r}"
                yield _report(MALFORMED_NODE_INPUT_EXPRESSION, subject, fault, path, place)


@register_check(MALFORMED_CONDITION_EXPRESSION)
def check_condition_expressions(scope: Scope) -> Iterator[Finding]:
    """Report the first fault of each condition, and conditions other than the default that have no expression."""
    for node, conditions in scope.conditions:
        has_default = any(condition.is_default for condition in conditions)
        for condition in conditions:
            if condition.expression is None and not condition.is_default:
                # Without a default, this one may be meant for it: that is told at the node.
                if has_default or node.type != "Condition":
                    yield _report_absent(node, condition)
                continue
            place = (*condition.path, "expression")
            value, path = scope.flow.look_through(condition.expression, place)
            fault = _find_fault(value, node)
            if fault is not None:
                subject = f"The expression of the condition {condition.name!r} of {node.name!r}"
                yield _report(MALFORMED_CONDITION_EXPRESSION, subject, fault, path, place)


def _find_fault(value: Value, node: Node) -> ExpressionFault | None:
    expression = read_condition(value) if isinstance(value, str) else None
    if expression is None or isinstance(expression, ExpressionFault):
        return expression
    return find_operand_fault(expression, {port.name: port.type for port in reversed(node.inputs)})


def _report(rule: Rule, subject: str, fault: ExpressionFault, path: Path, place: Path) -> Finding:
    remedy = fault.remedy or "Mend it at this character."
    related = () if path == place else (Related("The parameter stands here.", place),)
    return Finding(
        rule, f"{subject} is malformed: {fault.cause}.", remedy, path, related=related, within=(fault.start, fault.end)
    )


def _report_absent(node: Node, condition: Condition) -> Finding:
    message = (
        f"The condition {condition.name!r} of {node.name!r} has no expression, which only the default goes without."
    )
    remedy = "Give it an expression, or leave it out."
    return Finding(MALFORMED_CONDITION_EXPRESSION, message, remedy, (*condition.path, "name"))
