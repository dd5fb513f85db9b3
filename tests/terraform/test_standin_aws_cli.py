"""The AWS CLI against the account: the stand-in on PATH does what the real one does, where that is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_control import FLOW
from identities import make_service_role
from paths import ROOT
from released import make_alias, make_definition, make_flow_of, make_version, prepare

from bench import REGION, Bench, open_bench

SCRIPT = ROOT / "generator" / "data" / "release" / "prepare-flow.sh"
pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("aws")) as bench:
        yield bench


@pytest.fixture(scope="module")
def role(bench: Bench) -> str:
    return make_service_role(bench, "AmazonBedrockFlow-by-cli")


@pytest.fixture(params=["stand-in", "real"])
def shell(request: pytest.FixtureRequest, bench: Bench) -> Bench:
    """The bench with one of the two programs on PATH."""
    if request.param == "stand-in":
        return bench
    real = bench.with_cli("real")
    if shutil.which("aws", path=real.environment["PATH"]) is None:
        pytest.skip("missing: the AWS CLI")
    return real


def run(bench: Bench, *command: str, region: str | None = REGION, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a provisioner does; version 1 of the real CLI knows AWS_DEFAULT_REGION only."""
    environment = {name: value for name, value in bench.environment.items() if name != "AWS_REGION"}
    return subprocess.run(
        command,
        env={**environment, **({} if region is None else {"AWS_DEFAULT_REGION": region}), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def aws(bench: Bench, *arguments: str) -> str:
    """Run a command that must end well; return what it printed."""
    result = run(bench, "aws", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_flow_is_prepared_by_the_script_of_a_release(shell: Bench, role: str, request: pytest.FixtureRequest) -> None:
    flow = make_flow_of(shell, f"by-{request.node.callspec.id}", role)
    result = run(shell, "sh", str(SCRIPT), flow, FLOW_REGION=REGION)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert shell.client("bedrock-agent").get_flow(flowIdentifier=flow)["status"] == "Prepared"


def test_a_flow_that_cannot_be_prepared_ends_the_script_with_the_reasons(
    shell: Bench, role: str, request: pytest.FixtureRequest
) -> None:
    definition = make_definition()
    definition["connections"].pop()
    flow = make_flow_of(shell, f"not-by-{request.node.callspec.id}", role, definition=definition)
    result = run(shell, "sh", str(SCRIPT), flow, FLOW_REGION=REGION)
    assert result.returncode == 1
    (validation,) = prepare(shell, flow)["validations"]
    assert result.stderr.startswith(f"Error\t{validation['message']}\nprepare-flow: Amazon Bedrock did not accept")


def test_answers_are_printed_as_json_or_text(shell: Bench, role: str, request: pytest.FixtureRequest) -> None:
    flow = make_flow_of(shell, f"read-by-{request.node.callspec.id}", role)
    version = make_version(shell, flow)
    alias = make_alias(shell, flow, version)
    named = ("--flow-identifier", flow)
    found = json.loads(aws(shell, "bedrock-agent", "get-flow", *named))
    assert (found["id"], found["executionRoleArn"]) == (flow, role)
    asked = ("--query", "[status, id]", "--output", "text")
    assert aws(shell, "bedrock-agent", "get-flow", *named, *asked) == f"Prepared\t{flow}\n"
    routed = ("--query", "routingConfiguration[0].flowVersion", "--output=text")
    alias_of = ("bedrock-agent", "get-flow-alias", *named, "--alias-identifier", alias)
    assert aws(shell, *alias_of, *routed) == f"{version}\n"
    assert aws(shell, *alias_of, "--query", "nothing", "--output", "text") == "None\n"
    moved = ("--routing-configuration", json.dumps([{"flowVersion": version}]), "--name", "moved")
    made = json.loads(aws(shell, "bedrock-agent", "update-flow-alias", *named, "--alias-identifier", alias, *moved))
    assert (made["name"], made["id"]) == ("moved", alias)
    arn = ("--identifier", found["arn"], "--type-name", FLOW)
    described = json.loads(aws(shell, "cloudcontrol", "get-resource", *arn))["ResourceDescription"]
    assert json.loads(described["Properties"])["Name"] == found["name"]


def test_a_refusal_is_printed_as_the_service_words_it(shell: Bench, role: str, request: pytest.FixtureRequest) -> None:
    flow = make_flow_of(shell, f"refused-by-{request.node.callspec.id}", role)
    result = run(shell, "aws", "bedrock-agent", "create-flow-version", "--flow-identifier", flow)
    assert result.returncode in (254, 255)
    start = "An error occurred (ConflictException) when calling the CreateFlowVersion operation: "
    assert result.stderr.strip().removeprefix("aws: [ERROR]: ").startswith(f"{start}Couldn't perform")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["bedrock-agent", "prepare-flow", "--flow-identifier", "ABCDEFGHIJ", "--flower", "A"], "--flower"),
        (["bedrock-agent", "prepare-flows"], "prepare-flows"),
        (["bedrock-agent", "get-flow", "--flow-identifier", "ABCDEFGHIJ", "--profile", "nobody"], "nobody"),
    ],
)
def test_a_wrong_command_line_is_refused(shell: Bench, arguments: list[str], word: str) -> None:
    result = run(shell, "aws", *arguments)
    assert result.returncode != 0
    assert word in result.stderr


def test_a_region_is_needed(shell: Bench) -> None:
    command = ("aws", "bedrock-agent", "list-flows")
    nowhere = run(shell, *command, region=None)
    assert (nowhere.returncode == 0, "You must specify a region" in nowhere.stderr) == (False, True)
    assert run(shell, *command, "--region", REGION, region=None).returncode == 0


def test_a_machine_may_be_without_the_cli(bench: Bench, tmp_path: Path) -> None:
    without = bench.with_cli("none")
    assert run(without, "sh", "-c", "command -v aws").returncode != 0
    assert run(without, "sh", "-c", "command -v sleep && printf ok").stdout.endswith("ok")
