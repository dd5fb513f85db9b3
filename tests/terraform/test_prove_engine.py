"""A released flow leaves the engine cloud-control for native, with the blocks that flowseal prints. docs/engines.md."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from damage import Damage
from lives import CLOUD_FLOW, NATIVE_FLOW, PREPARED, Life, open_life
from proofs import Proof
from released import invoke
from releases import MOVING, PREPARING, apply, check_released, try_to_apply
from roots import Root
from subjects import RELEASED, Subject, edit_a_prompt, find_subject, generate_variant
from typer.testing import CliRunner

from bench import Bench
from generator.cli import app

pytestmark = pytest.mark.terraform

INPUT = "Ticket"
KEPT = {CLOUD_FLOW: "remove", NATIVE_FLOW: "update"}
"""What becomes of the flow: Terraform forgets it under one address, and imports it under the other."""
NEW_DIGEST = Damage(
    "another digest for another engine",
    "engine",
    "release.tf",
    "sha256(jsonencode(local.version_content))",
    'sha256("native")',
)


def make_subject(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _document: None) -> Subject:
    """Return the example with a release, after a change and with the engine cloud-control."""

    def adapt(document: dict[str, Any]) -> None:
        document["engine"] = "cloud-control"
        change(document)

    module = generate_variant(find_subject(RELEASED, folder), folder, adapt)
    return Subject(module.name, folder / "flow" / f"{RELEASED}.flow.json", module)


@pytest.fixture
def life(bench: Bench, tmp_path: Path) -> Iterator[Life]:
    """A released module with the engine cloud-control, applied."""
    root = Root(make_subject(tmp_path / "subject"))
    with open_life(bench, tmp_path / "root", root, Proof(RELEASED, ["engine"])) as life:
        bench.succeed(life.folder, "init", "-input=false")
        apply(life)
        check_released(life, 1)
        yield life


@pytest.fixture
def unreleased(bench: Bench, tmp_path: Path) -> Iterator[Life]:
    """The same without a release."""
    root = Root(make_subject(tmp_path / "subject", lambda document: document.pop("release")))
    with open_life(bench, tmp_path / "root", root, Proof(RELEASED, [])) as life:
        life.begin()
        yield life


def change_to_native(life: Life) -> str:
    """Generate the module with the engine native and put it into place; return the blocks that flowseal prints."""
    subject = life.root.subject
    document = json.loads(subject.definition.read_text(encoding="utf-8"))
    subject.definition.write_text(json.dumps({**document, "engine": "native"}), encoding="utf-8")
    arguments = ["generate", str(subject.definition), "-o", str(subject.module.parent), "--format", "json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    (module,) = json.loads(result.stdout)["modules"]
    life.put_module(subject.module)
    return str(module["import_blocks"])


def read_aliases(life: Life) -> dict[str, Any]:
    """Return what the aliases route to and when they were last updated, by ARN."""
    flows, flow = life.bench.client("bedrock-agent"), life.outputs["flow_id"]
    aliases = life.outputs["alias_ids"].values()
    found = [flows.get_flow_alias(flowIdentifier=flow, aliasIdentifier=alias) for alias in aliases]
    return {item["arn"]: (item["routingConfiguration"], item["updatedAt"]) for item in found}


def apply_with_blocks(life: Life) -> tuple[dict[str, str], list[str]]:
    """Change the engine as the documentation says; return what was changed by address, and the calls in their order."""
    blocks = change_to_native(life)
    # What the person who copies the blocks fills in: the label of the call, and the flow's ID.
    assert blocks.count("module.LABEL.") == 2
    filled = blocks.replace("module.LABEL.", "module.flow.").replace("FLOW_ID", life.outputs["flow_id"])
    life.turn(beside=filled)
    life.bench.succeed(life.folder, "init", "-input=false")
    said, steps = try_to_apply(life)
    assert (said.code, said.list_diagnostics("error")) == (0, [])
    (warning,) = said.list_diagnostics("warning")
    assert warning.startswith("Some objects will no longer be managed")
    assert CLOUD_FLOW in warning
    life.outputs = said.outputs["flow"]
    return said.changes, steps


def prove_engine(life: Life) -> None:
    """Change the engine of an applied module to native, and go on with it."""
    with life.proof.of("engine"):
        before, aliases = life.outputs, read_aliases(life)
        changes, steps = apply_with_blocks(life)
        assert (changes, steps) == ({**KEPT, PREPARED: "create"}, PREPARING)
        assert life.outputs == before
        assert read_aliases(life) == aliases
        check_released(life, 1)
        life.turn(beside="")
        check_released(life, 1)
        edit_a_prompt(life.module)
        changes, steps = apply(life)
        assert (changes, steps) == ({NATIVE_FLOW: "update", **life.next_version}, PREPARING + MOVING)
        check_released(life, 2)
        assert read_aliases(life).keys() == aliases.keys()
        life.bench.do(life.folder, "destroy", "-auto-approve")


@pytest.mark.proves("engine")
@pytest.mark.parametrize("name", [RELEASED])
def test_a_released_flow_moves_to_native_with_its_version_and_aliases(name: str, life: Life, proof: Proof) -> None:
    life.proof = proof
    prove_engine(life)


def test_a_new_version_is_detected(life: Life) -> None:
    life.damage = lambda module: NEW_DIGEST.strike(module)
    with pytest.raises(AssertionError):
        prove_engine(life)
    assert life.proof.list_red() == [NEW_DIGEST.column]


@pytest.mark.only_proven
def test_a_flow_without_a_release_moves_to_native(unreleased: Life) -> None:
    before = unreleased.outputs
    assert apply_with_blocks(unreleased) == (KEPT, ["UpdateFlow"])
    assert unreleased.outputs == before
    unreleased.check_nothing_to_do()


@pytest.mark.only_proven
def test_callers_move_to_a_second_flow_with_cloud_control(bench: Bench, tmp_path: Path) -> None:
    first = find_subject(RELEASED, tmp_path / "first")
    second = make_subject(tmp_path / "second", lambda document: document.update(name="second"))
    with open_life(bench, tmp_path / "root", Root(first), Proof(RELEASED, [])) as life:
        life.begin()
        former = life.outputs
        shutil.copytree(second.module, life.folder / "second")
        values = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in second.choose_values().items())
        callers = "  caller_roles = { api = aws_iam_role.api.arn }\n"
        call = f'module "second" {{\n  source = "./second"\n{values}{callers}}}\n'
        life.turn(beside=f'{call}output "second" {{\n  value = module.second\n}}\n')
        bench.succeed(life.folder, "init", "-input=false")
        said = bench.do(life.folder, "apply", "-auto-approve")
        assert set(said.changes.values()) == {"create"}
        assert {address.split(".")[1] for address in said.changes} == {"second"}
        assert said.outputs["flow"] == former
        # Both flows answer until the first module's call is removed.
        for outputs in (former, said.outputs["second"]):
            flow, alias = outputs["flow_id"], outputs["alias_ids"]["live"]
            assert invoke(bench, flow, alias, "Hello", INPUT)["flowVersion"] == "1"
        main = life.folder / "main.tf"
        roles, others = main.read_text(encoding="utf-8").split(call)
        main.write_text(roles + call + others.partition('module "flow"')[0], encoding="utf-8")
        said = bench.do(life.folder, "apply", "-auto-approve")
        assert set(said.changes.values()) == {"delete"}
        assert {address.split(".")[1] for address in said.changes} == {"flow"}
        flow, alias = said.outputs["second"]["flow_id"], said.outputs["second"]["alias_ids"]["live"]
        assert invoke(bench, flow, alias, "Hello", INPUT)["flowVersion"] == "1"
        life.check_nothing_to_do()


@pytest.mark.only_proven
def test_without_the_blocks_the_aliases_still_work(life: Life) -> None:
    flow, aliases = life.outputs["flow_id"], life.outputs["alias_ids"]
    change_to_native(life)
    life.bench.succeed(life.folder, "init", "-input=false")
    said = life.bench.ask(life.folder, "apply", "-auto-approve")
    assert said.code == 1
    for alias in aliases.values():
        assert invoke(life.bench, flow, alias, "Hello", INPUT)["flowVersion"] == "1"
