"""Policy documents rebuilt as JSON from the text that was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from generator.terraform.proof.evaluation import Account
from generator.terraform.proof.expressions import Expression, FunctionCall, Interpolation, Member, Name, Sequence, Text
from generator.terraform.proof.reading import ReadBlock

STATEMENT = {"sid", "actions", "resources"}
PRINCIPALS = {"type", "identifiers"}
CONDITION = {"test", "variable", "values"}


_NAME = r"[A-Za-z0-9:/._-]*"
_WIDE = {
    "actions": (r"kms:\*",),
    "resources": (r"arn:\0:s3:::[A-Za-z0-9.\0-]+/\*", r"arn:aws[a-z-]*:lambda:" + _NAME + r":\$LATEST"),
    "through": (
        r"arn:\0:bedrock:\*::foundation-model/(\*|[A-Za-z0-9:._\0-]+)",
        r"arn:\0:bedrock:\*:\0:inference-profile/\*",
    ),
    "everything": (r"\*",),
    "aws:SourceArn": (r"arn:\0:bedrock:\0:\0:flow/\*",),
}
"""Every text with a pattern that flowseal writes, by where it may stand; NUL is for what only an apply knows.

A second statement beside `policies.exactness`, on purpose: this one is put to the text that was read back.
"""
THROUGH = {"bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"}
WITHOUT_RESOURCES = {"bedrock:RetrieveAndGenerate", "bedrock:Rerank"}
UNREAD = "an expression that is not a text or a reference"


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


def list_patterns(block: ReadBlock) -> Iterator[str]:
    """Yield each text of a policy document's statements that is not exact, and that flowseal never writes.

    An expression that is neither a text nor a reference could come to any text: it is yielded too.
    """
    for statement in block.blocks:
        names = {text for text, _ in _list_texts(statement, "actions")}
        variables = {text for nested in statement.blocks for text, _ in _list_texts(nested, "variable")}
        allowed = [*_WIDE["resources"]]
        allowed += _WIDE["through"] if variables & THROUGH else ()
        allowed += _WIDE["everything"] if names and names <= WITHOUT_RESOURCES else ()
        of_key = any(nested.type == "principals" for nested in statement.blocks)
        yield from _list_inexact(statement, "actions", _WIDE["actions"] if of_key else ())
        yield from _list_inexact(statement, "resources", allowed)
        for nested in statement.blocks:
            yield from _list_inexact(nested, "identifiers", ())
            is_trust = ("aws:SourceArn", ["aws:SourceArn"]) in _list_texts(nested, "variable")
            yield from _list_inexact(nested, "values", _WIDE["aws:SourceArn"] if is_trust else ())


def _list_inexact(block: ReadBlock, attribute: str, allowed: Iterable[str]) -> Iterator[str]:
    for text, literals in _list_texts(block, attribute):
        is_exact = all(re.fullmatch(_NAME, literal) for literal in literals)
        if not is_exact and ("\0" in "".join(literals) or not any(re.fullmatch(form, text) for form in allowed)):
            yield text.replace("\0", "<>")


def _list_texts(block: ReadBlock, attribute: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the texts of an attribute, with NUL for what is no literal, and their literal parts."""
    for item in _list_items(block.attributes[attribute]) if attribute in block.attributes else ():
        match item:
            case Text(text):
                yield text, [text]
            case Interpolation(parts):
                literals = [part for part in parts if isinstance(part, str)]
                yield "".join(part if isinstance(part, str) else "\0" for part in parts), literals
            case Name() | Member():
                yield "\0", []
            case _:
                yield UNREAD, [UNREAD]


def _list_items(given: Expression) -> Iterator[Expression]:
    """Yield the items of the lists that flowseal writes; anything else is an item itself."""
    match given:
        case Sequence(items):
            yield from items
        case FunctionCall("concat" | "distinct", arguments, expands=False):
            for argument in arguments:
                yield from _list_items(argument)
        case FunctionCall("values", (Member(Name("var")) as variable,)):
            yield variable
        case _:
            yield given


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
