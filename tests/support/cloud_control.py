"""Cloud Control as a client uses it, request by request, and as Terraform does: roots of its resources."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from account.resource_types import TYPES, read_type
from released import make_definition

from bench import Bench, Said

FLOW, VERSION, ALIAS = "AWS::Bedrock::Flow", "AWS::Bedrock::FlowVersion", "AWS::Bedrock::FlowAlias"
PATIENCE = 30
REQUIRED = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
RESOURCE = 'resource "aws_cloudcontrolapi_resource" "{label}" {{\n{arguments}\n}}\n'
FLOW_AT, VERSION_AT, ALIAS_AT = (f"aws_cloudcontrolapi_resource.{label}" for label in ("flow", "version", "alias"))
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


def write_resource(label: str, kind: str, state: str, *more: str) -> str:
    """Return a block with a desired state, an expression of Terraform's."""
    arguments = [f'type_name = "{kind}"', f"desired_state = jsonencode({state})", *more]
    return RESOURCE.format(label=label, arguments="\n".join(f"  {line}" for line in arguments))


def carry(kind: str) -> str:
    """Return the argument for a schema that is carried in a file."""
    return f'schema = file("${{path.module}}/{kind.replace("::", "-")}.json")'


class Desk:
    """A root of these resources in a folder."""

    def __init__(self, bench: Bench, folder: Path, role: str) -> None:
        self.bench, self.folder, self.role = bench, folder, role

    def write(self, *blocks: str) -> None:
        (self.folder / "main.tf").write_text(REQUIRED + "".join(blocks), encoding="utf-8")

    def describe(self, text: str = "Say {{question}}.", **more: Any) -> str:
        """Return the desired state of a flow of one prompt."""
        definition = write_properties(make_definition(text))
        state = {"Name": self.folder.name[:60], "ExecutionRoleArn": self.role, "Definition": definition, **more}
        return json.dumps(state).replace("${", "$${")

    def write_flow(self, text: str = "Say {{question}}.", *more: str, **properties: Any) -> str:
        return write_resource("flow", FLOW, self.describe(text, **properties), *(more or (carry(FLOW),)))

    def write_release(self, *lifecycle: str) -> str:
        """Return a version and an alias beside the flow."""
        number = f'split("|", {VERSION_AT}.id)[1]'
        route = f'{{ FlowArn = {FLOW_AT}.id, Name = "live", RoutingConfiguration = [{{ FlowVersion = {number} }}] }}'
        state = f"{{ FlowArn = {FLOW_AT}.id, Description = sha256({FLOW_AT}.desired_state) }}"
        first = "lifecycle {\n create_before_destroy = true\n" + "\n".join(lifecycle) + "\n}"
        second = "lifecycle {\n" + "\n".join(lifecycle) + "\n}"
        version = write_resource("version", VERSION, state, carry(VERSION), first)
        return version + write_resource("alias", ALIAS, route, carry(ALIAS), second)

    def apply(self, *arguments: str) -> dict[str, str]:
        return self.bench.do(self.folder, "apply", "-auto-approve", *arguments).changes

    def try_to(self, command: str, *arguments: str) -> tuple[int, str]:
        """Plan or apply, which may end badly; return the exit code and the errors."""
        said: Said = self.bench.ask(self.folder, command, *arguments)
        return said.code, " ".join(said.list_diagnostics("error"))

    def plan(self, *arguments: str) -> dict[str, str]:
        return self.bench.do(self.folder, "plan", *arguments).changes

    def read_state(self, label: str = "flow") -> dict[str, Any]:
        """Return the attributes of a resource in the state."""
        state = json.loads((self.folder / "terraform.tfstate").read_text(encoding="utf-8"))
        (found,) = [item for item in state["resources"] if (item["mode"], item["name"]) == ("managed", label)]
        attributes: dict[str, Any] = found["instances"][0]["attributes"]
        return attributes

    def read_text(self) -> str:
        """Return the prompt of the flow in the account."""
        flow = self.bench.client("bedrock-agent").get_flow(flowIdentifier=self.read_state()["id"])
        return json.dumps(flow["definition"])
