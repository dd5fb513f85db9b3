"""A flow as its author meant it, and what its module may do, in plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from generator.source.position import Path


@dataclass(frozen=True, slots=True)
class ParameterReference:
    """A reference to a parameter: `{$param: NAME}`, or `$$NAME` in AWS's sample templates."""

    name: str


class FileText(str):
    """The contents of a file that a definition references with `{$file: PATH}`; `file` is the path as written."""

    __slots__ = ("file",)
    file: str

    def __new__(cls, text: str, file: str) -> FileText:
        """Return `text` as the contents of `file`."""
        self = super().__new__(cls, text)
        self.file = file
        return self

    def __reduce__(self) -> tuple[type[FileText], tuple[str, str]]:
        """Return how this is made again in another process."""
        return FileText, (str(self), self.file)


Value: TypeAlias = "str | int | Decimal | bool | None | ParameterReference | list[Value] | dict[str, Value]"
"""A value of a definition in the API's own form (camelCase); a str may be a FileText."""


class Engine(StrEnum):
    """The Terraform resource for the flow: aws_bedrockagent_flow, or aws_cloudcontrolapi_resource."""

    NATIVE = "native"
    CLOUD_CONTROL = "cloud-control"


class ModelKind(StrEnum):
    """The kinds of models that a `modelId` can name (Service Authorization Reference, Amazon Bedrock)."""

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
    """A value that differs between environments. `uses` are the canonical paths that use it, in document order.

    `default` is None without a default; null is not one. `model` is set if the parameter is used as a model.
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
    """A node. `configuration` is the value under the key of the node's type (`prompt`, `agent`, ...).

    `body` is the definition in a Loop node, and `loops` are the names of the loops that contain this node, outer ones
    first. If `is_partial`, the configuration could not be read and is empty.
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
    loops: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The name after those of the loops that contain the node, such as Refine/Ask: unique in a flow."""
        return "/".join((*self.loops, self.name))


class Connection(NamedTuple):
    """A connection, either with `output` and `input` (data) or with `condition` (conditional)."""

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
        """The path of its source output."""
        return (*self.path, "configuration", "data", "sourceOutput")

    @property
    def input_path(self) -> Path:
        """The path of its target input."""
        return (*self.path, "configuration", "data", "targetInput")

    @property
    def condition_path(self) -> Path:
        """The path of its condition."""
        return (*self.path, "configuration", "conditional", "condition")


@dataclass(frozen=True, slots=True)
class Body:
    """The nodes and connections of a definition, which is at `path`: the flow's own, or a loop's.

    If the document has errors, this is what could be read. `partial` maps the names of nodes whose ports are unknown to
    their types. With `lacks_nodes` or `lacks_connections`, some could not be read at all, so nothing can be reported as
    missing.
    """

    path: Path
    nodes: tuple[Node, ...]
    connections: tuple[Connection, ...]
    partial: Mapping[str, str] = field(default_factory=dict)
    lacks_nodes: bool = False
    lacks_connections: bool = False

    def list_nodes(self) -> Iterator[Node]:
        """Yield all nodes in the order of the document, with those in loops, each loop before its own."""
        for node in self.nodes:
            yield node
            if node.body is not None:
                yield from node.body.list_nodes()


DAYS = {"deletion_window_in_days": (7, 30), "rotation_period_in_days": (90, 2560)}
"""What KMS accepts: PendingWindowInDays of ScheduleKeyDeletion, and RotationPeriodInDays of EnableKeyRotation."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """Settings of the flow's key, in days."""

    deletion_window_in_days: int = 30
    rotation_period_in_days: int = 365


@dataclass(frozen=True, slots=True)
class ModuleSettings:
    """A project's settings for all of its modules; None means the default of a module.

    `provider_version` is the lowest release of the provider that the modules accept, such as "6.40.0".
    """

    permissions_boundary_arn: str | None = None
    provider_version: str | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """A project's settings for all of its flows.

    A definition overrides `engine`, and `encryption` (in days) and `tags` by key.
    """

    encryption: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    module: ModuleSettings = ModuleSettings()
    engine: Engine | None = None

    def list_values(self) -> dict[str, str | int]:
        """Return the values that are set, sorted by name, such as "encryption.deletion_window_in_days"."""
        values: dict[str, str | int] = {f"encryption.{name}": days for name, days in self.encryption.items()}
        values |= {f"tags.{key}": tag for key, tag in self.tags.items()}
        values |= {name: value for name, value in asdict(self.module).items() if value is not None}
        if self.engine is not None:
            values["engine"] = self.engine.value
        return dict(sorted(values.items()))


class GuardrailProfile(NamedTuple):
    """A system-defined guardrail profile: its ID, and the destination Regions that AWS lists for it."""

    id: Value
    regions: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Permissions:
    """Permissions that do not follow from the nodes. A bucket given by a parameter has the key `$NAME`.

    A guardrail profile that is not a GuardrailProfile is an ARN, or a reference to a parameter.
    """

    models: tuple[Value, ...] = ()
    kms_keys: tuple[Value, ...] = ()
    guardrail_profiles: tuple[GuardrailProfile | Value, ...] = ()
    bucket_accounts: Mapping[str, Value] | None = None


class Alias(NamedTuple):
    """An alias of the flow; `concurrency` is its type and the most nodes that run at once."""

    name: str
    description: str | None = None
    concurrency: tuple[str, int | None] | None = None
    tags: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Release:
    """The aliases of each new version. `invoke` lets caller roles invoke them, `invoke_async` start executions."""

    aliases: tuple[Alias, ...]
    invoke: bool = True
    invoke_async: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that was read. `definition` is the whole definition in the API's form; each connection has a name."""

    name: str
    description: Value
    tags: Mapping[str, Value]
    definition: Mapping[str, Value]
    body: Body
    parameters: tuple[Parameter, ...]
    encryption: Encryption
    permissions: Permissions
    release: Release | None = None
    engine: Engine = Engine.NATIVE

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the flow's own definition, without those in loops."""
        return self.body.nodes

    @property
    def all_nodes(self) -> tuple[Node, ...]:
        """The nodes of the flow's own definition and, after each loop, those of the loop's."""
        return tuple(self.body.list_nodes())

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections of the flow's own definition."""
        return self.body.connections

    def resolve(self, value: Value, path: Path) -> tuple[Value, Path]:
        """Return a value and its path. A parameter resolves to its default, or to None if it has none."""
        if not isinstance(value, ParameterReference):
            return value, path
        found = (item for item in self.parameters if item.name == value.name and item.default is not None)
        return next(((item.default, (*item.path, "default")) for item in found), (None, path))
