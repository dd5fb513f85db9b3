"""The release of a flow of Cloud Control: what its resource loses or does not see, and how the module repairs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from identities import allow, assume, make_operator, make_role
from lives import Life
from release_steps import MOVING, PREPARING, apply, check_released, list_versions, read_content, try_to_apply
from releases import (
    STAGES,
    Stages,
    break_the_flow,
    go_on_with_an_edit,
    prove_aliases,
    prove_coming_and_going,
    prove_idle,
    prove_invocations,
    prove_permissions,
    prove_versions,
)
from subjects import edit_a_prompt

from bench import Said

REWRITE = {"rewrite_definition": "true"}


def read_draft(life: Life) -> dict[str, Any]:
    """Return the flow as it is in the account."""
    found: dict[str, Any] = life.bench.client("bedrock-agent").get_flow(flowIdentifier=life.outputs["flow_id"])
    return found


@contextmanager
def without(action: str, life: Life) -> Iterator[None]:
    """Act as a deployer who may do all but one thing."""
    bench, name = life.bench, f"deployer-{life.outputs['flow_id']}"
    denied = {**allow(action, sid="Not"), "Effect": "Deny"}
    operator = make_operator(bench, f"operator-of-{name}")
    life.bench = assume(operator, make_role(bench, name, allow("*"), denied))
    yield
    life.bench = bench


def check_found(life: Life, versions: list[str]) -> None:
    """Hold that neither a plan nor an apply passes over a flow that is not as the module has it."""
    for command in (("plan",), ("apply", "-auto-approve")):
        said = life.bench.ask(life.folder, *command)
        errors = said.list_diagnostics("error")
        assert said.code == 1, (command, said.changes)
        assert all("rewrite_definition" in error for error in errors), errors
        assert list_versions(life) == versions


def repair(life: Life) -> list[str]:
    """Write the definition anew, in two applies, as the message says; return the second one's calls."""
    leave_definition_out(life)
    _, steps = apply(life)
    return steps


def leave_definition_out(life: Life) -> None:
    """Do the first of the two applies, and set the module up for the second."""
    versions, settings = list_versions(life), life.root.settings
    life.turn(settings={**settings, **REWRITE})
    said, _ = try_to_apply(life)
    assert (said.code, list_versions(life)) == (1, versions)
    life.turn(settings=settings)


def check_rejected(said: Said, advice: bool) -> None:
    """Hold that one error says why AWS does not accept the flow, with `advice` on what to do about it, and no other."""
    errors = said.list_diagnostics("error")
    assert (said.code, len(errors)) == (1, 1), errors
    (error,) = errors
    assert "Nowhere" in error
    assert ("Correct the definition, and apply again" in error) is advice
    assert ("rewrite_definition" in error) is advice
    assert "-replace" not in error


def prove_failed_preparation(life: Life) -> None:
    """Have AWS not accept the flow: each plan says why, and the same definition can be tried again; then go on."""
    with life.proof.of("prepared"):
        break_the_flow(life.module)
        said, steps = try_to_apply(life)
        check_rejected(said, advice=False)
        assert steps == PREPARING
        check_rejected(life.bench.ask(life.folder, "plan"), advice=True)
        said, steps = try_to_apply(life)
        check_rejected(said, advice=True)
        assert steps == []
        leave_definition_out(life)
        said, steps = try_to_apply(life)
        check_rejected(said, advice=False)
        assert steps == PREPARING
        assert list_versions(life) == ["3"]
        go_on_with_an_edit(life)


def prove_lost_update(life: Life) -> None:
    """Let an update fail before it reaches the flow: the state has it nevertheless."""
    with life.proof.of("lost"):
        version = int(life.outputs["flow_version"])
        content = read_content(life)
        edit_a_prompt(life.module)
        with without("bedrock:UpdateFlow", life):
            said, _ = try_to_apply(life)
        (error,) = said.list_diagnostics("error")
        assert (said.code, "AccessDenied" in error) == (1, True)
        check_found(life, [str(version)])
        assert read_content(life) == content
        assert repair(life) == PREPARING + MOVING
        check_released(life, version + 1)
        assert read_content(life) == read_draft(life)["definition"] != content


def prove_drift(life: Life) -> None:
    """Change the flow by hand, text by text: each change is found, and the definition is written anew."""
    with life.proof.of("drift"):
        flows, version = life.bench.client("bedrock-agent"), int(life.outputs["flow_version"])
        before = read_draft(life)
        taken = ("name", "executionRoleArn", "customerEncryptionKeyArn", "description")
        request = {name: before[name] for name in taken if name in before}
        changed = json.loads(
            json.dumps(before["definition"]).replace(f'"{life.root.subject.find_input()}"', '"Changed"')
        )
        flows.update_flow(flowIdentifier=before["id"], definition=changed, **request)
        check_found(life, [str(version)])
        assert repair(life) == PREPARING
        check_released(life, version)
        assert read_draft(life)["definition"] == before["definition"]


CLOUD_STAGES: Stages = {
    prove_versions: STAGES[prove_versions],
    prove_idle: STAGES[prove_idle],
    prove_failed_preparation: ("prepared",),
    prove_lost_update: ("lost",),
    prove_drift: ("drift",),
    prove_permissions: STAGES[prove_permissions],
    prove_invocations: STAGES[prove_invocations],
    prove_aliases: STAGES[prove_aliases],
    prove_coming_and_going: STAGES[prove_coming_and_going],
}
"""The stages of the release of a flow of Cloud Control in their order, each with the columns that it fills."""
