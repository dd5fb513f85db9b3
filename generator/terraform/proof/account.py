"""The example account on AWS's page: what expressions evaluate to there, and the page's three policies."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from generator.terraform.proof import expressions
from generator.terraform.proof.expressions import Expression, FunctionCall, Member, Name
from generator.terraform.proof.formatting import format_expression

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
    "aws_cloudcontrolapi_resource.flow.id": FLOW_ARN,
    "aws_kms_key.this.arn": KEY_ARN,
    "aws_iam_role.this.arn": ROLE_ARN,
}
"""The values of data sources and resources in this account."""
_PLACEHOLDERS = (
    (re.compile(r"arn:aws:kms:us-east-1:123456789012:key/[^\"]+"), KEY_ARN),
    (re.compile(r"arn:aws:bedrock:us-east-1:123456789012:flow/[^\"]+"), FLOW_ARN),
    (re.compile(r"arn:aws:iam::123456789012:role/RoleName"), ROLE_ARN),
)


@dataclass(frozen=True, slots=True)
class Account:
    """What expressions are evaluated with: the module's local values, and the values of its caller variables."""

    local_values: Mapping[str, Expression]
    callers: Mapping[str, list[str]]

    def evaluate(self, expression: Expression) -> Result:
        """Return an expression's value. One that only an apply knows is its own code in < >, equal only to itself."""
        match expression:
            case expressions.String(value):
                return value
            case expressions.Interpolation(parts):
                return "".join(part if isinstance(part, str) else self._evaluate_part(part) for part in parts)
            case expressions.Tuple(items):
                return self._join_lists(items)
            case Member(Name("local"), name) if name in self.local_values:
                # Without the name itself, so that a local value defined by itself ends as unknown, not in a recursion.
                others = {key: value for key, value in self.local_values.items() if key != name}
                return Account(others, self.callers).evaluate(self.local_values[name])
            case FunctionCall("values", (Member(Name("var"), name),), False) if name in self.callers:
                return list(self.callers[name])
            case FunctionCall("concat", arguments, False):
                return self._join_lists(arguments)
            case FunctionCall("distinct", (argument,), False):
                return list(dict.fromkeys(self._join_lists((argument,))))
        code = format_expression(expression)
        return KNOWN.get(code, f"<{code}>")

    def _evaluate_part(self, expression: Expression) -> str:
        value = self.evaluate(expression)
        return value if isinstance(value, str) else f"<{value}>"

    def _join_lists(self, parts: tuple[Expression, ...]) -> list[str]:
        joined: list[str] = []
        for part in parts:
            value = self.evaluate(part)
            joined += [value] if isinstance(value, str) else value
        return joined


def fill_page_policies(callers: Sequence[str]) -> dict[str, Any]:
    """Return the page's policies, with placeholders filled in, by the name of the module's document.

    `callers` are ARNs that are added next to the service role in the key policy's second statement.
    """
    policies: dict[str, Any] = json.loads(_read_page())
    if callers:
        principal = policies["key"]["Statement"][1]["Principal"]
        principal["AWS"] = sorted({principal["AWS"], *callers}, reverse=True)
    return policies


@cache
def _read_page() -> str:
    data = pkgutil.get_data("generator", "data/encryption_flows_page.json")
    if data is None:
        raise FileNotFoundError("generator/data/encryption_flows_page.json")
    page = json.dumps(json.loads(data)["policies"])
    for pattern, arn in _PLACEHOLDERS:
        page = pattern.sub(arn, page)
    return page
