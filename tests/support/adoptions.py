"""Flows that exist before their module: imported from the account, or moved within a state. docs/existing-flows.md."""

from __future__ import annotations

from typing import Any

from audit import list_belongings
from identities import make_service_role
from leaves import compare_definitions
from lives import NATIVE_FLOW, Life
from released import make_alias, make_version

from bench import Bench

IMPORT = 'import {{\n  to = {to}\n  id = "{identifier}"\n}}\n'
MOVED = "moved {{\n  from = aws_bedrockagent_flow.own\n  to   = {to}\n}}\n"
OLD_ROLE_AND_KEY = """
resource "aws_kms_key" "own" {
  description = "Of a flow before its module"
}

resource "aws_iam_role" "own" {
  name               = "own-role-of-a-flow"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }]
  })
}
"""
OLD_FLOW = """
resource "aws_bedrockagent_flow" "own" {{
  name                        = "{name}"
  execution_role_arn          = aws_iam_role.own.arn
  customer_encryption_key_arn = aws_kms_key.own.arn

  definition {{
    node {{
      name = "Start"
      type = "Input"
      output {{
        name = "document"
        type = "String"
      }}
    }}
    node {{
      name = "End"
      type = "Output"
      input {{
        name       = "document"
        type       = "String"
        expression = "$.data"
      }}
    }}
    connection {{
      name   = "StartToEnd"
      source = "Start"
      target = "End"
      type   = "Data"
      configuration {{
        data {{
          source_output = "document"
          target_input  = "document"
        }}
      }}
    }}
  }}
}}

output "own" {{
  value = aws_bedrockagent_flow.own.id
}}
"""


def prove_import(life: Life) -> None:
    """Make a flow as the console does, with a version and an alias, and import it into the module."""
    bench, flows, subject = life.bench, life.bench.client("bedrock-agent"), life.root.subject
    role = make_service_role(bench, f"console-role-of-{subject.name}")
    definition = subject.read_definition(subject.choose_values())
    made = flows.create_flow(name=subject.name, executionRoleArn=role, definition=definition)
    flow = made["id"]
    try:
        with life.proof.of("import"):
            release = publish(bench, flow)
            life.turn(beside=IMPORT.format(to=NATIVE_FLOW, identifier=flow))
            bench.succeed(life.folder, "init", "-input=false")
            check_adoption(life, life.apply(), flow)
            role_of_version, aliases = find_release(flows, flow)
            # A module with a release has aliases of its own beside them.
            assert (role_of_version, aliases | release[1]) == (release[0], aliases)
            life.turn(beside="")
            life.check_nothing_to_do()
            withdraw(flows, flow, release)
            bench.do(life.folder, "destroy", "-auto-approve")
    finally:
        bench.client("iam").delete_role(RoleName=role.rsplit("/", 1)[-1])
        if any(item["id"] == flow for item in flows.list_flows()["flowSummaries"]):
            flows.delete_flow(flowIdentifier=flow, skipResourceInUseCheck=True)
    assert list_belongings(bench) == life.before


def prove_moved(life: Life) -> None:
    """Apply a flow of the root's own with its role and key, move it into the module, then let role and key go."""
    bench, root = life.bench, life.root
    with life.proof.of("moved"):
        old = f"{OLD_ROLE_AND_KEY}{OLD_FLOW.format(name=root.subject.name)}"
        (life.folder / "main.tf").write_text(old, encoding="utf-8")
        bench.succeed(life.folder, "init", "-input=false")
        flow = bench.do(life.folder, "apply", "-auto-approve").outputs["own"]
        life.turn(beside=f"{OLD_ROLE_AND_KEY}\n{MOVED.format(to=NATIVE_FLOW)}")
        bench.succeed(life.folder, "init", "-input=false")
        check_adoption(life, life.apply(), flow)
        life.turn(beside="")
        assert life.apply() == {"aws_iam_role.own": "delete", "aws_kms_key.own": "delete"}
        life.check_nothing_to_do()
        bench.do(life.folder, "destroy", "-auto-approve")
        assert list_belongings(bench) == life.before


def check_adoption(life: Life, changes: dict[str, str], flow: str) -> None:
    """Hold that the flow was updated in place and all else created, and that the flow is the module's in every part."""
    assert changes.pop(NATIVE_FLOW) == "update", changes
    assert set(changes.values()) == {"create"}, changes
    outputs, subject = life.outputs, life.root.subject
    found = life.bench.client("bedrock-agent").get_flow(flowIdentifier=flow)
    assert (found["id"], found["arn"]) == (outputs["flow_id"], outputs["flow_arn"])
    assert found["executionRoleArn"] == outputs["role_arn"]
    assert found["customerEncryptionKeyArn"] == outputs["kms_key_arn"]
    assert compare_definitions(found["definition"], subject.read_definition(subject.choose_values())) == []
    life.check_nothing_to_do()
    life.check_policies()


def publish(bench: Bench, flow: str) -> tuple[str, dict[str, str]]:
    """Prepare a flow, make a version and an alias of it; return the version's role and the alias's versions by id."""
    make_alias(bench, flow, make_version(bench, flow), "console")
    return find_release(bench.client("bedrock-agent"), flow)


def find_release(flows: Any, flow: str) -> tuple[str, dict[str, str]]:
    """Return the service role of the first version, and which version each alias routes to, by the alias's id."""
    role = flows.get_flow_version(flowIdentifier=flow, flowVersion="1")["executionRoleArn"]
    aliases = flows.list_flow_aliases(flowIdentifier=flow)["flowAliasSummaries"]
    return role, {item["id"]: item["routingConfiguration"][0]["flowVersion"] for item in aliases}


def withdraw(flows: Any, flow: str, release: tuple[str, dict[str, str]]) -> None:
    """Delete the aliases of a flow, then its version, so that the flow can be destroyed."""
    for alias, version in release[1].items():
        if version != "DRAFT":
            flows.delete_flow_alias(flowIdentifier=flow, aliasIdentifier=alias)
    flows.delete_flow_version(flowIdentifier=flow, flowVersion="1")
