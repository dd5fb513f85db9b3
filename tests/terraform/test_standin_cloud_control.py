"""aws_cloudcontrolapi_resource of the stand-in, with each weakness of the real one that modules must hold against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from account.resource_types import read_type
from cloud_control import ALIAS_AT, FLOW, FLOW_AT, VERSION, VERSION_AT, Desk, carry, write_resource, write_schemas
from identities import make_service_role
from released import make_definition

from bench import Bench, find_missing_parts

MISSING = find_missing_parts()
pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}"),
]


@pytest.fixture(scope="module")
def role(bench: Bench) -> str:
    return make_service_role(bench, "AmazonBedrockFlow-stand-in-cloud-control")


@pytest.fixture
def desk(bench: Bench, tmp_path: Path, role: str) -> Iterator[Desk]:
    desk = Desk(bench, tmp_path, role)
    write_schemas(tmp_path)
    desk.write()
    bench.succeed(tmp_path, "init", "-input=false")
    with bench.clearing(tmp_path):
        yield desk


@contextmanager
def schema_without(folder: Path, node_type: str) -> Iterator[None]:
    """Carry a schema of flows from before a type of node."""
    file = folder / "AWS-Bedrock-Flow.json"
    whole = file.read_text(encoding="utf-8")
    schema = json.loads(whole)
    schema["definitions"]["FlowNodeType"]["enum"].remove(node_type)
    file.write_text(json.dumps(schema), encoding="utf-8")
    yield
    file.write_text(whole, encoding="utf-8")


def test_a_patch_is_written_as_go_does_and_one_that_is_too_large_is_refused(desk: Desk) -> None:
    desk.write(desk.write_flow())
    desk.apply()
    # Escaped, these would be six times as many characters.
    desk.write(desk.write_flow("é" * 60_000 + "{{question}}"))
    assert desk.apply() == {FLOW_AT: "update"}
    desk.write(desk.write_flow("<" * 60_000 + "{{question}}"))
    code, errors = desk.try_to("apply", "-auto-approve")
    assert (code, "ValidationException" in errors) == (1, True)


def test_an_edit_is_made_in_place_and_only_properties_become_unknown(desk: Desk) -> None:
    desk.write(desk.write_flow(), desk.write_release())
    assert set(desk.apply().values()) == {"create"}
    assert desk.plan() == {}
    before = desk.read_state("alias")["id"]
    outputs = f'output "id" {{\n value = {FLOW_AT}.id\n}}\noutput "properties" {{\n value = {FLOW_AT}.properties\n}}\n'
    desk.write(desk.write_flow("Shorten {{question}}."), desk.write_release(), outputs)
    desk.bench.succeed(desk.folder, "plan", "-out=plan")
    planned = json.loads(desk.bench.succeed(desk.folder, "show", "-json", "plan"))
    assert {item["address"]: item["change"]["actions"] for item in planned["resource_changes"]} == {
        FLOW_AT: ["update"],
        VERSION_AT: ["create", "delete"],
        ALIAS_AT: ["update"],
    }
    unknown = {name: item.get("after_unknown") for name, item in planned["output_changes"].items()}
    assert unknown == {"id": False, "properties": True}
    assert desk.apply() == {FLOW_AT: "update", VERSION_AT: "replace", ALIAS_AT: "update"}
    assert desk.plan() == {}
    assert (desk.read_state("version")["id"].split("|")[1], desk.read_state("alias")["id"]) == ("2", before)


def test_a_failed_update_is_lost(desk: Desk) -> None:
    desk.write(desk.write_flow())
    desk.apply()
    broken = json.loads(desk.describe("Lost {{question}}."))
    broken["ExecutionRoleArn"] = f"{desk.role}-that-nobody-made"
    desk.write(write_resource("flow", FLOW, json.dumps(broken), carry(FLOW)))
    code, errors = desk.try_to("apply", "-auto-approve")
    assert (code, "InvalidRequest" in errors, "does not exist" in errors) == (1, True, True)
    assert "Lost" in desk.read_state()["desired_state"]
    assert "Lost" not in desk.read_text()
    assert desk.plan() == {}


def test_a_change_from_outside_is_not_seen_and_may_stop_the_next_edit(desk: Desk) -> None:
    desk.write(desk.write_flow(Description="One"))
    desk.apply()
    desk.bench.client("bedrock-agent").update_flow(
        flowIdentifier=desk.read_state()["id"],
        name=desk.folder.name[:60],
        executionRoleArn=desk.role,
        definition=make_definition("From outside {{question}}."),
    )
    assert desk.plan() == {}
    assert "From outside" in desk.read_text()
    desk.write(desk.write_flow(Description="Two"))
    code, errors = desk.try_to("apply", "-auto-approve")
    assert (code, "noSuchPath" in errors) == (1, True)


CURE = f"replace_triggered_by = [{FLOW_AT}.id]"


@pytest.mark.parametrize("cure", [(), (CURE,)], ids=["without", "with"])
def test_a_replaced_flow_breaks_version_and_alias_that_are_not_replaced_with_it(desk: Desk, cure: Any) -> None:
    desk.write(desk.write_flow(), desk.write_release(*cure))
    desk.apply()
    desk.write(desk.write_flow(Name="another"), desk.write_release(*cure))
    if cure:
        changes = desk.apply(f"-replace={FLOW_AT}")
        assert changes == dict.fromkeys((FLOW_AT, VERSION_AT, ALIAS_AT), "replace")
        assert desk.plan() == {}
        return
    assert desk.plan(f"-replace={FLOW_AT}")[VERSION_AT] == "update"
    code, errors = desk.try_to("apply", "-auto-approve", f"-replace={FLOW_AT}")
    assert (code, "inconsistent final plan" in errors) == (1, True), errors


def test_a_create_only_property_replaces(desk: Desk) -> None:
    def describe(text: str) -> str:
        return f'{{ FlowArn = {FLOW_AT}.id, Description = "{text}" }}'

    desk.write(desk.write_flow(), write_resource("version", VERSION, describe("one"), carry(VERSION)))
    desk.apply()
    desk.write(desk.write_flow(), write_resource("version", VERSION, describe("two"), carry(VERSION)))
    assert desk.apply() == {VERSION_AT: "replace"}
    assert desk.read_state("version")["id"].endswith("|2")


def test_white_space_and_order_alone_are_an_update_with_an_empty_patch(desk: Desk) -> None:
    state = desk.describe()
    desk.write(write_resource("flow", FLOW, state, carry(FLOW)))
    desk.apply()
    reordered = json.dumps(json.dumps(dict(reversed(json.loads(state).items()))))
    desk.write(write_resource("flow", FLOW, state, carry(FLOW)).replace(f"jsonencode({state})", reordered))
    assert desk.apply() == {FLOW_AT: "update"}
    assert desk.plan() == {}


def test_a_schema_is_fetched_once_and_then_goes_stale(desk: Desk) -> None:
    before = len(desk.bench.read_calls())
    desk.write(write_resource("flow", FLOW, desk.describe()))
    desk.apply()
    assert "DescribeType" in desk.bench.read_calls()[before:]
    assert json.loads(desk.read_state()["schema"]) == read_type(FLOW)
    before = len(desk.bench.read_calls())
    desk.write(write_resource("flow", FLOW, desk.describe("Shorten {{question}}.")))
    desk.apply()
    assert "DescribeType" not in desk.bench.read_calls()[before:]


def test_a_carried_schema_is_never_fetched_and_decides(desk: Desk) -> None:
    before = len(desk.bench.read_calls())
    desk.write(desk.write_flow())
    with schema_without(desk.folder, "Prompt"):
        code, errors = desk.try_to("plan")
        assert (code, "validating desired_state" in errors, "'Prompt' is not one of" in errors) == (1, True, True)
    desk.apply()
    assert "DescribeType" not in desk.bench.read_calls()[before:]


def test_an_unknown_part_postpones_what_the_schema_says_to_the_apply(desk: Desk) -> None:
    other = 'resource "terraform_data" "text" {\n  input = "text"\n}\n'
    state = json.loads(desk.describe())
    odd = json.dumps({**state, "Colour": "red"})
    desk.write(other, write_resource("flow", FLOW, odd, carry(FLOW)))
    desk.bench.succeed(desk.folder, "validate")
    assert "validating desired_state" in desk.try_to("plan")[1]
    late = json.dumps({**state, "Colour": "LATE"}).replace('"LATE"', "terraform_data.text.output")
    desk.write(other, write_resource("flow", FLOW, late, carry(FLOW)))
    assert desk.plan()[FLOW_AT] == "create"
    code, errors = desk.try_to("apply", "-auto-approve")
    assert (code, "validating desired_state" in errors) == (1, True)


def test_what_fails_before_it_has_an_identifier_is_not_in_the_state(desk: Desk) -> None:
    broken = json.loads(desk.describe())
    broken["Definition"]["Connections"].pop()
    desk.write(write_resource("flow", FLOW, json.dumps(broken), carry(FLOW)))
    code, errors = desk.try_to("apply", "-auto-approve")
    assert (code, "NotStabilized" in errors, "cannot be reached" in errors) == (1, True, True)
    state = json.loads((desk.folder / "terraform.tfstate").read_text(encoding="utf-8"))
    assert state["resources"] == []
    assert "AlreadyExists" in desk.try_to("apply", "-auto-approve")[1]
    flows = desk.bench.client("bedrock-agent")
    (left,) = [item for item in flows.list_flows()["flowSummaries"] if item["name"] == desk.folder.name[:60]]
    flows.delete_flow(flowIdentifier=left["id"])


def test_there_is_no_import(desk: Desk) -> None:
    block = f'import {{\n  to = {FLOW_AT}\n  id = "arn:aws:bedrock:us-east-1:123456789012:flow/ABCDEFGHIJ"\n}}\n'
    desk.write(desk.write_flow(), block)
    code, errors = desk.try_to("plan")
    assert (code, "doesn't support import" in errors) == (1, True)


def test_a_resource_that_is_gone_is_planned_again(desk: Desk) -> None:
    desk.write(desk.write_flow())
    desk.apply()
    desk.bench.client("bedrock-agent").delete_flow(flowIdentifier=desk.read_state()["id"])
    assert desk.plan() == {FLOW_AT: "create"}


TAGGED = """provider "aws" {{
  default_tags {{
    tags = {tags}
  }}
}}
data "aws_default_tags" "this" {{}}
resource "aws_kms_key" "this" {{
  tags = {{ own = "key" }}
}}
output "tags" {{
  value = data.aws_default_tags.this.tags
}}
"""


def test_tags_of_the_provider_reach_every_resource_but_those_of_cloud_control(desk: Desk) -> None:
    kms = desk.bench.client("kms")

    def read_tags() -> tuple[Any, Any, Any]:
        """Return the tags of the key and of the flow in the account, and what the data source reads."""
        found = kms.list_resource_tags(KeyId=desk.read_state("this")["key_id"])["Tags"]
        flow = json.loads(desk.read_state()["properties"])
        state = json.loads((desk.folder / "terraform.tfstate").read_text(encoding="utf-8"))
        key = {item["TagKey"]: item["TagValue"] for item in found}
        return key, flow.get("Tags"), state["outputs"]["tags"]["value"]

    tagged = TAGGED.format(tags='{ team = "desk", own = "provider" }')
    desk.write(desk.write_flow(Tags={"own": "flow"}), tagged)
    desk.apply()
    own = {"team": "desk", "own": "provider"}
    assert read_tags() == ({"team": "desk", "own": "key"}, {"own": "flow"}, own)
    assert desk.plan() == {}
    desk.write(desk.write_flow(Tags={"own": "flow"}), TAGGED.format(tags='{ stage = "two" }'))
    assert desk.apply() == {"aws_kms_key.this": "update"}
    assert read_tags() == ({"stage": "two", "own": "key"}, {"own": "flow"}, {"stage": "two"})
    assert desk.plan() == {}


@pytest.mark.parametrize("type_name", ["AWS::Bedrock", "AWS::Bedrock::Flow::MODULE"])
def test_a_type_has_three_parts(desk: Desk, type_name: str) -> None:
    desk.write(write_resource("flow", type_name, desk.describe(), carry(FLOW)))
    result = desk.bench.run(desk.folder, "validate", "-json")
    assert "type_name" in result.stdout
