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
from damage import RELEASE, Damage
from identities import assume, make_operator
from lives import ALIAS, CONTENT, PREPARED, VERSION, Life, leave_whole
from release_steps import (
    GOING,
    MOVING,
    NEW,
    PREPARING,
    apply,
    check_invocable,
    check_released,
    is_refused,
    list_steps,
    list_versions,
    put_variant,
    read_content,
    try_to_apply,
)
from released import run_asynchronously
from subjects import edit_a_prompt


def prove_versions(life: Life) -> None:
    """Apply, edit a prompt, and take the edit back."""
    with life.proof.of("version"):
        before = len(life.bench.read_calls())
        _, steps = apply(life)
        assert steps == ["CreateFlow", *NEW]
        # The module has the schemas itself: fetched ones go stale.
        assert "DescribeType" not in life.bench.read_calls()[before:]
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
    """Let the last connection of a module lead nowhere, so that AWS does not accept its flow."""
    main = module / "main.tf"
    text = main.read_text(encoding="utf-8")
    *_, last = re.finditer(r'\b[tT]arget += "(\w+)"', text)
    main.write_text(f"{text[: last.start(1)]}Nowhere{text[last.end(1) :]}", encoding="utf-8")
    release = module / RELEASE
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
            assert "Nowhere" in error
            assert "The aliases still use the last version." in error
            assert list_versions(life) == ["3"]
        go_on_with_an_edit(life)


def go_on_with_an_edit(life: Life) -> None:
    """Have AWS accept the flow again, which is released as version 4."""
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


def prove_invocations(life: Life) -> None:
    """Invoke the aliases as a caller and as another role, and run one asynchronously; then let the caller do less."""
    with life.proof.of("invoke"):
        life.put_module(life.root.subject.module)
        apply(life)
        operator = make_operator(life.bench, f"operator-of-{life.outputs['flow_id']}")
        home = life.outputs["role_arn"].rsplit("/", 1)[0]
        caller, other = (assume(operator, f"{home}/{life.root.name_role(label)}") for label in life.root.roles)
        aliases, start = list(life.outputs["alias_ids"].values()), life.root.subject.find_input()
        assert [is_refused(caller, life, alias) for alias in (*aliases, DRAFT)] == [False, False, True]
        assert [is_refused(other, life, alias) for alias in (*aliases, DRAFT)] == [True, True, True]
        run_asynchronously(caller, life.outputs, aliases[0], start)
        put_variant(life, lambda document: document["release"].pop("invoke_async"))
        changes, steps = apply(life)
        assert (changes, steps) == ({"module.flow.aws_iam_policy.caller_invoke": "update"}, [])
        assert not is_refused(caller, life, aliases[0])
        with pytest.raises(ClientError, match="StartFlowExecution"):
            run_asynchronously(caller, life.outputs, aliases[0], start)
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


Stages = dict[Callable[[Life], None], tuple[str, ...]]


def list_columns(stages: Stages) -> tuple[str, ...]:
    """Return the columns that stages fill."""
    return tuple(column for columns in stages.values() for column in columns)


def prove_release(life: Life, stages: Stages) -> None:
    """Take a released module from its first apply to destroy."""
    for stage in stages:
        stage(life)


def prove_damaged(life: Life, stages: Stages, damage: Damage) -> None:
    """Do the same with a module that is broken: at once, or when the column is about to be filled."""

    def strike(module: Path) -> None:
        if (module / damage.file).exists():
            damage.strike(module)

    life.damage = leave_whole if damage.late else strike
    if not damage.late and damage.column != "rollback":
        damage.strike(life.module)
    for stage, columns in stages.items():
        if damage.late and damage.column in columns:
            damage.strike(life.module)
            life.damage = strike
        stage(life)


STAGES: Stages = {
    prove_versions: ("version", "rollback"),
    prove_idle: ("idle",),
    prove_preparation: ("prepared",),
    prove_permissions: ("swap",),
    prove_invocations: ("invoke",),
    prove_aliases: ("aliases",),
    prove_coming_and_going: ("release",),
}
"""The stages of the release of a native flow in their order, each with the columns that it fills."""
