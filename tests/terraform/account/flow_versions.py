"""Versions and aliases of flows, with what Amazon Bedrock refuses of them."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from moto.bedrockagent.responses import AgentsforBedrockResponse

from account.authorization import authorize
from account.flow_records import (
    DRAFT_ALIAS,
    SERVICE,
    Answer,
    ConflictError,
    QuotaError,
    Record,
    answer,
    fill_alias,
    find_alias,
    find_flow,
    find_version,
    list_aliases_of,
    list_versions_of,
    make_alias,
    read_part,
    summarize,
    write_time,
)
from account.key_use import WRITING, decrypt, use_key
from account.needs import Need
from account.requests import InvalidRequestError, read_request

MOST_VERSIONS = MOST_ALIASES = 10
FROZEN = ("id", "arn", "name", "status", "executionRoleArn", "customerEncryptionKeyArn", "definition")


def create_flow_version(self: Any) -> Answer:
    """Answer CreateFlowVersion: the draft as it was prepared, fixed under a number that is never given again.

    A flow with loops has versions like any other. This is inferred: the CloudFormation schema of a version lists fewer
    types of nodes than that of a flow.
    """
    flow = find_flow(self)
    request = read_request(SERVICE, "CreateFlowVersion", self.body, flowIdentifier=flow["id"])
    versions = list_versions_of(flow)
    if flow["status"] != "Prepared":
        raise ConflictError(
            "Couldn't perform CreateFlowVersion operation. The resource that you specified is currently in status "
            f"{flow['status']}. Retry your request after the resource changes to a valid status."
        )
    if len(versions) >= MOST_VERSIONS:
        raise QuotaError(f"Flow {flow['id']} has {MOST_VERSIONS} versions, the most that a flow can have")
    use_key(self, flow.get("customerEncryptionKeyArn"), flow["arn"], *WRITING)
    flow["_last_version"] = flow.get("_last_version", 0) + 1
    number = str(flow["_last_version"])
    version = copy.deepcopy({name: flow[name] for name in FROZEN if name in flow})
    version |= {"version": number, "createdAt": write_time()}
    version |= {"description": request["description"]} if "description" in request else {}
    versions[number] = version
    return answer(SERVICE, "CreateFlowVersion", version)


def get_flow_version(self: Any) -> Answer:
    """Answer GetFlowVersion, which decrypts unless only metadata is asked for."""
    version = find_version(find_flow(self), read_part(self, "flowVersion"))
    return answer(SERVICE, "GetFlowVersion", version, *decrypt(self, version))


def list_flow_versions(self: Any) -> Answer:
    """Answer ListFlowVersions."""
    versions = summarize(SERVICE, "FlowVersionSummary", list(list_versions_of(find_flow(self)).values()))
    return answer(SERVICE, "ListFlowVersions", {"flowVersionSummaries": versions})


def delete_flow_version(self: Any) -> Answer:
    """Answer DeleteFlowVersion: refused while an alias routes to the version."""
    flow, number = find_flow(self), read_part(self, "flowVersion")
    find_version(flow, number)
    users = [alias["name"] for alias in list_aliases_of(flow).values() if number in list_routed(alias)]
    if users and not skips_check(self):
        raise ConflictError(f"Version {number} of flow {flow['id']} is used by the alias {users[0]}")
    del list_versions_of(flow)[number]
    return answer(SERVICE, "DeleteFlowVersion", {"id": flow["id"], "version": number})


def create_flow_alias(self: Any) -> Answer:
    """Answer CreateFlowAlias."""
    flow = find_flow(self)
    request = read_request(SERVICE, "CreateFlowAlias", self.body, flowIdentifier=flow["id"])
    alias = make_alias(flow, uuid.uuid4().hex[:10].upper(), request)
    if request.get("tags"):
        authorize(self, Need("bedrock:TagResource", alias["arn"], {"aws:tagkeys": list(request["tags"])}))
    aliases = list_aliases_of(flow)
    check_alias(flow, request)
    if len(aliases) >= MOST_ALIASES:
        raise QuotaError(f"Flow {flow['id']} has {MOST_ALIASES} aliases, the most that a flow can have")
    aliases[alias["id"]] = alias
    if request.get("tags"):
        self.bedrockagent_backend.tag_resource(alias["arn"], request["tags"])
    return answer(SERVICE, "CreateFlowAlias", alias)


def get_flow_alias(self: Any) -> Answer:
    """Answer GetFlowAlias."""
    return answer(SERVICE, "GetFlowAlias", find_alias(find_flow(self), read_part(self, "aliasIdentifier")))


def update_flow_alias(self: Any) -> Answer:
    """Answer UpdateFlowAlias: a full put, after which id and ARN are the same."""
    flow, identifier = find_flow(self), read_part(self, "aliasIdentifier")
    named = {"flowIdentifier": flow["id"], "aliasIdentifier": identifier}
    request = read_request(SERVICE, "UpdateFlowAlias", self.body, **named)
    alias = find_own_alias(flow, identifier)
    check_alias(flow, request, identifier)
    return answer(SERVICE, "UpdateFlowAlias", fill_alias(alias, request))


def list_flow_aliases(self: Any) -> Answer:
    """Answer ListFlowAliases."""
    aliases = summarize(SERVICE, "FlowAliasSummary", list(list_aliases_of(find_flow(self)).values()))
    return answer(SERVICE, "ListFlowAliases", {"flowAliasSummaries": aliases})


def delete_flow_alias(self: Any) -> Answer:
    """Answer DeleteFlowAlias."""
    flow, identifier = find_flow(self), read_part(self, "aliasIdentifier")
    find_own_alias(flow, identifier)
    del list_aliases_of(flow)[identifier]
    return answer(SERVICE, "DeleteFlowAlias", {"flowId": flow["id"], "id": identifier})


def find_own_alias(flow: Record, identifier: str) -> Record:
    """Return an alias that the account's users may change: not the draft's."""
    if identifier == DRAFT_ALIAS:
        raise InvalidRequestError(f"The alias {DRAFT_ALIAS} is Amazon Bedrock's own and cannot be changed")
    return find_alias(flow, identifier)


def check_alias(flow: Record, request: Record, identifier: str = "") -> None:
    """Refuse an alias to a version that does not exist, or with the name of another one."""
    for number in list_routed(request):
        find_version(flow, number)
    for other in list_aliases_of(flow).values():
        if other["name"] == request["name"] and other["id"] != identifier:
            raise ConflictError(f"Flow {flow['id']} has an alias named {request['name']}")


def list_routed(alias: Record) -> list[str]:
    """Return the versions that an alias routes to: one."""
    return [item.get("flowVersion", "") for item in alias["routingConfiguration"]]


def skips_check(response: Any) -> bool:
    """Return whether a request deletes what is in use."""
    return bool(response.querystring.get("skipResourceInUseCheck", ["false"])[0] == "true")


def check_use(flow: Record) -> None:
    """Refuse the deletion of a flow that has aliases or versions."""
    if list_aliases_of(flow) or list_versions_of(flow):
        raise ConflictError(f"Flow {flow['id']} is in use: delete its aliases, then its versions")


def install_flow_versions() -> None:
    """Give moto versions and aliases of flows."""
    for operation in (
        create_flow_version,
        get_flow_version,
        list_flow_versions,
        delete_flow_version,
        create_flow_alias,
        get_flow_alias,
        update_flow_alias,
        list_flow_aliases,
        delete_flow_alias,
    ):
        setattr(AgentsforBedrockResponse, operation.__name__, operation)
