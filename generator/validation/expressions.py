"""Expressions of inputs and conditions: their syntax, and the inputs that they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.findings import Finding, Related, Rule, soft_error
from generator.findings.suggestions import suggest_name
from generator.flow.model import Node, Value
from generator.flow.nodes import Condition
from generator.flow.wording import list_names
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.syntax import (
    Comparison,
    Expression,
    ExpressionFault,
    Operand,
    list_comparisons,
    read_condition,
    read_input_expression,
)

MALFORMED_NODE_INPUT_EXPRESSION = soft_error(
    "MalformedNodeInputExpression", "An input's expression is not one that Bedrock supports."
)
MALFORMED_CONDITION_EXPRESSION = soft_error(
    "MalformedConditionExpression", "A condition's expression has a syntax error or compares incompatible values."
)

COMPARABLE = ("String", "Number", "Boolean")
"""Types that == and != accept (Bedrock user guide, "Node types for your flow", condition expressions)."""
JSON_PATH = re.compile(r"\$[\w.]*")
UNREPEATED = re.compile(r"""([A-Za-z]\w*)\s*(==|!=|[<>]=?)\s*(?:"[^"]*"|[-\w.]+)\s+(and|or)\s+("[^"]*"|-?[\d.]+)\s*$""")
"""A comparison whose second constant is not preceded by an input."""
CALL = re.compile(r"\.|\(|(?:in|is|contains|startswith|endswith|like|matches)\b")


@register_check(MALFORMED_NODE_INPUT_EXPRESSION)
def check_input_expressions(scope: Scope) -> Iterator[Finding]:
    """Report the first mistake in each input's expression."""
    for node in scope.body.nodes:
        for port in node.inputs:
            place = (*port.path, "expression")
            value, path = scope.flow.resolve(port.expression, place)
            fault = read_input_expression(value) if isinstance(value, str) else None
            if fault is not None:
                subject = f"input {port.name!r} of node {node.name!r}"
                yield _report(MALFORMED_NODE_INPUT_EXPRESSION, subject, fault, path, place)


@register_check(MALFORMED_CONDITION_EXPRESSION)
def check_condition_expressions(scope: Scope) -> Iterator[Finding]:
    """Report the first mistake in each condition, and conditions other than the default without an expression."""
    for node, conditions in scope.conditions:
        has_default = any(condition.is_default for condition in conditions)
        for condition in conditions:
            if condition.expression is None and not condition.is_default:
                # If there is no default, this one may be meant as the default, which is reported at the node.
                if has_default or node.type != "Condition":
                    yield _report_absent(node, condition)
                continue
            place = (*condition.path, "expression")
            value, path = scope.flow.resolve(condition.expression, place)
            fault = _find_fault(value, node)
            if fault is not None:
                subject = f"condition {condition.name!r} of node {node.name!r}"
                yield _report(MALFORMED_CONDITION_EXPRESSION, subject, fault, path, place)


def find_operand_fault(expression: Expression, types: Mapping[str, str]) -> ExpressionFault | None:
    """Return the first comparison that Bedrock cannot evaluate. `types` are the types of the node's inputs by name."""
    comparisons = list(list_comparisons(expression))
    for comparison in comparisons:
        fault = _find_unknown(comparison, types) or _find_mismatch(comparison, types)
        if fault is not None:
            return fault
    if any(operand.is_input for item in comparisons for operand in (item.left, item.right)):
        return None
    first, last = comparisons[0].left, comparisons[-1].right
    return ExpressionFault("it does not use an input of the node", first.start, last.end, "Compare at least one input.")


def _find_fault(value: Value, node: Node) -> ExpressionFault | None:
    expression = read_condition(value) if isinstance(value, str) else None
    if isinstance(value, str) and isinstance(expression, ExpressionFault) and not expression.help:
        return replace(expression, help=_advise(value, expression, node))
    if expression is None or isinstance(expression, ExpressionFault):
        return expression
    return find_operand_fault(expression, {port.name: port.type for port in reversed(node.inputs)})


def _advise(text: str, fault: ExpressionFault, node: Node) -> str:
    """Return the help for a habit from another language, or an empty string."""
    if path := JSON_PATH.match(text, fault.start):
        names = [port.name for port in node.inputs]
        name = names[0] if len(names) == 1 else suggest_name(path[0].rpartition(".")[2], names)
        return f"Conditions refer to inputs by name: write {name or 'the name'} instead of {path[0]}."
    if repeated := UNREPEATED.search(text):
        name, operator, word, constant = repeated.groups()
        return f"Repeat the comparison after `{word}`: {name} {operator} {constant}."
    if CALL.match(text, fault.start) and text[: fault.start].rstrip()[-1:] not in "=<>!(":
        return "Conditions can only compare. Compute other values in an InlineCode or LambdaFunction node first."
    return ""


def _report(rule: Rule, subject: str, fault: ExpressionFault, path: Path, place: Path) -> Finding:
    help = fault.help or "Correct the expression at the marked position."
    related = () if path == place else (Related("The parameter is used here.", place),)
    message = f"Invalid expression in {subject}: {fault.cause}."
    return Finding(rule, message, help, path, related=related, within=(fault.start, fault.end))


def _report_absent(node: Node, condition: Condition) -> Finding:
    message = f"Condition {condition.name!r} of node {node.name!r} has no expression."
    help = "Add an expression, or remove the condition. Only the default has none."
    return Finding(MALFORMED_CONDITION_EXPRESSION, message, help, (*condition.path, "name"))


def _name_type(operand: Operand, types: Mapping[str, str]) -> str:
    """Return the data type of an operand."""
    return operand.type or types[str(operand.value)]


def _find_unknown(comparison: Comparison, types: Mapping[str, str]) -> ExpressionFault | None:
    for operand in (comparison.left, comparison.right):
        if operand.is_input and operand.value not in types:
            name = str(operand.value)
            cause = f"the node has no input {name!r}"
            return ExpressionFault(cause, operand.start, operand.end, _advise_on_name(name, types))
    return None


def _advise_on_name(name: str, types: Mapping[str, str]) -> str:
    if name.lower() in ("true", "false"):
        return f"Write {name.lower()} in lowercase."
    meant = suggest_name(name, types)
    if meant is not None:
        return f"Did you mean {meant}?"
    what = "input is" if len(types) == 1 else "inputs are"
    listed = f"Its {what} {', '.join(types)}." if types else "It has no inputs."
    return f'{listed} Put a string in double quotes: "{name}".'


def _find_mismatch(comparison: Comparison, types: Mapping[str, str]) -> ExpressionFault | None:
    left, right = comparison.left, comparison.right
    taken = COMPARABLE if comparison.operator in ("==", "!=") else ("Number",)
    for operand in (left, right):
        if _name_type(operand, types) not in taken:
            cause = f"{comparison.operator} cannot compare {_describe(operand, types)}"
            help = f"Use values of type {list_names(taken)}."
            return ExpressionFault(cause, operand.start, operand.end, help)
    if _name_type(left, types) == _name_type(right, types):
        return None
    wrong = left if right.is_input and not left.is_input else right
    cause = f"{comparison.operator} compares {_describe(left, types)} with {_describe(right, types)}"
    return ExpressionFault(cause, wrong.start, wrong.end, "Compare values of the same type.")


def _describe(operand: Operand, types: Mapping[str, str]) -> str:
    kind = _name_type(operand, types)
    if operand.is_input:
        return f"'{operand.value}' of type {kind}"
    return f"a constant of type {kind}"
