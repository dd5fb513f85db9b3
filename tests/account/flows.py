"""The flows of Amazon Bedrock, in memory: what a flow's life needs, and what CreateFlow refuses beside the model."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from moto.bedrockagent import models
from moto.bedrockagent.responses import AgentsforBedrockResponse
from moto.iam.models import iam_backends

from account.requests import InvalidRequestError, read_request

SERVICE = "bedrock-agent"
OPTIONAL = ("description", "customerEncryptionKeyArn", "definition")
Answer = tuple[int, dict[str, str], str]


def list_flows_of(response: Any) -> dict[str, dict[str, Any]]:
    """Return the flows of the request's account and region by id."""
    backend = response.bedrockagent_backend
    if not hasattr(backend, "flows"):
        backend.flows = {}
    flows: dict[str, dict[str, Any]] = backend.flows
    return flows


def find_flow(response: Any) -> dict[str, Any]:
    """Return the flow that a request's path names by id or ARN."""
    match = re.search(r"/flows/(.+?)/?$", unquote(response.path))
    identifier = match[1].rsplit("flow/", 1)[-1] if match else ""
    flow = list_flows_of(response).get(identifier)
    if flow is None:
        raise models.ResourceNotFoundException(f"Flow {identifier} not found")
    return flow


def check_role(response: Any, arn: str) -> None:
    """Refuse a role that does not exist, or whose trust does not let Amazon Bedrock in."""
    for backend in iam_backends[response.current_account].values():
        for role in backend.roles.values():
            if role.arn == arn:
                if "bedrock.amazonaws.com" not in json.dumps(role.assume_role_policy_document):
                    raise InvalidRequestError(f"Amazon Bedrock cannot assume the role {arn}")
                return
    raise InvalidRequestError(f"the execution role {arn} does not exist")


def check_definition(definition: dict[str, Any]) -> None:
    """Refuse what CreateFlow refuses beside the model: names twice, a configuration of another type, two inputs."""
    nodes, connections = definition.get("nodes") or [], definition.get("connections") or []
    for items, what in ((nodes, "node"), (connections, "connection")):
        names = [item["name"] for item in items]
        if len(set(names)) < len(names):
            raise InvalidRequestError(f"a {what} name is used twice")
    for node in nodes:
        own = next(iter(node.get("configuration") or {}), node["type"])
        if own.lower() != node["type"].lower():
            raise InvalidRequestError(f"node {node['name']}: {own} is not the configuration of {node['type']}")
    if sum(node["type"] == "Input" for node in nodes) > 1:
        raise InvalidRequestError("a flow has one Input node")


def write_time() -> str:
    """Return the present time as the API spells it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def create_flow(self: Any) -> Answer:
    """Answer CreateFlow."""
    request = read_request(SERVICE, "CreateFlow", self.body)
    check_role(self, request["executionRoleArn"])
    check_definition(request.get("definition") or {})
    flows = list_flows_of(self)
    if any(flow["name"] == request["name"] for flow in flows.values()):
        raise models.ConflictException(f"Flow {request['name']} exists")
    identifier = uuid.uuid4().hex[:10].upper()
    arn = f"arn:aws:bedrock:{self.region}:{self.current_account}:flow/{identifier}"
    flow = {"id": identifier, "arn": arn, "status": "NotPrepared", "version": "DRAFT", "createdAt": write_time()}
    flow |= {"name": request["name"], "executionRoleArn": request["executionRoleArn"], "updatedAt": write_time()}
    flow |= {name: request[name] for name in OPTIONAL if request.get(name) is not None}
    flows[identifier] = flow
    if request.get("tags"):
        self.bedrockagent_backend.tag_resource(arn, request["tags"])
    return 201, {}, json.dumps(flow)


def get_flow(self: Any) -> Answer:
    """Answer GetFlow."""
    return 200, {}, json.dumps(find_flow(self))


def update_flow(self: Any) -> Answer:
    """Answer UpdateFlow: a full put."""
    flow = find_flow(self)
    request = read_request(SERVICE, "UpdateFlow", self.body, flowIdentifier=flow["id"])
    check_role(self, request["executionRoleArn"])
    check_definition(request.get("definition") or {})
    for name in OPTIONAL:
        flow.pop(name, None)
    flow |= {name: request[name] for name in OPTIONAL if request.get(name) is not None}
    flow |= {"name": request["name"], "executionRoleArn": request["executionRoleArn"]}
    flow |= {"updatedAt": write_time(), "status": "NotPrepared"}
    return 200, {}, json.dumps(flow)


def prepare_flow(self: Any) -> Answer:
    """Answer PrepareFlow."""
    flow = find_flow(self)
    flow["status"] = "Prepared"
    return 202, {}, json.dumps({"id": flow["id"], "status": flow["status"]})


def delete_flow(self: Any) -> Answer:
    """Answer DeleteFlow."""
    flow = find_flow(self)
    del list_flows_of(self)[flow["id"]]
    return 200, {}, json.dumps({"id": flow["id"]})


def list_flows(self: Any) -> Answer:
    """Answer ListFlows."""
    members = ("id", "arn", "name", "status", "version", "createdAt", "updatedAt")
    summaries = [{name: flow[name] for name in members} for flow in list_flows_of(self).values()]
    return 200, {}, json.dumps({"flowSummaries": summaries})


def install_flows() -> None:
    """Give moto the flows API, tags of flows included."""
    for answer in (create_flow, get_flow, update_flow, prepare_flow, delete_flow, list_flows):
        setattr(AgentsforBedrockResponse, answer.__name__, answer)
    backend = models.AgentsforBedrockBackend
    known = backend._list_arns

    def list_arns(self: Any) -> list[str]:
        return [*known(self), *(flow["arn"] for flow in getattr(self, "flows", {}).values())]

    backend._list_arns = list_arns
