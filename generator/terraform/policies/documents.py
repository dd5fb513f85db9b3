"""IAM policy documents as data, the JSON that AWS gets, and the Terraform data source that produces it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from generator.terraform.hcl import Attribute, Block, Call, Comment, Reference, Template, Value

PolicyValue: TypeAlias = str | Reference | Template
"""A string in a policy: plain, or with parts that depend on the account or on a variable."""
Evaluate: TypeAlias = Callable[[Value], str | list[str]]
"""Returns the value of a string or list in a policy, once the account and the variables are known."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal in a resource policy: its type ("AWS", "Service") and identifiers.

    `identifiers` is a tuple of strings, or a Call that returns a list of them.
    """

    type: str
    identifiers: tuple[PolicyValue, ...] | Call


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a statement, in IAM's terms. A statement has only one per test and variable."""

    test: str
    variable: str
    values: tuple[PolicyValue, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """An Allow statement. `actions` are sorted; `comment` goes into the Terraform file."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[PolicyValue, ...]
    principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy; `name` is the label of its aws_iam_policy_document in the module."""

    name: str
    statements: tuple[Statement, ...]


def write_policy_json(document: PolicyDocument, evaluate: Evaluate) -> dict[str, object]:
    """Return the policy in the form of AWS's page: lists in descending order, a single item without its list.

    aws_iam_policy_document renders it the same way.
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
            item.type: _write_list(
                map(evaluate, item.identifiers if isinstance(item.identifiers, tuple) else [item.identifiers])
            )
            for item in statement.principals
        }
    if statement.conditions:
        conditions: dict[str, dict[str, object]] = {}
        for condition in statement.conditions:
            values = _write_list(map(evaluate, condition.values))
            conditions.setdefault(condition.test, {})[condition.variable] = values
        written["Condition"] = conditions
    return written


def _write_list(values: Iterable[str | list[str]]) -> str | list[str]:
    items: set[str] = set()
    for value in values:
        items.update([value] if isinstance(value, str) else value)
    ordered = sorted(items, reverse=True)
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
