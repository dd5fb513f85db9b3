"""The resources that this provider has, and what is asked of each."""

from __future__ import annotations

from typing import Any, Protocol

from standin import cloud_control
from standin.cloud import is_gone
from standin.documents import RefusedError
from standin.flow import Flow
from standin.iam import Attachment, Policy, Role
from standin.kms import Alias, Key, KeyPolicy
from standin.schema import SCHEMA
from standin.wire import is_unknown

State = dict[str, Any]
STATE_ONLY = {
    *("bypass_policy_lockout_safety_check", "deletion_window_in_days", "delay_after_policy_creation_in_ms"),
    *("force_detach_policies", "tags", "timeouts"),
}
"""Arguments that no API hears of in an update. Tags go by tags_all."""


class Resource(Protocol):
    """What Terraform's calls come to for one kind of resource. States hold the attributes of its schema."""

    updated: frozenset[str]
    """What an update takes to the API. Nothing else may change but by a replacement, or in the state alone."""

    def create(self, planned: State) -> State | None:
        """Make it, and put the id under which it can be read into `planned` as soon as there is one.

        Returns its state where the API's answer has all of it; what returns None is read afterward.
        """

    def read(self, state: State) -> State | None:
        """Return its present state, in the spelling of `state` where both mean the same; None where it is gone."""

    def update(self, planned: State, old: State, changed: set[str]) -> State | None:
        """Take to the API what changed, which is a part of `updated`; returns what `create` returns."""

    def delete(self, state: State) -> None:
        """End it."""


RESOURCES: dict[str, Resource] = {
    "aws_bedrockagent_flow": Flow(SCHEMA["resource_schemas"]["aws_bedrockagent_flow"]),
    cloud_control.NAME: cloud_control.CloudControlResource(),
    "aws_iam_policy": Policy(),
    "aws_iam_role": Role(),
    "aws_iam_role_policy_attachment": Attachment(),
    "aws_kms_alias": Alias(),
    "aws_kms_key": Key(),
    "aws_kms_key_policy": KeyPolicy(),
}


def read_resource(kind: str, state: State) -> State | None:
    """Return the present state of a resource, None where it is gone."""
    try:
        return RESOURCES[kind].read(state)
    except Exception as error:
        if is_gone(error):
            return None
        raise


def update_resource(kind: str, planned: State, prior: State) -> State | None:
    """Take what changed to the API. A change that this stand-in would swallow is refused."""
    changed = {name for name, value in planned.items() if value != prior.get(name) and not is_unknown(value)}
    if lost := changed - RESOURCES[kind].updated - STATE_ONLY:
        raise RefusedError(f"this stand-in does not update {', '.join(sorted(lost))}")
    return RESOURCES[kind].update(planned, prior, changed)
