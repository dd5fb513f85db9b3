"""Standing policies as the docs give them, and what is left of a recorded run when one of their rights is taken out."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from account.decisions import Policies, Principal, Request, Statement, decide, read_policy
from identities import ACCOUNT
from subjects import MODULES

Policy = dict[str, Any]
STEPS = ("first apply", "later", "destroy", "plan")
_ACTION = re.compile(r"`((?:bedrock|cloudformation|iam|kms):\w+)`")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call that the account decided: what was asked, the resource's policy at that time, and what came out."""

    request: Request
    resource_policy: tuple[Statement, ...] | None
    verdict: str


def read_deployment_policy(name: str, module: str | Path, region: str = "us-east-1") -> Policy:
    """Return `deployment` or `plan` of an example or a module, with account, region and callers as the docs say."""
    return fill_policy((MODULES / module / "policies" / f"{name}.json").read_text(encoding="utf-8"), region)


def fill_policy(text: str, region: str = "us-east-1") -> Policy:
    """Return a policy with account, region and callers in the place of the placeholders."""
    text = text.replace("role/CALLER", "role/caller-*").replace("ACCOUNT", ACCOUNT).replace("REGION", region)
    policy: Policy = json.loads(text)
    return policy


def list_actions(policy: Policy) -> set[str]:
    """Return the actions that a policy allows."""
    return {action for statement in policy["Statement"] for action in as_list(statement["Action"])}


def as_list(value: Any) -> list[Any]:
    """Return a list, of one where a policy writes the thing alone."""
    return value if isinstance(value, list) else [value]


def take_out_action(policy: Policy, action: str) -> Policy:
    """Return a policy without an action, in whatever statements it stands."""
    return _drop(policy, "Action", lambda _sid, item: item == action)


def list_smaller_policies(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Yield a policy without one action or one resource of one statement, for each, and say which it was."""
    for statement in policy["Statement"]:
        for member in ("Action", "Resource"):
            for value in as_list(statement[member]):
                yield (
                    f"{value} of {statement['Sid']}",
                    _drop(policy, member, lambda sid, item, at=(statement["Sid"], value): (sid, item) == at),
                )


def _drop(policy: Policy, member: str, is_dropped: Any) -> Policy:
    smaller = copy.deepcopy(policy)
    for statement in smaller["Statement"]:
        statement[member] = [item for item in as_list(statement[member]) if not is_dropped(statement["Sid"], item)]
    smaller["Statement"] = [item for item in smaller["Statement"] if item["Action"] and item["Resource"]]
    return smaller


def read_recorded(decisions: list[dict[str, Any]]) -> list[Recorded]:
    """Return what the account wrote down, each request once for each state of the resource's policy."""
    members = ("session", "action", "resource", "context", "resource_policy", "verdict")
    distinct = {json.dumps([item[member] for member in members]): item for item in decisions}
    return [_read_one(item) for item in distinct.values()]


def find_refusals(recorded: list[Recorded], policy: Policy) -> Iterator[Recorded]:
    """Yield which of a role's recorded calls another policy of that role would have refused."""
    statements = read_policy("standing", policy)
    for item in recorded:
        if not decide(item.request, Policies(statements, None, item.resource_policy)).allowed:
            yield item


def _read_one(item: dict[str, Any]) -> Recorded:
    principal = Principal(item["session"], item["principal"])
    request = Request(principal, item["action"], item["resource"], item["account"], item["context"])
    policy = None if item["resource_policy"] is None else read_policy(*item["resource_policy"])
    return Recorded(request, policy, item["verdict"])


def read_steps_in_the_docs(page: str, *also: str) -> dict[str, set[str]]:
    """Return the actions by step, from a table's last columns; a cell may name the only ones that it means.

    Other cells count if they are `also`.
    """
    found: dict[str, set[str]] = {step: set() for step in STEPS}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        actions = _ACTION.findall(cells[0])
        if len(cells) == 7 and actions:
            for step, cell in zip(STEPS, cells[3:], strict=True):
                found[step] |= set(_ACTION.findall(cell) or (actions if cell in ("yes", *also) else []))
    return found
