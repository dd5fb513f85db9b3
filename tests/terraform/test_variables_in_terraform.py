"""The variables of a module, judged by Terraform itself: what they take and what they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from every_kind import GOOD, make_flow_of_every_kind
from hcl_strategies import run_terraform
from plans import SOURCE, plan_document

from generator.terraform.render import render_module

pytestmark = pytest.mark.terraform

FIXED: dict[str, Any] = {
    "name": "a-name",
    "caller_roles": {"a": "arn:aws:iam::123456789012:role/path/name"},
    "caller_principals": {
        "sso": "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1",
        "user": "arn:aws-us-gov:iam::123456789012:user/somebody",
    },
    "attach_caller_policy": False,
    "caller_policy_name": "flow+callers",
    "permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess",
    "deletion_window_in_days": 7,
    "rotation_period_in_days": 2560,
    "tags": {"team": "x"},
}
BAD: dict[str, list[Any]] = {
    **{
        name: ["*", "", value + "*", value + " ", value + "\n"]
        for name, value in GOOD.items()
        if isinstance(value, str) and name not in ("script", "heading", "locale")
    },
    "tokens": [-1, 1.5],
    "results": [0, 101, 1.5],
    "locale": ["x" * 11],
    "heading": ["", "x" * 201, "é" * 100 + "x"],
    "script": [""],
    "team": ["<x>"],
    "heat": [1.5, -0.1],
    "words": [["a"] * 5],
    "name": ["", "a--b", "ä"],
    "caller_roles": [
        {"a": "arn:aws:iam::123456789012:user/x"},
        {"a": "arn:aws:iam::123456789012:role/*"},
        {"a": "arn:aws:iam::123456789012:role/path/"},
        {"a": "arn:aws:sts::123456789012:assumed-role/x/y"},
        {"a": FIXED["caller_principals"]["sso"]},
        {"a": "arn:aws:iam::123456789012:role/x", "b": "arn:aws:iam::123456789012:role/x"},
    ],
    "caller_principals": [{"a": "*"}, {"a": "arn:aws:iam::123456789012:root"}],
    "caller_policy_name": ["", "a b"],
    "permissions_boundary_arn": ["PowerUserAccess", "arn:aws:iam::aws:policy/*"],
    "deletion_window_in_days": [6, 31, 7.5],
    "rotation_period_in_days": [89, 2561, 100.5],
    "tags": [{"AWS:x": "y"}, {"": "y"}, {"a*": "y"}, {"a": "*"}, {"a": "x" * 257}, {"Team": "a", "team": "b"}],
}


def write_variables(folder: Path) -> None:
    files = render_module(plan_document(make_flow_of_every_kind()), SOURCE)
    (folder / "variables.tf").write_text(files["variables.tf"], encoding="utf-8")


def plan_with(folder: Path, values: dict[str, Any]) -> str:
    """Return what Terraform says against these values."""
    (folder / "terraform.tfvars.json").write_text(json.dumps(values), encoding="utf-8")
    return run_terraform(folder, "plan", "-input=false", "-no-color").stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("variables")
    write_variables(folder)
    return folder


def test_valid_values_are_accepted(folder: Path) -> None:
    assert set(re.findall(r'variable "(\w+)"', (folder / "variables.tf").read_text())) == {*GOOD, *FIXED}
    assert plan_with(folder, {**GOOD, **FIXED}) == ""
    assert plan_with(folder, {**GOOD, **dict.fromkeys(("name", "caller_policy_name", "deletion_window_in_days"))}) == ""


@pytest.mark.parametrize("turn", range(max(map(len, BAD.values()))))
def test_each_variable_rejects_its_invalid_values(folder: Path, turn: int) -> None:
    bad = {name: values[turn] for name, values in BAD.items() if turn < len(values)}
    said = plan_with(folder, {**GOOD, **FIXED, **bad})
    refused = set(re.findall(r"│ var\.(\w+) is ", said))
    assert refused == set(bad)


def test_null_is_not_a_valid_parameter(folder: Path) -> None:
    assert "required variable may not be set to null" in plan_with(folder, {**GOOD, "base": None})
