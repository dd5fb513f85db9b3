"""A flow as its author meant it: plain values, no word of Terraform in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from generator.source.position import Path


@dataclass(frozen=True, slots=True)
class ParameterReference:
    """Stands for the value of a parameter: `{$param: NAME}`, or `$$NAME` in AWS's sample templates."""

    name: str


class FileText(str):
    """The text of a file that a definition names with `{$file: PATH}`; `file` is that path as written."""

    __slots__ = ("file",)
    file: str

    def __new__(cls, text: str, file: str) -> FileText:
        """Return `text`, remembering the file that it came from."""
        self = super().__new__(cls, text)
        self.file = file
        return self


Value: TypeAlias = "str | int | Decimal | bool | None | ParameterReference | list[Value] | dict[str, Value]"
"""A value of a definition in the API's own form (camelCase); a str may be a FileText."""


class ModelKind(StrEnum):
    """The kinds of model that a `modelId` may name (facts: Service Authorization Reference, Amazon Bedrock)."""

    FOUNDATION_MODEL = "foundation-model"
    INFERENCE_PROFILE = "inference-profile"
    GLOBAL_INFERENCE_PROFILE = "global-inference-profile"
    APPLICATION_INFERENCE_PROFILE = "application-inference-profile"
    PROVISIONED_MODEL = "provisioned-model"
    CUSTOM_MODEL = "custom-model"
    CUSTOM_MODEL_DEPLOYMENT = "custom-model-deployment"
    IMPORTED_MODEL = "imported-model"
    PROMPT_ROUTER = "prompt-router"
    DEFAULT_PROMPT_ROUTER = "default-prompt-router"
    MARKETPLACE_ENDPOINT = "marketplace-endpoint"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What differs between environments. `uses` are the canonical paths where it stands, in document order.

    `default` is None where there is none (null is no default). `model` is set where it stands as a modelId.
    """

    name: str
    description: str
    default: Value
    model: ModelKind | None
    uses: tuple[Path, ...]
    path: Path


class Port(NamedTuple):
    """An input or output of a node; `expression` is None for outputs."""

    name: str
    type: str
    expression: Value
    category: str | None
    path: Path


@dataclass(frozen=True, slots=True)
class Node:
    """A node. `configuration` is the member of the node's own kind (the value below `prompt`, `agent`, ...).

    `body` is what a Loop repeats. Of a node with `is_partial`, the configuration could not be read and stands empty.
    """

    name: str
    type: str
    configuration: Mapping[str, Value]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    path: Path
    configuration_path: Path
    body: Body | None = None
    is_partial: bool = False


class Connection(NamedTuple):
    """A connection; `output` and `input` for data, `condition` for conditional ones."""

    name: str
    source: str
    target: str
    type: str
    output: str | None
    input: str | None
    condition: str | None
    path: Path

    @property
    def output_path(self) -> Path:
        """Where its output is named."""
        return (*self.path, "configuration", "data", "sourceOutput")

    @property
    def input_path(self) -> Path:
        """Where its input is named."""
        return (*self.path, "configuration", "data", "targetInput")

    @property
    def condition_path(self) -> Path:
        """Where its condition is named."""
        return (*self.path, "configuration", "conditional", "condition")


@dataclass(frozen=True, slots=True)
class Body:
    """What a definition holds: the flow's own, or that of a loop. `path` is where the definition stands.

    Of a document with errors of shape it holds what could be read. `partial` gives the type by the name of nodes that
    are there, and whose ports are not known. `lacks_nodes` and `lacks_connections` tell that not even that could be
    read of some, so that what seems to be missing may be there.
    """

    path: Path
    nodes: tuple[Node, ...]
    connections: tuple[Connection, ...]
    partial: Mapping[str, str] = field(default_factory=dict)
    lacks_nodes: bool = False
    lacks_connections: bool = False


DAYS = {"deletion_window_in_days": (7, 30), "rotation_period_in_days": (90, 2560)}
"""What KMS takes (ScheduleKeyDeletion's PendingWindowInDays, EnableKeyRotation's RotationPeriodInDays)."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """Settings of the flow's key, in days."""

    deletion_window_in_days: int = 30
    rotation_period_in_days: int = 365


@dataclass(frozen=True, slots=True)
class FlowDefaults:
    """What every flow of a project has where its definition does not say it; a tag of the definition's own wins."""

    encryption: Encryption = Encryption()
    tags: Mapping[str, str] = field(default_factory=dict)


class GuardrailProfile(NamedTuple):
    """A system-defined guardrail profile by its ID, and the destination Regions that AWS lists for it."""

    id: Value
    regions: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the nodes need and the document cannot tell. A bucket given by a parameter has the key `$NAME`.

    A guardrail profile that is not a GuardrailProfile is an ARN, or the parameter that gives one.
    """

    models: tuple[Value, ...] = ()
    kms_keys: tuple[Value, ...] = ()
    guardrail_profiles: tuple[GuardrailProfile | Value, ...] = ()
    bucket_accounts: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow definition that passed the reading. `definition` is the whole API tree, connection names filled in."""

    name: str
    description: Value
    tags: Mapping[str, Value]
    definition: Mapping[str, Value]
    body: Body
    parameters: tuple[Parameter, ...]
    encryption: Encryption
    permissions: Permissions

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the flow's own definition; those of a loop are in the loop's body."""
        return self.body.nodes

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections of the flow's own definition."""
        return self.body.connections

    def resolve(self, value: Value, path: Path) -> tuple[Value, Path]:
        """Return a value and where it stands: of a parameter its default, None where only the user knows the value."""
        if not isinstance(value, ParameterReference):
            return value, path
        parameter = next((item for item in self.parameters if item.name == value.name), None)
        if parameter is None or parameter.default is None:
            return None, path
        return parameter.default, (*parameter.path, "default")


class Symbol(StrEnum):
    """What only the account knows."""

    PARTITION = "partition"
    REGION = "region"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Derived:
    """A text that is computed from a parameter's value.

    `how` is one of: "value" (itself), "foundation-model-arn" and "profile-arn" (the ARN of a model given by id or ARN),
    "model-of-profile" (the foundation model id behind a system-defined inference profile), "without-version" (a
    prompt's ARN up to its version), "guardrail-arn" (the ARN of a guardrail given by id or ARN).
    """

    how: str
    parameter: str


Part: TypeAlias = str | Symbol | Derived
Text: TypeAlias = tuple[Part, ...]
"""A text with parts that only the account or a parameter knows, such as an ARN."""


@dataclass(frozen=True, slots=True)
class GrantCondition:
    """One condition of a grant, in IAM's words."""

    test: str
    variable: str
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that a node needs. `capability` is the Sid of its statement; grants of one shape are merged.

    `note` tells a reviewer why it is wider than one resource. Each grant that is has one: in permissions.tf it is a
    comment, and in the module's README it stands beside the grant.
    """

    capability: str
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    conditions: tuple[GrantCondition, ...] = ()
    nodes: tuple[str, ...] = ()
    note: str = ""
