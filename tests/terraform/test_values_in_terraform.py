"""One grammar for a value: a default is an error for flowseal exactly where Terraform refuses it for the variable."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from every_kind import GOOD, make_flow_of_every_kind
from flow_documents import read
from hcl_strategies import run_terraform
from near_values import VALUES, accepts, choose_values

from generator.terraform.hcl import write_block
from generator.terraform.module.parameters import plan_parameter
from generator.terraform.module.plan import Variable
from generator.terraform.module.variables_tf import build_variable_block
from generator.terraform.resource import translate_value


def write_variable(variable: Variable, name: str, default: Any) -> str:
    """Return a variable under another name, with a default."""
    rules = tuple(
        replace(rule, condition=re.sub(rf"\bvar\.{variable.name}\b", f"var.{name}", rule.condition))
        for rule in variable.validations
    )
    default = normalize("NFC", default) if isinstance(default, str) else default
    changed = replace(variable, name=name, default=translate_value(default), has_default=True, validations=rules)
    return write_block(build_variable_block(changed))


@pytest.mark.terraform
def test_terraform_and_flowseal_accept_the_same_defaults(tmp_path: Path) -> None:
    flow = read(make_flow_of_every_kind()).flow
    assert flow is not None
    variables = {parameter.name: plan_parameter(parameter) for parameter in flow.parameters}
    chosen = choose_values()
    assert {name for name, _ in chosen} == set(GOOD)
    for number, (name, value) in enumerate(chosen):
        # A file for each: Terraform reads the whole file again for each error that it shows.
        block = write_variable(variables[name], f"v{number}", value)
        (tmp_path / f"v{number}.tf").write_text(block + "\n", encoding="utf-8")
    said = run_terraform(tmp_path, "plan", "-input=false", "-no-color")
    refused = {int(number) for number in re.findall(r"│ var\.v(\d+) is ", said.stderr)}
    assert said.stderr.count("Error: Invalid value for variable") == said.stderr.count("Error: ")
    taken = {number for number, (name, value) in enumerate(chosen) if accepts(name, value)}
    differing = [
        (*chosen[number], number in taken) for number in range(VALUES) if (number in taken) is (number in refused)
    ]
    assert differing == []
    assert len(taken) > VALUES / 6
    assert len(refused) > VALUES / 3
