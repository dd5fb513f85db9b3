"""Versions and aliases of flows: enough of them that a flow can be in use."""

from __future__ import annotations

import copy
import json
import uuid
from typing import Any
from urllib.parse import unquote

from moto.bedrockagent import models
from moto.bedrockagent.responses import AgentsforBedrockResponse

from account.flow_records import Answer, ConflictError, Record, find_flow, write_time
from account.key_use import use_key
from account.requests import read_request

SERVICE = "bedrock-agent"
DRAFT = {"id": "TSTALIASID", "name": "TSTALIASID"}
"""The alias that every flow has; it does not count as a use."""


def list_versions_of(flow: Record) -> dict[str, Record]:
    """Return the versions of a flow by number."""
    versions: dict[str, Record] = flow.setdefault("_versions", {})
    return versions


def list_aliases_of(flow: Record) -> dict[str, Record]:
    """Return the aliases of a flow by id."""
    aliases: dict[str, Record] = flow.setdefault("_aliases", {})
    return aliases


def show(record: Record) -> Record:
    """Return a record as an answer has it, without what the account keeps beside it."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def create_flow_version(self: Any) -> Answer:
    """Answer CreateFlowVersion: the draft, fixed under a number."""
    flow = find_flow(self)
    request = read_request(SERVICE, "CreateFlowVersion", self.body, flowIdentifier=flow["id"])
    use_key(self, flow.get("customerEncryptionKeyArn"), flow["arn"], "kms:GenerateDataKey", "kms:Decrypt")
    flow["_last_version"] = flow.get("_last_version", 0) + 1
    number = str(flow["_last_version"])
    version = copy.deepcopy(show(flow)) | {"version": number, "createdAt": write_time()}
    version |= {"description": request["description"]} if "description" in request else {}
    list_versions_of(flow)[number] = version
    return 201, {}, json.dumps(version)


def get_flow_version(self: Any) -> Answer:
    """Answer GetFlowVersion."""
    flow, number = find_flow(self), find_last_part(self)
    version = list_versions_of(flow).get(number)
    if version is None:
        raise models.ResourceNotFoundException(f"Version {number} of flow {flow['id']} not found")
    use_key(self, version.get("customerEncryptionKeyArn"), flow["arn"], "kms:Decrypt")
    return 200, {}, json.dumps(version)


def list_flow_versions(self: Any) -> Answer:
    """Answer ListFlowVersions."""
    members = ("arn", "createdAt", "id", "status", "version")
    versions = list_versions_of(find_flow(self)).values()
    return 200, {}, json.dumps({"flowVersionSummaries": [{name: item[name] for name in members} for item in versions]})


def delete_flow_version(self: Any) -> Answer:
    """Answer DeleteFlowVersion: refused while an alias leads to the version."""
    flow, number = find_flow(self), find_last_part(self)
    for alias in list_aliases_of(flow).values():
        if number in {item.get("flowVersion") for item in alias["routingConfiguration"]}:
            raise ConflictError(f"Version {number} of flow {flow['id']} is used by the alias {alias['name']}")
    if list_versions_of(flow).pop(number, None) is None:
        raise models.ResourceNotFoundException(f"Version {number} of flow {flow['id']} not found")
    return 200, {}, json.dumps({"id": flow["id"], "version": number})


def create_flow_alias(self: Any) -> Answer:
    """Answer CreateFlowAlias."""
    flow = find_flow(self)
    request = read_request(SERVICE, "CreateFlowAlias", self.body, flowIdentifier=flow["id"])
    for item in request["routingConfiguration"]:
        if item.get("flowVersion") not in list_versions_of(flow):
            raise models.ResourceNotFoundException(f"Version {item.get('flowVersion')} of flow {flow['id']} not found")
    identifier = uuid.uuid4().hex[:10].upper()
    alias = {
        "id": identifier,
        "arn": f"{flow['arn']}/alias/{identifier}",
        "flowId": flow["id"],
        "name": request["name"],
    }
    alias |= {"routingConfiguration": request["routingConfiguration"], "createdAt": write_time()}
    alias |= {"updatedAt": write_time()}
    list_aliases_of(flow)[identifier] = alias
    return 201, {}, json.dumps(alias)


def list_flow_aliases(self: Any) -> Answer:
    """Answer ListFlowAliases."""
    return 200, {}, json.dumps({"flowAliasSummaries": list(list_aliases_of(find_flow(self)).values())})


def delete_flow_alias(self: Any) -> Answer:
    """Answer DeleteFlowAlias."""
    flow, identifier = find_flow(self), find_last_part(self)
    if list_aliases_of(flow).pop(identifier, None) is None:
        raise models.ResourceNotFoundException(f"Alias {identifier} of flow {flow['id']} not found")
    return 200, {}, json.dumps({"flowId": flow["id"], "id": identifier})


def find_last_part(response: Any) -> str:
    """Return the last part of a request's path: a version's number or an alias's id."""
    return unquote(response.path).rstrip("/").rsplit("/", 1)[-1]


def check_use(flow: Record) -> None:
    """Refuse the deletion of a flow that has aliases or versions."""
    if list_aliases_of(flow) or list_versions_of(flow):
        raise ConflictError(f"Flow {flow['id']} is in use: delete its aliases, then its versions")


def install_flow_versions() -> None:
    """Give moto versions and aliases of flows."""
    for answer in (
        create_flow_version,
        get_flow_version,
        list_flow_versions,
        delete_flow_version,
        create_flow_alias,
        list_flow_aliases,
        delete_flow_alias,
    ):
        setattr(AgentsforBedrockResponse, answer.__name__, answer)
