"""What `flowseal import` writes for a deployed flow keeps that flow, by real Terraform, with the block of its note."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from adoptions import OLD_FLOW, OLD_ROLE_AND_KEY, check_adoption
from audit import list_belongings
from identities import make_service_role
from lives import Life, open_life
from proofs import Proof
from roots import Root
from subjects import Subject, find_subject
from templates import capitalize, make_template
from typer.testing import CliRunner

from bench import Bench
from generator.cli import app

pytestmark = pytest.mark.terraform
EXAMPLE = "ticket-summary"


def bring_in(source: Any, folder: Path) -> tuple[Subject, str]:
    """Import a source, and generate the module; return it with the block that its note ends with."""
    folder.mkdir()
    (folder / "source.json").write_text(json.dumps(source, default=str), encoding="utf-8")
    for command in (["import", "source.json", "-o", "flows"], ["generate", "flows", "-o", "modules"]):
        arguments = [str(folder / item) if item in ("source.json", "flows", "modules") else item for item in command]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
    (definition,) = (folder / "flows").rglob("*.flow.yaml")
    note = (definition.parent / "MIGRATION.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```hcl\n((?:import|moved) \{.*?)```", note, re.DOTALL)
    name = definition.parent.name
    block = re.sub(r"module\.\w+\.aws_bedrockagent_flow\.this", "module.flow.aws_bedrockagent_flow.this", blocks[0])
    return Subject(name, definition, folder / "modules" / name), block


def keep(life: Life, block: str, flow: str, meant: Any) -> None:
    """Apply the module beside the block, and hold that the flow is kept, and says what its author meant."""
    life.turn(beside=block)
    life.bench.succeed(life.folder, "init", "-input=false")
    check_adoption(life, life.apply(), flow)
    assert life.root.subject.read_definition(life.root.subject.choose_values()) == meant
    life.turn(beside="")
    life.apply()
    life.check_nothing_to_do()
    life.bench.do(life.folder, "destroy", "-auto-approve")


@pytest.mark.parametrize("source", ["get-flow", pytest.param("cloudformation", marks=pytest.mark.only_proven)])
def test_an_imported_flow_keeps_its_id_and_says_the_same(source: str, bench: Bench, tmp_path: Path) -> None:
    example = find_subject(EXAMPLE, tmp_path / "example")
    definition = example.read_definition(example.choose_values())
    role = make_service_role(bench, "console-role")
    flows = bench.client("bedrock-agent")
    made = flows.create_flow(name=EXAMPLE, executionRoleArn=role, definition=definition)
    found = flows.get_flow(flowIdentifier=made["id"])
    if source == "cloudformation":
        found = make_template(capitalize(found["definition"]), Name=EXAMPLE, ExecutionRoleArn=role)
    subject, block = bring_in(found, tmp_path / "imported")
    block = block.replace("ABCDEFGHIJ", made["id"])
    assert made["id"] in block
    try:
        with open_life(bench, tmp_path / "root", Root(subject), Proof(EXAMPLE, ())) as life:
            keep(life, block, made["id"], definition)
    finally:
        bench.client("iam").delete_role(RoleName=role.rsplit("/", 1)[-1])


def test_a_flow_of_a_state_is_moved_and_says_the_same(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "root"
    before = list_belongings(bench)
    folder.mkdir()
    old = f"{OLD_ROLE_AND_KEY}{OLD_FLOW.format(name='triage')}"
    (folder / "main.tf").write_text(old, encoding="utf-8")
    with bench.clearing(folder):
        bench.succeed(folder, "init", "-input=false")
        flow = bench.do(folder, "apply", "-auto-approve").outputs["own"]
        meant = bench.client("bedrock-agent").get_flow(flowIdentifier=flow)["definition"]
        state = json.loads(bench.run(folder, "show", "-json").stdout)
        subject, block = bring_in(state, tmp_path / "imported")
        assert "from = aws_bedrockagent_flow.own" in block
        root = Root(subject)
        root.write(folder)
        life = Life(bench, folder, root, Proof("triage", ()), before)
        keep(life, f"{OLD_ROLE_AND_KEY}\n{block}", flow, meant)
    assert list_belongings(bench) == before
