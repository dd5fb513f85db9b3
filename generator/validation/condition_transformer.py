"""The grammar's tree of a condition, made into the expression that it stands for. Imports lark: import it late."""

from __future__ import annotations

from dataclasses import replace

from lark import Token, Transformer, v_args

from generator.validation.condition_expressions import Comparison, Expression, Junction, Negation, Operand, make_operand


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
        return make_operand(token, "", token.start_pos or 0)

    def text(self, token: Token) -> Operand:
        """Read a text in double quotes."""
        return make_operand(token, "String", token.start_pos or 0)

    def number(self, token: Token) -> Operand:
        """Read a number, exactly."""
        return make_operand(token, "Number", token.start_pos or 0)

    def constant(self, token: Token) -> Operand:
        """Read true or false."""
        return make_operand(token, "Boolean", token.start_pos or 0)
