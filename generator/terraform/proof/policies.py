"""Policy documents, rebuilt as JSON from the files that were read, and compared with the plan and with AWS's page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.terraform import hcl
from generator.terraform.policies import PolicyDocument, write_policy_json
from generator.terraform.proof import expressions
from generator.terraform.proof.account import Account, fill_page_policies
from generator.terraform.proof.comparison import ProofFailure, convert_value
from generator.terraform.proof.expressions import Expression, FunctionCall, Member, Name
from generator.terraform.proof.reader import ReadBlock
from generator.terraform.proof.references import POLICY_DOCUMENT, Declaration, list_declarations

STATEMENT = {"sid", "actions", "resources"}
PRINCIPALS = {"type", "identifiers"}
CONDITION = {"test", "variable", "values"}
CALLERS: Mapping[str, list[str]] = {
    "caller_roles": ["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/path/two"],
    "caller_principals": ["arn:aws:iam::999999999999:role/one", "arn:aws:iam::123456789012:role/one"],
}
NO_CALLERS: Mapping[str, list[str]] = {"caller_roles": [], "caller_principals": []}

_NAME = r"[A-Za-z0-9:/._-]*"
_WIDE = {
    "actions": (r"kms:\*",),
    "resources": (r"arn:\0:s3:::[A-Za-z0-9.\0-]+/\*", r"arn:aws[a-z-]*:lambda:" + _NAME + r":\$LATEST"),
    "through": (
        r"arn:\0:bedrock:\*::foundation-model/(\*|[A-Za-z0-9:._\0-]+)",
        r"arn:\0:bedrock:\*:\0:inference-profile/\*",
    ),
    "executions": (r"\0/execution/\*",),
    "everything": (r"\*",),
    "aws:SourceArn": (r"arn:\0:bedrock:\0:\0:flow/\*",),
}
"""Every pattern that flowseal writes, by where it may occur; NUL stands for what only an apply knows.

Stated a second time, next to `policies.exactness`, on purpose: this one is applied to the files that were read back.
"""
THROUGH = {"bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"}
WITHOUT_RESOURCES = {"bedrock:RetrieveAndGenerate", "bedrock:Rerank"}
EXECUTIONS = {
    "bedrock:GetExecutionFlowSnapshot",
    "bedrock:GetFlowExecution",
    "bedrock:ListFlowExecutionEvents",
    "bedrock:ListFlowExecutions",
    "bedrock:StartFlowExecution",
}
UNREADABLE = "an expression that is neither a string nor a reference"


class UnexpectedPolicyError(Exception):
    """A policy document contains something that flowseal never writes. Never leaves this file."""


def check_policies(
    planned: Mapping[str, PolicyDocument], blocks: Mapping[str, tuple[ReadBlock, ...]]
) -> Iterator[ProofFailure]:
    """Yield each policy in `blocks` that is inexact, or is not the planned one, with and without callers."""
    read = {
        block.labels[-1]: (file, block)
        for file, items in blocks.items()
        for block in items
        if block.type == "data" and block.labels[:1] == ("aws_iam_policy_document",)
    }
    for name in sorted(planned.keys() - read.keys()):
        yield ProofFailure("iam.tf", f"policy {name} is missing")
    for name in sorted(read.keys() - planned.keys()):
        yield ProofFailure(read[name][0], f"policy {name} is unexpected")
    for name, (file, block) in read.items():
        for value in list_patterns(block):
            yield ProofFailure(file, f"policy {name} contains {value!r}, which is not an exact name")
    declared = {item.address: item for item in list_declarations(blocks)}
    for has_callers in (False, True):
        for name in sorted(planned.keys() & read.keys()):
            file, block = read[name]
            policies = declared[f"{POLICY_DOCUMENT}{name}"], _declare_planned(planned[name])
            local_values = _list_local_values(policies, declared)
            if message := _compare_policy(block, local_values, planned[name], has_callers):
                yield ProofFailure(file, f"policy {name} {message}")


@lru_cache(maxsize=1024)
def _declare_planned(planned: PolicyDocument) -> Declaration:
    found: list[Expression] = []

    def note(value: hcl.Value) -> str:
        found.append(convert_value(value))
        return ""

    write_policy_json(planned, note)
    return Declaration(planned.name, "", 0, tuple(found))


def _list_local_values(
    policies: tuple[Declaration, ...], declared: Mapping[str, Declaration]
) -> tuple[Declaration, ...]:
    """Return the local values that policies refer to, and those that they refer to."""
    found = list(policies)
    for each in found:
        targets = (declared[target] for target in each.references if target.startswith("local.") and target in declared)
        found += [target for target in targets if target not in found]
    return tuple(found[len(policies) :])


@lru_cache(maxsize=1024)
def _compare_policy(
    block: ReadBlock, local_values: tuple[Declaration, ...], planned: PolicyDocument, has_callers: bool
) -> str:
    """Return how a policy differs, or nothing. Modules share most of their policies, which are compared once."""
    callers = CALLERS if has_callers else NO_CALLERS
    account = Account({item.address.removeprefix("local."): item.expressions[0] for item in local_values}, callers)
    page = fill_page_policies(callers["caller_roles"] + callers["caller_principals"]).get(planned.name)
    try:
        policy = _rebuild_policy(block, account)
    except UnexpectedPolicyError as error:
        return f"cannot be rebuilt: {error}"
    if policy != write_policy_json(planned, lambda value: account.evaluate(convert_value(value))):
        return "is not the planned policy"
    return "is not the policy on AWS's page" if page is not None and policy != page else ""


@lru_cache(maxsize=1024)
def list_patterns(block: ReadBlock) -> tuple[str, ...]:
    """Return each value in a policy document that is not exact, except for the patterns that flowseal writes.

    An expression that is neither a string nor a reference could have any value, so it is returned too.
    """
    return tuple(value for statement in block.blocks for value in _list_statement_patterns(statement))


def _list_statement_patterns(statement: ReadBlock) -> Iterator[str]:
    names = {value for value, _ in _list_values(statement, "actions")}
    variables = {value for nested in statement.blocks for value, _ in _list_values(nested, "variable")}
    allowed = [*_WIDE["resources"]]
    allowed += _WIDE["through"] if variables & THROUGH else ()
    allowed += _WIDE["executions"] if names and names <= EXECUTIONS else ()
    allowed += _WIDE["everything"] if names and names <= WITHOUT_RESOURCES else ()
    is_key = any(nested.type == "principals" for nested in statement.blocks)
    yield from _list_inexact(statement, "actions", _WIDE["actions"] if is_key else ())
    yield from _list_inexact(statement, "resources", allowed)
    for nested in statement.blocks:
        yield from _list_inexact(nested, "identifiers", ())
        is_trust = ("aws:SourceArn", ["aws:SourceArn"]) in _list_values(nested, "variable")
        yield from _list_inexact(nested, "values", _WIDE["aws:SourceArn"] if is_trust else ())


def _list_inexact(block: ReadBlock, attribute: str, allowed: Iterable[str]) -> Iterator[str]:
    for value, literals in _list_values(block, attribute):
        is_exact = all(re.fullmatch(_NAME, literal) for literal in literals)
        if not is_exact and ("\0" in "".join(literals) or not any(re.fullmatch(form, value) for form in allowed)):
            yield value.replace("\0", "<>")


def _list_values(block: ReadBlock, attribute: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the strings of an attribute, with NUL in place of each reference, and their literal parts."""
    for item in _list_items(block.attributes[attribute]) if attribute in block.attributes else ():
        match item:
            case expressions.String(value):
                yield value, [value]
            case expressions.Interpolation(parts):
                literals = [part for part in parts if isinstance(part, str)]
                yield "".join(part if isinstance(part, str) else "\0" for part in parts), literals
            case Name() | Member() | expressions.Operation(expressions.INDEX, (Member(), expressions.String())):
                yield "\0", []
            case _:
                yield UNREADABLE, [UNREADABLE]


def _list_items(expression: Expression) -> Iterator[Expression]:
    """Yield the items of the lists that flowseal writes; anything else counts as one item."""
    match expression:
        case expressions.Tuple(items):
            yield from items
        case FunctionCall("concat" | "distinct", arguments, expands=False):
            for argument in arguments:
                yield from _list_items(argument)
        case FunctionCall("values", (Member(Name("var")) as variable,)):
            yield variable
        case _:
            yield expression


def _rebuild_policy(block: ReadBlock, account: Account) -> dict[str, Any]:
    """Return a data "aws_iam_policy_document" as the provider renders it: lists descending, a single item unwrapped.

    Anything except plain Allow statements raises UnexpectedPolicyError.
    """
    _expect(not block.attributes, f"unexpected {', '.join(block.attributes)}")
    statements = [_rebuild_statement(item, account) for item in block.blocks]
    sids = [statement["Sid"] for statement in statements]
    _expect(len(set(sids)) == len(sids), "two statements have the same Sid")
    return {"Version": "2012-10-17", "Statement": statements}


def _rebuild_statement(block: ReadBlock, account: Account) -> dict[str, Any]:
    _expect(block.type == "statement", f"unexpected block {block.type}")
    given = block.attributes
    _expect({"sid", "actions"} <= given.keys() <= STATEMENT, f"a statement has {', '.join(given)}")
    statement: dict[str, Any] = {"Sid": account.evaluate(given["sid"]), "Effect": "Allow"}
    statement["Action"] = _rebuild_list(given["actions"], account)
    if "resources" in given:
        statement["Resource"] = _rebuild_list(given["resources"], account)
    for element, kind, value in _rebuild_nested(block, account):
        inner = statement.setdefault(element, {})
        _expect(not (isinstance(value, dict) and value.keys() & inner.get(kind, {}).keys()), f"two blocks for {kind}")
        _expect(isinstance(value, dict) or kind not in inner, f"two blocks for {kind}")
        inner[kind] = {**inner.get(kind, {}), **value} if isinstance(value, dict) else value
    return statement


def _rebuild_nested(block: ReadBlock, account: Account) -> Iterator[tuple[str, str, Any]]:
    for nested in block.blocks:
        given = nested.attributes
        _expect(not nested.blocks, f"a block inside {nested.type}")
        if nested.type == "principals":
            _expect(given.keys() == PRINCIPALS, f"principals with {', '.join(given)}")
            yield "Principal", str(account.evaluate(given["type"])), _rebuild_list(given["identifiers"], account)
        else:
            _expect(nested.type == "condition", f"unexpected block {nested.type}")
            _expect(given.keys() == CONDITION, f"a condition with {', '.join(given)}")
            values = {str(account.evaluate(given["variable"])): _rebuild_list(given["values"], account)}
            yield "Condition", str(account.evaluate(given["test"])), values


def _rebuild_list(expression: Expression, account: Account) -> str | list[str]:
    value = account.evaluate(expression)
    items = sorted({value} if isinstance(value, str) else set(value), reverse=True)
    return items[0] if len(items) == 1 else items


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise UnexpectedPolicyError(otherwise)
