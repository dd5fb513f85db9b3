"""The grammar's tree of a condition, made into the expression that it stands for. Imports lark: import it late."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from lark import Token, Transformer, v_args

from generator.validation.condition_expressions import Comparison, Expression, Junction, Negation, Operand

_ESCAPE = re.compile(r"\\(.)")


@v_args(inline=True)
class ConditionTransformer(Transformer[Token, Expression]):
    """One method a rule of the grammar."""

    def disjunction(self, *items: Expression) -> Expression:
        """Join with or."""
        return Junction(False, items)

    def conjunction(self, *items: Expression) -> Expression:
        """Join with and."""
        return Junction(True, items)

    def negation(self, item: Expression) -> Expression:
        """Negate."""
        return Negation(item)

    def group(self, _open: Token, item: Expression, _close: Token) -> Expression:
        """Take the parentheses off."""
        return replace(item, is_grouped=True) if isinstance(item, Junction) else item

    def comparison(self, left: Operand, operator: Token, right: Operand) -> Expression:
        """Compare."""
        return Comparison(left, str(operator), right)

    def name(self, token: Token) -> Operand:
        """Name an input."""
        return _make_operand(token, str(token), "")

    def text(self, token: Token) -> Operand:
        """Read a text in double quotes."""
        return _make_operand(token, _ESCAPE.sub(r"\1", token[1:-1]), "String")

    def number(self, token: Token) -> Operand:
        """Read a number, exactly."""
        return _make_operand(token, Decimal(str(token)), "Number")

    def true(self, token: Token) -> Operand:
        """Read true."""
        return _make_operand(token, True, "Boolean")

    def false(self, token: Token) -> Operand:
        """Read false."""
        return _make_operand(token, False, "Boolean")


def _make_operand(token: Token, value: str | Decimal | bool, kind: str) -> Operand:
    start = token.start_pos or 0
    return Operand(value, kind, start, start + len(token))
