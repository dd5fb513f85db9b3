"""Each form in which people have flow definitions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flow_documents import TextsInMemory, list_rules, make_document, make_flow, make_prompt, read

from generator.findings import Severity
from generator.flow.model import Defaults, Engine
from generator.flow.reading import read_flow, recognize_cloudformation, recognize_code

LIFECYCLE = {"status": "Prepared", "createdAt": "2025-01-01", "executionRoleArn": "arn:aws:iam::111122223333:role/r"}


def test_the_flowseal_form_has_no_findings() -> None:
    reading = read(make_flow(description="Small", tags={"team": "support"}))
    assert reading.findings == []
    assert reading.root == ("definition",)
    assert reading.flow is not None
    assert (reading.flow.name, reading.flow.tags) == ("small", {"team": "support"})
    assert [node.name for node in reading.flow.nodes] == ["Start", "Ask", "End"]
    assert [port.name for port in reading.flow.nodes[1].outputs] == ["modelCompletion"]
    assert reading.flow.nodes[0].configuration_path == ("definition", "nodes", 0, "configuration")
    assert reading.flow.nodes[1].configuration_path == ("definition", "nodes", 1, "configuration", "prompt")


def test_a_bare_definition_is_named_after_its_file() -> None:
    reading = read(make_flow()["definition"], file="flows/order-desk.flow.yaml")
    assert reading.flow is not None
    assert (reading.flow.name, reading.root) == ("order-desk", ())


def test_an_invalid_flow_name_from_the_file_name_is_a_finding() -> None:
    reading = read(make_flow()["definition"], file="my flow.json")
    assert reading.flow is None
    assert list_rules(reading) == [("UnusableFileName", ("name",))]


def test_a_definition_without_a_wrapper_is_named_after_its_file() -> None:
    document = {"$schema": "x", "definition": make_flow()["definition"]}
    reading = read(document, file="flows/order-desk.flow.yaml")
    assert reading.findings == []
    assert reading.flow is not None
    assert (reading.flow.name, reading.root) == ("order-desk", ("definition",))


@pytest.mark.parametrize(("value", "said"), [(3, "3."), ({"url": "x"}, "a mapping.")])
def test_a_bare_definition_may_name_its_schema(value: object, said: str) -> None:
    reading = read({"$schema": value, **make_flow()["definition"]})
    assert list_rules(reading) == [("InvalidSection", ("$schema",))]
    assert reading.findings[0].message.endswith(f"not {said}")
    assert reading.flow is not None
    assert "$schema" not in reading.flow.definition


def test_settings_that_the_module_decides_are_one_info_finding() -> None:
    document = make_flow(**LIFECYCLE)
    for number, connection in enumerate(document["definition"]["connections"]):
        connection["name"] = f"Connection{number}"
    reading = read(document)
    assert reading.flow is not None
    (finding,) = reading.findings
    assert (finding.rule.name, finding.path, finding.key) == ("DecidedByModule", ("status",), True)
    assert finding.rule.severity is Severity.INFO
    assert "status, createdAt, executionRoleArn" in finding.message


ARN = "arn:aws:bedrock:eu-west-1:111122223333:flow/ABCDEFGHIJ"


@pytest.mark.parametrize(
    ("keys", "identity"),
    [
        ({"id": "ABCDEFGHIJ"}, "ABCDEFGHIJ"),
        ({"arn": ARN}, "ABCDEFGHIJ"),
        ({"flowIdentifier": "ABCDEFGHIJ"}, "ABCDEFGHIJ"),
        ({"flowIdentifier": ARN}, "ABCDEFGHIJ"),
        ({"id": {"$param": "x"}}, "ID"),
    ],
)
def test_a_deployed_flow_gets_an_info_finding_about_keeping_it(keys: dict[str, object], identity: str) -> None:
    found = [finding for finding in read(make_flow(**keys, **LIFECYCLE)).findings if finding.rule.name == "LiveFlow"]
    (finding,) = found
    assert (finding.path, finding.rule.severity) == ((next(iter(keys)),), Severity.INFO)
    assert f'`id = "{identity}"`' in finding.help
    assert all(key in finding.message for key in (*keys, *LIFECYCLE))


def test_no_help_imports_a_flow_into_cloud_control() -> None:
    document = make_flow(id="ABCDEFGHIJ")
    by_project = read_flow(make_document(document), TextsInMemory(), Defaults(engine=Engine.CLOUD_CONTROL))
    for reading in (read({**document, "engine": "cloud-control"}), by_project):
        (finding,) = reading.findings
        assert finding.rule.name == "LiveFlow"
        assert "cannot import a flow with `engine: cloud-control`" in finding.help
        assert "import` block" not in finding.help


def test_connections_are_named_in_every_form() -> None:
    reading = read(make_flow(id="ABCDEFGHIJ"))
    assert reading.flow is not None
    assert reading.flow.connections[0].name == "Start_document_to_Ask_question"


@pytest.mark.parametrize("key", ["executionRoleArn", "customerEncryptionKeyArn", "clientToken", "id", "version"])
def test_one_key_of_the_api_in_flowseal_s_own_form_is_one_finding(key: str) -> None:
    reading = read(make_flow(make_prompt(model={"$param": "model"}), **{"parameters": {"model": {}}, key: "x"}))
    assert [(finding.path, finding.rule.severity) for finding in reading.findings] == [((key,), Severity.INFO)]
    assert reading.flow is not None
    assert reading.switch == ""


def test_a_parameter_reference_selects_the_flowseal_form() -> None:
    document = make_flow(make_prompt(model={"$param": "model"}))
    reading = read({**document, "clientToken": "x"})
    assert [finding.rule.name for finding in reading.findings] == ["DecidedByModule", "UndeclaredParameter"]
    assert reading.switch == ""
    assert read({**document["definition"]}).switch != ""


@pytest.mark.parametrize(("key", "meant"), [("descripton", "description"), ("Tags", "tags"), ("nodes", "definition:")])
def test_an_unknown_key_is_an_error_with_a_suggestion(key: str, meant: str) -> None:
    (finding,) = read(make_flow(**{key: "Answers" if meant == "description" else {}})).findings
    assert (finding.rule.name, finding.path, finding.key) == ("UnknownKey", (key,), True)
    assert meant in finding.help


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not null."),
        ([], "not a list."),
        ("text", "not 'text'."),
        (3, "not 3."),
        (Decimal("3.5"), "not 3.5."),
        (True, "not true."),
        ({}, "none of a flow definition's keys."),
        ({"colour": "red"}, "none of a flow definition's keys."),
    ],
)
def test_other_documents_are_not_flows(value: object, said: str) -> None:
    reading = read(value)
    assert reading.flow is None
    (finding,) = reading.findings
    assert finding.rule.name == "NotAFlow"
    assert finding.message.endswith(said)


@pytest.mark.parametrize("key", ["name", "definition"])
def test_name_and_definition_are_required(key: str) -> None:
    document = make_flow(description="Small")
    del document[key]
    reading = read(document)
    assert reading.flow is None
    assert list_rules(reading) == [("IncompleteDocument", ())]


def test_cloudformation_is_recognized_and_points_at_the_flow() -> None:
    resources = {"Role": {"Type": "AWS::IAM::Role"}, "Desk": {"Type": "AWS::Bedrock::Flow"}}
    finding = recognize_cloudformation(make_document({"Resources": resources}))
    assert finding is not None
    assert finding.path == ("Resources", "Desk")
    assert recognize_cloudformation(make_document({"AWSTemplateFormatVersion": "2010-09-09"})) is not None
    assert recognize_cloudformation(make_document(make_flow())) is None
    assert recognize_cloudformation(make_document([])) is None


RESOURCE = {"Type": "AWS::Bedrock::Flow", "Properties": {"Name": "desk"}}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (RESOURCE, ("Type",)),
        ({"Role": {"Type": "AWS::IAM::Role"}, "Desk": RESOURCE}, ("Desk",)),
        ({"TypeName": "AWS::Bedrock::Flow", "ResourceDescription": {}}, ("TypeName",)),
        ({"TemplateBody": "Resources: {}", "StagesAvailable": []}, ("TemplateBody",)),
        ({"Name": "desk", "Definition": {"Nodes": []}}, ()),
        ({"Name": "desk", "DefinitionString": "{}"}, ()),
        ({"Name": "desk", "DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, ()),
        ({"Nodes": [], "Connections": []}, ()),
        ({"name": "desk", "definition": {"Nodes": [], "Connections": []}}, ("definition",)),
    ],
)
def test_parts_of_cloudformation_are_recognized(value: object, path: tuple[str, ...]) -> None:
    finding = recognize_cloudformation(make_document(value))
    assert finding is not None
    assert (finding.rule.name, finding.path) == ("CloudFormationTemplate", path)


@pytest.mark.parametrize(
    "value",
    [
        make_flow(tags={"Type": "AWS::Bedrock::Flow"}),
        {"tags": {"Type": "AWS::Bedrock::Flow"}, **make_flow()["definition"]},
        {"name": "desk", "Definition": {"nodes": []}},
        {"Name": "desk", "Definition": {"nodes": []}},
        {"Type": "Input"},
    ],
)
def test_documents_that_only_resemble_cloudformation_are_not_recognized(value: object) -> None:
    assert recognize_cloudformation(make_document(value)) is None


@pytest.mark.parametrize(
    ("file", "text", "value", "kind"),
    [
        ("main.tf", "", None, "Terraform"),
        ("MAIN.TF.JSON", "{}", {}, "Terraform"),
        ("flow.hcl", "", None, "Terraform"),
        ("flow.yaml", 'resource "aws_bedrockagent_flow" "x" {', "resource", "Terraform"),
        ("flow.json", "# a comment\nlocals {\n}", None, "Terraform"),
        ("flow.json", "{}", {"resource": {"aws_bedrockagent_flow": {}}}, "Terraform"),
        ("plan.json", "{}", {"format_version": "1.2", "terraform_version": "1.9.0"}, "Terraform"),
        ("stack.py", "", None, "Python"),
        ("stack", "from aws_cdk import aws_bedrock\n", "from", "Python"),
        ("stack.ts", "", None, "TypeScript"),
        ("stack.txt", "import * as cdk from 'aws-cdk-lib';", "import", "TypeScript"),
    ],
)
def test_code_is_recognized_by_its_name_or_its_text(file: str, text: str, value: object, kind: str) -> None:
    finding = recognize_code(file, text, None if value is None else make_document(value, file))
    assert finding is not None
    assert finding.rule.name == "NotAFlow"
    assert f" {kind} " in finding.message


@pytest.mark.parametrize("value", [make_flow(), {"resource": {"x": 1}}, ["resource {"]])
def test_a_readable_document_is_not_reported_as_code(value: object) -> None:
    assert recognize_code("small.flow.yaml", "resource {\nimport x\n", make_document(value)) is None


def test_a_document_that_is_not_a_flow_is_one_finding() -> None:
    assert list_rules(read({"colour": "red", "size": 3})) == [("NotAFlow", ())]


def test_misspelled_keys_are_reported_even_if_every_key_is_wrong() -> None:
    reading = read({"Name": "desk", "defintion": {}})
    assert ("UnknownKey", ("defintion",)) in list_rules(reading)
    assert "NotAFlow" not in [rule for rule, _ in list_rules(reading)]


LONG = "FlowInputNodeFlowInputNode0To" + "A" * 80


def name_first(document: dict[str, Any], name: object = LONG) -> dict[str, Any]:
    first, second = document["definition"]["connections"]
    first["name"], second["name"] = name, "Second"
    return document


@pytest.mark.parametrize(
    "document",
    [
        name_first(make_flow(id="ABCDEFGHIJ")),
        name_first(make_flow(**LIFECYCLE)),
        name_first(make_flow(make_prompt(model="$$PROMPT_MODEL_ID"))),
        {"definition": name_first(make_flow())["definition"]},
        name_first(make_flow())["definition"],
    ],
)
def test_a_long_name_of_a_connection_is_replaced_where_aws_wrote_it(document: dict[str, Any]) -> None:
    reading = read(document)
    assert [rule for rule, _ in list_rules(reading)].count("ConnectionRenamed") == 1
    assert reading.flow is not None
    assert len(reading.flow.connections[0].name) == 100
    assert reading.flow.connections[1].name == "Second"


@pytest.mark.parametrize("name", [LONG, "a b", 3])
def test_in_the_flowseal_form_an_invalid_connection_name_is_an_error(name: object) -> None:
    parameters = {"model": {"description": "The model"}}
    (finding,) = read(
        name_first(make_flow(make_prompt(model={"$param": "model"}), parameters=parameters), name)
    ).findings
    assert finding.severity is Severity.ERROR
    assert finding.help.startswith("Remove `name`")


def test_placeholders_of_aws_s_samples_become_parameters() -> None:
    reading = read(make_flow(make_prompt(model="$$PROMPT_MODEL_ID")))
    assert reading.findings == []
    assert reading.flow is not None
    (parameter,) = reading.flow.parameters
    assert (parameter.name, parameter.description) == ("prompt_model_id", "modelId of node Ask")


def test_two_placeholders_with_one_variable_name_are_a_finding() -> None:
    reading = read(make_flow(make_prompt(model="$$Model_Id"), make_prompt("Other", model="$$MODEL_ID")))
    (finding,) = reading.findings
    assert finding.rule.name == "CollidingPlaceholders"
    assert finding.related[0].path[2] == 1


def test_a_placeholder_named_like_a_module_variable_is_a_finding() -> None:
    assert read(make_flow(tags={"stage": "$$NAME"})).findings[0].rule.name == "InvalidParameterName"
