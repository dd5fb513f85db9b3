"""Which values a statement may contain: exact names only, except for the patterns that flowseal itself writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.terraform.hcl import Reference, Template
from generator.terraform.policies.documents import PolicyDocument, PolicyValue, Statement
from generator.terraform.policies.encryption_policies import ACCOUNT, EXECUTIONS, PARTITION, REGION

_NAME = r"(?:\0[^\0]*\0|[A-Za-z0-9:/._-])*"
"""Letters, digits, and the punctuation of ARNs; a reference is its code between two NULs."""
_HERE = {"P": f"\0{PARTITION.text}\0", "R": f"\0{REGION.text}\0", "A": f"\0{ACCOUNT.text}\0"}
_EXACT = re.compile(_NAME)
_OBJECTS = re.compile("arn:{P}:s3:::".format(**_HERE) + _NAME + r"/\*")
_NEWEST = re.compile(r"arn:aws[a-z-]*:lambda:" + _NAME + r":\$LATEST")
_BEHIND = re.compile(
    r"arn:{P}:bedrock:\*:(?::foundation-model/(?:\*|".format(**_HERE)
    + _NAME
    + r")|{A}:inference-profile/\*)".format(**_HERE)
)
_EXECUTIONS = re.compile(r"\0local\.alias_arns\[[^\0]*\]\0/execution/\*")
_FLOWS = re.compile(r"arn:{P}:bedrock:{R}:{A}:flow/\*".format(**_HERE))
_THROUGH = frozenset({"bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"})
_WITHOUT_RESOURCES = frozenset({"bedrock:RetrieveAndGenerate", "bedrock:Rerank"})


def list_inexact_values(documents: Iterable[PolicyDocument]) -> Iterator[tuple[str, ...]]:
    """Yield the literal parts of each resource, principal, and condition value that is wider than it should be.

    flowseal itself writes `*` for the objects of a bucket, for the models behind a profile or router that a condition
    names, for the executions of an alias, for actions without resources, and in the role's trust policy. Any other one
    comes from the author.
    """
    for document in documents:
        for statement in document.statements:
            for value in _list_inexact(statement):
                yield tuple(part for part in _list_parts(value) if isinstance(part, str))


def _list_inexact(statement: Statement) -> Iterator[PolicyValue]:
    for value in statement.resources:
        spelled = _spell(value)
        own = any(form.fullmatch(spelled) for form in (_EXACT, _OBJECTS, _NEWEST))
        own = own or (set(statement.actions) <= set(EXECUTIONS) and bool(_EXECUTIONS.fullmatch(spelled)))
        is_behind = any(item.variable in _THROUGH for item in statement.conditions) and _BEHIND.fullmatch(spelled)
        is_all = spelled == "*" and _WITHOUT_RESOURCES.issuperset(statement.actions)
        if not (own or is_behind or is_all):
            yield value
    for principal in statement.principals:
        if isinstance(principal.identifiers, tuple):
            yield from (value for value in principal.identifiers if not _EXACT.fullmatch(_spell(value)))
    for condition in statement.conditions:
        for value in condition.values:
            is_trust = condition.variable == "aws:SourceArn" and _FLOWS.fullmatch(_spell(value))
            if not (_EXACT.fullmatch(_spell(value)) or is_trust):
                yield value


def _spell(value: PolicyValue) -> str:
    """Return a value as one string. A literal NUL becomes a character that no pattern here accepts."""
    return "".join(
        f"\0{part.text}\0" if isinstance(part, Reference) else part.replace("\0", "*") for part in _list_parts(value)
    )


def _list_parts(value: PolicyValue) -> tuple[str | Reference, ...]:
    return value.parts if isinstance(value, Template) else (value,)
