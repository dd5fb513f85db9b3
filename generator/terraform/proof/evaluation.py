"""Expressions -> the values that a policy gets, with a fixed account in the place of the real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from generator.terraform.proof.expressions import Expression, FunctionCall, Interpolation, Member, Name, Sequence, Text
from generator.terraform.proof.spelling import spell_expression

Result: TypeAlias = str | list[str]

ACCOUNT = "123456789012"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/KEY"
FLOW_ARN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/FLOW"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/ROLE"
KNOWN: Mapping[str, Result] = {
    "data.aws_caller_identity.current.account_id": ACCOUNT,
    "data.aws_partition.current.partition": "aws",
    "data.aws_partition.current.dns_suffix": "amazonaws.com",
    "data.aws_region.current.region": "us-east-1",
    "aws_bedrockagent_flow.this.arn": FLOW_ARN,
    "aws_kms_key.this.arn": KEY_ARN,
    "aws_iam_role.this.arn": ROLE_ARN,
}
"""The account of AWS's page: what data sources and resources say there."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where expressions are evaluated: the module's locals, and the callers that it was given (values of the maps)."""

    definitions: Mapping[str, Expression]
    callers: Mapping[str, list[str]]

    def evaluate(self, expression: Expression) -> Result:
        """Return what an expression comes to. What only an apply knows is its own text in < >, equal to itself only."""
        match expression:
            case Text(value):
                return value
            case Interpolation(parts):
                return "".join(part if isinstance(part, str) else self._evaluate_text(part) for part in parts)
            case Sequence(items):
                return self._join_lists(items)
            case Member(Name("local"), name) if name in self.definitions:
                # Without the name itself: a local that stands for itself ends as unknown, not in a recursion.
                rest = {key: value for key, value in self.definitions.items() if key != name}
                return Account(rest, self.callers).evaluate(self.definitions[name])
            case FunctionCall("values", (Member(Name("var"), name),), False) if name in self.callers:
                return list(self.callers[name])
            case FunctionCall("concat", arguments, False):
                return self._join_lists(arguments)
            case FunctionCall("distinct", (argument,), False):
                return list(dict.fromkeys(self._join_lists((argument,))))
        spelled = spell_expression(expression)
        return KNOWN.get(spelled, f"<{spelled}>")

    def _evaluate_text(self, expression: Expression) -> str:
        value = self.evaluate(expression)
        return value if isinstance(value, str) else f"<{value}>"

    def _join_lists(self, expressions: tuple[Expression, ...]) -> list[str]:
        joined: list[str] = []
        for expression in expressions:
            value = self.evaluate(expression)
            joined += [value] if isinstance(value, str) else value
        return joined
