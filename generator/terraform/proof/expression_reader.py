"""Parse trees -> expressions. Whatever Terraform rejects raises UnreadableError, even if python-hcl2 accepts it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from lark import Token, Tree

from generator.terraform.proof import expressions
from generator.terraform.proof.expressions import Expression
from generator.terraform.proof.formatting import format_expression
from generator.terraform.proof.parser import (
    Branch,
    UnreadableError,
    find_first_line,
    find_last_line,
    list_parts,
    list_trees,
    name_branch,
    require_one_line,
)

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_OPERATOR = re.compile(r"[^\s]+$")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LITERALS: dict[str, Expression] = {
    "true": expressions.Boolean(True),
    "false": expressions.Boolean(False),
    "null": expressions.Null(),
}


def read_expression(tree: Branch, held: bool = False) -> Expression:
    """Return the expression that `tree` stands for. If `held`, brackets are open, so lines may break."""
    rule = name_branch(tree)
    if isinstance(tree, str) or rule not in _READERS:
        raise UnreadableError(find_first_line(tree), f"{rule.replace('_', ' ')}: flowseal never writes that")
    return _READERS[rule](tree, held)


def read_string(tree: Tree[Token], _held: bool = False) -> Expression:
    """Return the value of a quoted string."""
    parts: list[str | Expression] = []
    for child in tree.children[1:-1]:
        inner = child if isinstance(child, str) else child.children[0]
        if isinstance(inner, str) and inner.type == "STRING_CHARS":
            parts.append(_decode_characters(inner))
        elif not isinstance(inner, str) and inner.data == "interpolation":
            parts.append(read_expression(list_trees(inner)[0], held=True))
        else:
            problem = "a directive or a doubled $ or % in a string: flowseal never writes that"
            raise UnreadableError(find_first_line(inner), problem)
    return expressions.join_parts(parts)


def _decode_characters(token: Token) -> str:
    """Decode the inside of a quoted string, as strictly as Terraform does."""
    line = token.line or 0
    if "\n" in token:
        raise UnreadableError(line, "a line break in a quoted string")
    return _ESCAPE.sub(lambda match: _decode_escape(match, line), token) if "\\" in token else str(token)


def _decode_escape(match: re.Match[str], line: int) -> str:
    digits = match[1] or match[2]
    if digits is None:
        if match[3] not in _SHORT_ESCAPES:
            raise UnreadableError(line, f"{match[0]!r} is not an HCL escape sequence")
        return _SHORT_ESCAPES[match[3]]
    code = int(digits, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise UnreadableError(line, f"{match[0]!r} is not a character")
    return chr(code)


def _read_term(tree: Tree[Token], held: bool) -> Expression:
    parts = list_parts(tree)
    if name_branch(parts[0]) == "LPAR":
        return read_expression(parts[1], held=True)
    return read_expression(parts[0], held)


def _read_number(tree: Tree[Token], _held: bool) -> Expression:
    digits = str(tree.children[0])
    if not _NUMBER.fullmatch(digits):
        raise UnreadableError(find_first_line(tree), f"{digits!r} is not a number")
    return expressions.Number(Decimal(digits))


def _read_unary(tree: Tree[Token], held: bool) -> Expression:
    if not held:
        require_one_line(tree.children)
    operand = read_expression(tree.children[1], held)
    if isinstance(operand, expressions.Number) and tree.children[0] == "-":
        return expressions.Number(-operand.value)
    return expressions.Operation(str(tree.children[0]), (operand,))


def _read_binary(tree: Tree[Token], held: bool) -> Expression:
    left, term = list_trees(tree)
    operator_tree, right = list_trees(term)
    token = operator_tree.children[0]
    if not held:
        require_one_line([left, token, right])
    operator = _OPERATOR.search(str(token))
    operands = read_expression(left, held), read_expression(right, held)
    return expressions.Operation(operator[0] if operator else "", operands)


def _read_conditional(tree: Tree[Token], held: bool) -> Expression:
    if not held:
        require_one_line(list_parts(tree))
    operands = tuple(read_expression(operand, held) for operand in list_trees(tree))
    return expressions.Operation(expressions.CONDITIONAL, operands)


def _read_member(tree: Tree[Token], held: bool) -> Expression:
    owner, access = list_trees(tree)
    return expressions.Member(read_expression(owner, held), str(list_trees(access)[0].children[0]))


def _read_index(tree: Tree[Token], held: bool) -> Expression:
    owner, access = list_trees(tree)
    if access.data != "braces_index":
        raise UnreadableError(find_first_line(access), "an index without brackets: flowseal never writes that")
    key = read_expression(list_trees(access)[0], held=True)
    return expressions.Operation(expressions.INDEX, (read_expression(owner, held), key))


def _read_call(tree: Tree[Token], _held: bool) -> Expression:
    names = [part for part in list_trees(tree) if part.data == "identifier"]
    arguments = [part for part in list_trees(tree) if part.data == "arguments"]
    if len(names) != 1:
        raise UnreadableError(find_first_line(tree), "a provider's function: flowseal never writes that")
    values = list_trees(arguments[0]) if arguments else []
    expands = bool(arguments) and any(name_branch(part) == "ELLIPSIS" for part in list_parts(arguments[0]))
    read = tuple(read_expression(value, held=True) for value in values)
    return expressions.FunctionCall(str(names[0].children[0]), read, expands)


def _read_tuple(tree: Tree[Token], _held: bool) -> Expression:
    return expressions.Tuple(tuple(read_expression(item, held=True) for item in list_trees(tree)))


def _read_object(tree: Tree[Token], _held: bool) -> Expression:
    entries: dict[Expression, Expression] = {}
    parts = list_parts(tree)[1:-1]
    for index, part in enumerate(parts):
        line = find_first_line(part)
        on_same_line = index > 0 and find_last_line(parts[index - 1]) == line
        if isinstance(part, str):
            if not on_same_line:
                raise UnreadableError(line, "a comma at the start of a line of an object")
            continue
        if on_same_line and not isinstance(parts[index - 1], str):
            raise UnreadableError(line, "two entries of an object without a comma between them")
        key_tree, value = list_trees(part)
        key = _read_key(key_tree)
        if key in entries:
            raise UnreadableError(line, f"an object contains the key {format_expression(key)} twice")
        entries[key] = read_expression(value)
    return expressions.Object(tuple(entries.items()))


def _read_key(tree: Tree[Token]) -> Expression:
    inner = list_trees(tree)[0]
    first = list_parts(inner)[0] if inner.data == "expr_term" else inner
    rule = name_branch(first)
    if rule == "identifier" and not isinstance(first, str):
        return expressions.String(str(first.children[0]))
    if rule != "string":
        raise UnreadableError(find_first_line(inner), "the key of an object is neither a name nor a string")
    return read_expression(inner)


def _read_for(tree: Tree[Token], _held: bool) -> Expression:
    intro, *values = list_trees(tree)
    condition = values.pop() if values[-1].data == "for_cond" else None
    *names, source = list_trees(intro)
    read = [read_expression(value, held=True) for value in values]
    return expressions.ForExpression(
        names=tuple(str(name.children[0]) for name in names),
        source=read_expression(source, held=True),
        key=read[0] if len(read) > 1 else None,
        value=read[-1],
        condition=read_expression(list_trees(condition)[0], held=True) if condition is not None else None,
        groups=any(name_branch(part) == "ELLIPSIS" for part in list_parts(tree)),
    )


_READERS: dict[str, Callable[[Tree[Token], bool], Expression]] = {
    "expr_term": _read_term,
    "string": read_string,
    "int_lit": _read_number,
    "float_lit": _read_number,
    "literal_value": lambda tree, _: _LITERALS[str(tree.children[0])],
    "identifier": lambda tree, _: expressions.Name(str(tree.children[0])),
    "unary_op": _read_unary,
    "binary_op": _read_binary,
    "conditional": _read_conditional,
    "get_attr_expr_term": _read_member,
    "index_expr_term": _read_index,
    "function_call": _read_call,
    "tuple": _read_tuple,
    "object": _read_object,
    "for_tuple_expr": _read_for,
    "for_object_expr": _read_for,
}
