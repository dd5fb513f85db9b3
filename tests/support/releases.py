"""The release of a module, by real Terraform: versions and aliases from the first apply to the last."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from access import DRAFT
from audit import NODES, list_attached, read_policy
from botocore.exceptions import ClientError
from identities import assume, make_operator
from lives import ALIAS, CONTENT, PREPARED, VERSION, Life
from released import invoke, run_asynchronously
from subjects import edit_a_prompt, generate_variant

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
INPUT = "Ticket"


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
        answered = invoke(life.bench, life.outputs["flow_id"], alias, "Hello", INPUT)
        assert answered["flowVersion"] == life.outputs["flow_version"]


def list_versions(life: Life) -> list[str]:
    """Return the numbers of the flow's versions."""
    found = life.bench.client("bedrock-agent").list_flow_versions(flowIdentifier=life.outputs["flow_id"])
    return sorted(item["version"] for item in found["flowVersionSummaries"] if item["version"] != "DRAFT")


def read_content(life: Life) -> Any:
    """Return the definition that callers of the aliases get."""
    flow, version = life.outputs["flow_id"], life.outputs["flow_version"]
    return life.bench.client("bedrock-agent").get_flow_version(flowIdentifier=flow, flowVersion=version)["definition"]


def prove_versions(life: Life) -> None:
    """Apply, edit a prompt, and take the edit back."""
    with life.proof.of("version"):
        _, steps = apply(life)
        assert steps == ["CreateFlow", *NEW]
        check_released(life, 1)
        first, content = life.outputs, read_content(life)
        edit_a_prompt(life.module)
        changes, steps = apply(life)
        assert changes == {life.flow: "update", **life.next_version}
        assert steps == PREPARING + MOVING
        check_released(life, 2)
        assert {name for name in first if life.outputs[name] != first[name]} == {"flow_version", "definition_sha256"}
        assert read_content(life) != content
    with life.proof.of("rollback"):
        life.put_module(life.root.subject.module)
        changes, _ = apply(life)
        assert changes == {life.flow: "update", **life.next_version}
        check_released(life, 3)
        assert life.outputs == first | {"flow_version": "3"}
        assert read_content(life) == content


def prove_idle(life: Life) -> None:
    """Change what a version does not contain."""
    with life.proof.of("idle"):
        put_variant(life, lambda document: document.update(description="Another", tags={"team": "another"}))
        changes, steps = apply(life)
        assert (changes[life.flow], changes.get(PREPARED)) == ("update", life.next_version.get(PREPARED))
        others = {address for address, action in changes.items() if action != "update"}
        assert others == {PREPARED} & life.next_version.keys()
        assert not {VERSION, CONTENT} & changes.keys()
        assert steps[:2] == PREPARING
        assert not set(steps) & {"CreateFlowVersion", "CreateFlowAlias", "DeleteFlowVersion", "DeleteFlowAlias"}
        check_released(life, 3)


def break_the_flow(module: Path) -> None:
    """Take the last connection out of a module, so that AWS does not accept its flow."""
    main = module / "main.tf"
    text = main.read_text(encoding="utf-8")
    start = text.rindex("    connection {")
    end = text.index("\n    }\n", start) + len("\n    }\n")
    main.write_text(text[:start] + text[end:], encoding="utf-8")
    release = module / "release.tf"
    digest = re.sub(r'(definition +)= "\w{64}"', r'\1= "another"', release.read_text(encoding="utf-8"))
    release.write_text(digest, encoding="utf-8")


def prove_preparation(life: Life) -> None:
    """Have AWS not accept the flow, twice; then go on."""
    with life.proof.of("prepared"):
        break_the_flow(life.module)
        for steps in (PREPARING, PREPARING[1:]):
            said, called = try_to_apply(life)
            assert (said.code, called) == (1, steps)
            (error,) = said.list_diagnostics("error")
            assert "cannot be reached" in error
            assert "The aliases still use the last version." in error
            assert list_versions(life) == ["3"]
        life.put_module(life.root.subject.module)
        edit_a_prompt(life.module)
        changes, steps = apply(life)
        assert (changes[life.flow], steps) == ("update", PREPARING + MOVING)
        check_released(life, 4)


def list_node_policies(life: Life) -> list[str]:
    """Return the policies of the nodes that are attached to the service role, as JSON."""
    attached = list_attached(life.bench, life.outputs["role_name"])
    return [
        json.dumps(read_policy(life.bench, arn)) for name, arn in attached.items() if f"policy/{name}".startswith(NODES)
    ]


def check_taken_last(life: Life) -> None:
    """Apply, and hold that the role lost no permission before the last alias moved."""
    before = len(life.bench.read_calls())
    life.bench.hold("UpdateFlowAlias", until="DetachRolePolicy")
    life.apply()
    calls = life.bench.read_calls()[before:]
    moved = len(calls) - calls[::-1].index("UpdateFlowAlias")
    assert not {"CreatePolicyVersion", "DetachRolePolicy", "DeletePolicy"} & set(calls[:moved]), calls
    assert "DetachRolePolicy" in calls, calls


def prove_permissions(life: Life) -> None:
    """Give the flow another model: the version behind the aliases may call the old one until they have moved."""
    with life.proof.of("swap"):
        life.put_module(life.root.subject.module)
        life.apply()
        kept, second = list_node_policies(life), life.root.subject.choose_values(1)
        life.turn(settings={name: json.dumps(value) for name, value in second.items()})
        break_the_flow(life.module)
        said, steps = try_to_apply(life)
        assert (said.code, steps) == (1, PREPARING)
        check_invocable(life)
        assert set(kept) < set(list_node_policies(life))
        life.put_module(life.root.subject.module)
        check_taken_last(life)
        check_released(life, int(life.outputs["flow_version"]))
        assert set(kept).isdisjoint(list_node_policies(life))
        life.turn(settings={})
        check_taken_last(life)
        check_released(life, int(life.outputs["flow_version"]))
        assert list_node_policies(life) == kept


def is_refused(who: Bench, life: Life, alias: str) -> bool:
    """Return whether somebody may not invoke an alias."""
    try:
        invoke(who, life.outputs["flow_id"], alias, "Hello", INPUT)
    except ClientError as refusal:
        return bool(refusal.response["Error"]["Code"] == "AccessDeniedException")
    return False


def prove_invocations(life: Life) -> None:
    """Invoke the aliases as a caller and as another role, and run one asynchronously; then let the caller do less."""
    with life.proof.of("invoke"):
        life.put_module(life.root.subject.module)
        apply(life)
        operator = make_operator(life.bench, f"operator-of-{life.outputs['flow_id']}")
        home = life.outputs["role_arn"].rsplit("/", 1)[0]
        caller, other = (assume(operator, f"{home}/{life.root.name_role(label)}") for label in life.root.roles)
        aliases = list(life.outputs["alias_ids"].values())
        assert [is_refused(caller, life, alias) for alias in (*aliases, DRAFT)] == [False, False, True]
        assert [is_refused(other, life, alias) for alias in (*aliases, DRAFT)] == [True, True, True]
        run_asynchronously(caller, life.outputs, aliases[0], INPUT)
        put_variant(life, lambda document: document["release"].pop("invoke_async"))
        changes, steps = apply(life)
        assert (changes, steps) == ({"module.flow.aws_iam_policy.caller_invoke": "update"}, [])
        assert not is_refused(caller, life, aliases[0])
        with pytest.raises(ClientError, match="StartFlowExecution"):
            run_asynchronously(caller, life.outputs, aliases[0], INPUT)
        put_variant(life, lambda document: document["release"].update(invoke="none"))
        changes, steps = apply(life)
        assert (set(changes.values()), steps) == ({"delete"}, [])
        assert all(is_refused(caller, life, alias) for alias in aliases)
        assert [name for name in list_attached(life.bench, life.root.name_role("api")) if "invoke" in name] == []


def prove_aliases(life: Life) -> None:
    """Add an alias, and remove another."""

    def exchange(document: dict[str, Any]) -> None:
        aliases = document["release"]["aliases"]
        aliases["trial"] = aliases.pop("beta")

    with life.proof.of("aliases"):
        life.put_module(life.root.subject.module)
        apply(life)
        before = life.outputs
        put_variant(life, exchange)
        changes, steps = apply(life)
        assert changes == {
            f'{ALIAS}["trial"]': "create",
            f'{ALIAS}["beta"]': "delete",
            "module.flow.aws_iam_policy.caller_invoke": "update",
        }
        assert sorted(steps) == ["CreateFlowAlias", "DeleteFlowAlias"]
        assert life.outputs["alias_arns"].keys() == {"live", "trial"}
        assert life.outputs["alias_arns"]["live"] == before["alias_arns"]["live"]
        check_released(life, int(before["flow_version"]))


def prove_coming_and_going(life: Life) -> None:
    """Remove the release, add it again, and destroy."""
    with life.proof.of("release"):
        put_variant(life, lambda document: document.pop("release"))
        changes, steps = apply(life)
        assert (set(changes.values()), life.flow in changes, steps) == ({"delete", "replace"}, False, GOING)
        life.check_nothing_to_do()
        life.put_module(life.root.subject.module)
        changes, steps = apply(life)
        # With Cloud Control, the flow is prepared already.
        new = NEW[1:] if life.root.subject.is_cloud_control else NEW
        assert (set(changes.values()), life.flow in changes, steps) == ({"create", "replace"}, False, new)
        check_released(life, int(life.outputs["flow_version"]))
        before = len(life.bench.read_calls())
        life.bench.do(life.folder, "destroy", "-auto-approve")
        assert list_steps(life, before) == [*GOING, "DeleteFlow"]


def prove_release(life: Life) -> None:
    """Take a released module from its first apply to destroy."""
    for stage in STAGES:
        stage(life)


STAGES: dict[Callable[[Life], None], tuple[str, ...]] = {
    prove_versions: ("version", "rollback"),
    prove_idle: ("idle",),
    prove_preparation: ("prepared",),
    prove_permissions: ("swap",),
    prove_invocations: ("invoke",),
    prove_aliases: ("aliases",),
    prove_coming_and_going: ("release",),
}
"""The stages of a release in their order, each with the columns that it fills."""
COLUMNS = tuple(column for columns in STAGES.values() for column in columns)
