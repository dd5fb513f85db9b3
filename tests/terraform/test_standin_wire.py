"""The stand-in on Terraform's wire: numbers, unknown values, what a change comes to in a plan."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from standin import wire
from standin.cloud import cloud
from standin.cloud_control import compare
from standin.data_sources import DATA_SOURCES
from standin.documents import RefusedError
from standin.planning import begin_import, plan_change
from standin.resources import RESOURCES, update_resource
from standin.schema import SCHEMA

REFINED = msgpack.ExtType(12, b"\x81\x01\xc2")


@pytest.mark.parametrize(
    ("number", "written"),
    [(1.0, 1), (0.7, "0.7"), (0, 0), (1e21, 10**21), (0.1 + 0.2, "0.30000000000000004"), (2500, 2500), (1e-7, "1e-07")],
)
def test_numbers_are_written_as_terraform_expects(number: float, written: int | str) -> None:
    assert wire.write_number(number) == written


def test_a_decimal_in_the_state_stays_decimal() -> None:
    assert wire.read_state(b'{"a": 0.7, "b": 7, "c": 1e-7}') == {"a": "0.7", "b": 7, "c": "1e-7"}


def test_a_float32_is_compared_as_float32() -> None:
    assert wire.round_to_float32("0.7") == wire.round_to_float32(0.699999988079071)
    assert wire.round_to_float32("0.7") != wire.round_to_float32("0.7000001")


@pytest.mark.parametrize("value", [wire.UNKNOWN, REFINED])
def test_both_kinds_of_unknown_round_trip(value: Any) -> None:
    assert wire.is_unknown(value)
    assert not wire.is_wholly_known({"a": [{"b": value}]})
    assert wire.decode(wire.encode({"a": value})) == {"a": value}


def test_values_without_unknown_parts_are_known() -> None:
    assert wire.is_wholly_known({"a": [{"b": None}], "c": "x"})
    assert wire.decode(wire.encode(None)) is None


def test_every_type_in_the_schema_has_an_encoding() -> None:
    assert SCHEMA["resource_schemas"].keys() == RESOURCES.keys()
    assert SCHEMA["data_source_schemas"].keys() == DATA_SOURCES.keys()


def test_a_resource_updates_only_what_its_schema_has() -> None:
    for kind, resource in RESOURCES.items():
        block = SCHEMA["resource_schemas"][kind]["block"]
        assert resource.updated <= block["attributes"].keys() | block.get("block_types", {}).keys()


def test_a_change_that_would_be_ignored_is_rejected() -> None:
    with pytest.raises(RefusedError, match="is_enabled"):
        update_resource("aws_kms_key", {"is_enabled": False}, {"is_enabled": True})


def plan(kind: str, prior: dict[str, Any] | None, **config: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the planned state and what forces a replacement; what is neither given nor known before is null."""
    block = SCHEMA["resource_schemas"][kind]["block"]
    names = {**dict.fromkeys(block["attributes"]), **{name: [] for name in block.get("block_types", {})}}
    given = names | config
    computed = {name for name, item in block["attributes"].items() if item.get("computed")}
    kept = {name: value for name, value in (prior or {}).items() if name in computed and given[name] is None}
    return plan_change(kind, block, prior and names | prior, given | kept, given)


@pytest.fixture(autouse=True)
def _region() -> None:
    cloud.region = "eu-west-1"


def test_a_new_resource_has_unknown_values_where_aws_decides() -> None:
    planned, replaced = plan("aws_kms_key", None, enable_key_rotation=True)
    assert {planned[name] for name in ("arn", "key_id", "policy")} == {wire.UNKNOWN}
    assert (planned["region"], planned["key_usage"], planned["enable_key_rotation"]) == (
        "eu-west-1",
        "ENCRYPT_DECRYPT",
        True,
    )
    assert replaced == []


def make_flow(**more: Any) -> dict[str, Any]:
    known = {"id": "F", "arn": "arn:F", "region": "eu-west-1", "status": "Prepared", "version": "DRAFT"}
    node = {"name": "Ask", "temperature": "0.7"}
    return {"name": "a", "definition": [{"node": [node]}], "tags": None, "tags_all": {}, **known, **more}


def test_a_changed_flow_keeps_its_arn_and_resets_its_status() -> None:
    planned, replaced = plan("aws_bedrockagent_flow", make_flow(), name="b", definition=make_flow()["definition"])
    assert (planned["arn"], planned["id"], planned["status"]) == ("arn:F", "F", wire.UNKNOWN)
    assert replaced == []


def test_an_equivalent_flow_is_no_change() -> None:
    definition = [{"node": [{"name": "Ask", "temperature": "0.70"}]}]
    planned, _ = plan("aws_bedrockagent_flow", make_flow(), name="a", definition=definition)
    assert planned["definition"] == make_flow()["definition"]
    assert planned["status"] == "Prepared"


def test_an_imported_decimal_plans_an_update() -> None:
    imported = make_flow(definition=[{"node": [{"name": "Ask", "temperature": "0.699999988079071"}]}])
    planned, replaced = plan("aws_bedrockagent_flow", imported, name="a", definition=make_flow()["definition"])
    assert (planned["definition"], planned["status"]) == (make_flow()["definition"], wire.UNKNOWN)
    assert replaced == []


@pytest.mark.parametrize(("old", "new"), [(None, {}), ({}, None)])
def test_missing_and_null_tags_are_planned_as_given(old: Any, new: Any) -> None:
    definition = make_flow()["definition"]
    planned, replaced = plan("aws_bedrockagent_flow", make_flow(tags=old), name="a", definition=definition, tags=new)
    assert (planned["tags"], planned["tags_all"], replaced) == (new, {}, [])


def test_an_import_starts_from_the_id() -> None:
    state = begin_import(SCHEMA["resource_schemas"]["aws_bedrockagent_flow"]["block"], "F")
    assert {name: value for name, value in state.items() if value is not None} == {"id": "F", "definition": []}
    assert {"tags", "timeouts"} < set(state)


def test_a_new_name_replaces_what_cannot_be_renamed() -> None:
    prior = {"name": "a", "name_prefix": "", "region": "eu-west-1", "target_key_id": "k", "id": "a"}
    assert plan("aws_kms_alias", prior, name="b", target_key_id="k")[1] == ["name"]
    planned, replaced = plan("aws_kms_alias", prior, name="a", target_key_id="l")
    assert (planned["target_key_arn"], replaced) == (wire.UNKNOWN, [])


def test_an_equivalent_policy_is_no_change() -> None:
    prior = {"policy": '{"Action":["a","b"]}', "key_id": "k", "region": "eu-west-1", "id": "k"}
    planned, _ = plan("aws_kms_key_policy", prior, policy='{ "Action": ["b", "a"] }', key_id="k")
    assert planned["policy"] == prior["policy"]
    assert plan("aws_kms_key_policy", prior, policy='{"Action":"a"}', key_id="k")[0]["policy"] == '{"Action":"a"}'


def test_tags_are_planned_as_given() -> None:
    assert plan("aws_kms_key", None, tags={"a": "b"})[0]["tags_all"] == {"a": "b"}
    assert plan("aws_kms_key", None, tags={"a": wire.UNKNOWN})[0]["tags_all"] == wire.UNKNOWN


def test_a_resource_level_region_is_rejected() -> None:
    with pytest.raises(RefusedError, match="region"):
        plan("aws_kms_key", None, region="us-east-1")


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, []),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, [("replace", "/a/b", "y")]),
        ({"a": 1}, {"a": "1"}, [("replace", "/a", "1")]),
        ({"a": 1, "b": 2}, {"b": 2, "c": 3}, [("add", "/c", 3), ("remove", "/a", None)]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}, [("replace", "/a/1/b", 3)]),
        ({"a": [1, 2, 3]}, {"a": [3]}, [("remove", "/a/1", None), ("remove", "/a/0", None)]),
        ({"a": [1]}, {"a": [1, 4]}, [("add", "/a/1", 4)]),
        ({"a": [1, 1]}, {"a": [1]}, [("remove", "/a/1", None)]),
        ({"a": [1, 2]}, {"a": [3, 2, 1]}, [("add", "/a/0", 3)]),
        ({"a": None, "b": [None]}, {"a": "x", "b": ["y"]}, [("replace", "/a", "x"), ("add", "/b/0", "y")]),
        ({"a": 1}, {"a": 1.0}, []),
        ({}, {"a/b": 1}, [("add", "/a~1b", 1)]),
    ],
)
def test_a_patch_is_the_one_that_the_provider_sends(old: Any, new: Any, patch: list[tuple[str, str, Any]]) -> None:
    assert [(item["op"], item["path"], item.get("value")) for item in compare(old, new)] == patch
