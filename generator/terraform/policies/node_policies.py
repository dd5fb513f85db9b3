"""The permissions that the nodes need -> policies for the service role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from generator.flow.grant import Derived, Grant, Part, Symbol, Text
from generator.terraform.hcl import Reference, Template, join_parts
from generator.terraform.policies.documents import Condition, PolicyDocument, PolicyValue, Statement
from generator.terraform.policies.encryption_policies import ACCOUNT, PARTITION, REGION

LARGEST_POLICY = 6144
"""Characters of a managed policy, without white space (IAM quotas)."""
ROOM_FOR_NODES = 5900
"""The size at which another policy starts: what is only known during apply may be longer than estimated."""
UNKNOWN_LENGTH = 120
"""Assumed number of characters of a variable's value."""

_SYMBOLS: Mapping[Symbol, Reference] = MappingProxyType(
    {Symbol.PARTITION: PARTITION, Symbol.REGION: REGION, Symbol.ACCOUNT: ACCOUNT}
)
_LENGTHS: Mapping[Reference, int] = MappingProxyType({PARTITION: 10, REGION: 14, ACCOUNT: 12})


def _build_arn(resource: str) -> str:
    """Return the expression for an ARN. If a variable is only an ID, the resource is in the module's Region."""
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
"""The prefix of the local value's name, and its expression, by how it is derived from a variable."""


def plan_node_policies(grants: Iterable[Grant]) -> tuple[PolicyDocument, ...]:
    """Return the policies that grant what the nodes need: nodes, nodes_2, and so on; none if they need nothing.

    A statement goes into another policy if this one would come near IAM's limit. Sids are numbered if several
    statements are for the same capability.
    """
    statements = [part for grant in grants for part in _split_statement(_build_statement(grant))]
    policies: list[list[Statement]] = []
    room = 0
    for statement in _number_sids(statements):
        size = estimate_length(statement)
        if size > room:
            policies.append([])
            room = ROOM_FOR_NODES
        policies[-1].append(statement)
        room -= size
    return tuple(
        PolicyDocument("nodes" if number == 1 else f"nodes_{number}", tuple(policy))
        for number, policy in enumerate(policies, 1)
    )


def list_derived_locals(grants: Iterable[Grant]) -> dict[str, Reference]:
    """Return the local values that the grants use, by name: each is computed from a variable."""
    return {
        name: Reference(_LOCALS[part.how][1].replace("PARAMETER", part.parameter))
        for name, part in list_derived(grants).items()
    }


def list_derived(grants: Iterable[Grant]) -> dict[str, Derived]:
    """Return how those local values are derived, by name."""
    derived = (part for part in _list_derived_parts(grants) if part.how in _LOCALS)
    return dict(sorted((_LOCALS[part.how][0] + part.parameter, part) for part in derived))


def list_parameters(grants: Iterable[Grant]) -> list[str]:
    """Return the names of the parameters whose values the grants use."""
    return sorted({part.parameter for part in _list_derived_parts(grants)})


def estimate_length(statement: Statement) -> int:
    """Estimate the length of a statement as JSON without white space; a variable counts as UNKNOWN_LENGTH."""
    values = [*statement.resources, *(value for condition in statement.conditions for value in condition.values)]
    fixed = len('{"Sid":"","Effect":"Allow","Action":[],"Resource":[]},') + len(statement.sid)
    names = sum(len(action) + 3 for action in statement.actions)
    conditions = sum(len(item.test) + len(item.variable) + 12 for item in statement.conditions)
    return fixed + names + conditions + sum(_estimate_value(value) + 3 for value in values)


def _build_statement(grant: Grant) -> Statement:
    conditions = tuple(
        Condition(item.test, item.variable, tuple(map(_build_value, item.values))) for item in grant.conditions
    )
    resources = tuple(map(_build_value, grant.resources))
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


def _list_derived_parts(grants: Iterable[Grant]) -> set[Derived]:
    return {part for grant in grants for text in _list_texts(grant) for part in text if isinstance(part, Derived)}


def _list_texts(grant: Grant) -> Iterator[Text]:
    yield from grant.resources
    for condition in grant.conditions:
        yield from condition.values


def _build_value(value: Text) -> PolicyValue:
    return join_parts(map(_build_part, value))


def _build_part(part: Part) -> str | Reference:
    match part:
        case Symbol():
            return _SYMBOLS[part]
        case Derived("value", parameter):
            return Reference(f"var.{parameter}")
        case Derived(how, parameter):
            return Reference(f"local.{_LOCALS[how][0]}{parameter}")
    return part


def _estimate_value(value: PolicyValue) -> int:
    match value:
        case str():
            return len(value)
        case Reference():
            return _LENGTHS.get(value, UNKNOWN_LENGTH)
        case Template(parts):
            return sum(map(_estimate_value, parts))
