"""What a node needs permission for, in IAM's terms; no Terraform here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Symbol(StrEnum):
    """A value that only the account knows."""

    PARTITION = "partition"
    REGION = "region"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Derived:
    """A string computed from a parameter's value.

    `how` is one of: "value" (the value itself), "foundation-model-arn" and "profile-arn" (the ARN of a model given by
    ID or ARN), "model-of-profile" (the ID of the foundation model behind a system-defined inference profile),
    "without-version" (a prompt's ARN without its version), "guardrail-arn" (the ARN of a guardrail given by ID or ARN).
    """

    how: str
    parameter: str


Part: TypeAlias = str | Symbol | Derived
Text: TypeAlias = tuple[Part, ...]
"""A string, such as an ARN, with parts that depend on the account or on a parameter."""


@dataclass(frozen=True, slots=True)
class GrantCondition:
    """A condition of a grant, as in an IAM policy."""

    test: str
    variable: str
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission that a node needs. `capability` is the Sid of its statement.

    `note` explains to a reviewer why the permission covers more than one resource, in a comment in permissions.tf and
    next to the permission in the module's README. Every such permission has one.
    """

    capability: str
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    conditions: tuple[GrantCondition, ...] = ()
    nodes: tuple[str, ...] = ()
    note: str = ""
