"""From `flowseal new` to an alias that a caller invokes, command by command, as a new user types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from identities import ACCOUNT, assume, make_operator, make_role
from lives import ALIAS, CLOUD_FLOW, CONTENT, NATIVE_FLOW, PREPARED, VERSION
from rights import read_deployment_policy

from bench import Bench, find_missing_parts
from generator.flow.model import Engine

MISSING = find_missing_parts()
pytestmark = [pytest.mark.terraform, pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}")]
CALL = f"""
module "flow" {{
  source       = "./modules/faq"
  caller_roles = {{ api = "arn:aws:iam::{ACCOUNT}:role/caller-ENGINE" }}
}}

output "flow" {{
  value = module.flow
}}
"""
INVOKE = """
import json, subprocess, boto3

outputs = json.loads(subprocess.run(["terraform", "output", "-json", "flow"], capture_output=True, check=True).stdout)
response = boto3.client("bedrock-agent-runtime").invoke_flow(
    flowIdentifier=outputs["flow_id"],
    flowAliasIdentifier=outputs["alias_ids"]["live"],
    inputs=[{"nodeName": "Question", "nodeOutputName": "document", "content": {"document": "What is a flow?"}}],
)
for event in response["responseStream"]:
    if "flowOutputEvent" in event:
        print(event["flowOutputEvent"]["content"]["document"])
"""
FIRST = (
    "flowseal new faq --template prompt",
    "echo 'release: {aliases: [live]}' >>flows/faq/faq.flow.yaml",
    "sed -i 's/modelId: .*/modelId: us.amazon.nova-lite-v1:0/' flows/faq/faq.flow.yaml",
    "flowseal generate flows --output modules",
    f"cat >main.tf <<'END'{CALL}END",
    "terraform init -input=false",
    "terraform apply -auto-approve -input=false",
)
"""What the user types before the flow can be called by ASK, with the default engine."""
ASK = f"python - <<'END'{INVOKE}END"
EDIT = ("echo 'Briefly.' >>flows/faq/prompts/answer.txt", "flowseal generate flows --output modules")


def run(bench: Bench, folder: Path, command: str) -> str:
    """Run a command of the user, which must end well; return what it printed."""
    own, _, others = bench.environment["PATH"].partition(os.pathsep)
    path = os.pathsep.join((own, str(Path(sys.executable).parent), others))
    environment = {**bench.environment, "PATH": path, "AWS_DEFAULT_REGION": bench.environment["AWS_REGION"]}
    result = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout


def list_commands(engine: Engine) -> list[str]:
    """Return what the user types before the flow can be called; the engine that is not the default takes one more."""
    first, *rest = FIRST
    chosen = [] if engine is Engine.NATIVE else [f"echo 'engine: {engine}' >>flows/faq/faq.flow.yaml"]
    return [command.replace("ENGINE", engine) for command in (first, *chosen, *rest)]


@pytest.mark.parametrize("engine", Engine)
def test_a_new_flow_is_called_in_under_ten_commands_and_an_edit_moves_its_alias(
    engine: Engine, bench: Bench, tmp_path: Path
) -> None:
    commands = list_commands(engine)
    assert len((*commands, ASK)) < 10
    operator = make_operator(bench, f"operator-{engine}")
    caller = assume(operator, make_role(bench, f"caller-{engine}"))
    stranger = assume(operator, make_role(bench, f"stranger-{engine}"))
    deployer = bench
    with bench.clearing(tmp_path):
        for command in commands:
            if command.startswith("terraform") and deployer is bench:
                # The owner of the deployment role attaches what the module says that it needs.
                policy = read_deployment_policy("deployment", tmp_path / "modules" / "faq")
                deployer = assume(operator, make_role(bench, f"deployer-{engine}", *policy["Statement"]))
            run(deployer, tmp_path, command)
        assert "'flowVersion': '1'" in run(caller, tmp_path, ASK)
        with pytest.raises(AssertionError, match="AccessDeniedException"):
            run(stranger, tmp_path, ASK)
        for command in EDIT:
            run(deployer, tmp_path, command)
        expected = {CONTENT: "update", VERSION: "replace", f'{ALIAS}["live"]': "update"}
        native = {NATIVE_FLOW: "update", PREPARED: "replace"}
        expected |= native if engine is Engine.NATIVE else {CLOUD_FLOW: "update"}
        assert deployer.do(tmp_path, "plan").changes == expected
        assert deployer.do(tmp_path, "apply", "-auto-approve").changes == expected
        assert deployer.do(tmp_path, "plan").changes == {}
        assert "'flowVersion': '2'" in run(caller, tmp_path, ASK)
        deployer.do(tmp_path, "destroy", "-auto-approve")
