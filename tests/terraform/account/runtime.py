"""Invoking flows: who may, with which key, what the nodes need, and which version answers.

No flow runs, and no loop turns: every output node gives back what went in, beside the number of the version.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from moto.bedrockagent.models import ResourceNotFoundException, bedrockagent_backends
from moto.core.responses import BaseResponse

from account.event_stream import write_event
from account.flow_records import (
    DRAFT_ALIAS,
    Answer,
    ConflictError,
    Record,
    answer,
    find_alias,
    find_flow,
    find_version,
    read_part,
    summarize,
    write_time,
)
from account.key_use import WRITING, use_key
from account.node_use import use_nodes
from account.requests import InvalidRequestError, read_request
from account.services import install_service

RUNTIME = "bedrock-agent-runtime"
STREAM = "application/vnd.amazon.eventstream"
_PATHS = {
    "POST": re.compile(r"/flows/.+/aliases/.+"),
    "GET": re.compile(r"/flows/.+/executions(/.*)?"),
}


class FlowRuntimeResponse(BaseResponse):
    """The flows' part of bedrock-agent-runtime."""

    def __init__(self) -> None:
        super().__init__(service_name=RUNTIME)

    @property
    def bedrockagent_backend(self) -> Any:
        """Where the flows are."""
        return bedrockagent_backends[self.current_account][self.region]

    def invoke_flow(self) -> Any:
        """Answer InvokeFlow."""
        release, request = self._begin("InvokeFlow")
        events = [write_event("flowOutputEvent", output) for output in list_outputs(release, request)]
        events.append(write_event("flowCompletionEvent", {"completionReason": "SUCCESS"}))
        execution = request.get("executionId") or str(uuid.uuid4())
        return 200, {"Content-Type": STREAM, "x-amz-bedrock-flow-execution-id": execution}, b"".join(events)

    def start_flow_execution(self) -> Answer:
        """Answer StartFlowExecution."""
        release, request = self._begin("StartFlowExecution")
        flow, alias = find_flow(self), read_part(self, "flowAliasIdentifier")
        name = request.get("flowExecutionName") or str(uuid.uuid4())
        if name in list_executions_of(flow):
            raise ConflictError(f"Flow {flow['id']} has an execution named {name}")
        record = {"executionArn": f"{flow['arn']}/alias/{alias}/execution/{name}", "status": "Running"}
        record |= {"flowIdentifier": flow["id"], "flowAliasIdentifier": alias, "flowVersion": release["version"]}
        record |= {"startedAt": write_time(), "createdAt": write_time(), "_shown": False}
        list_executions_of(flow)[name] = record | {"_release": release, "_request": request}
        return answer(RUNTIME, "StartFlowExecution", record)

    def get_flow_execution(self) -> Answer:
        """Answer GetFlowExecution: the first one still shows it Running."""
        record = self._find_execution()
        shown = answer(RUNTIME, "GetFlowExecution", record)
        record["_shown"] = True
        return shown

    def list_flow_executions(self) -> Answer:
        """Answer ListFlowExecutions."""
        records = list(list_executions_of(find_flow(self)).values())
        if wanted := self.querystring.get("flowAliasIdentifier"):
            records = [record for record in records if record["flowAliasIdentifier"] == wanted[0].rsplit("/", 1)[-1]]
        summaries = summarize(RUNTIME, "FlowExecutionSummary", records)
        return answer(RUNTIME, "ListFlowExecutions", {"flowExecutionSummaries": summaries})

    def list_flow_execution_events(self) -> Answer:
        """Answer ListFlowExecutionEvents: of the flow what went in and came out, of its nodes nothing."""
        record = self._find_execution()
        use_key(self, record["_release"].get("customerEncryptionKeyArn"), record["_release"]["arn"], "kms:Decrypt")
        events = []
        if self.querystring["eventType"][0] == "Flow":
            fed, outputs = record["_request"]["inputs"][0], list_outputs(record["_release"], record["_request"])
            events = [write_field("flowInputEvent", fed, record["startedAt"])]
            events += [write_field("flowOutputEvent", item, record["startedAt"]) for item in outputs]
        return answer(RUNTIME, "ListFlowExecutionEvents", {"flowExecutionEvents": events})

    def get_execution_flow_snapshot(self) -> Answer:
        """Answer GetExecutionFlowSnapshot."""
        record = self._find_execution()
        release = record["_release"]
        use_key(self, release.get("customerEncryptionKeyArn"), release["arn"], "kms:Decrypt")
        shown = {**release, **record, "definition": json.dumps(release.get("definition", {}))}
        return answer(RUNTIME, "GetExecutionFlowSnapshot", shown)

    def stop_flow_execution(self) -> Answer:
        """Answer StopFlowExecution."""
        record = self._find_execution()
        if record["status"] != "Running":
            raise ConflictError(f"The execution is {record['status']}")
        record |= {"status": "Aborted", "endedAt": write_time()}
        return answer(RUNTIME, "StopFlowExecution", record)

    def _begin(self, operation: str) -> tuple[Record, Record]:
        """Return what the alias of a request routes to, and the request; the key must let caller and role in."""
        flow = find_flow(self)
        named = {name: self.uri_match[name] for name in ("flowIdentifier", "flowAliasIdentifier")}
        request = read_request(RUNTIME, operation, self.body, **named)
        alias = find_alias(flow, read_part(self, "flowAliasIdentifier"))
        number = alias["routingConfiguration"][0]["flowVersion"]
        release = flow if alias["id"] == DRAFT_ALIAS else find_version(flow, number)
        if release["status"] != "Prepared":
            raise ConflictError(f"Flow {flow['id']} is {release['status']}: prepare the flow before you invoke it")
        key = release.get("customerEncryptionKeyArn")
        use_key(self, key, flow["arn"], *WRITING)
        use_key(self, key, flow["arn"], *WRITING, role=release["executionRoleArn"])
        use_nodes(self, release)
        check_input(release, request)
        return release, request

    def _find_execution(self) -> Record:
        flow, name = find_flow(self), read_part(self, "executionIdentifier")
        record = list_executions_of(flow).get(name)
        if record is None or record["flowAliasIdentifier"] != read_part(self, "flowAliasIdentifier"):
            raise ResourceNotFoundException(f"Execution {name} of flow {flow['id']} not found")
        if record["status"] == "Running" and record["_shown"]:
            record |= {"status": "Succeeded", "endedAt": write_time()}
        return record


def list_executions_of(flow: Record) -> dict[str, Record]:
    """Return the executions of a flow by name."""
    executions: dict[str, Record] = flow.setdefault("_executions", {})
    return executions


def check_input(release: Record, request: Record) -> None:
    """Refuse an input for another node or output than those of the flow's beginning."""
    (fed,) = request["inputs"]
    nodes = release["definition"]["nodes"]
    names = {(node["name"], output["name"]) for node in nodes if node["type"] == "Input" for output in node["outputs"]}
    if (fed["nodeName"], fed.get("nodeOutputName")) not in names:
        raise InvalidRequestError(f"The flow has no input node {fed['nodeName']} with the output that is named")


def list_outputs(release: Record, request: Record) -> list[Record]:
    """Return the events of the flow's output nodes: the version that answers, and what went in."""
    document = {"flowVersion": release["version"], "input": request["inputs"][0]["content"]["document"]}
    outputs = [node["name"] for node in release["definition"]["nodes"] if node["type"] == "Output"]
    return [{"nodeName": name, "nodeType": "FlowOutputNode", "content": {"document": document}} for name in outputs]


def write_field(kind: str, event: Record, time: str) -> Record:
    """Return an event of an execution that has one field, a document."""
    fields = [{"name": "document", "content": event["content"]}]
    return {kind: {"nodeName": event["nodeName"], "timestamp": time, "fields": fields}}


def install_runtime() -> None:
    """Answer what is asked of bedrock-agent-runtime about flows."""

    def is_wanted(service: str, environ: dict[str, Any]) -> bool:
        path = _PATHS.get(environ["REQUEST_METHOD"])
        return service == "bedrock" and path is not None and path.fullmatch(environ["PATH_INFO"]) is not None

    install_service(FlowRuntimeResponse, is_wanted)
