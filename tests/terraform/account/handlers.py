"""The handlers of the resource types of flows: what Cloud Control does for its caller, by the account's own API.

They make the calls that the types' schemas name as their permissions, those of guardrails and S3 excepted.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from typing import Any, Protocol

from botocore.exceptions import ClientError

from account.resource_types import Model, fill_substitutions, read_model, write_model

Identify = Callable[[Model], None]
"""Tells Cloud Control the primary identifier of what was created, as soon as there is one."""


class HandlerError(Exception):
    """A failure of a handler's own, with a code of Cloud Control's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Handler(Protocol):
    """What can be done to resources of a type. `api` is a client of bedrock-agent that acts with the caller's rights;
    `key` are the properties of the primary identifier."""

    def create(self, api: Any, desired: Model, identify: Identify) -> None:
        """Create it."""

    def read(self, api: Any, key: Model) -> Model:
        """Return its properties."""

    def update(self, api: Any, key: Model, desired: Model, before: Model) -> None:
        """Make it what is desired."""

    def delete(self, api: Any, key: Model) -> None:
        """Delete it."""


class FlowHandler:
    """AWS::Bedrock::Flow: every write prepares the flow, and fails if the flow then cannot run.

    Inferred from the permissions that the schema lists: that the handlers prepare, and in this order. So are the code
    of that failure, that the flow stays with what was written, and that a definition is read as it was written, but for
    the digits of its numbers.
    """

    def create(self, api: Any, desired: Model, identify: Identify) -> None:
        tags = {"tags": desired["Tags"]} if desired.get("Tags") else {}
        made = api.create_flow(**_write_flow(api, desired), **tags)
        identify({"Arn": made["arn"]})
        _prepare(api, made["id"], made["arn"])

    def read(self, api: Any, key: Model) -> Model:
        flow = api.get_flow(flowIdentifier=_find_id(key["Arn"]))
        return _show(api, "GetFlowResponse", flow) | _read_tags(api, key["Arn"])

    def update(self, api: Any, key: Model, desired: Model, before: Model) -> None:
        _update_tags(api, key["Arn"], desired)
        api.update_flow(flowIdentifier=_find_id(key["Arn"]), **_write_flow(api, desired))
        _prepare(api, _find_id(key["Arn"]), key["Arn"])

    def delete(self, api: Any, key: Model) -> None:
        named = {"flowIdentifier": _find_id(key["Arn"])}
        api.delete_flow(**named)
        _wait_until_gone(api.get_flow, named)


class FlowVersionHandler:
    """AWS::Bedrock::FlowVersion: created and deleted, never changed."""

    def create(self, api: Any, desired: Model, identify: Identify) -> None:
        described = {"description": desired["Description"]} if "Description" in desired else {}
        made = api.create_flow_version(flowIdentifier=_find_id(desired["FlowArn"]), **described)
        identify({"FlowArn": desired["FlowArn"], "Version": made["version"]})
        api.get_flow_version(flowIdentifier=made["id"], flowVersion=made["version"])

    def read(self, api: Any, key: Model) -> Model:
        version = api.get_flow_version(**self._name(key))
        shown = _show(api, "GetFlowVersionResponse", version)
        return {**shown, "FlowArn": shown.pop("Arn"), "FlowId": shown.pop("Id")}

    def update(self, api: Any, key: Model, desired: Model, before: Model) -> None:
        raise HandlerError("NotUpdatable", "A version of a flow cannot be changed")

    def delete(self, api: Any, key: Model) -> None:
        api.delete_flow_version(**self._name(key))
        _wait_until_gone(api.get_flow_version, self._name(key))

    def _name(self, key: Model) -> Model:
        return {"flowIdentifier": _find_id(key["FlowArn"]), "flowVersion": key["Version"]}


class FlowAliasHandler:
    """AWS::Bedrock::FlowAlias."""

    def create(self, api: Any, desired: Model, identify: Identify) -> None:
        tags = {"tags": desired["Tags"]} if desired.get("Tags") else {}
        made = api.create_flow_alias(flowIdentifier=_find_id(desired["FlowArn"]), **self._write(api, desired), **tags)
        identify({"Arn": made["arn"], "FlowArn": desired["FlowArn"]})
        api.get_flow_alias(flowIdentifier=made["flowId"], aliasIdentifier=made["id"])
        _read_tags(api, made["arn"])

    def read(self, api: Any, key: Model) -> Model:
        alias = api.get_flow_alias(**self._name(key))
        return _show(api, "GetFlowAliasResponse", alias) | {"FlowArn": key["FlowArn"]} | _read_tags(api, key["Arn"])

    def update(self, api: Any, key: Model, desired: Model, before: Model) -> None:
        _update_tags(api, key["Arn"], desired)
        api.update_flow_alias(**self._name(key), **self._write(api, desired))
        api.get_flow_alias(**self._name(key))

    def delete(self, api: Any, key: Model) -> None:
        api.delete_flow_alias(**self._name(key))

    def _name(self, key: Model) -> Model:
        return {"flowIdentifier": _find_id(key["FlowArn"]), "aliasIdentifier": _find_id(key["Arn"])}

    def _write(self, api: Any, desired: Model) -> Model:
        names = ("Name", "Description", "RoutingConfiguration", "ConcurrencyConfiguration")
        return _write(api, "CreateFlowAliasRequest", {name: desired[name] for name in names if name in desired})


HANDLERS: dict[str, Handler] = {
    "AWS::Bedrock::Flow": FlowHandler(),
    "AWS::Bedrock::FlowVersion": FlowVersionHandler(),
    "AWS::Bedrock::FlowAlias": FlowAliasHandler(),
}


def _find_id(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _write(api: Any, shape: str, model: Model) -> Model:
    written: Model = read_model(model, api.meta.service_model.shape_for(shape))
    return written


def _show(api: Any, shape: str, answer: Model) -> Model:
    known = api.meta.service_model.shape_for(shape)
    members = {name: value for name, value in answer.items() if name in known.members}
    text = json.dumps(write_model(members, known), default=lambda time: time.isoformat())
    shown: Model = json.loads(text, parse_float=widen)
    return shown


def widen(digits: str) -> float:
    """Return a number as it comes out of 32 bits: 0.999 is 0.9990000128746033 in a sample flow of AWS's own."""
    (number,) = struct.unpack("f", struct.pack("f", float(digits)))
    return float(number)


def _narrow(digits: str) -> float:
    """Return the shortest number that is the same in 32 bits."""
    shorter = (f"{float(digits):.{size}g}" for size in range(1, 10))
    return float(next(short for short in shorter if widen(short) == widen(digits)))


def _write_flow(api: Any, desired: Model) -> Model:
    if lost := {"DefinitionS3Location", "TestAliasTags"} & set(desired):
        raise HandlerError("InvalidRequest", f"this account has no {', '.join(sorted(lost))}")
    names = ("Name", "ExecutionRoleArn", "CustomerEncryptionKeyArn", "Description")
    model = {name: desired[name] for name in names if name in desired}
    text = desired.get("DefinitionString") or json.dumps(desired.get("Definition"))
    filled = fill_substitutions(text, desired.get("DefinitionSubstitutions", {}))
    definition = json.loads(filled, parse_float=_narrow)
    return _write(api, "CreateFlowRequest", model | ({} if definition is None else {"Definition": definition}))


def _prepare(api: Any, flow: str, arn: str) -> None:
    api.prepare_flow(flowIdentifier=flow)
    while (found := api.get_flow(flowIdentifier=flow))["status"] == "Preparing":
        time.sleep(0.01)
    if found["status"] != "Prepared":
        told = "; ".join(item["message"] for item in found.get("validations", []))
        raise HandlerError("NotStabilized", f"Flow {flow} is {found['status']}: {told}")
    _read_tags(api, arn)


def _read_tags(api: Any, arn: str) -> Model:
    tags = api.list_tags_for_resource(resourceArn=arn).get("tags", {})
    return {"Tags": tags} if tags else {}


def _update_tags(api: Any, arn: str, desired: Model) -> None:
    before, after = _read_tags(api, arn).get("Tags", {}), desired.get("Tags") or {}
    if lost := sorted(set(before) - set(after)):
        api.untag_resource(resourceArn=arn, tagKeys=lost)
    if new := {name: value for name, value in after.items() if before.get(name) != value}:
        api.tag_resource(resourceArn=arn, tags=new)


def _wait_until_gone(read: Callable[..., Any], named: Model) -> None:
    try:
        read(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    else:
        raise HandlerError("NotStabilized", f"{named} is still there")
