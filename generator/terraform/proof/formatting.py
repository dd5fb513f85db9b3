"""Expressions on one line, for failure messages and as stand-ins for values that are only known after an apply."""

from __future__ import annotations

import json

from generator.terraform.proof import expressions
from generator.terraform.proof.expressions import Expression


def format_expression(expression: Expression) -> str:
    """Write `expression` on one line in HCL's syntax. Different expressions never look the same."""
    match expression:
        case expressions.String(value):
            return _quote(value)
        case expressions.Number(number):
            return str(number)
        case expressions.Boolean(truth):
            return "true" if truth else "false"
        case expressions.Null():
            return "null"
        case expressions.Name(name):
            return name
        case expressions.Member(owner, name):
            return f"{format_expression(owner)}.{name}"
        case expressions.Interpolation(parts):
            return '"' + "".join(map(_format_part, parts)) + '"'
        case expressions.Operation(operator, operands):
            return _format_operation(operator, [format_expression(operand) for operand in operands])
    return _format_collection(expression)


def _format_operation(operator: str, operands: list[str]) -> str:
    if operator == expressions.INDEX:
        return f"{operands[0]}[{operands[1]}]"
    if operator == expressions.CONDITIONAL:
        return f"({operands[0]} ? {operands[1]} : {operands[2]})"
    return f"{operator}{operands[0]}" if len(operands) == 1 else "(" + f" {operator} ".join(operands) + ")"


def _format_collection(expression: Expression) -> str:
    match expression:
        case expressions.FunctionCall(name, arguments, expands):
            return f"{name}({', '.join(map(format_expression, arguments))}{'...' if expands else ''})"
        case expressions.Tuple(items):
            return f"[{', '.join(map(format_expression, items))}]"
        case expressions.Object(entries):
            pairs = ", ".join(f"{format_expression(key)} = {format_expression(value)}" for key, value in entries)
            return f"{{ {pairs} }}" if pairs else "{}"
        case expressions.ForExpression():
            return _format_for(expression)
    raise TypeError(f"{type(expression).__name__} is not an expression")


def _format_for(loop: expressions.ForExpression) -> str:
    value = format_expression(loop.value) + ("..." if loop.groups else "")
    if loop.key is not None:
        value = f"{format_expression(loop.key)} => {value}"
    condition = f" if {format_expression(loop.condition)}" if loop.condition is not None else ""
    inner = f"for {', '.join(loop.names)} in {format_expression(loop.source)} : {value}{condition}"
    return f"[{inner}]" if loop.key is None else f"{{{inner}}}"


def _format_part(part: str | Expression) -> str:
    return _quote(part)[1:-1] if isinstance(part, str) else f"${{{format_expression(part)}}}"


def _quote(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "\\u0024{").replace("%{", "\\u0025{")
