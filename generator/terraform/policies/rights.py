"""What the nodes need -> the policies of the service role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from generator.flow.model import Derived, Grant, Part, Symbol
from generator.flow.model import Text as ModelText
from generator.terraform.hcl import Reference, Template, join_parts
from generator.terraform.policies.documents import Condition, PolicyDocument, Statement, Text
from generator.terraform.policies.page import ACCOUNT, PARTITION, REGION

LARGEST_POLICY = 6144
"""Characters of a managed policy, blanks not counted (IAM quotas)."""
ROOM_FOR_NODES = 5900
"""Where a further policy begins: what is only known at apply may be longer than its estimate."""
UNKNOWN_TEXT = 120
"""Characters that the value of a variable is taken to have."""

_SYMBOLS: Mapping[Symbol, Reference] = MappingProxyType(
    {Symbol.PARTITION: PARTITION, Symbol.REGION: REGION, Symbol.ACCOUNT: ACCOUNT}
)
_LENGTHS: Mapping[Reference, int] = MappingProxyType({PARTITION: 10, REGION: 14, ACCOUNT: 12})


def _build_arn(resource: str) -> str:
    """Return the expression for an ARN, in the module's Region where a variable gives no more than the id."""
    arn = f'"arn:${{local.partition}}:bedrock:${{local.region}}:{resource}${{var.PARAMETER}}"'
    return f'startswith(var.PARAMETER, "arn:") ? var.PARAMETER : {arn}'


_LOCALS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "foundation-model-arn": ("model_arn_of_", _build_arn(":foundation-model/")),
        "profile-arn": ("model_arn_of_", _build_arn("${local.account_id}:inference-profile/")),
        "model-of-profile": ("model_of_", 'regex("(?:^|inference-profile/)[a-z-]+[.](.+)$", var.PARAMETER)[0]'),
        "without-version": ("unversioned_", 'regex("^(.+/[^:/]+)(?::[0-9]+)?$", var.PARAMETER)[0]'),
        "guardrail-arn": ("guardrail_arn_of_", _build_arn("${local.account_id}:guardrail/")),
    }
)
"""By how a text is derived from a variable: what its local's name begins with, and its expression."""


def plan_node_policies(grants: Iterable[Grant]) -> tuple[PolicyDocument, ...]:
    """Return the policies that allow what the nodes need: nodes, nodes_2 and so on, none where nothing is needed.

    A statement goes into the next policy when this one would come near IAM's limit; Sids of one capability are
    numbered where there are several.
    """
    statements = [part for grant in grants for part in _split_statement(_build_statement(grant))]
    pages: list[list[Statement]] = []
    room = 0
    for statement in _number_sids(statements):
        size = estimate_length(statement)
        if size > room:
            pages.append([])
            room = ROOM_FOR_NODES
        pages[-1].append(statement)
        room -= size
    return tuple(
        PolicyDocument("nodes" if number == 1 else f"nodes_{number}", tuple(page))
        for number, page in enumerate(pages, 1)
    )


def list_derived_locals(grants: Iterable[Grant]) -> dict[str, Reference]:
    """Return the locals that the grants' texts are made from, by name: what is computed from a variable's value."""
    return {
        name: Reference(_LOCALS[part.how][1].replace("PARAMETER", part.parameter))
        for name, part in list_derived(grants).items()
    }


def list_derived(grants: Iterable[Grant]) -> dict[str, Derived]:
    """Return what those locals stand for, by name."""
    derived = {part for grant in grants for text in _list_texts(grant) for part in text if isinstance(part, Derived)}
    return dict(sorted((_LOCALS[part.how][0] + part.parameter, part) for part in derived if part.how in _LOCALS))


def estimate_length(statement: Statement) -> int:
    """Estimate a statement's characters as JSON without blanks; a variable's value counts UNKNOWN_TEXT."""
    texts = [*statement.resources, *(value for condition in statement.conditions for value in condition.values)]
    fixed = len('{"Sid":"","Effect":"Allow","Action":[],"Resource":[]},') + len(statement.sid)
    names = sum(len(action) + 3 for action in statement.actions)
    conditions = sum(len(item.test) + len(item.variable) + 12 for item in statement.conditions)
    return fixed + names + conditions + sum(_estimate_text(text) + 3 for text in texts)


def _build_statement(grant: Grant) -> Statement:
    conditions = tuple(
        Condition(item.test, item.variable, tuple(map(_build_text, item.values))) for item in grant.conditions
    )
    resources = tuple(map(_build_text, grant.resources))
    comment = ", ".join(grant.nodes) + (f". {grant.note}" if grant.note else "")
    return Statement(grant.capability, grant.actions, resources, (), conditions, comment)


def _split_statement(statement: Statement) -> Iterator[Statement]:
    if estimate_length(statement) <= ROOM_FOR_NODES or len(statement.resources) == 1:
        yield statement
        return
    middle = len(statement.resources) // 2
    for resources in (statement.resources[:middle], statement.resources[middle:]):
        yield from _split_statement(replace(statement, resources=resources))


def _number_sids(statements: list[Statement]) -> Iterator[Statement]:
    several = {sid for sid, count in Counter(statement.sid for statement in statements).items() if count > 1}
    seen: Counter[str] = Counter()
    for statement in statements:
        seen[statement.sid] += 1
        numbered = statement.sid in several
        yield replace(statement, sid=f"{statement.sid}{seen[statement.sid]}") if numbered else statement


def _list_texts(grant: Grant) -> Iterator[ModelText]:
    yield from grant.resources
    for condition in grant.conditions:
        yield from condition.values


def _build_text(text: ModelText) -> Text:
    return join_parts(map(_build_part, text))


def _build_part(part: Part) -> str | Reference:
    match part:
        case Symbol():
            return _SYMBOLS[part]
        case Derived("value", parameter):
            return Reference(f"var.{parameter}")
        case Derived(how, parameter):
            return Reference(f"local.{_LOCALS[how][0]}{parameter}")
    return part


def _estimate_text(text: Text) -> int:
    match text:
        case str():
            return len(text)
        case Reference():
            return _LENGTHS.get(text, UNKNOWN_TEXT)
        case Template(parts):
            return sum(map(_estimate_text, parts))
