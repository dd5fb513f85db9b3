"""The language of conditions: comparisons of inputs, joined with and, or and not.

Source: Bedrock user guide, "Node types for your flow", condition expressions. The guide recommends parentheses; without
them not binds closest here, then and, then or.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from generator.source.scalars import LARGEST_EXPONENT, is_bounded
from generator.validation.languages import ExpressionFault, Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Token, Transformer

LONGEST = 64
"""The API's limit of a condition; a longer one is told by its length and not read."""

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: term (_AND term)*
?term: _NOT term -> negation | OPEN disjunction CLOSE -> group | operand OPERATOR operand -> comparison
?operand: NAME -> name | STRING -> text | NUMBER -> number | (TRUE | FALSE) -> constant
_AND: /and\b/
_OR: /or\b/
_NOT.1: /not\b/
TRUE.1: /true\b/
FALSE.1: /false\b/
OPEN: "("
CLOSE: ")"
OPERATOR: "==" | "!=" | ">=" | "<=" | ">" | "<"
NAME: /(?!(and|or|not|true|false)\b)[a-zA-Z][a-zA-Z0-9_]*/
STRING: /"(\\.|[^"\\])*"/
NUMBER: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/
%ignore /\s+/
"""
JOINING = ("and", "or", "not")
CONSTANTS = ("true", "false")
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|[a-zA-Z][a-zA-Z0-9_]*')
"""STRING, NUMBER and NAME of the grammar, and its words."""
_ESCAPE = re.compile(r"\\(.)")
WORDS = {
    "NAME": "the name of an input",
    "STRING": "a constant",
    "NUMBER": "a constant",
    "TRUE": "a constant",
    "FALSE": "a constant",
    "_NOT": "'not'",
    "OPEN": "(",
    "OPERATOR": "a comparison (==, !=, >, >=, < or <=)",
    "_AND": "'and'",
    "_OR": "'or'",
    "CLOSE": ")",
    "$END": "the end",
}
HINTS = {
    '"': "Close the text with another double quote.",
    "'": 'Write texts in double quotes: kind == "urgent".',
    "=": "Write == to compare.",
    "===": "Write == to compare.",
    "&&": "Write and.",
    "&": "Write and.",
    "||": "Write or.",
    "|": "Write or.",
    "!": "Write != to compare, or not before a comparison.",
    "AND": "Write and.",
    "And": "Write and.",
    "OR": "Write or.",
    "Or": "Write or.",
    "NOT": "Write not.",
}


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


def make_transformer() -> Transformer[Token, Expression]:
    """Return what turns the grammar's tree into an Expression while it is parsed."""
    from generator.validation.condition_transformer import ConditionTransformer

    return ConditionTransformer()


LANGUAGE: Language[Expression] = Language("condition-expressions", GRAMMAR, WORDS, make_transformer, HINTS)


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression | ExpressionFault | None:
    """Return a condition's expression, or the first thing that is wrong with it; None for one too long to read.

    Which inputs and constants stand in a condition does not matter to its grammar, so conditions of one form are parsed
    once.
    """
    if len(text) > LONGEST:
        return None
    if fault := find_unbounded_number(text):
        return fault
    form = _read_form(_WORD.sub(_stand_in, text))
    if isinstance(form, ExpressionFault):
        return LANGUAGE.parse(text)
    return _fill_in(form, (word for word in _WORD.finditer(text) if word.group() not in JOINING))


def find_unbounded_number(text: str) -> ExpressionFault | None:
    """Return what is wrong with the first number whose exponent is out of bounds, wherever it is in a condition."""
    for word in _WORD.finditer(text):
        if word.group()[0] in "-0123456789" and not is_bounded(word.group()):
            cause = f"the exponent of {word.group()} is not between -{LARGEST_EXPONENT} and {LARGEST_EXPONENT}"
            return ExpressionFault(cause, *word.span(), "Use a number with a smaller exponent.")
    return None


@lru_cache(maxsize=1024)
def _read_form(form: str) -> Expression | ExpressionFault:
    return LANGUAGE.parse(form)


def _stand_in(word: re.Match[str]) -> str:
    """Return what stands for an operand in the form: another one of its sort, which ends where it ends."""
    text = word.group()
    if text in JOINING or text in CONSTANTS:
        return text
    if text[0] == '"':
        return '""'
    if text[0].isalpha():
        return "a"
    return "-0.0e0" if text[0] == "-" else "0.0e0"


def _fill_in(form: Expression, words: Iterator[re.Match[str]]) -> Expression:
    """Return an expression of this form with these operands, which stand in it from left to right."""
    if isinstance(form, Comparison):
        return Comparison(_take_operand(form.left, words), form.operator, _take_operand(form.right, words))
    if isinstance(form, Negation):
        return Negation(_fill_in(form.item, words))
    return Junction(form.is_and, tuple([_fill_in(item, words) for item in form.items]), form.is_grouped)


def _take_operand(form: Operand, words: Iterator[re.Match[str]]) -> Operand:
    word = next(words)
    return make_operand(word.group(), form.type, word.start())


def make_operand(text: str, kind: str, start: int) -> Operand:
    """Return the operand that is written so at `start`."""
    value: str | Decimal | bool = str(text)
    if kind == "String":
        value = _ESCAPE.sub(r"\1", text[1:-1]) if "\\" in text else text[1:-1]
    elif kind == "Number":
        value = Decimal(text)
    elif kind == "Boolean":
        value = text == "true"
    return Operand(value, kind, start, start + len(text))


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
