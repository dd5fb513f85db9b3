"""The plan of a module: what its files must say, before any text is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.flow.model import Flow, Grant
from generator.terraform import hcl
from generator.terraform.policies import PolicyDocument


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule of a variable: an expression that must be true, and the sentence where it is not."""

    condition: hcl.Reference
    error_message: str


@dataclass(frozen=True, slots=True)
class Variable:
    """An input of the module. `type` is Terraform's word; a variable without a default is required."""

    name: str
    type: str
    description: str
    default: hcl.Value
    has_default: bool
    validations: tuple[Validation, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """An output of the module."""

    name: str
    description: str
    value: hcl.Reference


@dataclass(frozen=True, slots=True)
class ModuleSettings:
    """What a project sets for all of its modules; None leaves what every module has.

    `provider_version` is the lowest release of the provider that the modules take, such as "6.40.0".
    """

    permissions_boundary_arn: str | None = None
    provider_version: str | None = None


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """Everything that a module says.

    `blocks` gives, per file in HCL and in their order, the blocks that must be read back from it. For the files that
    are the same in every module this is a second statement beside the template's literal text, on purpose: the
    proof compares two independent ones. `documents` are all policy documents in the module, `texts` the prompts and
    code by their path in it, `variables` and `outputs` its whole interface in the order of the files.
    """

    name: str
    flow: Flow
    grants: tuple[Grant, ...]
    blocks: Mapping[str, tuple[hcl.Block, ...]]
    documents: tuple[PolicyDocument, ...]
    texts: Mapping[str, str]
    variables: tuple[Variable, ...]
    outputs: tuple[Output, ...]
    settings: ModuleSettings = ModuleSettings()
