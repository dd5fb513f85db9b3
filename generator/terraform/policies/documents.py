"""IAM policy documents as data, before they are JSON or Terraform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from generator.terraform import hcl

Text: TypeAlias = str | hcl.Reference | hcl.Template
"""A text of a policy: plain, or with parts that only the account or a variable knows."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement of a resource policy speaks of: a type ("AWS", "Service") and its identifiers.

    `identifiers` is a tuple of texts, or a Call whose value is a list of them.
    """

    type: str
    identifiers: tuple[Text, ...] | hcl.Call


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a statement, in IAM's words. No two of a statement share test and variable."""

    test: str
    variable: str
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One Allow statement. `actions` are sorted; `comment` is for the reader of the Terraform file."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy; `name` is the label of its aws_iam_policy_document in the module."""

    name: str
    statements: tuple[Statement, ...]
