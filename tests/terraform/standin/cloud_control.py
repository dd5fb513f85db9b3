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
from standin.documents import RefusedError, write_go_json

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
            PatchDocument=write_go_json(patch),
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


def compare(old: State, new: State, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield the operations of a JSON patch from one object to another, as the real one finds them."""
    for name, value in sorted(new.items()):
        place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in old:
            yield {"op": "add", "path": place, "value": value}
        elif _name_kind(old[name]) != _name_kind(value):
            yield {"op": "replace", "path": place, "value": value}
        else:
            yield from _compare_values(old[name], value, place)
    yield from ({"op": "remove", "path": f"{path}/{name}"} for name in sorted(set(old) - set(new)))


def _compare_values(old: Any, new: Any, path: str) -> Iterator[dict[str, Any]]:
    if _name_kind(old) != _name_kind(new):
        yield {"op": "add" if old is None else "replace", "path": path, "value": new}
    elif isinstance(new, dict):
        yield from compare(old, new, path)
    elif isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _compare_values(before, after, f"{path}/{index}")
    elif isinstance(new, list):
        # Items that stay are not moved: an edit that adds one and changes the order of others leaves the old order.
        lost, added = _find_unmatched(old, new), _find_unmatched(new, old)
        yield from ({"op": "remove", "path": f"{path}/{index}"} for index in reversed(lost))
        yield from ({"op": "add", "path": f"{path}/{index}", "value": new[index]} for index in added)
    elif old != new:
        yield {"op": "replace", "path": path, "value": new}


def _find_unmatched(items: list[Any], others: list[Any]) -> list[int]:
    """Return the places of the items that are not among others, each of which stands for one item."""
    left, unmatched = [json.dumps(item, sort_keys=True) for item in others], list[int]()
    for index, item in enumerate(items):
        text = json.dumps(item, sort_keys=True)
        if text in left:
            left.remove(text)
        else:
            unmatched.append(index)
    return unmatched


def _name_kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


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
