"""Expressions of inputs and of conditions: well-formed, and about what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.api import suggest_name
from generator.diagnostics import Finding, Related, Rule, soft_error
from generator.model import Node, Value
from generator.source.position import Path
from generator.validation.condition_expressions import read_condition
from generator.validation.condition_lists import Condition
from generator.validation.input_expressions import read_input_expression
from generator.validation.languages import ExpressionFault
from generator.validation.operands import find_operand_fault
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MALFORMED_NODE_INPUT_EXPRESSION = soft_error(
    "MalformedNodeInputExpression", "An input's expression is not in the language that Bedrock reads."
)
MALFORMED_CONDITION_EXPRESSION = soft_error(
    "MalformedConditionExpression", "A condition cannot be read, or compares what cannot be compared."
)

JSON_PATH = re.compile(r"\$[\w.]*")
UNREPEATED = re.compile(r"""([A-Za-z]\w*)\s*(==|!=|[<>]=?)\s*(?:"[^"]*"|[-\w.]+)\s+(and|or)\s+("[^"]*"|-?[\d.]+)\s*$""")
"""A comparison whose second constant has no input before it."""
CALL = re.compile(r"\.|\(|(?:in|is|contains|startswith|endswith|like|matches)\b")


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
    if isinstance(value, str) and isinstance(expression, ExpressionFault) and not expression.remedy:
        return replace(expression, remedy=_advise(value, expression, node))
    if expression is None or isinstance(expression, ExpressionFault):
        return expression
    return find_operand_fault(expression, {port.name: port.type for port in reversed(node.inputs)})


def _advise(text: str, fault: ExpressionFault, node: Node) -> str:
    """Return the remedy for what people carry over from other languages, or nothing."""
    if path := JSON_PATH.match(text, fault.start):
        names = [port.name for port in node.inputs]
        name = names[0] if len(names) == 1 else suggest_name(path[0].rpartition(".")[2], names)
        return (
            f"Write {name} instead of {path[0]}: a condition names inputs." if name else "Write the name of an input."
        )
    if repeated := UNREPEATED.search(text):
        name, operator, word, constant = repeated.groups()
        return f"Compare on both sides of {word}: {name} {operator} {constant}."
    if CALL.match(text, fault.start) and text[: fault.start].rstrip()[-1:] not in "=<>!(":
        return (
            "A condition only compares inputs: for anything else, use an InlineCode or LambdaFunction node before it."
        )
    return ""


def _report(rule: Rule, subject: str, fault: ExpressionFault, path: Path, place: Path) -> Finding:
    remedy = fault.remedy or "Correct it at this character."
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
