"""Parse trees of expressions -> expressions. What Terraform refuses raises UnreadableError."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.terraform.proof.escapes import decode_string
from generator.terraform.proof.expressions import (
    Choice,
    Comprehension,
    Element,
    Expression,
    FunctionCall,
    Member,
    Name,
    Null,
    Number,
    Object,
    Operation,
    Sequence,
    Text,
    Truth,
    join_parts,
)
from generator.terraform.proof.spelling import spell_expression
from generator.terraform.proof.tree import (
    UnreadableError,
    find_first_line,
    find_last_line,
    list_parts,
    list_trees,
    name_branch,
    require_one_line,
)

if TYPE_CHECKING:
    from lark import Token, Tree

    from generator.terraform.proof.tree import Branch

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_OPERATOR = re.compile(r"[^\s]+$")
_LITERALS: dict[str, Expression] = {"true": Truth(True), "false": Truth(False), "null": Null()}


def read_expression(tree: Branch, held: bool = False) -> Expression:
    """Return what `tree` means. `held` says that brackets are open, in which lines may break."""
    rule = name_branch(tree)
    if isinstance(tree, str) or rule not in _READERS:
        raise UnreadableError(find_first_line(tree), f"{rule.replace('_', ' ')}: flowseal never writes that")
    return _READERS[rule](tree, held)


def read_string(tree: Tree[Token]) -> Expression:
    """Return what a quoted string means."""
    parts: list[str | Expression] = []
    for child in tree.children[1:-1]:
        inner = child if isinstance(child, str) else child.children[0]
        if isinstance(inner, str) and inner.type == "STRING_CHARS":
            parts.append(_decode_characters(inner))
        elif not isinstance(inner, str) and inner.data == "interpolation":
            parts.append(read_expression(list_trees(inner)[0], held=True))
        else:
            what = "a directive or a doubled $ or % in a string: flowseal never writes that"
            raise UnreadableError(find_first_line(inner), what)
    return join_parts(parts)


def _decode_characters(token: Token) -> str:
    try:
        return decode_string(token)
    except ValueError as error:
        raise UnreadableError(token.line or 0, str(error)) from None


def _read_term(tree: Tree[Token], held: bool) -> Expression:
    parts = list_parts(tree)
    if name_branch(parts[0]) == "LPAR":
        return read_expression(parts[1], held=True)
    return read_expression(parts[0], held)


def _read_string_term(tree: Tree[Token], _held: bool) -> Expression:
    return read_string(tree)


def _read_number(tree: Tree[Token], _held: bool) -> Expression:
    text = str(tree.children[0])
    if not _NUMBER.fullmatch(text):
        raise UnreadableError(find_first_line(tree), f"{text!r} is no number")
    return Number(Decimal(text))


def _read_literal(tree: Tree[Token], _held: bool) -> Expression:
    return _LITERALS[str(tree.children[0])]


def _read_name(tree: Tree[Token], _held: bool) -> Expression:
    return Name(str(tree.children[0]))


def _read_unary(tree: Tree[Token], held: bool) -> Expression:
    if not held:
        require_one_line(tree.children)
    operand = read_expression(tree.children[1], held)
    if isinstance(operand, Number) and tree.children[0] == "-":
        return Number(-operand.value)
    return Operation(str(tree.children[0]), (operand,))


def _read_binary(tree: Tree[Token], held: bool) -> Expression:
    left, term = list_trees(tree)
    operator_tree, right = list_trees(term)
    operator = operator_tree.children[0]
    if not held:
        require_one_line([left, operator, right])
    spelled = _OPERATOR.search(str(operator))
    return Operation(spelled[0] if spelled else "", (read_expression(left, held), read_expression(right, held)))


def _read_choice(tree: Tree[Token], held: bool) -> Expression:
    if not held:
        require_one_line(list_parts(tree))
    condition, then, otherwise = list_trees(tree)
    return Choice(read_expression(condition, held), read_expression(then, held), read_expression(otherwise, held))


def _read_member(tree: Tree[Token], held: bool) -> Expression:
    owner, access = list_trees(tree)
    return Member(read_expression(owner, held), str(list_trees(access)[0].children[0]))


def _read_element(tree: Tree[Token], held: bool) -> Expression:
    owner, access = list_trees(tree)
    if access.data != "braces_index":
        raise UnreadableError(find_first_line(access), "an index without brackets: flowseal never writes that")
    return Element(read_expression(owner, held), read_expression(list_trees(access)[0], held=True))


def _read_call(tree: Tree[Token], _held: bool) -> Expression:
    names = [part for part in list_trees(tree) if part.data == "identifier"]
    arguments = [part for part in list_trees(tree) if part.data == "arguments"]
    if len(names) != 1:
        raise UnreadableError(find_first_line(tree), "a provider's function: flowseal never writes that")
    values = list_trees(arguments[0]) if arguments else []
    expands = bool(arguments) and any(name_branch(part) == "ELLIPSIS" for part in list_parts(arguments[0]))
    read = tuple(read_expression(value, held=True) for value in values)
    return FunctionCall(str(names[0].children[0]), read, expands)


def _read_sequence(tree: Tree[Token], _held: bool) -> Expression:
    return Sequence(tuple(read_expression(item, held=True) for item in list_trees(tree)))


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
            raise UnreadableError(line, f"an object has the key {spell_expression(key)} twice")
        entries[key] = read_expression(value)
    return Object(tuple(entries.items()))


def _read_key(tree: Tree[Token]) -> Expression:
    inner = list_trees(tree)[0]
    first = list_parts(inner)[0] if inner.data == "expr_term" else inner
    rule = name_branch(first)
    if rule == "identifier" and not isinstance(first, str):
        return Text(str(first.children[0]))
    if rule not in ("string", "LPAR"):
        raise UnreadableError(find_first_line(inner), "the key of an object is neither a name nor a string")
    return read_expression(inner)


def _read_comprehension(tree: Tree[Token], _held: bool) -> Expression:
    intro, *values = list_trees(tree)
    condition = values.pop() if values[-1].data == "for_cond" else None
    names = [str(part.children[0]) for part in list_trees(intro)[:-1]]
    read = [read_expression(value, held=True) for value in values]
    return Comprehension(
        names=tuple(names),
        source=read_expression(list_trees(intro)[-1], held=True),
        key=read[0] if len(read) > 1 else None,
        value=read[-1],
        condition=read_expression(list_trees(condition)[0], held=True) if condition is not None else None,
        groups=any(name_branch(part) == "ELLIPSIS" for part in list_parts(tree)),
    )


_READERS: dict[str, Callable[[Tree[Token], bool], Expression]] = {
    "expr_term": _read_term,
    "string": _read_string_term,
    "int_lit": _read_number,
    "float_lit": _read_number,
    "literal_value": _read_literal,
    "identifier": _read_name,
    "unary_op": _read_unary,
    "binary_op": _read_binary,
    "conditional": _read_choice,
    "get_attr_expr_term": _read_member,
    "index_expr_term": _read_element,
    "function_call": _read_call,
    "tuple": _read_sequence,
    "object": _read_object,
    "for_tuple_expr": _read_comprehension,
    "for_object_expr": _read_comprehension,
}
