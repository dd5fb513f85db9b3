"""One module called several times: twice by for_each under a provider alias, and in a second region of the account."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from audit import Outputs, check_policies, list_belongings
from leaves import compare_definitions
from proofs import Proof
from subjects import Subject

from bench import REGION, Bench

OTHER_REGION = "eu-west-1"
LONG_NAME = "b-" * 100
PROVIDERS = f"""
provider "aws" {{
  region = "{REGION}"
}}

provider "aws" {{
  alias  = "other"
  region = "{OTHER_REGION}"
}}
"""


def write_root(folder: Path, subject: Subject) -> None:
    """Write a root with three flows: two of different values and names abroad, and one at home, named as the first."""
    shutil.copytree(subject.module, folder / "module")
    first = {"name": None, **subject.choose_values()}
    second = {"name": LONG_NAME, **subject.choose_values(1)}
    calls = [
        "locals {",
        f"  flows = {json.dumps({'first': first, 'second': second})}",
        "}",
        'module "flow" {',
        '  source    = "./module"',
        "  for_each  = local.flows",
        "  providers = { aws = aws.other }",
        *(f"  {name} = each.value.{name}" for name in first),
        "}",
        'module "home" {',
        '  source = "./module"',
        *(f"  {name} = {json.dumps(value)}" for name, value in subject.choose_values().items()),
        "}",
        'output "flows" {',
        '  value = { first = module.flow["first"], second = module.flow["second"], home = module.home }',
        "}",
    ]
    (folder / "main.tf").write_text(PROVIDERS + "\n".join(calls) + "\n", encoding="utf-8")


def prove_places(bench: Bench, folder: Path, subject: Subject, proof: Proof) -> None:
    """Take the three flows from apply to destroy, each with its own definition, key, role and policies."""
    before = list_belongings(bench, REGION, OTHER_REGION)
    with bench.clearing(folder), proof.of("places"):
        bench.succeed(folder, "init", "-input=false")
        flows = bench.do(folder, "apply", "-auto-approve").outputs["flows"]
        for label, which, region in (("first", 0, OTHER_REGION), ("second", 1, OTHER_REGION), ("home", 0, REGION)):
            check_flow(bench, flows[label], subject, subject.choose_values(which), region)
        bench.do(folder, "plan", "-detailed-exitcode")
        for item in ("flow_arn", "kms_key_arn", "role_arn", "caller_policy_arn"):
            assert len({outputs[item] for outputs in flows.values()}) == len(flows)
        bench.do(folder, "destroy", "-auto-approve")
        assert list_belongings(bench, REGION, OTHER_REGION) == before


def check_flow(bench: Bench, outputs: Outputs, subject: Subject, values: dict[str, Any], region: str) -> None:
    """Hold one flow in its region against its definition and AWS's page."""
    assert region in outputs["flow_arn"]
    assert region in outputs["kms_key_arn"]
    found = bench.client("bedrock-agent", region).get_flow(flowIdentifier=outputs["flow_id"])
    assert compare_definitions(found["definition"], subject.read_definition(values)) == []
    check_policies(bench, outputs, [], region=region)
