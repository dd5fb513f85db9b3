"""AWS's Cloud Control API: requests that are carried out beside the call, by handlers that act as the caller."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import botocore.session
import jsonpatch
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.responses import BaseResponse

from account.callers import FORWARDED, SENT_TO
from account.handlers import HANDLERS, HandlerError
from account.requests import InvalidRequestError, read_request
from account.resource_types import (
    Model,
    check_model,
    check_unchanged,
    list_properties,
    read_identifier,
    read_type,
    write_identifier,
)
from account.services import install_service

SERVICE = "cloudcontrol"
VIA = "cloudformation.amazonaws.com"
CODES = {
    "AccessDeniedException": "AccessDenied",
    "ConflictException": "ResourceConflict",
    "ResourceNotFoundException": "NotFound",
    "ServiceQuotaExceededException": "ServiceLimitExceeded",
    "UnrecognizedClientException": "InvalidCredentials",
    "ValidationException": "InvalidRequest",
}
"""Errors of the flows API as handlers report them. Which code AWS's own handlers give is not documented."""
_events: dict[str, dict[str, Any]] = {}
_lock = threading.Lock()
_session = botocore.session.Session()
_address: list[str] = []


class CloudControlResponse(BaseResponse):
    """Cloud Control, which is not in moto."""

    calls_account = True

    def __init__(self) -> None:
        super().__init__(service_name=SERVICE)

    def create_resource(self) -> str:
        """Answer CreateResource."""
        request = self._read("CreateResource")
        name, desired = request["TypeName"], _read_json(request["DesiredState"])
        if given := [item for item in list_properties(name, "readOnlyProperties") if item in desired]:
            raise InvalidRequestError(f"Invalid request: readOnlyProperties {given} cannot be specified")
        check_model(name, desired)
        api, event = self._open_api(), begin_event(name, "CREATE")

        def identify(model: Model) -> None:
            event["Identifier"] = write_identifier(name, model)

        return _carry_out(event, lambda: HANDLERS[name].create(api, desired, identify))

    def get_resource(self) -> str:
        """Answer GetResource: the read handler, while the caller waits."""
        request = self._read("GetResource")
        name, identifier = request["TypeName"], request["Identifier"]
        properties = json.dumps(self._read_resource(name, identifier))
        described = {"Identifier": identifier, "Properties": properties}
        return json.dumps({"TypeName": name, "ResourceDescription": described})

    def update_resource(self) -> str:
        """Answer UpdateResource: the patch is applied to what the read handler returns."""
        request = self._read("UpdateResource")
        name, identifier = request["TypeName"], request["Identifier"]
        before = self._read_resource(name, identifier)
        after = _apply_patch(before, _read_json(request["PatchDocument"]))
        for group in ("createOnlyProperties", "readOnlyProperties"):
            check_unchanged(name, group, before, after)
        read_only = list_properties(name, "readOnlyProperties")
        desired = {key: value for key, value in after.items() if key not in read_only}
        check_model(name, desired)
        api, event = self._open_api(), begin_event(name, "UPDATE", identifier)
        key = read_identifier(name, identifier)
        return _carry_out(event, lambda: HANDLERS[name].update(api, key, desired, before))

    def delete_resource(self) -> str:
        """Answer DeleteResource."""
        request = self._read("DeleteResource")
        name, key = request["TypeName"], read_identifier(request["TypeName"], request["Identifier"])
        api, event = self._open_api(), begin_event(name, "DELETE", request["Identifier"])
        return _carry_out(event, lambda: HANDLERS[name].delete(api, key))

    def get_resource_request_status(self) -> str:
        """Answer GetResourceRequestStatus: the first answer is always that the request is in progress."""
        token = read_request(SERVICE, "GetResourceRequestStatus", self.body)["RequestToken"]
        if token not in _events:
            raise InvalidRequestError(f"Request with token {token} was not found", "RequestTokenNotFoundException")
        event = _events[token]
        shown = event if event.pop("_new", None) is None else {**event, "OperationStatus": "IN_PROGRESS"}
        if shown["OperationStatus"] == "IN_PROGRESS":
            shown = {key: value for key, value in shown.items() if key not in ("ErrorCode", "StatusMessage")}
        return json.dumps({"ProgressEvent": _show_event(shown)})

    def _read(self, operation: str) -> dict[str, Any]:
        request = read_request(SERVICE, operation, self.body)
        read_type(request["TypeName"])
        if "RoleArn" in request:
            raise InvalidRequestError("this account's handlers act as their caller, without a role of their own")
        return request

    def _open_api(self) -> Any:
        """Return a client of the account's own API that acts as who makes this request."""
        with _lock:
            client = _session.create_client(
                "bedrock-agent",
                region_name=self.region,
                endpoint_url=_address[0],
                aws_access_key_id=self.access_key,
                aws_secret_access_key="handler",
                config=Config(retries={"total_max_attempts": 1}),
            )
        headers = {FORWARDED: VIA, SENT_TO: self.current_account}
        client.meta.events.register("before-call.*.*", lambda params, **_: params["headers"].update(headers))
        return client

    def _read_resource(self, name: str, identifier: str) -> Model:
        try:
            return HANDLERS[name].read(self._open_api(), read_identifier(name, identifier))
        except ClientError as error:
            code = _find_code(error)
            kind = {"NotFound": "ResourceNotFoundException", "InvalidRequest": "InvalidRequestException"}
            raise InvalidRequestError(_write_message(error), kind.get(code, "GeneralServiceException")) from error


def begin_event(name: str, operation: str, identifier: str = "") -> dict[str, Any]:
    """Return a new request's event, which its token leads to."""
    event = {"TypeName": name, "RequestToken": str(uuid.uuid4()), "Operation": operation, "Identifier": identifier}
    event |= {"OperationStatus": "IN_PROGRESS", "EventTime": time.time(), "_new": True}
    _events[event["RequestToken"]] = event
    return event


def _carry_out(event: dict[str, Any], work: Callable[[], None]) -> str:
    """Begin the work of a handler, and answer at once that it is in progress."""
    answer = json.dumps({"ProgressEvent": _show_event(event)})

    def run() -> None:
        try:
            work()
            outcome = {"OperationStatus": "SUCCESS"}
        except ClientError as error:
            outcome = {"OperationStatus": "FAILED", "ErrorCode": _find_code(error)}
            outcome["StatusMessage"] = _write_message(error)
        except (HandlerError, InvalidRequestError) as error:
            code = getattr(error, "code", "")
            outcome = {"OperationStatus": "FAILED", "ErrorCode": code if isinstance(code, str) else "InvalidRequest"}
            outcome["StatusMessage"] = str(error)
        except Exception as error:
            outcome = {"OperationStatus": "FAILED", "ErrorCode": "InternalFailure", "StatusMessage": repr(error)}
        event.update(outcome, EventTime=time.time())

    threading.Thread(target=run, daemon=True).start()
    return answer


def _show_event(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if value != "" and not key.startswith("_")}


def _find_code(error: ClientError) -> str:
    """Return the code of a handler whose call was refused; of a name that is taken it says AlreadyExists."""
    code = CODES.get(error.response["Error"]["Code"], "GeneralServiceException")
    is_taken = code == "ResourceConflict" and error.operation_name in ("CreateFlow", "CreateFlowAlias")
    return "AlreadyExists" if is_taken else code


def _write_message(error: ClientError) -> str:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return f"{error.response['Error']['Message']} (Service: BedrockAgent, Status Code: {status})"


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidRequestError(f"Not valid JSON: {error}") from error


def _apply_patch(before: Model, patch: list[dict[str, Any]]) -> Model:
    try:
        after: Model = jsonpatch.apply_patch(before, patch)
    except jsonpatch.JsonPatchException as error:
        operations = "; ".join(f"[{item.get('op', '').upper()} Operation] path {item.get('path')}" for item in patch)
        raise InvalidRequestError(f"noSuchPath in source: {error} ({operations})") from error
    return after


def install_cloud_control(port: str) -> None:
    """Answer what is asked of Cloud Control; its handlers call the account at a port of the loopback address."""
    _address[:] = [f"http://127.0.0.1:{port}"]
    install_service(CloudControlResponse, lambda service, environ: service == "cloudcontrolapi")
