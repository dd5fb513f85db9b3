"""Policies as JSON for tests: what only the account knows has a fixed value, a variable its name in < >."""

from __future__ import annotations

import re
from typing import Any

from flow_documents import read

from generator.findings import Finding
from generator.flow.model import Flow
from generator.flow.nodes import collect_grants
from generator.terraform import hcl
from generator.terraform.policies import plan_node_policies, write_policy_json

KNOWN = {"local.partition": "aws", "local.region": "us-east-1", "local.account_id": "123456789012"}


def spell(value: hcl.Value) -> str:
    """Return a text of a policy with its unknown parts in < >."""
    match value:
        case str():
            return value
        case hcl.Reference(text):
            return KNOWN.get(text, f"<{text}>")
        case hcl.Template(parts):
            return "".join(map(spell, parts))
    raise TypeError(type(value))


def read_small_flow(document: dict[str, Any]) -> Flow:
    flow = read(document).flow
    assert flow is not None, [finding.message for finding in read(document).findings]
    return flow


def list_rights(document: dict[str, Any]) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Return the statements that the nodes of a document get, over all policies, and the findings."""
    grants, findings = collect_grants(read_small_flow(document))
    documents = [write_policy_json(policy, spell) for policy in plan_node_policies(grants)]
    statements: list[Any] = [statement for document in documents for statement in document["Statement"]]  # type: ignore[attr-defined]
    return statements, findings


def write_short(statement: dict[str, Any]) -> str:
    """Write a statement on one line: Sid: actions on resources if condition."""

    def join(value: str | list[str]) -> str:
        return value if isinstance(value, str) else ", ".join(value)

    text = f"{statement['Sid']}: {join(statement['Action'])} on {join(statement['Resource'])}"
    for test, pairs in statement.get("Condition", {}).items():
        text += "".join(f" if {test} {variable} {join(value)}" for variable, value in pairs.items())
    return re.sub(r"arn:aws:bedrock:us-east-1:123456789012:", "OWN:", text)
