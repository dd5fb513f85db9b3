"""The flows of an account and region, where moto's backend keeps them, and how a request names one of their parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.bedrockagent import models

from account.preparation import settle_preparation
from account.requests import InvalidRequestError, load_model

Answer = tuple[int, dict[str, Any], str]
Record = dict[str, Any]
SERVICE = "bedrock-agent"
DRAFT_ALIAS = "TSTALIASID"
"""The alias that every flow has. It routes to the draft, and does not count as a use."""


class ConflictError(InvalidRequestError):
    """What stands in the way of a request."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__(message, "ConflictException")


class QuotaError(InvalidRequestError):
    """One thing too many."""

    code = 402

    def __init__(self, message: str) -> None:
        super().__init__(message, "ServiceQuotaExceededException")


def list_flows_of(response: Any) -> dict[str, Record]:
    """Return the flows of the request's account and region by id, in their present state."""
    flows = list_flows_in(response.bedrockagent_backend)
    for flow in flows.values():
        settle_preparation(flow)
    return flows


def list_flows_in(backend: Any) -> dict[str, Record]:
    """Return the flows of a backend of moto's by id."""
    if not hasattr(backend, "flows"):
        backend.flows = {}
    flows: dict[str, Record] = backend.flows
    return flows


def find_flow(response: Any) -> Record:
    """Return the flow that a request's path names by id or ARN."""
    identifier = read_part(response, "flowIdentifier")
    flow = list_flows_of(response).get(identifier)
    if flow is None:
        raise models.ResourceNotFoundException(f"Flow {identifier} not found")
    return flow


def find_version(flow: Record, number: str) -> Record:
    """Return a version of a flow."""
    version = list_versions_of(flow).get(number)
    if version is None:
        raise models.ResourceNotFoundException(f"Version {number} of flow {flow['id']} not found")
    return version


def find_alias(flow: Record, identifier: str) -> Record:
    """Return an alias of a flow, its own for the draft included."""
    aliases = list_aliases_of(flow)
    if identifier == DRAFT_ALIAS and identifier not in aliases:
        return make_alias(flow, identifier, {"name": identifier, "routingConfiguration": [{"flowVersion": "DRAFT"}]})
    if identifier not in aliases:
        raise models.ResourceNotFoundException(f"Alias {identifier} of flow {flow['id']} not found")
    return aliases[identifier]


def make_alias(flow: Record, identifier: str, request: Record) -> Record:
    """Return a new alias with what a request says."""
    alias = {"id": identifier, "arn": f"{flow['arn']}/alias/{identifier}", "flowId": flow["id"]}
    return fill_alias({**alias, "createdAt": write_time()}, request)


def fill_alias(alias: Record, request: Record) -> Record:
    """Put what a request says into an alias: a full put."""
    for name in ("name", "description", "routingConfiguration", "concurrencyConfiguration"):
        alias.pop(name, None)
        alias |= {name: request[name]} if request.get(name) is not None else {}
    alias["updatedAt"] = write_time()
    return alias


def list_versions_of(flow: Record) -> dict[str, Record]:
    """Return the versions of a flow by number."""
    versions: dict[str, Record] = flow.setdefault("_versions", {})
    return versions


def list_aliases_of(flow: Record) -> dict[str, Record]:
    """Return the aliases of a flow by id, without the draft's."""
    aliases: dict[str, Record] = flow.setdefault("_aliases", {})
    return aliases


def read_part(response: Any, name: str) -> str:
    """Return what a request's path names, by its id: an ARN ends with it."""
    return str(response.uri_match[name]).rsplit("/", 1)[-1]


def answer(service: str, operation: str, record: Record, *without: str) -> Answer:
    """Return an operation's answer: what its output in botocore's model has of a record."""
    shape = load_model(service).operation_model(operation)
    names = [name for name in shape.output_shape.members if name in record and name not in without]
    members = {name: record[name] for name in names}
    return 0, {"status": shape.http.get("responseCode", 200)}, json.dumps(members)


def summarize(service: str, shape: str, records: list[Record]) -> list[Record]:
    """Return summaries of records, by the shape that a list has of them."""
    members = load_model(service).shape_for(shape).members
    return [{name: record[name] for name in members if name in record} for record in records]


def write_time() -> str:
    """Return the present time as the API spells it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
