"""aws_cloudcontrolapi_resource, with the real one's weaknesses: modules must hold against each.

A failed update is lost: the state has the new desired state, so that the next plan finds nothing to do. A change from
outside is not seen, because only `properties` are read back. There is no import, and no tags of the provider. Whether a
change forces a replacement is known only when the desired state is, which may be in the middle of an apply.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from standin import wire
from standin.cloud import cloud, drop_nothing
from standin.documents import RefusedError

State = dict[str, Any]
NAME = "aws_cloudcontrolapi_resource"
SHORTEST, LONGEST = 0.05, 1.0
"""Seconds between two questions for a request's state, which double; the real one waits up to ten."""


class CloudControlResource:
    """Calls Cloud Control, waits for each request, and reads the resource back."""

    updated = frozenset({"desired_state", "schema", "role_arn", "type_version_id"})

    def create(self, planned: State) -> None:
        api = cloud.client("cloudcontrol")
        made = api.create_resource(
            ClientToken=str(uuid.uuid4()), DesiredState=planned["desired_state"], **_name_type(planned)
        )["ProgressEvent"]
        # What has no identifier yet, and then fails, is lost to the state.
        if made.get("Identifier"):
            planned["id"] = made["Identifier"]
        planned["id"] = _wait(made, planned, "create")["Identifier"]

    def read(self, state: State) -> State | None:
        found = cloud.client("cloudcontrol").get_resource(Identifier=state["id"], **_name_type(state))
        return {**state, "region": cloud.region, "properties": found["ResourceDescription"]["Properties"]}

    def update(self, planned: State, old: State, changed: set[str]) -> None:
        if "desired_state" not in changed:
            return
        patch = list(compare(json.loads(old["desired_state"]), json.loads(planned["desired_state"])))
        begun = cloud.client("cloudcontrol").update_resource(
            ClientToken=str(uuid.uuid4()),
            Identifier=planned["id"],
            PatchDocument=json.dumps(patch),
            **_name_type(planned),
        )["ProgressEvent"]
        _wait(begun, planned, "update")

    def delete(self, state: State) -> None:
        begun = cloud.client("cloudcontrol").delete_resource(
            ClientToken=str(uuid.uuid4()), Identifier=state["id"], **_name_type(state)
        )["ProgressEvent"]
        _wait(begun, state, "delete", "NotFound")


def plan(planned: State, prior: State | None, config: State) -> tuple[State, list[str]]:
    """Return what a change comes to, and what forces a replacement."""
    if config.get("schema") is None and not isinstance(planned.get("schema"), str):
        planned["schema"] = _describe(planned["type_name"])
    state = planned["desired_state"]
    if not wire.is_unknown(state):
        _check(state, planned["schema"])
    if prior is None:
        return planned, []
    if state == prior["desired_state"]:
        return planned, []
    planned["properties"] = wire.UNKNOWN
    return planned, ["desired_state"] if _forces_replacement(prior["desired_state"], state, planned["schema"]) else []


def fail_update(planned: State) -> State:
    """Return the state after an update that failed: the new desired state, as if it had been made."""
    return {name: None if wire.is_unknown(value) else value for name, value in planned.items()}


def compare(old: Any, new: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield the operations of a JSON patch from one value to another, as the real one finds them."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(new):
            if name in old:
                yield from compare(old[name], new[name], f"{path}/{name}")
            else:
                yield {"op": "add", "path": f"{path}/{name}", "value": new[name]}
        yield from ({"op": "remove", "path": f"{path}/{name}"} for name in sorted(set(old) - set(new)))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(old, new, path)
    elif old is None and new is not None:
        yield {"op": "add", "path": path, "value": new}
    elif type(old) is not type(new) or old != new:
        yield {"op": "replace", "path": path, "value": new}


def _compare_lists(old: list[Any], new: list[Any], path: str) -> Iterator[dict[str, Any]]:
    if len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from compare(before, after, f"{path}/{index}")
        return
    # Indices are those of the whole lists: removing two items in a row removes the wrong one, as the real one does.
    yield from ({"op": "remove", "path": f"{path}/{index}"} for index, item in enumerate(old) if item not in new)
    yield from (
        {"op": "add", "path": f"{path}/{index}", "value": item} for index, item in enumerate(new) if item not in old
    )


def _forces_replacement(old: str, new: Any, schema: Any) -> bool:
    if wire.is_unknown(new):
        return False
    create_only = {path.removeprefix("/properties") for path in json.loads(schema).get("createOnlyProperties", [])}
    return any(item["path"] in create_only for item in compare(json.loads(old), json.loads(new)))


def _describe(kind: Any) -> Any:
    if wire.is_unknown(kind):
        return wire.UNKNOWN
    try:
        return cloud.client("cloudformation").describe_type(Type="RESOURCE", TypeName=kind)["Schema"]
    except Exception as error:
        raise RefusedError(f"reading CloudFormation Type ({kind}): {error}") from error


def _check(state: str, schema: Any) -> None:
    import jsonschema

    if wire.is_unknown(schema):
        return
    where = "validating desired_state against CloudFormation Resource Schema"
    try:
        known, given = {"type": "object", **json.loads(schema)}, json.loads(state)
    except ValueError as error:
        raise RefusedError(f"{where}: {error}") from error
    faults = sorted(jsonschema.Draft7Validator(known).iter_errors(given), key=lambda fault: list(fault.path))
    if faults:
        told = [f"{'.'.join(map(str, fault.path)) or '(root)'}: {fault.message[:200]}" for fault in faults]
        raise RefusedError(f"{where}: {len(faults)} errors occurred: {'; '.join(told)}")


def _name_type(state: State) -> dict[str, Any]:
    return drop_nothing(
        TypeName=state["type_name"],
        RoleArn=state.get("role_arn") or None,
        TypeVersionId=state.get("type_version_id") or None,
    )


def _wait(event: dict[str, Any], state: State, operation: str, *excused: str) -> dict[str, Any]:
    """Return the last event of a request; raise a failure of its handler as the real one words it."""
    pause = SHORTEST
    while event["OperationStatus"] in ("PENDING", "IN_PROGRESS"):
        time.sleep(pause)
        pause = min(2 * pause, LONGEST)
        asked = cloud.client("cloudcontrol").get_resource_request_status(RequestToken=event["RequestToken"])
        event = asked["ProgressEvent"]
    if event["OperationStatus"] != "SUCCESS" and event.get("ErrorCode") not in excused:
        identifier = state["id"] if isinstance(state.get("id"), str) else ""
        what = f"waiting for Cloud Control API ({state['type_name']}) Resource ({identifier}) {operation}"
        last = f"{event.get('ErrorCode')}: {event.get('StatusMessage')}"
        raise RefusedError(f"{what}: unexpected state '{event['OperationStatus']}', last error: {last}")
    return event
