"""The language of conditions: comparisons of inputs, joined with and, or and not.

Source: Bedrock user guide, "Node types for your flow", condition expressions. The guide recommends parentheses; without
them not binds closest here, then and, then or.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

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
?operand: NAME -> name | STRING -> text | NUMBER -> number | TRUE -> true | FALSE -> false
_AND: /and\b/
_OR: /or\b/
_NOT.1: /not\b/
TRUE.1: /true\b/
FALSE.1: /false\b/
OPEN: "("
CLOSE: ")"
OPERATOR: "==" | "!=" | ">=" | "<=" | ">" | "<"
NAME: /[a-zA-Z][a-zA-Z0-9_]*/
STRING: /"(\\.|[^"\\])*"/
NUMBER: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/
%ignore /\s+/
"""
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


LANGUAGE: Language[Expression] = Language(GRAMMAR, WORDS, make_transformer, HINTS)


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression | ExpressionFault | None:
    """Return a condition's expression, or the first thing that is wrong with it; None for one too long to read."""
    return None if len(text) > LONGEST else LANGUAGE.parse(text)


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
