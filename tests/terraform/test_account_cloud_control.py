"""Cloud Control in the account: handlers that act as their caller, and requests that end well or FAILED with a code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from account.handlers import widen
from account.resource_types import TYPES, read_type
from cloud_control import ALIAS, FLOW, VERSION, Event, create, delete, read, replace, update, write_properties
from identities import (
    ACCOUNT,
    allow,
    assume,
    in_other_account,
    make_operator,
    make_role,
    make_service_role,
)
from refusals import not_authorized, refused
from released import make_definition, read_looping_definition

from bench import Bench, open_bench

pytest.importorskip("boto3", reason="missing: the Python package boto3")
pytest.importorskip("moto", reason="missing: the Python package moto")

PROMPT = "/Definition/Nodes/1/Configuration/Prompt/SourceConfiguration/Inline/TemplateConfiguration/Text/Text"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("cloud-control")) as bench:
        yield bench


@pytest.fixture(scope="module")
def operator(bench: Bench) -> Bench:
    return make_operator(bench)


@pytest.fixture(scope="module")
def role(bench: Bench) -> str:
    return make_service_role(bench, "AmazonBedrockFlow-cloud-control")


@pytest.fixture(scope="module")
def key(bench: Bench) -> str:
    return str(bench.client("kms").create_key()["KeyMetadata"]["Arn"])


def describe(role: str, name: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "ExecutionRoleArn": role, "Definition": write_properties(make_definition()), **more}


def succeed(event: Event) -> str:
    assert event["OperationStatus"] == "SUCCESS", event
    return str(event["Identifier"])


def fail(event: Event, code: str, words: str = "") -> Event:
    assert (event["OperationStatus"], event.get("ErrorCode")) == ("FAILED", code), event
    assert words in event["StatusMessage"]
    return event


@pytest.fixture
def flow(bench: Bench, role: str, request: pytest.FixtureRequest) -> str:
    return succeed(create(bench, FLOW, **describe(role, request.node.name[:90])))


def test_a_release_lives_from_the_first_flow_to_the_last_deletion(bench: Bench, role: str, key: str) -> None:
    desired = describe(role, "life", CustomerEncryptionKeyArn=key, Description="A flow", Tags={"team": "desk"})
    flow = succeed(create(bench, FLOW, **desired))
    found = read(bench, FLOW, flow)
    # Numbers have 32 bits.
    assert {name: found[name] for name in desired} == json.loads(json.dumps(desired), parse_float=widen)
    assert (found["Status"], found["Version"], found["Arn"]) == ("Prepared", "DRAFT", flow)
    first = succeed(create(bench, VERSION, FlowArn=flow, Description="one"))
    assert first == f"{flow}|1"
    alias = succeed(create(bench, ALIAS, FlowArn=flow, Name="live", RoutingConfiguration=[{"FlowVersion": "1"}]))
    assert alias.endswith(f"|{flow}")
    succeed(update(bench, FLOW, flow, replace(PROMPT, "Shorten {{question}}.")))
    assert read(bench, FLOW, flow)["Status"] == "Prepared"
    second = succeed(create(bench, VERSION, FlowArn=flow, Description="two"))
    succeed(update(bench, ALIAS, alias, replace("/RoutingConfiguration/0/FlowVersion", "2")))
    fail(delete(bench, VERSION, second), "ResourceConflict", "used by the alias live")
    succeed(delete(bench, VERSION, first))
    assert "Shorten" in json.dumps(read(bench, VERSION, second)["Definition"])
    fail(delete(bench, FLOW, flow), "ResourceConflict", "in use")
    for kind, identifier in ((ALIAS, alias), (VERSION, second), (FLOW, flow)):
        succeed(delete(bench, kind, identifier))
        with refused("ResourceNotFoundException"):
            read(bench, kind, identifier)


def test_a_request_is_in_progress_at_first_and_unknown_tokens_are_refused(bench: Bench, role: str) -> None:
    api = bench.client("cloudcontrol")
    state = json.dumps(describe(role, "polled"))
    event = api.create_resource(TypeName=FLOW, DesiredState=state)["ProgressEvent"]
    assert (event["OperationStatus"], "Identifier" in event) == ("IN_PROGRESS", False)
    asked = api.get_resource_request_status(RequestToken=event["RequestToken"])["ProgressEvent"]
    assert asked["OperationStatus"] == "IN_PROGRESS"
    with refused("RequestTokenNotFoundException"):
        api.get_resource_request_status(RequestToken="nothing")


def list_named(kind: str, handler: str) -> set[str]:
    """Return the permissions of a handler in its schema, without those for guardrails and files in S3."""
    named = read_type(kind)["handlers"][handler]["permissions"]
    return {action for action in named if not action.startswith("s3:") and "Guardrail" not in action}


def test_handlers_make_the_calls_that_the_schemas_name(bench: Bench, role: str, key: str) -> None:
    tags, found = {"Tags": {"a": "b"}}, dict[tuple[str, str], set[str]]()

    def note(kind: str, handler: str, work: Callable[[], Any]) -> Any:
        before = len(bench.read_decisions())
        made = work()
        decided = [item for item in bench.read_decisions()[before:] if item["action"].split(":")[0] != "cloudformation"]
        # An update reads first, as Cloud Control does to apply its patch.
        read_first = list_named(kind, "read") - list_named(kind, handler) if handler == "update" else set()
        found[kind, handler] = {item["action"] for item in decided} - read_first
        for item in decided:
            services = ["cloudformation.amazonaws.com", "bedrock.amazonaws.com"]
            assert item["context"]["aws:calledvia"] == services[: 1 + item["action"].startswith("kms:")]
        return made

    desired = describe(role, "calls", CustomerEncryptionKeyArn=key, **tags)
    flow = note(FLOW, "create", lambda: succeed(create(bench, FLOW, **desired)))
    version = note(VERSION, "create", lambda: succeed(create(bench, VERSION, FlowArn=flow)))
    desired = {"FlowArn": flow, "Name": "live", "RoutingConfiguration": [{"FlowVersion": "1"}], **tags}
    alias = note(ALIAS, "create", lambda: succeed(create(bench, ALIAS, **desired)))
    edit = replace("/Tags", {"c": "d"})
    for kind, identifier in ((ALIAS, alias), (VERSION, version), (FLOW, flow)):
        note(kind, "read", lambda kind=kind, identifier=identifier: read(bench, kind, identifier))
        if kind != VERSION:
            note(
                kind, "update", lambda kind=kind, identifier=identifier: succeed(update(bench, kind, identifier, edit))
            )
        note(kind, "delete", lambda kind=kind, identifier=identifier: succeed(delete(bench, kind, identifier)))
    assert found == {(kind, handler): list_named(kind, handler) for kind, handler in found}
    assert len(found) == 11


@pytest.mark.parametrize(
    "missing", ["bedrock:CreateFlow", "bedrock:PrepareFlow", "bedrock:GetFlow", "iam:PassRole", "kms:GenerateDataKey"]
)
def test_a_handler_has_no_more_rights_than_its_caller(
    missing: str, bench: Bench, operator: Bench, role: str, key: str
) -> None:
    name = missing.replace(":", "-")
    denied = {**allow(missing, sid="Not"), "Effect": "Deny"}
    rights = allow("cloudformation:*", "bedrock:*", "kms:*", "iam:PassRole")
    caller = assume(operator, make_role(bench, f"caller-{name}", rights, denied))
    event = create(caller, FLOW, **describe(role, name, CustomerEncryptionKeyArn=key))
    fail(event, "AccessDenied", f"assumed-role/caller-{name}/run is not authorized to perform: {missing}")
    assert ("Identifier" in event) is (missing in ("bedrock:PrepareFlow", "bedrock:GetFlow"))


def test_who_may_do_all_but_call_cloud_control_is_refused_at_once(bench: Bench, operator: Bench, flow: str) -> None:
    caller = assume(operator, make_role(bench, "without-cloud-control", allow("bedrock:*")))
    with not_authorized("cloudformation:GetResource"):
        read(caller, FLOW, flow)
    reader = assume(operator, make_role(bench, "without-bedrock", allow("cloudformation:*")))
    with refused("GeneralServiceException", "not authorized to perform: bedrock:GetFlow"):
        read(reader, FLOW, flow)


def test_a_flow_that_cannot_run_fails_and_stays_where_it_is(bench: Bench, role: str, flow: str) -> None:
    broken = write_properties(make_definition())
    broken["Connections"].pop()
    event = fail(create(bench, FLOW, **describe(role, "broken", Definition=broken)), "NotStabilized", "is Failed")
    assert read(bench, FLOW, event["Identifier"])["Status"] == "Failed"
    fail(create(bench, FLOW, **describe(role, "broken")), "AlreadyExists", "exists")
    fail(create(bench, VERSION, FlowArn=event["Identifier"]), "ResourceConflict", "in status Failed")
    fail(update(bench, FLOW, flow, {"op": "remove", "path": "/Definition/Connections/1"}), "NotStabilized")
    assert read(bench, FLOW, flow)["Status"] == "Failed"


def test_what_the_schema_does_not_allow_is_refused_at_once(bench: Bench, role: str, flow: str) -> None:
    with refused("ValidationException", "Model validation failed .*'Name' is a required property"):
        create(bench, FLOW, ExecutionRoleArn=role)
    with refused("ValidationException", "Model validation failed"):
        create(bench, FLOW, **describe(role, "odd", Colour="red"))
    with refused("ValidationException", "readOnlyProperties"):
        create(bench, FLOW, **describe(role, "odd", Arn=flow))
    with refused("TypeNotFoundException", "AWS::Bedrock::Prompt"):
        create(bench, "AWS::Bedrock::Prompt", Name="odd")
    with refused("ValidationException", "is not valid for identifier"):
        read(bench, VERSION, flow)


def test_a_request_that_is_too_large_is_refused_at_once(bench: Bench, role: str, flow: str) -> None:
    with refused("ValidationException", "DesiredState: .* is out of bounds"):
        create(bench, FLOW, **describe(role, "large", Description="a" * 262_144))
    definition = write_properties(make_definition("a" * 262_144))
    with refused("ValidationException", "PatchDocument: .* is out of bounds"):
        update(bench, FLOW, flow, {"op": "add", "path": "/Definition", "value": definition})


def test_a_patch_is_held_against_what_is_there(bench: Bench, flow: str) -> None:
    with refused("ValidationException", "noSuchPath"):
        update(bench, FLOW, flow, replace("/Description", "New"))
    with refused("NotUpdatableException", r"readOnlyProperties \[/properties/Status\] cannot be updated"):
        update(bench, FLOW, flow, replace("/Status", "Failed"))
    version = succeed(create(bench, VERSION, FlowArn=flow, Description="one"))
    with refused("NotUpdatableException", r"createOnlyProperties \[/properties/Description\] cannot be updated"):
        update(bench, VERSION, version, replace("/Description", "two"))
    succeed(update(bench, FLOW, flow))


def test_a_definition_may_be_a_text_with_substitutions(bench: Bench, role: str) -> None:
    text = json.dumps(write_properties(make_definition("Say ${what}: {{question}}.")))
    properties = {"Name": "text", "ExecutionRoleArn": role, "DefinitionString": text}
    flow = succeed(create(bench, FLOW, **properties, DefinitionSubstitutions={"what": "this"}))
    found = read(bench, FLOW, flow)
    assert "Say this: {{question}}." in json.dumps(found["Definition"])
    assert not {"DefinitionString", "DefinitionSubstitutions"} & set(found)
    with refused("ValidationException", "noSuchPath"):
        update(bench, FLOW, flow, replace("/DefinitionString", text))


def test_a_flow_with_a_loop_comes_back_as_it_was_written_and_runs(bench: Bench, role: str) -> None:
    """Loops are what Cloud Control is for: the flow resource of the provider cannot express them."""
    desired = describe(role, "loop", Definition=write_properties(read_looping_definition()))
    flow = succeed(create(bench, FLOW, **desired))
    assert read(bench, FLOW, flow)["Definition"] == desired["Definition"]
    version = succeed(create(bench, VERSION, FlowArn=flow))
    assert read(bench, VERSION, version)["Definition"] == desired["Definition"]
    inner = "/Definition/Nodes/1/Configuration/Loop/Definition"
    fail(update(bench, FLOW, flow, {"op": "remove", "path": f"{inner}/Connections/0"}), "NotStabilized", "is Failed")
    succeed(
        update(
            bench, FLOW, flow, replace(inner, desired["Definition"]["Nodes"][1]["Configuration"]["Loop"]["Definition"])
        )
    )
    fail(update(bench, FLOW, flow, replace(f"{inner}/Nodes/1/Name", "Judge")), "InvalidRequest", "used twice")


def test_a_version_of_a_draft_that_changed_needs_it_prepared(bench: Bench, role: str, flow: str) -> None:
    identifier = flow.rsplit("/", 1)[-1]
    bench.client("bedrock-agent").update_flow(
        flowIdentifier=identifier, name="changed", executionRoleArn=role, definition=make_definition()
    )
    fail(create(bench, VERSION, FlowArn=flow), "ResourceConflict", "in status NotPrepared")


def test_a_type_is_described_with_its_schema(bench: Bench, operator: Bench) -> None:
    api = bench.client("cloudformation")
    for kind in TYPES:
        described = api.describe_type(Type="RESOURCE", TypeName=kind)
        assert json.loads(described["Schema"]) == read_type(kind)
    with refused("TypeNotFoundException"):
        api.describe_type(Type="RESOURCE", TypeName="AWS::Bedrock::Prompt")
    nobody = assume(operator, make_role(bench, "describes-nothing"))
    with not_authorized("cloudformation:DescribeType"):
        nobody.client("cloudformation").describe_type(Type="RESOURCE", TypeName=FLOW)


def test_a_handler_acts_in_its_caller_s_account(bench: Bench, flow: str) -> None:
    assert (read(bench, FLOW, flow)["Arn"], f":{ACCOUNT}:" in flow) == (flow, True)
    with refused("ResourceNotFoundException"):
        in_other_account(bench, "cloudcontrol").get_resource(TypeName=FLOW, Identifier=flow)
