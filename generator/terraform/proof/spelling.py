"""Expressions as people read them, in failures and as the names of what is only known at apply."""

from __future__ import annotations

import json

from generator.terraform.proof.expressions import (
    Choice,
    Comprehension,
    Element,
    Expression,
    FunctionCall,
    Interpolation,
    Member,
    Name,
    Null,
    Number,
    Object,
    Operation,
    Sequence,
    Text,
    Truth,
)


def spell_expression(expression: Expression) -> str:
    """Write `expression` on one line in HCL's words. For people: two different expressions never look the same."""
    match expression:
        case Text(value):
            return _quote(value)
        case Number(number):
            return str(number)
        case Truth(truth):
            return "true" if truth else "false"
        case Null():
            return "null"
        case Name(text):
            return text
        case Member(owner, name):
            return f"{spell_expression(owner)}.{name}"
        case Element(owner, index):
            return f"{spell_expression(owner)}[{spell_expression(index)}]"
        case Interpolation(parts):
            return '"' + "".join(_spell_part(part) for part in parts) + '"'
    return _spell_compound(expression)


def _spell_compound(expression: Expression) -> str:
    match expression:
        case FunctionCall(name, arguments, expands):
            return f"{name}({_spell_all(arguments)}{'...' if expands else ''})"
        case Operation(operator, (operand,)):
            return f"{operator}{spell_expression(operand)}"
        case Operation(operator, operands):
            return "(" + f" {operator} ".join(spell_expression(operand) for operand in operands) + ")"
        case Choice(condition, then, otherwise):
            branches = f"{spell_expression(then)} : {spell_expression(otherwise)}"
            return f"({spell_expression(condition)} ? {branches})"
        case Sequence(items):
            return f"[{_spell_all(items)}]"
        case Object(entries):
            pairs = ", ".join(f"{spell_expression(key)} = {spell_expression(value)}" for key, value in entries)
            return f"{{ {pairs} }}" if pairs else "{}"
        case Comprehension():
            return _spell_comprehension(expression)
    raise TypeError(f"{type(expression).__name__} is no expression")


def _spell_comprehension(loop: Comprehension) -> str:
    value = spell_expression(loop.value) + ("..." if loop.groups else "")
    if loop.key is not None:
        value = f"{spell_expression(loop.key)} => {value}"
    condition = f" if {spell_expression(loop.condition)}" if loop.condition is not None else ""
    inner = f"for {', '.join(loop.names)} in {spell_expression(loop.source)} : {value}{condition}"
    return f"[{inner}]" if loop.key is None else f"{{{inner}}}"


def _spell_all(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(spell_expression(expression) for expression in expressions)


def _spell_part(part: str | Expression) -> str:
    return _quote(part)[1:-1] if isinstance(part, str) else f"${{{spell_expression(part)}}}"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "\\u0024{").replace("%{", "\\u0025{")
