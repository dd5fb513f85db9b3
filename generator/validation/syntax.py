"""Parsers for the two expression languages: those of inputs and of conditions.

Sources: Bedrock user guide, "Use expressions to define inputs by extracting the relevant part of a whole input", and
"Node types for your flow", condition expressions. The guide recommends parentheses; without them, `not` binds tighter
than `and`, and `and` tighter than `or`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn, TypeAlias

from generator.flow.wording import list_names
from generator.source.reading import LARGEST_EXPONENT, is_bounded

MAX_LENGTH = 64
"""The API's limit on the length of an expression. A longer one is reported as such and not parsed."""
WHOLE_INPUT = "$.data"

_UNREADABLE = re.compile(r"\w+|[=!<>]=|.", re.DOTALL)
_INTEGER = re.compile(r"-?[0-9]+")
_CLOSE = (re.compile(r" *\]"), "]", "path")
_COMMA = (re.compile(r" *, *"), "a comma", "next index")
_COLON = (re.compile(r" *: *"), "a colon", "slice")
_STEPS = {
    "path": (
        (re.compile(r"\."), "a dot", "field"),
        (re.compile(r"\[ *"), "[", "brackets"),
        (re.compile(r"\Z"), "the end", ""),
    ),
    "field": (
        (re.compile(r"""[^\s.*,:\[\](){}"'$@?]+"""), "a field name", "path"),
        (re.compile(r"\*"), "*", "path"),
    ),
    "brackets": ((_INTEGER, "an integer", "index"), (re.compile(r"\*"), "*", "close"), _COLON),
    "index": (_COMMA, _COLON, _CLOSE),
    "next index": ((_INTEGER, "an integer", "indexes"),),
    "indexes": (_COMMA, _CLOSE),
    "slice": ((_INTEGER, "an integer", "close"), _CLOSE),
    "close": (_CLOSE,),
}
"""What can follow $.data: for each state, the patterns, their descriptions for messages, and the next states."""
_START = re.compile(r"\$?\.?(data(?![\w-]))?\.?")
_BRACKETS = re.compile(r"""\[\s*["']?([A-Za-z_]\w*)["']?\s*\]""")
_INPUT_HINTS = {
    '"': "Write the field name after a dot: $.data.name.",
    "'": "Write the field name after a dot: $.data.name.",
    "?": "Bedrock does not support filters. Use a Condition or InlineCode node.",
}

_STRING, _NUMBER = r'"(?:\\.|[^"\\])*"', r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_NUMBERS = re.compile(rf"{_STRING}|({_NUMBER})|[a-zA-Z][a-zA-Z0-9_]*")
_OPERAND = re.compile(
    rf"(?P<Boolean>(?:true|false)\b)|(?P<String>{_STRING})|(?P<Number>{_NUMBER})"
    r"|(?P<Input>(?!(?:and|or|not|true|false)\b)[a-zA-Z][a-zA-Z0-9_]*)"
)
_ESCAPE = re.compile(r"\\(.)")
_OPERATOR = re.compile(r"[=!<>]=|[<>]")
_AND, _OR, _NOT = re.compile(r"and\b"), re.compile(r"or\b"), re.compile(r"not\b")
_OPEN, _CLOSING = re.compile(r"\("), re.compile(r"\)")
_CONDITION_HINTS = {
    '"': "Add the closing double quote.",
    "'": 'Use double quotes for strings: kind == "urgent".',
    "=": "Use == to compare.",
    "&": "Use `and`.",
    "|": "Use `or`.",
    "!": "Use != to compare, or not before a comparison.",
    "AND": "Use `and`.",
    "And": "Use `and`.",
    "OR": "Use `or`.",
    "Or": "Use `or`.",
    "NOT": "Use `not`.",
}


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """A mistake in an expression, at its characters [start:end]. `help` may be empty."""

    cause: str
    start: int
    end: int
    help: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison, at text[start:end]: an input, whose type is empty, or a constant."""

    value: str | Decimal | bool
    type: str
    start: int
    end: int

    @property
    def is_input(self) -> bool:
        """Whether it is an input."""
        return not self.type


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the operator between them."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Negation:
    """`not`, and what it negates."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Junction:
    """Expressions joined with `and` or `or`. `is_grouped` means that it is in parentheses."""

    is_and: bool
    items: tuple[Expression, ...]
    is_grouped: bool = False


Expression: TypeAlias = Comparison | Negation | Junction


@lru_cache(maxsize=4096)
def read_input_expression(text: str) -> ExpressionFault | None:
    """Return the first mistake in an input's expression, or None if it is well-formed."""
    if text == WHOLE_INPUT or len(text) > MAX_LENGTH:
        return None
    if not text.startswith(WHOLE_INPUT):
        meant = _suggest_path(text)
        help = f"Did you mean {meant}?" if meant else "Use $.data for the whole input, or $.data.name for a field."
        return ExpressionFault(_describe([WHOLE_INPUT], 0, text), 0, len(text), help)
    fault = _find_path_fault(text)
    meant = _suggest_path(text) if fault is not None else None
    return replace(fault, help=f"Did you mean {meant}?") if fault is not None and meant else fault


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression | ExpressionFault | None:
    """Return a condition's expression, the first mistake in it, or None if it is too long to parse."""
    return None if len(text) > MAX_LENGTH else parse_condition(text)


def parse_condition(text: str) -> Expression | ExpressionFault:
    """Return the expression of a condition of any length, or the first mistake in it."""
    for word in _NUMBERS.finditer(text):
        if word[1] and not is_bounded(word[1]):
            cause = f"the exponent of {word[1]} is not between -{LARGEST_EXPONENT} and {LARGEST_EXPONENT}"
            return ExpressionFault(cause, *word.span(), "Use a number with a smaller exponent.")
    try:
        return _ConditionReader(text).read()
    except _UnexpectedError as error:
        return error.fault


def list_comparisons(expression: Expression) -> Iterator[Comparison]:
    """Yield the comparisons of an expression from left to right."""
    match expression:
        case Comparison():
            yield expression
        case Negation(item):
            yield from list_comparisons(item)
        case Junction(items=items):
            for item in items:
                yield from list_comparisons(item)


def _find_path_fault(text: str) -> ExpressionFault | None:
    state, at = "path", len(WHOLE_INPUT)
    while state:
        for pattern, _, after in _STEPS[state]:
            if match := pattern.match(text, at):
                state, at = after, match.end()
                break
        else:
            return _make_fault([word for _, word, _ in _STEPS[state]], text, at, _INPUT_HINTS)
    return None


def _suggest_path(text: str) -> str | None:
    """Return the well-formed expression probably meant by one with fields in brackets or without $.data, or None."""
    fields = _BRACKETS.sub(r".\1", _START.sub("", text)).strip(".")
    meant = WHOLE_INPUT + (f".{fields}" if fields and fields[0] != "[" else fields)
    return meant if meant != text and len(meant) <= MAX_LENGTH and _find_path_fault(meant) is None else None


class _UnexpectedError(Exception):
    def __init__(self, fault: ExpressionFault) -> None:
        self.fault = fault


class _ConditionReader:
    """A recursive descent parser for one condition. Its methods raise _UnexpectedError at the first mistake."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Expression:
        """Parse the entire condition."""
        expression = self._read_disjunction()
        if self._skip_spaces() < len(self._text):
            joining = () if self._text[self._at] == ")" else ("'and'", "'or'")
            self._fail(*joining, "the end")
        return expression

    def _read_disjunction(self) -> Expression:
        items = [self._read_conjunction()]
        while self._take(_OR):
            items.append(self._read_conjunction())
        return items[0] if len(items) == 1 else Junction(False, tuple(items))

    def _read_conjunction(self) -> Expression:
        items = [self._read_term()]
        while self._take(_AND):
            items.append(self._read_term())
        return items[0] if len(items) == 1 else Junction(True, tuple(items))

    def _read_term(self) -> Expression:
        if self._take(_NOT):
            return Negation(self._read_term())
        if self._take(_OPEN):
            return self._read_group()
        left = self._read_operand("'not'", "(")
        operator = self._take(_OPERATOR) or self._fail("a comparison (==, !=, >, >=, <, or <=)")
        return Comparison(left, operator[0], self._read_operand())

    def _read_group(self) -> Expression:
        item = self._read_disjunction()
        if not self._take(_CLOSING):
            joining = ("'and'", "'or'") if self._at < len(self._text) else ()
            self._fail(*joining, ")")
        return replace(item, is_grouped=True) if isinstance(item, Junction) else item

    def _read_operand(self, *otherwise: str) -> Operand:
        match = self._take(_OPERAND) or self._fail("an input name", "a constant", *otherwise)
        text, kind = match[0], match.lastgroup or ""
        value: str | Decimal | bool = text
        if kind == "String":
            value = _ESCAPE.sub(r"\1", text[1:-1])
        elif kind == "Number":
            value = Decimal(text)
        elif kind == "Boolean":
            value = text == "true"
        return Operand(value, "" if kind == "Input" else kind, *match.span())

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._skip_spaces())
        if match is not None:
            self._at = match.end()
        return match

    def _skip_spaces(self) -> int:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._at

    def _fail(self, *wanted: str) -> NoReturn:
        raise _UnexpectedError(_make_fault(wanted, self._text, self._skip_spaces(), _CONDITION_HINTS))


def _make_fault(wanted: Sequence[str], text: str, at: int, hints: Mapping[str, str]) -> ExpressionFault:
    match = _UNREADABLE.match(text, at)
    found = match[0] if match else ""
    return ExpressionFault(_describe(wanted, at, found), at, at + len(found), hints.get(found, ""))


def _describe(wanted: Sequence[str], start: int, found: str) -> str:
    """Describe what was expected at which character, counted from 1, and what was found instead."""
    expected = list_names(list(wanted))
    return f"expected {expected} at character {start + 1}, found {repr(found) if found else 'the end'}"
