"""Policy documents rebuilt as JSON from the text that was read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.verify.evaluation import Account
from generator.verify.expressions import Expression
from generator.verify.reading import ReadBlock

STATEMENT = {"sid", "actions", "resources"}
PRINCIPALS = {"type", "identifiers"}
CONDITION = {"test", "variable", "values"}


class UnexpectedPolicyError(Exception):
    """A policy document says something that flowseal never writes. Never leaves the room."""


def rebuild_policy(block: ReadBlock, account: Account) -> dict[str, Any]:
    """Return a data "aws_iam_policy_document" as the provider renders it: lists descending, one item as a text.

    Anything beyond plain Allow statements raises UnexpectedPolicyError.
    """
    _demand(not block.attributes, f"it has {', '.join(block.attributes)}")
    statements = [_rebuild_statement(item, account) for item in block.blocks]
    sids = [statement["Sid"] for statement in statements]
    _demand(len(set(sids)) == len(sids), "two statements have one Sid")
    return {"Version": "2012-10-17", "Statement": statements}


def _rebuild_statement(block: ReadBlock, account: Account) -> dict[str, Any]:
    _demand(block.type == "statement", f"it has a block {block.type}")
    given = block.attributes
    _demand({"sid", "actions"} <= given.keys() <= STATEMENT, f"a statement has {', '.join(given)}")
    statement: dict[str, Any] = {"Sid": account.evaluate(given["sid"]), "Effect": "Allow"}
    statement["Action"] = _rebuild_list(given["actions"], account)
    if "resources" in given:
        statement["Resource"] = _rebuild_list(given["resources"], account)
    for member, kind, value in _rebuild_nested(block, account):
        inner = statement.setdefault(member, {})
        _demand(not (isinstance(value, dict) and value.keys() & inner.get(kind, {}).keys()), f"{kind} stands twice")
        _demand(isinstance(value, dict) or kind not in inner, f"{kind} stands twice")
        inner[kind] = {**inner.get(kind, {}), **value} if isinstance(value, dict) else value
    return statement


def _rebuild_nested(block: ReadBlock, account: Account) -> Iterator[tuple[str, str, Any]]:
    for nested in block.blocks:
        given = nested.attributes
        _demand(not nested.blocks, f"a block {nested.type} has blocks")
        if nested.type == "principals":
            _demand(given.keys() == PRINCIPALS, f"principals have {', '.join(given)}")
            yield "Principal", str(account.evaluate(given["type"])), _rebuild_list(given["identifiers"], account)
        else:
            _demand(nested.type == "condition" and given.keys() == CONDITION, f"a block {nested.type} is unexpected")
            values = {str(account.evaluate(given["variable"])): _rebuild_list(given["values"], account)}
            yield "Condition", str(account.evaluate(given["test"])), values


def _rebuild_list(expression: Expression, account: Account) -> str | list[str]:
    value = account.evaluate(expression)
    texts = sorted({value} if isinstance(value, str) else set(value), reverse=True)
    return texts[0] if len(texts) == 1 else texts


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise UnexpectedPolicyError(otherwise)
