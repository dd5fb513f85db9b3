"""Findings about the module as a whole: its tags, its policies, and the values in them. And what its engine needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import NamedTuple

from generator.findings import Finding, Related, error
from generator.flow.api import fits_shape
from generator.flow.api.check import MALFORMED_VALUE
from generator.flow.model import Engine, Flow, Value
from generator.source.position import Path
from generator.terraform.policies import PolicyDocument, list_inexact_values
from generator.terraform.resource import find_limits

INVALID_TAGS = error("InvalidTags", "A tag is not valid for the flow's key or role.")
MOST_TAGS = 50
"""Per resource, in KMS ("Quotas") as in IAM ("IAM and STS quotas")."""
POLICY_QUOTA_EXCEEDED = error(
    "PolicyQuotaExceeded", "The nodes need more permissions than fit in the policies of one role."
)
MOST_POLICIES = 9
"""By default, 10 managed policies can be attached to a role, and one of them is for the key."""
MOST_RELEASED_POLICIES = MOST_POLICIES // 3
"""While the aliases of a released flow move, old and new policies are attached. If the apply fails halfway, both stay
attached, and a third set comes with the apply that corrects it."""
_PLAIN = re.compile(r"[A-Za-z0-9:/._-]*")


class EngineChoice(NamedTuple):
    """The engine of a flow. With `could_spare_cli`, its release needs the AWS CLI only because of the engine."""

    engine: Engine
    could_spare_cli: bool


def describe_engine(flow: Flow) -> EngineChoice:
    """Return a flow's engine. `cloud-control` needs no CLI, but cannot express every flow."""
    needs_cli = flow.release is not None and flow.engine is Engine.NATIVE
    return EngineChoice(flow.engine, could_spare_cli=needs_cli and not find_limits(flow, Engine.CLOUD_CONTROL))


def check_tags(tags: Mapping[str, Value], at: Path = ("tags",)) -> Iterator[Finding]:
    """Report what KMS and IAM reject: reserved keys, keys that differ only in case, tabs and line breaks, too many."""
    first: dict[str, str] = {}
    for key, value in tags.items():
        path = (*at, key)
        is_key = fits_shape(key, "ModuleTagKey")
        is_value = not isinstance(value, str) or fits_shape(value, "ModuleTagValue")
        if not is_key or not is_value:
            message = f"Tag {key!r} contains a tab or a line break, which KMS and IAM do not accept."
            yield Finding(INVALID_TAGS, message, "Use spaces instead.", path, key=not is_key)
        if key.lower().startswith("aws:"):
            message = f"Tag key {key!r} starts with aws:, which AWS reserves."
            yield Finding(INVALID_TAGS, message, "Rename the tag.", path, key=True)
        other = first.setdefault(key.lower(), key)
        if other != key:
            message = f"Tag keys {other!r} and {key!r} differ only in case, which IAM treats as the same key."
            related = (Related("The other key is here.", (*at, other), key=True),)
            yield Finding(INVALID_TAGS, message, "Remove one of them.", path, key=True, related=related)
    if len(tags) > MOST_TAGS:
        message = f"There are {len(tags)} tags; keys and roles can have at most {MOST_TAGS}."
        yield Finding(INVALID_TAGS, message, "Remove some tags.", at, key=True)


def check_policies(flow: Flow, policies: tuple[PolicyDocument, ...]) -> Iterator[Finding]:
    """Report permissions that do not fit in one role, and values that would widen or change a statement.

    `policies` are those for the nodes of `flow`.
    """
    most = MOST_RELEASED_POLICIES if flow.release else MOST_POLICIES
    if len(policies) > most:
        who = "the role of a released flow" if flow.release else "a role"
        message = (
            f"The permissions of the nodes need {len(policies)} policies; {who} can have {most}, plus the one for the "
            "key."
        )
        help = "Split the flow, or use fewer models, functions, and buckets."
        if flow.release and len(policies) <= MOST_POLICIES:
            help = "Split the flow, use fewer models, functions, and buckets, or remove `release`."
        yield Finding(POLICY_QUOTA_EXCEEDED, message, help, ("definition",))
    inexact = dict.fromkeys(list_inexact_values(policies))
    written = {"definition": flow.definition, "permissions": asdict(flow.permissions)} if inexact else {}
    authored = list(_list_strings(written, ()))
    for literals in inexact:
        # Neither what flowseal added to the author's value nor what it removed may hide the value.
        found = [path for path, value in authored if value and any(value in part or part in value for part in literals)]
        unsafe = [path for path in found if not _PLAIN.fullmatch(dict(authored)[path])]
        message = f"{''.join(literals)!r} would become part of a policy statement, which must contain exact names only."
        help = "Use the name of one resource, without *, ?, $, quotes, or spaces, or use a parameter."
        yield Finding(MALFORMED_VALUE, message, help, next(iter(unsafe or found), ("definition",)))


def _list_strings(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the strings of a tree with their paths, without the keys of mappings."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from _list_strings(item, (*path, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _list_strings(item, (*path, index))
