"""The two languages of expressions, read by hand: those of inputs, and the conditions of a node.

Sources: Bedrock user guide, "Use expressions to define inputs by extracting the relevant part of a whole input", and
"Node types for your flow", condition expressions. That guide recommends parentheses; without them not binds closest
here, then and, then or.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn, TypeAlias

from generator.source.scalars import LARGEST_EXPONENT, is_bounded

LONGEST = 64
"""The API's limit of an expression; a longer one is reported by its length and not read."""
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
        (re.compile(r"""[^\s.*,:\[\](){}"'$@?]+"""), "a field's name", "path"),
        (re.compile(r"\*"), "*", "path"),
    ),
    "brackets": ((_INTEGER, "a whole number", "index"), (re.compile(r"\*"), "*", "close"), _COLON),
    "index": (_COMMA, _COLON, _CLOSE),
    "next index": ((_INTEGER, "a whole number", "indexes"),),
    "indexes": (_COMMA, _CLOSE),
    "slice": ((_INTEGER, "a whole number", "close"), _CLOSE),
    "close": (_CLOSE,),
}
"""What may follow $.data: for each state what it takes, in a user's words, and the state after that."""
_START = re.compile(r"\$?\.?(data(?![\w-]))?\.?")
_BRACKETS = re.compile(r"""\[\s*["']?([A-Za-z_]\w*)["']?\s*\]""")
_INPUT_HINTS = {
    '"': "Write the field's name after a dot: $.data.name.",
    "'": "Write the field's name after a dot: $.data.name.",
    "?": "Bedrock takes no filters: choose in a Condition node or in code.",
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
    '"': "Close the text with another double quote.",
    "'": 'Write texts in double quotes: kind == "urgent".',
    "=": "Write == to compare.",
    "&": "Write and.",
    "|": "Write or.",
    "!": "Write != to compare, or not before a comparison.",
    "AND": "Write and.",
    "And": "Write and.",
    "OR": "Write or.",
    "Or": "Write or.",
    "NOT": "Write not.",
}


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """What is wrong with an expression, and its characters [start:end] where it is. `remedy` may be empty."""

    cause: str
    start: int
    end: int
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison, at text[start:end]: an input (its type is empty), or a constant of a type."""

    value: str | Decimal | bool
    type: str
    start: int
    end: int

    @property
    def is_input(self) -> bool:
        """Whether it names an input."""
        return not self.type


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the operator between them."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Negation:
    """not, and what it negates."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Junction:
    """Expressions joined with and, or with or. Without parentheses around it, `is_grouped` is false."""

    is_and: bool
    items: tuple[Expression, ...]
    is_grouped: bool = False


Expression: TypeAlias = Comparison | Negation | Junction


@lru_cache(maxsize=4096)
def read_input_expression(text: str) -> ExpressionFault | None:
    """Return the first thing that is wrong with an input's expression, or None for one that is well-formed."""
    if text == WHOLE_INPUT or len(text) > LONGEST:
        return None
    if not text.startswith(WHOLE_INPUT):
        meant = _suggest_path(text)
        remedy = f"Did you mean {meant}?" if meant else "Write $.data for the whole input, or $.data.name for a field."
        return ExpressionFault(_describe([WHOLE_INPUT], 0, text), 0, len(text), remedy)
    fault = _find_path_fault(text)
    meant = _suggest_path(text) if fault is not None else None
    return replace(fault, remedy=f"Did you mean {meant}?") if fault is not None and meant else fault


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression | ExpressionFault | None:
    """Return a condition's expression, or the first thing that is wrong with it; None for one too long to read."""
    return None if len(text) > LONGEST else parse_condition(text)


def parse_condition(text: str) -> Expression | ExpressionFault:
    """Return the expression of a condition of any length, or the first thing that is wrong with it."""
    for word in _NUMBERS.finditer(text):
        if word[1] and not is_bounded(word[1]):
            cause = f"the exponent of {word[1]} is not between -{LARGEST_EXPONENT} and {LARGEST_EXPONENT}"
            return ExpressionFault(cause, *word.span(), "Use a number with a smaller exponent.")
    try:
        return _ConditionReader(text).read()
    except _UnexpectedError as error:
        return error.fault


def list_comparisons(expression: Expression) -> Iterator[Comparison]:
    """Yield the comparisons of an expression, from left to right."""
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
    """Return an expression that is well-formed and may be meant, or None: fields in brackets, or $.data left out."""
    fields = _BRACKETS.sub(r".\1", _START.sub("", text)).strip(".")
    meant = WHOLE_INPUT + (f".{fields}" if fields and fields[0] != "[" else fields)
    return meant if meant != text and len(meant) <= LONGEST and _find_path_fault(meant) is None else None


class _UnexpectedError(Exception):
    def __init__(self, fault: ExpressionFault) -> None:
        self.fault = fault


class _ConditionReader:
    """Reads one condition by recursive descent; its methods raise _UnexpectedError at the first fault."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Expression:
        """Return the whole text as an expression."""
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
        operator = self._take(_OPERATOR) or self._fail("a comparison (==, !=, >, >=, < or <=)")
        return Comparison(left, operator[0], self._read_operand())

    def _read_group(self) -> Expression:
        item = self._read_disjunction()
        if not self._take(_CLOSING):
            joining = ("'and'", "'or'") if self._at < len(self._text) else ()
            self._fail(*joining, ")")
        return replace(item, is_grouped=True) if isinstance(item, Junction) else item

    def _read_operand(self, *otherwise: str) -> Operand:
        match = self._take(_OPERAND) or self._fail("the name of an input", "a constant", *otherwise)
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
    """Say what was expected at which character, counted from 1, and what is there instead."""
    expected = f"{', '.join(wanted[:-1])} or {wanted[-1]}" if len(wanted) > 1 else wanted[0]
    return f"expected {expected} at character {start + 1}, found {repr(found) if found else 'the end'}"
