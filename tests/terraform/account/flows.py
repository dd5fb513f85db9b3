"""The flows of Amazon Bedrock, in memory: what a flow's life needs, and what CreateFlow refuses beside the model."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.bedrockagent import models
from moto.bedrockagent.responses import AgentsforBedrockResponse
from moto.iam.models import iam_backends

from account.authorization import authorize
from account.decisions import Policies, Principal, Request, decide, read_policy
from account.flow_records import (
    DRAFT_ALIAS,
    SERVICE,
    Answer,
    ConflictError,
    Record,
    answer,
    find_flow,
    list_aliases_of,
    list_flows_in,
    list_flows_of,
    summarize,
    write_time,
)
from account.flow_versions import check_use, install_flow_versions, skips_check
from account.key_use import SERVICE as BEDROCK
from account.key_use import WRITING, decrypt, use_key
from account.needs import TRUST_POLICY, Need
from account.preparation import begin_preparation
from account.requests import InvalidRequestError, read_request

OPTIONAL = ("description", "customerEncryptionKeyArn", "definition")


def check_role(response: Any, arn: str, flow_arn: str) -> None:
    """Refuse a role that does not exist, or whose trust does not let Amazon Bedrock in for the flow."""
    account = response.current_account
    roles = [role for backend in iam_backends[account].values() for role in backend.roles.values() if role.arn == arn]
    if not roles:
        raise InvalidRequestError(f"the execution role {arn} does not exist")
    trust = read_policy(TRUST_POLICY, json.loads(roles[0].assume_role_policy_document))
    context = {"aws:sourceaccount": account, "aws:sourcearn": flow_arn}
    asked = Request(Principal(BEDROCK), "sts:AssumeRole", arn, account, context)
    if not decide(asked, Policies(resource=trust)).allowed:
        raise InvalidRequestError(f"Amazon Bedrock cannot assume the role {arn}")


def check_definition(definition: dict[str, Any]) -> None:
    """Refuse what CreateFlow refuses beside the model: names twice, a configuration of another type, two inputs.

    That it refuses the same of the definition of a loop, by itself, is inferred.
    """
    nodes, connections = definition.get("nodes") or [], definition.get("connections") or []
    for items, what in ((nodes, "node"), (connections, "connection")):
        names = [item["name"] for item in items]
        if len(set(names)) < len(names):
            raise InvalidRequestError(f"a {what} name is used twice")
    for node in nodes:
        own = next(iter(node.get("configuration") or {}), node["type"])
        if own.lower() != node["type"].lower():
            raise InvalidRequestError(f"node {node['name']}: {own} is not the configuration of {node['type']}")
        check_definition((node.get("configuration") or {}).get("loop", {}).get("definition") or {})
    if sum(node["type"] == "Input" for node in nodes) > 1:
        raise InvalidRequestError("a flow has one Input node")


def pass_role(response: Any, arn: str) -> None:
    """Decide that the caller may hand a role to Bedrock."""
    authorize(response, Need("iam:PassRole", arn, {"iam:passedtoservice": BEDROCK}))


def fill_flow(flow: Record, request: dict[str, Any]) -> None:
    """Put what a request says into a flow: a full put."""
    for name in OPTIONAL:
        flow.pop(name, None)
    flow |= {name: request[name] for name in OPTIONAL if request.get(name) is not None}
    flow |= {"name": request["name"], "executionRoleArn": request["executionRoleArn"]}
    flow |= {"updatedAt": write_time(), "status": "NotPrepared", "validations": []}


def create_flow(self: Any) -> Answer:
    """Answer CreateFlow."""
    request = read_request(SERVICE, "CreateFlow", self.body)
    identifier = uuid.uuid4().hex[:10].upper()
    arn = f"arn:{self.partition}:bedrock:{self.region}:{self.current_account}:flow/{identifier}"
    pass_role(self, request["executionRoleArn"])
    if request.get("tags"):
        authorize(self, Need("bedrock:TagResource", arn, {"aws:tagkeys": list(request["tags"])}))
    check_role(self, request["executionRoleArn"], arn)
    check_definition(request.get("definition") or {})
    flows = list_flows_of(self)
    if any(flow["name"] == request["name"] for flow in flows.values()):
        raise ConflictError(f"Flow {request['name']} exists")
    use_key(self, request.get("customerEncryptionKeyArn"), arn, *WRITING)
    flow = {"id": identifier, "arn": arn, "version": "DRAFT", "createdAt": write_time()}
    fill_flow(flow, request)
    flows[identifier] = flow
    if request.get("tags"):
        self.bedrockagent_backend.tag_resource(arn, request["tags"])
    return answer(SERVICE, "CreateFlow", flow)


def get_flow(self: Any) -> Answer:
    """Answer GetFlow: what is stored is decrypted with the caller's rights, unless only metadata is asked for."""
    flow = find_flow(self)
    shown = answer(SERVICE, "GetFlow", flow, *decrypt(self, flow))
    flow["_shown"] = True
    return shown


def update_flow(self: Any) -> Answer:
    """Answer UpdateFlow."""
    flow = find_flow(self)
    request = read_request(SERVICE, "UpdateFlow", self.body, flowIdentifier=flow["id"])
    pass_role(self, request["executionRoleArn"])
    check_role(self, request["executionRoleArn"], flow["arn"])
    check_definition(request.get("definition") or {})
    use_key(self, request.get("customerEncryptionKeyArn"), flow["arn"], *WRITING)
    fill_flow(flow, request)
    return answer(SERVICE, "UpdateFlow", flow)


def prepare_flow(self: Any) -> Answer:
    """Answer PrepareFlow: GetFlow says later what came of it."""
    flow = find_flow(self)
    use_key(self, flow.get("customerEncryptionKeyArn"), flow["arn"], *WRITING)
    begin_preparation(flow)
    return answer(SERVICE, "PrepareFlow", flow)


def delete_flow(self: Any) -> Answer:
    """Answer DeleteFlow."""
    flow = find_flow(self)
    if not skips_check(self):
        check_use(flow)
    del list_flows_of(self)[flow["id"]]
    return answer(SERVICE, "DeleteFlow", flow)


def list_flows(self: Any) -> Answer:
    """Answer ListFlows."""
    flows = summarize(SERVICE, "FlowSummary", list(list_flows_of(self).values()))
    return answer(SERVICE, "ListFlows", {"flowSummaries": flows})


def install_flows() -> None:
    """Give moto the flows API, with versions and aliases, tags of flows and aliases included."""
    for operation in (create_flow, get_flow, update_flow, prepare_flow, delete_flow, list_flows):
        setattr(AgentsforBedrockResponse, operation.__name__, operation)
    install_flow_versions()
    backend = models.AgentsforBedrockBackend
    known = backend._list_arns

    def list_arns(self: Any) -> list[str]:
        flows = list_flows_in(self).values()
        aliases = [f"{flow['arn']}/alias/{name}" for flow in flows for name in (*list_aliases_of(flow), DRAFT_ALIAS)]
        return [*known(self), *(flow["arn"] for flow in flows), *aliases]

    backend._list_arns = list_arns
