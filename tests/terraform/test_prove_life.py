"""Every module through its whole life, by real Terraform; and what is in the account afterward.

The provider is a stand-in unless the environment names a real one (tests/support/bench.py), the account is one too
(tests/terraform/account): docs/proof.md says what that leaves open.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from lives import LIFE, open_life, prove_life
from proofs import Proof
from roots import Root
from subjects import EVERYDAY, MODULES, OWN, Subject

from bench import Bench

pytestmark = pytest.mark.terraform


@pytest.mark.proves(*LIFE)
def test_the_whole_life_of_a_module(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        prove_life(life)


@pytest.mark.modules(EVERYDAY)
def test_a_callers_policy_with_a_fixed_name_survives_renaming_the_flow(
    subject: Subject, bench: Bench, tmp_path: Path
) -> None:
    root = Root(subject, settings={"caller_policy_name": '"callers-of-the-desk"'})
    with open_life(bench, tmp_path, root, Proof(subject.name, [])) as life:
        life.begin()
        life.turn(name="renamed")
        changes = life.apply()
        assert not [address for address in changes if ".caller" in address]
        life.check_nothing_to_do()


MODEL_FROM_A_RESOURCE = """
resource "terraform_data" "{label}" {{
  input = "{model}"
}}

module "{label}" {{
  source       = "./module"
  name         = "desk-{label}"
  handbook_id  = "KB1"
  answer_model = terraform_data.{label}.output
}}

output "{label}" {{
  value = module.{label}.node_policies_json
}}
"""


def test_a_model_that_is_unknown_at_plan_gets_the_same_permissions_by_id_and_by_arn(
    bench: Bench, tmp_path: Path
) -> None:
    identifier = "us.amazon.nova-pro-v1:0"
    models = {"id": identifier, "arn": f"{OWN}inference-profile/{identifier}"}
    shutil.copytree(MODULES / EVERYDAY, tmp_path / "module")
    calls = (MODEL_FROM_A_RESOURCE.format(label=label, model=model) for label, model in models.items())
    (tmp_path / "main.tf").write_text("".join(calls), encoding="utf-8")
    bench.succeed(tmp_path, "init", "-input=false")
    bench.succeed(tmp_path, "apply", "-auto-approve", "-input=false")
    outputs = json.loads(bench.succeed(tmp_path, "output", "-json"))
    assert outputs["id"]["value"] == outputs["arn"]["value"]
    assert models["arn"] in outputs["id"]["value"]["nodes"]
    bench.succeed(tmp_path, "destroy", "-auto-approve", "-input=false")
