"""What a condition compares, held against the inputs of its node."""

from __future__ import annotations

from collections.abc import Mapping

from generator.api import suggest_name
from generator.validation.condition_expressions import Comparison, Expression, Operand, list_comparisons
from generator.validation.languages import ExpressionFault

COMPARABLE = ("String", "Number", "Boolean")
"""Types that == and != take (Bedrock user guide, "Node types for your flow", condition expressions)."""


def find_operand_fault(expression: Expression, types: Mapping[str, str]) -> ExpressionFault | None:
    """Return the first comparison that Bedrock cannot make. `types` gives the inputs of the node by their names."""
    comparisons = list(list_comparisons(expression))
    for comparison in comparisons:
        fault = _find_unknown(comparison, types) or _find_misfit(comparison, types)
        if fault is not None:
            return fault
    if any(operand.is_input for item in comparisons for operand in (item.left, item.right)):
        return None
    first, last = comparisons[0].left, comparisons[-1].right
    return ExpressionFault("it names no input of the node", first.start, last.end, "Compare at least one input.")


def name_type(operand: Operand, types: Mapping[str, str]) -> str:
    """Return the data type of an operand."""
    return operand.type or types[str(operand.value)]


def _find_unknown(comparison: Comparison, types: Mapping[str, str]) -> ExpressionFault | None:
    for operand in (comparison.left, comparison.right):
        if operand.is_input and operand.value not in types:
            name = str(operand.value)
            cause = f"the node has no input {name!r}"
            return ExpressionFault(cause, operand.start, operand.end, _advise(name, types))
    return None


def _advise(name: str, types: Mapping[str, str]) -> str:
    if name.lower() in ("true", "false"):
        return f"Write {name.lower()}."
    meant = suggest_name(name, types)
    if meant is not None:
        return f"Did you mean {meant}?"
    what = "input is" if len(types) == 1 else "inputs are"
    listed = f"Its {what} {', '.join(types)}." if types else "It has no inputs."
    return f'{listed} Put a string in double quotes: "{name}".'


def _find_misfit(comparison: Comparison, types: Mapping[str, str]) -> ExpressionFault | None:
    left, right = comparison.left, comparison.right
    taken = COMPARABLE if comparison.operator in ("==", "!=") else ("Number",)
    for operand in (left, right):
        if name_type(operand, types) not in taken:
            cause = f"{comparison.operator} does not compare {_describe(operand, types)}"
            remedy = f"It compares values of type {_join(taken)}."
            return ExpressionFault(cause, operand.start, operand.end, remedy)
    if name_type(left, types) == name_type(right, types):
        return None
    wrong = left if right.is_input and not left.is_input else right
    cause = f"{comparison.operator} compares {_describe(left, types)} with {_describe(right, types)}"
    return ExpressionFault(cause, wrong.start, wrong.end, "Both sides must be of one type.")


def _describe(operand: Operand, types: Mapping[str, str]) -> str:
    kind = name_type(operand, types)
    if operand.is_input:
        return f"{operand.value} of type {kind}"
    return f"a constant of type {kind}"


def _join(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
