"""Preparing, versions and aliases in the account, with AWS's refusals and the permissions that each call takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from account.preparation import LONGEST, find_validations
from identities import ACCOUNT, allow, assume, make_operator, make_role, make_service_role
from refusals import not_authorized, refused
from released import make_alias, make_definition, make_flow_of, make_version, prepare
from subjects import EXAMPLES, SAMPLES, find_subject

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("releases")) as bench:
        yield bench


@pytest.fixture(scope="module")
def flows(bench: Bench) -> Any:
    return bench.client("bedrock-agent")


@pytest.fixture(scope="module")
def role(bench: Bench) -> str:
    return make_service_role(bench, "AmazonBedrockFlow-released")


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture
def flow(bench: Bench, role: str, request: pytest.FixtureRequest) -> str:
    return make_flow_of(bench, request.node.name[:90].replace("[", "-").strip("]_"), role)


def read_status(flows: Any, flow: str) -> str:
    return str(flows.get_flow(flowIdentifier=flow)["status"])


def test_a_flow_is_prepared_only_by_prepare_flow_and_it_takes_its_time(flows: Any, flow: str, role: str) -> None:
    assert read_status(flows, flow) == "NotPrepared"
    assert flows.prepare_flow(flowIdentifier=flow)["status"] == "Preparing"
    assert [read_status(flows, flow), read_status(flows, flow)] == ["Preparing", "Prepared"]
    flows.update_flow(
        flowIdentifier=flow, name="edited", executionRoleArn=role, definition=make_definition("Ask: {{question}}.")
    )
    assert read_status(flows, flow) == "NotPrepared"


def test_a_preparation_ends_without_being_asked_for(flows: Any, flow: str) -> None:
    flows.prepare_flow(flowIdentifier=flow)
    with refused("ConflictException", "in status Preparing"):
        flows.create_flow_version(flowIdentifier=flow)
    time.sleep(LONGEST)
    assert flows.create_flow_version(flowIdentifier=flow)["status"] == "Prepared"


def test_a_flow_that_cannot_run_fails_to_be_prepared(bench: Bench, flows: Any, role: str) -> None:
    definition = make_definition()
    definition["connections"].pop()
    flow = make_flow_of(bench, "unconnected", role, definition=definition)
    found = prepare(bench, flow)
    assert found["status"] == "Failed"
    assert {item["type"] for item in found["validations"]} == {"UnreachableNode"}
    assert {item["severity"] for item in found["validations"]} == {"Error"}
    with refused("ConflictException", "in status Failed"):
        flows.create_flow_version(flowIdentifier=flow)
    flows.update_flow(flowIdentifier=flow, name="connected", executionRoleArn=role, definition=make_definition())
    assert flows.get_flow(flowIdentifier=flow).get("validations", []) == []
    assert prepare(bench, flow)["status"] == "Prepared"


@pytest.mark.parametrize("name", [*EXAMPLES, *SAMPLES])
def test_the_flows_of_the_examples_can_be_prepared(name: str, tmp_path: Path) -> None:
    subject = find_subject(name, tmp_path)
    flow = {"name": name, "definition": subject.read_definition(subject.choose_values())}
    assert [item for item in find_validations(flow) if item["severity"] == "Error"] == []


def test_a_version_is_the_draft_as_it_was(bench: Bench, flows: Any, flow: str, role: str) -> None:
    with refused("ConflictException", "in status NotPrepared"):
        flows.create_flow_version(flowIdentifier=flow)
    first = make_version(bench, flow)
    flows.update_flow(
        flowIdentifier=flow, name="v", executionRoleArn=role, definition=make_definition("Other: {{question}}.")
    )
    second = make_version(bench, flow)
    texts = [str(flows.get_flow_version(flowIdentifier=flow, flowVersion=number)) for number in (first, second)]
    assert ["Say {{question}}." in text for text in texts] == [True, False]
    listed = flows.list_flow_versions(flowIdentifier=flow)["flowVersionSummaries"]
    assert [item["version"] for item in listed] == ["1", "2"]
    flows.delete_flow_version(flowIdentifier=flow, flowVersion=second)
    assert make_version(bench, flow) == "3"
    with refused("ResourceNotFoundException", "Version 2"):
        flows.get_flow_version(flowIdentifier=flow, flowVersion="2")


def test_an_alias_moves_and_stays_the_same(bench: Bench, flows: Any, flow: str) -> None:
    first, second = make_version(bench, flow), make_version(bench, flow)
    alias = make_alias(bench, flow, first)
    with refused("ConflictException", "used by the alias live"):
        flows.delete_flow_version(flowIdentifier=flow, flowVersion=first)
    named = {"flowIdentifier": flow, "aliasIdentifier": alias}
    before = flows.get_flow_alias(**named)
    flows.update_flow_alias(
        **named,
        name="live",
        description="Moved",
        routingConfiguration=[{"flowVersion": second}],
        concurrencyConfiguration={"type": "Manual", "maxConcurrency": 4},
    )
    after = flows.get_flow_alias(**named)
    assert (after["arn"], after["createdAt"]) == (before["arn"], before["createdAt"])
    assert (after["description"], after["concurrencyConfiguration"]["maxConcurrency"]) == ("Moved", 4)
    (listed,) = flows.list_flow_aliases(flowIdentifier=flow)["flowAliasSummaries"]
    assert listed["routingConfiguration"] == [{"flowVersion": second}]
    flows.delete_flow_version(flowIdentifier=flow, flowVersion=first)
    with refused("ConflictException", "in use"):
        flows.delete_flow(flowIdentifier=flow)


def test_what_an_alias_cannot_be(bench: Bench, flows: Any, flow: str) -> None:
    version = make_version(bench, flow)
    make_alias(bench, flow, version)
    with refused("ConflictException", "named live"):
        make_alias(bench, flow, version)
    with refused("ResourceNotFoundException", "Version 7"):
        make_alias(bench, flow, "7", "next")
    other = {"flowIdentifier": flow, "aliasIdentifier": make_alias(bench, flow, version, "next")}
    with refused("ConflictException", "named live"):
        flows.update_flow_alias(**other, name="live", routingConfiguration=[{"flowVersion": version}])
    with refused("ResourceNotFoundException", "Version 7"):
        flows.update_flow_alias(**other, name="next", routingConfiguration=[{"flowVersion": "7"}])
    own = {"flowIdentifier": flow, "aliasIdentifier": "TSTALIASID"}
    assert flows.get_flow_alias(**own)["routingConfiguration"] == [{"flowVersion": "DRAFT"}]
    with refused("ValidationException", "cannot be changed"):
        flows.delete_flow_alias(**own)


def test_a_flow_has_ten_versions_and_ten_aliases(bench: Bench, flows: Any, flow: str) -> None:
    prepare(bench, flow)
    for number in range(1, 11):
        assert flows.create_flow_version(flowIdentifier=flow)["version"] == str(number)
        make_alias(bench, flow, "1", f"alias-{number}")
    with refused("ServiceQuotaExceededException", "10 versions") as refusal:
        flows.create_flow_version(flowIdentifier=flow)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
    with refused("ServiceQuotaExceededException", "10 aliases"):
        make_alias(bench, flow, "1", "alias-11")


def test_flows_aliases_and_versions_are_named_by_arn_too(bench: Bench, flows: Any, flow: str) -> None:
    version = make_version(bench, flow)
    arn = flows.get_flow(flowIdentifier=flow)["arn"]
    alias = flows.get_flow_alias(flowIdentifier=arn, aliasIdentifier=make_alias(bench, arn, version))
    assert flows.get_flow_alias(flowIdentifier=arn, aliasIdentifier=alias["arn"])["id"] == alias["id"]
    assert flows.get_flow_version(flowIdentifier=arn, flowVersion=version)["arn"] == arn
    flows.tag_resource(resourceArn=alias["arn"], tags={"team": "desk"})
    assert flows.list_tags_for_resource(resourceArn=alias["arn"])["tags"] == {"team": "desk"}


def test_each_call_takes_the_permissions_that_aws_names(bench: Bench, flows: Any, role: str) -> None:
    key = bench.client("kms").create_key()["KeyMetadata"]["Arn"]
    arn = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:flow/"
    flow = make_flow_of(bench, "permitted", role, customerEncryptionKeyArn=key)
    version = make_version(bench, flow)
    alias = make_alias(bench, flow, version)
    named = {"flowIdentifier": flow, "aliasIdentifier": alias}
    moved = {"name": "live", "routingConfiguration": [{"flowVersion": version}]}
    writing, reading = [("kms:GenerateDataKey", key), ("kms:Decrypt", key)], [("kms:Decrypt", key)]
    calls: list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]] = [
        ("CreateFlowVersion", {"flowIdentifier": flow}, flow, writing),
        ("GetFlowVersion", {"flowIdentifier": flow, "flowVersion": version}, flow, reading),
        ("GetFlow", {"flowIdentifier": flow, "includedData": "METADATA_ONLY"}, flow, []),
        (
            "CreateFlowAlias",
            {"flowIdentifier": flow, "name": "b", "routingConfiguration": moved["routingConfiguration"]},
            flow,
            [],
        ),
        ("GetFlowAlias", named, f"{flow}/alias/{alias}", []),
        ("UpdateFlowAlias", {**named, **moved}, f"{flow}/alias/{alias}", []),
        ("ListFlowAliases", {"flowIdentifier": flow}, flow, []),
        ("DeleteFlowAlias", named, f"{flow}/alias/{alias}", []),
        ("DeleteFlowVersion", {"flowIdentifier": flow, "flowVersion": "2"}, flow, []),
    ]
    for operation, arguments, resource, uses in calls:
        before = len(bench.read_decisions())
        flows._make_api_call(operation, arguments)
        found = [(item["action"], item["resource"]) for item in bench.read_decisions()[before:]]
        assert found == [(f"bedrock:{operation}", arn + resource), *uses]


def test_a_reader_without_the_key_gets_metadata_alone(bench: Bench, operator: Bench, role: str) -> None:
    key = bench.client("kms").create_key()["KeyMetadata"]["Arn"]
    flow = make_flow_of(bench, "locked", role, customerEncryptionKeyArn=key)
    version = make_version(bench, flow)
    reader = assume(operator, make_role(bench, "reader", allow("bedrock:Get*"))).client("bedrock-agent")
    for call in (
        lambda **more: reader.get_flow(flowIdentifier=flow, **more),
        lambda **more: reader.get_flow_version(flowIdentifier=flow, flowVersion=version, **more),
    ):
        with not_authorized("kms:Decrypt"):
            call()
        assert "definition" not in call(includedData="METADATA_ONLY")


def test_tags_of_a_new_alias_take_a_permission_on_the_alias(bench: Bench, operator: Bench, flow: str) -> None:
    version = make_version(bench, flow)
    maker = assume(operator, make_role(bench, "alias-maker", allow("bedrock:CreateFlowAlias")))
    with not_authorized("bedrock:TagResource", f"{flow}/alias/"):
        maker.client("bedrock-agent").create_flow_alias(
            flowIdentifier=flow, name="t", routingConfiguration=[{"flowVersion": version}], tags={"a": "b"}
        )
