"""Flows of the account as users prepare and release them, without Terraform."""

from __future__ import annotations

import json
import time
from typing import Any

from flow_documents import make_flow, make_prompt
from paths import ROOT
from subjects import Subject

from bench import Bench

PATIENCE = 30


def make_definition(text: str = "Say {{question}}.") -> dict[str, Any]:
    """Return a definition of one prompt, as the API takes it."""
    document: dict[str, Any] = json.loads(json.dumps(make_flow(make_prompt(text=text)), default=float))["definition"]
    for number, connection in enumerate(document["connections"]):
        connection["name"] = f"Connection{number}"
    return document


def read_looping_definition() -> dict[str, Any]:
    """Return a definition of one loop around a prompt, as the API takes it."""
    document = ROOT / "tests" / "flow" / "documents" / "draft-until-good.flow.yaml"
    return Subject("draft-until-good", document, document).read_definition({})


def prepare(bench: Bench, flow: str) -> dict[str, Any]:
    """Prepare a flow and wait; return it as it then is, prepared or failed."""
    flows = bench.client("bedrock-agent")
    flows.prepare_flow(flowIdentifier=flow)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found: dict[str, Any] = flows.get_flow(flowIdentifier=flow)
        if found["status"] != "Preparing":
            return found
        time.sleep(0.01)
    raise AssertionError(f"{flow} is still being prepared")


def make_flow_of(bench: Bench, name: str, role: str, **more: Any) -> str:
    """Create a flow of one prompt, not prepared; return its id."""
    request = {"definition": make_definition(), **more}
    return str(bench.client("bedrock-agent").create_flow(name=name, executionRoleArn=role, **request)["id"])


def make_version(bench: Bench, flow: str) -> str:
    """Prepare a flow and make a version of it; return its number."""
    assert prepare(bench, flow)["status"] == "Prepared"
    return str(bench.client("bedrock-agent").create_flow_version(flowIdentifier=flow)["version"])


def make_alias(bench: Bench, flow: str, version: str, name: str = "live") -> str:
    """Make an alias that routes to a version; return its id."""
    route = [{"flowVersion": version}]
    made = bench.client("bedrock-agent").create_flow_alias(flowIdentifier=flow, name=name, routingConfiguration=route)
    return str(made["id"])


def invoke(bench: Bench, flow: str, alias: str, text: str, node: str = "Start") -> Any:
    """Invoke an alias of a flow; return the document of its first output, as the account makes it."""
    fed = {"content": {"document": text}, "nodeName": node, "nodeOutputName": "document"}
    runtime = bench.client("bedrock-agent-runtime")
    stream = runtime.invoke_flow(flowIdentifier=flow, flowAliasIdentifier=alias, inputs=[fed])["responseStream"]
    *outputs, completion = list(stream)
    assert completion == {"flowCompletionEvent": {"completionReason": "SUCCESS"}}
    return outputs[0]["flowOutputEvent"]["content"]["document"]


def run_asynchronously(bench: Bench, outputs: dict[str, Any], alias: str, node: str) -> None:
    """Start an execution of an alias of a module, by its outputs, and read what is to be read of it."""
    runtime = bench.client("bedrock-agent-runtime")
    at = {"flowIdentifier": outputs["flow_id"], "flowAliasIdentifier": alias}
    fed = {"content": {"document": "Hello"}, "nodeName": node, "nodeOutputName": "document"}
    started = runtime.start_flow_execution(**at, inputs=[fed])["executionArn"]
    execution = {**at, "executionIdentifier": started.rsplit("/", 1)[-1]}
    assert runtime.get_flow_execution(**execution)["flowVersion"] == outputs["flow_version"]
    assert runtime.list_flow_executions(**at)["flowExecutionSummaries"]
    assert runtime.list_flow_execution_events(**execution, eventType="Flow")["flowExecutionEvents"]
    assert runtime.get_execution_flow_snapshot(**execution)["definition"]
