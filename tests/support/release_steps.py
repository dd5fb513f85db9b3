"""One step of a release, by real Terraform: an apply with the calls that it made, and what holds after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from lives import Life
from released import invoke
from subjects import generate_variant

from bench import Bench, Said

STEPS = {
    "CreateFlow",
    "UpdateFlow",
    "PrepareFlow",
    "CreateFlowVersion",
    "CreateFlowAlias",
    "UpdateFlowAlias",
    "DeleteFlowVersion",
    "DeleteFlowAlias",
    "DeleteFlow",
}
"""The calls of a release in whose order a test is interested."""
NEW = ["PrepareFlow", "CreateFlowVersion", "CreateFlowAlias", "CreateFlowAlias"]
PREPARING = ["UpdateFlow", "PrepareFlow"]
MOVING = ["CreateFlowVersion", "UpdateFlowAlias", "UpdateFlowAlias", "DeleteFlowVersion"]
GOING = ["DeleteFlowAlias", "DeleteFlowAlias", "DeleteFlowVersion"]


def apply(life: Life) -> tuple[dict[str, str], list[str]]:
    """Apply, which must end well; return what was changed by address, and the release's calls in their order."""
    before = len(life.bench.read_calls())
    return life.apply(), list_steps(life, before)


def try_to_apply(life: Life) -> tuple[Said, list[str]]:
    """Apply, which may end badly; return what was said, and the release's calls in their order."""
    before = len(life.bench.read_calls())
    return life.bench.ask(life.folder, "apply", "-auto-approve"), list_steps(life, before)


def list_steps(life: Life, before: int) -> list[str]:
    """Return the release's calls since the account had answered so many."""
    return [call for call in life.bench.read_calls()[before:] if call in STEPS]


def put_variant(life: Life, change: Callable[[dict[str, Any]], object]) -> None:
    """Put the module of a changed definition into place."""
    number = len(list(life.folder.glob("variant-*")))
    life.put_module(generate_variant(life.root.subject, life.folder / f"variant-{number}", change))


def check_released(life: Life, version: int) -> None:
    """Hold that there is this one version, that all aliases route to it, and that nothing is left to do."""
    flows, flow = life.bench.client("bedrock-agent"), life.outputs["flow_id"]
    life.check_nothing_to_do()
    assert life.outputs["flow_version"] == str(version)
    assert list_versions(life) == [str(version)]
    for alias in life.outputs["alias_ids"].values():
        found = flows.get_flow_alias(flowIdentifier=flow, aliasIdentifier=alias)
        assert found["routingConfiguration"] == [{"flowVersion": str(version)}]
    check_invocable(life)


def check_invocable(life: Life) -> None:
    """Hold that the version of the last apply that ended well answers through all aliases, with its role."""
    for alias in life.outputs["alias_ids"].values():
        assert not is_refused(life.bench, life, alias)
        answered = invoke(life.bench, life.outputs["flow_id"], alias, "Hello", life.root.subject.find_input())
        assert answered["flowVersion"] == life.outputs["flow_version"]


def list_versions(life: Life) -> list[str]:
    """Return the numbers of the flow's versions."""
    found = life.bench.client("bedrock-agent").list_flow_versions(flowIdentifier=life.outputs["flow_id"])
    return sorted(item["version"] for item in found["flowVersionSummaries"] if item["version"] != "DRAFT")


def read_content(life: Life) -> Any:
    """Return the definition that callers of the aliases get."""
    flow, version = life.outputs["flow_id"], life.outputs["flow_version"]
    return life.bench.client("bedrock-agent").get_flow_version(flowIdentifier=flow, flowVersion=version)["definition"]


def is_refused(who: Bench, life: Life, alias: str) -> bool:
    """Return whether somebody may not invoke an alias."""
    try:
        invoke(who, life.outputs["flow_id"], alias, "Hello", life.root.subject.find_input())
    except ClientError as refusal:
        return bool(refusal.response["Error"]["Code"] == "AccessDeniedException")
    return False
