"""Requests of Cloud Control as a client makes them: sent, then asked for until they are over."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from account.resource_types import TYPES, read_type

from bench import Bench

FLOW, VERSION, ALIAS = "AWS::Bedrock::Flow", "AWS::Bedrock::FlowVersion", "AWS::Bedrock::FlowAlias"
PATIENCE = 30
Event = dict[str, Any]


def write_schemas(folder: Path) -> None:
    """Write the schemas of the resource types into a folder: AWS-Bedrock-Flow.json."""
    for name in TYPES:
        (folder / f"{name.replace('::', '-')}.json").write_text(json.dumps(read_type(name)), encoding="utf-8")


def create(bench: Bench, kind: str, **properties: Any) -> Event:
    """Create a resource; return the last event of the request."""
    api = bench.client("cloudcontrol")
    return wait(bench, api.create_resource(TypeName=kind, DesiredState=json.dumps(properties)))


def update(bench: Bench, kind: str, identifier: str, *patch: dict[str, Any]) -> Event:
    """Update a resource by a JSON patch; return the last event of the request."""
    api = bench.client("cloudcontrol")
    return wait(bench, api.update_resource(TypeName=kind, Identifier=identifier, PatchDocument=json.dumps(patch)))


def delete(bench: Bench, kind: str, identifier: str) -> Event:
    """Delete a resource; return the last event of the request."""
    return wait(bench, bench.client("cloudcontrol").delete_resource(TypeName=kind, Identifier=identifier))


def read(bench: Bench, kind: str, identifier: str) -> dict[str, Any]:
    """Return the properties of a resource."""
    found = bench.client("cloudcontrol").get_resource(TypeName=kind, Identifier=identifier)["ResourceDescription"]
    properties: dict[str, Any] = json.loads(found["Properties"])
    return properties


def replace(path: str, value: Any) -> dict[str, Any]:
    """Return an operation of a patch."""
    return {"op": "replace", "path": path, "value": value}


def wait(bench: Bench, answer: dict[str, Any]) -> Event:
    """Return the event that ends a request."""
    api, event, end = bench.client("cloudcontrol"), answer["ProgressEvent"], time.monotonic() + PATIENCE
    while event["OperationStatus"] == "IN_PROGRESS":
        assert time.monotonic() < end, event
        time.sleep(0.02)
        event = api.get_resource_request_status(RequestToken=event["RequestToken"])["ProgressEvent"]
    return dict(event)


def write_properties(value: Any) -> Any:
    """Return a value of the API as properties of CloudFormation: every name with a capital first."""
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: write_properties(item) for name, item in value.items()}
    return [write_properties(item) for item in value] if isinstance(value, list) else value
