"""Policy documents -> the JSON that AWS gets, and the Terraform data source that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from generator.terraform.hcl import Attribute, Block, Comment, Value
from generator.terraform.policies.documents import Condition, PolicyDocument, Principal, Statement

Evaluate: TypeAlias = Callable[[Value], str | list[str]]
"""What a text or a list of a policy comes to, once the account and the variables are known."""


def write_policy_json(document: PolicyDocument, evaluate: Evaluate) -> dict[str, object]:
    """Return the policy as AWS's page spells it: lists sorted descending, a list of one collapsed to its text.

    That is also how aws_iam_policy_document renders it.
    """
    statements = [_write_statement(statement, evaluate) for statement in document.statements]
    return {"Version": "2012-10-17", "Statement": statements}


def build_document_block(document: PolicyDocument) -> Block:
    """Return the document as `data "aws_iam_policy_document"`."""
    body: list[Comment | Block] = []
    for statement in document.statements:
        if statement.comment:
            body.append(Comment(statement.comment))
        body.append(_build_statement_block(statement))
    return Block("data", ("aws_iam_policy_document", document.name), tuple(body))


def _write_statement(statement: Statement, evaluate: Evaluate) -> dict[str, object]:
    written: dict[str, object] = {"Sid": statement.sid, "Effect": "Allow", "Action": _write_list(statement.actions)}
    if statement.resources:
        written["Resource"] = _write_list(map(evaluate, statement.resources))
    if statement.principals:
        written["Principal"] = {
            principal.type: _write_list(map(evaluate, _list_identifiers(principal)))
            for principal in statement.principals
        }
    if statement.conditions:
        conditions: dict[str, dict[str, object]] = {}
        for condition in statement.conditions:
            values = _write_list(map(evaluate, condition.values))
            conditions.setdefault(condition.test, {})[condition.variable] = values
        written["Condition"] = conditions
    return written


def _list_identifiers(principal: Principal) -> tuple[Value, ...]:
    return principal.identifiers if isinstance(principal.identifiers, tuple) else (principal.identifiers,)


def _write_list(values: Iterable[str | list[str]]) -> str | list[str]:
    texts: set[str] = set()
    for value in values:
        texts.update([value] if isinstance(value, str) else value)
    ordered = sorted(texts, reverse=True)
    return ordered[0] if len(ordered) == 1 else ordered


def _build_statement_block(statement: Statement) -> Block:
    body: list[Attribute | Block | Comment] = [
        Attribute("sid", statement.sid),
        Attribute("actions", list(statement.actions)),
    ]
    if statement.resources:
        body.append(Attribute("resources", list(statement.resources)))
    for principal in statement.principals:
        identifiers = principal.identifiers
        named = Attribute("identifiers", list(identifiers) if isinstance(identifiers, tuple) else identifiers)
        body.append(Block("principals", (), (Attribute("type", principal.type), named)))
    body.extend(map(_build_condition_block, statement.conditions))
    return Block("statement", (), tuple(body))


def _build_condition_block(condition: Condition) -> Block:
    attributes = (
        Attribute("test", condition.test),
        Attribute("variable", condition.variable),
        Attribute("values", list(condition.values)),
    )
    return Block("condition", (), attributes)
