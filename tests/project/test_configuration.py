"""flowseal.yaml: never a traceback, never a severity that hides a wrong module; what it sets reaches the modules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flow_documents import TextsInMemory, make_document, make_flow
from hcl_strategies import run_terraform
from hypothesis import given
from hypothesis import strategies as st
from paths import CASES

from generator.findings import LocatedFinding, Severity, report_file
from generator.findings.catalog import list_rules
from generator.flow.model import Defaults, Encryption
from generator.flow.reading import read_flow
from generator.project.configuration import (
    Configuration,
    apply_severities,
    find_configuration,
    read_configuration,
)
from generator.project.configuration.reading import DEFAULTS, KEYS, SEVERITIES

CASE = CASES / "configuration-with-every-setting"
RULES = list_rules()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["off", "flows", "6.40.0"]),
    lambda item: (
        st.lists(item, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, *DEFAULTS, *RULES]), item, max_size=4)
    ),
    max_leaves=12,
)


def read(text: str) -> tuple[Configuration | None, list[LocatedFinding]]:
    return read_configuration("flowseal.yaml", Path("flowseal.yaml"), text.encode(), lambda: RULES)


@given(VALUES)
def test_any_value_yields_a_configuration_or_a_finding(value: object) -> None:
    import json

    configuration, findings = read(json.dumps(value))
    assert (configuration is None) == any(finding.severity is Severity.ERROR for finding in findings)


@given(st.text(max_size=40))
def test_any_text_yields_a_configuration_or_a_finding(text: str) -> None:
    read(text.encode("utf-8", "replace").decode())


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("word", SEVERITIES)
def test_an_error_that_cannot_be_suppressed_stays_an_error(name: str, word: str) -> None:
    configuration, findings = read(f"rules: {{{name}: {word}}}")
    rule = RULES[name]
    is_fixed = rule.severity is Severity.ERROR and not rule.can_be_suppressed and word != "error"
    assert [finding.rule.name for finding in findings] == (["FixedSeverity"] if is_fixed else [])
    if configuration is not None:
        told = apply_severities([report_file(rule, "x", "y", "z")], configuration.severities)
        assert [finding.severity.value for finding in told] == ([] if word == "off" else [word])
        assert [finding.rule.name for finding in told] == ([] if word == "off" else [name])


def test_an_empty_file_sets_nothing() -> None:
    configuration, findings = read("# nothing yet\n")
    assert findings == []
    assert configuration is not None
    assert configuration.defaults == Defaults()
    assert configuration.defaults.list_values() == {}


def test_the_lock_file_records_every_setting() -> None:
    configuration, _ = read((CASE / "input" / "flowseal.yaml").read_text(encoding="utf-8"))
    assert configuration is not None
    assert configuration.defaults.list_values() == {
        "encryption.deletion_window_in_days": 14,
        "encryption.rotation_period_in_days": 180,
        "engine": "native",
        "permissions_boundary_arn": "arn:aws:iam::111122223333:policy/boundary",
        "provider_version": "6.40.0",
        "tags.Team": "flows",
        "tags.owner": "flows team",
    }


def test_the_nearest_configuration_is_found(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "flowseal.yaml").touch()
    (tmp_path / "a" / "b" / "flowseal.yaml").touch()
    assert find_configuration(tmp_path / "a" / "b" / "c") == tmp_path / "a" / "b" / "flowseal.yaml"
    assert find_configuration(tmp_path / "a") == tmp_path / "flowseal.yaml"


def test_the_definition_overrides_the_configuration() -> None:
    days = {"deletion_window_in_days": 7, "rotation_period_in_days": 90}
    defaults = Defaults(days, {"team": "default", "Owner": "default"})
    document = make_document(make_flow(tags={"owner": "own"}, encryption={"deletion_window_in_days": 30}))
    flow = read_flow(document, TextsInMemory(), defaults).flow
    assert flow is not None
    assert flow.tags == {"team": "default", "owner": "own"}
    assert flow.encryption == Encryption(30, 90)


@pytest.mark.parametrize(("own", "engine"), [({}, "cloud-control"), ({"engine": "native"}, "native")])
def test_the_definition_overrides_the_engine(own: dict[str, str], engine: str) -> None:
    configuration, _ = read("defaults: {engine: cloud-control}\n")
    assert configuration is not None
    assert configuration.defaults.list_values() == {"engine": "cloud-control"}
    flow = read_flow(make_document(make_flow(**own)), TextsInMemory(), configuration.defaults).flow
    assert flow is not None
    assert flow.engine == engine


@pytest.mark.terraform
@pytest.mark.skipif(not shutil.which("terraform"), reason="the terraform command is missing")
def test_a_configured_module_needs_no_terraform_fmt() -> None:
    checked = run_terraform(CASE / "expected", "fmt", "-check", "-recursive", "-diff")
    assert checked.returncode == 0, checked.stdout + checked.stderr
