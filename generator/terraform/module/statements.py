"""What a policy document of the module must say, as an assertion of its tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from generator.terraform.hcl import Block, Call, Equality, Reference, Value
from generator.terraform.module.blocks import make_block
from generator.terraform.policies import PolicyDocument, Statement, Text

Fill: TypeAlias = Callable[[Text | Call], Value]
"""What a text of a policy, or a list of principals, comes to under the test's mocks and values."""


def assert_document(document: PolicyDocument, fill: Fill, error_message: str) -> Block:
    """Return the assertion that a document has exactly these statements, and says nothing else in any of them.

    Under a mocked provider the JSON is a mock, too; what the configuration says is not. Of each statement, whatever
    is not empty is compared: sets in their own order, conditions by test and variable.
    """
    found = (
        f"jsonencode([for s in data.aws_iam_policy_document.{document.name}.statement : "
        '{ for k, v in s : k => try({ for c in v : "${c.test} ${c.variable}" => c.values }, v) '
        "if try(length(v) > 0, false) }])"
    )
    expected: list[Value] = [_expect_statement(statement, fill) for statement in document.statements]
    condition = Equality(Reference(found), Call("jsonencode", (expected,)))
    return make_block("assert", condition=condition, error_message=error_message)


def _expect_statement(statement: Statement, fill: Fill) -> dict[str, Value]:
    expected: dict[str, Value] = {"sid": statement.sid, "actions": [*sorted(statement.actions)]}
    if statement.resources:
        expected["resources"] = _fill_all(statement.resources, fill)
    if statement.principals:
        expected["principals"] = [
            {
                "type": principal.type,
                "identifiers": fill(principal.identifiers)
                if isinstance(principal.identifiers, Call)
                else _fill_all(principal.identifiers, fill),
            }
            for principal in statement.principals
        ]
    if statement.conditions:
        expected["condition"] = {
            f"{item.test} {item.variable}": [fill(value) for value in item.values]
            for item in sorted(statement.conditions, key=lambda item: (item.test, item.variable))
        }
    return expected


def _fill_all(texts: tuple[Text, ...], fill: Fill) -> list[Value]:
    """Return texts as a set of strings comes out of Terraform: each once, sorted."""
    filled = [fill(text) for text in texts]
    if not all(isinstance(value, str) for value in filled):
        return filled
    return [*sorted({str(value) for value in filled})]
