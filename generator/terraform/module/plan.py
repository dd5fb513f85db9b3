"""The plan of a module: what its files must contain, before any file is rendered, and short forms for its blocks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from generator.flow.grant import Grant
from generator.flow.model import Engine, Flow, ModuleSettings
from generator.terraform import hcl
from generator.terraform.policies import PolicyDocument

Item: TypeAlias = hcl.Attribute | hcl.Block | hcl.Comment


class FlowResource(NamedTuple):
    """How the files of a module refer to its flow: the resource's address, and expressions for the ARN and the ID.

    All of them stay known while an edit of the flow is planned.
    """

    address: str
    arn: str
    id: str


FLOW_RESOURCES: Mapping[Engine, FlowResource] = MappingProxyType(
    {
        Engine.NATIVE: FlowResource(
            "aws_bedrockagent_flow.this", "aws_bedrockagent_flow.this.arn", "aws_bedrockagent_flow.this.id"
        ),
        # Cloud Control identifies a flow by its ARN.
        Engine.CLOUD_CONTROL: FlowResource(
            "aws_cloudcontrolapi_resource.flow", "aws_cloudcontrolapi_resource.flow.id", 'split("/", local.flow_arn)[1]'
        ),
    }
)


class ModuleKind(NamedTuple):
    """What determines the parts that are the same in several modules."""

    settings: ModuleSettings = ModuleSettings()
    engine: Engine = Engine.NATIVE
    is_released: bool = False

    @property
    def is_native(self) -> bool:
        """Whether the flow is a resource of its own type, not one of Cloud Control."""
        return self.engine is Engine.NATIVE

    @property
    def flow(self) -> FlowResource:
        """How the module refers to its flow."""
        return FLOW_RESOURCES[self.engine]


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule of a variable: an expression that must be true, and the error message if it is not."""

    condition: str
    error_message: str


@dataclass(frozen=True, slots=True)
class Variable:
    """An input of the module. `type` is Terraform's; a variable without a default is required."""

    name: str
    type: str
    description: str
    default: hcl.Value
    has_default: bool
    validations: tuple[Validation, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleOutput:
    """An output of the module."""

    name: str
    description: str
    value: hcl.Reference


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """Everything that a module contains.

    `blocks` are the blocks that must be read back from each HCL file, in order. For the parts that are the same in
    every module, this is a second statement next to the template's literal code, on purpose: the proof compares the
    two. `documents` are all policy documents of the module, `texts` its prompts and code by path, `variables` and
    `outputs` its whole interface in the order of the files.
    """

    name: str
    flow: Flow
    grants: tuple[Grant, ...]
    blocks: Mapping[str, tuple[hcl.Block, ...]]
    documents: tuple[PolicyDocument, ...]
    texts: Mapping[str, str]
    variables: tuple[Variable, ...]
    outputs: tuple[ModuleOutput, ...]
    settings: ModuleSettings = ModuleSettings()

    @property
    def kind(self) -> ModuleKind:
        """What it shares with other modules."""
        return ModuleKind(self.settings, self.flow.engine, self.flow.release is not None)


def make_block(type_name: str, *labels: str, body: tuple[Item, ...] = (), **attributes: hcl.Value) -> hcl.Block:
    """Return a block with `attributes` in order, followed by `body`."""
    head = (hcl.Attribute(name, value) for name, value in attributes.items())
    return hcl.Block(type_name, labels, (*head, *body))


def digest(value: object) -> str:
    """Return the SHA-256 of a value as JSON, which is the same for equal values."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


NEW_BEFORE_OLD = make_block("lifecycle", create_before_destroy=True)


def match_pattern(pattern: str, subject: str) -> str:
    """Return the condition that a pattern matches the whole of a string, like Python's `re.fullmatch`."""
    return f"can(regex({hcl.encode_value(f'^(?:{pattern})$')}, {subject}))"


def plan_cloud_control(
    label: str, type_name: str, schema: str, desired_state: hcl.Value, lifecycle: hcl.Block, *others: Item
) -> hcl.Block:
    """Return a resource of Cloud Control; `schema` is the file in schemas/ that describes its type.

    Without the file, the provider would fetch the schema once, and keep it in the state when AWS has a newer one.
    """
    path = hcl.Template((hcl.Reference("path.module"), f"/schemas/{schema}"))
    body = (
        hcl.Attribute("type_name", type_name),
        hcl.Attribute("schema", hcl.Call("file", (path,))),
        hcl.Attribute("desired_state", desired_state),
        lifecycle,
        *others,
    )
    return hcl.Block("resource", ("aws_cloudcontrolapi_resource", label), body)
