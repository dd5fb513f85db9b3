"""What a text of a statement may hold: nothing that IAM or Terraform reads as more than a name, but what is ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.terraform.hcl import Reference, Template
from generator.terraform.policies.documents import PolicyDocument, Statement, Text
from generator.terraform.policies.page import ACCOUNT, PARTITION, REGION

_NAME = r"(?:\0[^\0]*\0|[A-Za-z0-9:/._-])*"
"""Letters, digits and the signs of ARNs; a reference is its text between two NULs."""
_HERE = {"P": f"\0{PARTITION.text}\0", "R": f"\0{REGION.text}\0", "A": f"\0{ACCOUNT.text}\0"}
_EXACT = re.compile(_NAME)
_OBJECTS = re.compile("arn:{P}:s3:::".format(**_HERE) + _NAME + r"/\*")
_NEWEST = re.compile(r"arn:aws[a-z-]*:lambda:" + _NAME + r":\$LATEST")
_BEHIND = re.compile(
    r"arn:{P}:bedrock:\*:(?::foundation-model/(?:\*|".format(**_HERE)
    + _NAME
    + r")|{A}:inference-profile/\*)".format(**_HERE)
)
_FLOWS = re.compile(r"arn:{P}:bedrock:{R}:{A}:flow/\*".format(**_HERE))
_THROUGH = frozenset({"bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"})
_WITHOUT_RESOURCES = frozenset({"bedrock:RetrieveAndGenerate", "bedrock:Rerank"})


def list_inexact_texts(documents: Iterable[PolicyDocument]) -> Iterator[tuple[str, ...]]:
    """Yield the literal parts of each Resource, Principal and condition value that is wider than flowseal makes any.

    A `*` is flowseal's own for the objects of a bucket, for the models behind a profile or a router that a condition
    names, for actions without resources, and in the trust of the role. Anything else is an author's.
    """
    for document in documents:
        for statement in document.statements:
            yield from (_list_literals(text) for text in _list_texts(statement))


def _list_texts(statement: Statement) -> Iterator[Text]:
    for text in statement.resources:
        spelled = _spell(text)
        own = _EXACT.fullmatch(spelled) or _OBJECTS.fullmatch(spelled) or _NEWEST.fullmatch(spelled)
        is_behind = any(item.variable in _THROUGH for item in statement.conditions) and _BEHIND.fullmatch(spelled)
        is_all = spelled == "*" and _WITHOUT_RESOURCES.issuperset(statement.actions)
        if not (own or is_behind or is_all):
            yield text
    for principal in statement.principals:
        if isinstance(principal.identifiers, tuple):
            yield from (text for text in principal.identifiers if not _EXACT.fullmatch(_spell(text)))
    for condition in statement.conditions:
        for text in condition.values:
            is_trust = condition.variable == "aws:SourceArn" and _FLOWS.fullmatch(_spell(text))
            if not (_EXACT.fullmatch(_spell(text)) or is_trust):
                yield text


def _list_literals(text: Text) -> tuple[str, ...]:
    parts = text.parts if isinstance(text, Template) else (text,)
    return tuple(part for part in parts if isinstance(part, str))


def _spell(text: Text) -> str:
    """Return a text in one string. A NUL of the text itself becomes a character that nothing here takes."""
    parts = text.parts if isinstance(text, Template) else (text,)
    return "".join(f"\0{part.text}\0" if isinstance(part, Reference) else part.replace("\0", "*") for part in parts)
