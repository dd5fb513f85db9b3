"""$param, $file, and Unicode's normal form."""

from __future__ import annotations

from typing import Any

import pytest
from flow_documents import TextsInMemory, list_rules, make_document, make_flow, make_prompt, read

from generator.flow.model import FileText, ParameterReference
from generator.flow.reading import read_flow

MODEL = ("definition", "nodes", 1, "configuration", "prompt", "sourceConfiguration", "inline", "modelId")
TEXT = (*MODEL[:-1], "templateConfiguration", "text", "text")


def read_prompt(reading: Any) -> dict[str, Any]:
    inline: dict[str, Any] = reading.flow.nodes[1].configuration["sourceConfiguration"]["inline"]
    return inline


def test_a_parameter_replaces_a_value() -> None:
    parameters = {"answer_model": {"description": "Answers"}}
    reading = read(make_flow(make_prompt(model={"$param": "answer_model"}), parameters=parameters))
    assert reading.findings == []
    assert read_prompt(reading)["modelId"] == ParameterReference("answer_model")
    assert reading.flow is not None
    assert reading.flow.parameters[0].uses == (MODEL,)


def test_a_referenced_file_is_read_once() -> None:
    nodes = [make_prompt(text={"$file": "prompts/ask.txt"}), make_prompt("Other", text={"$file": "./prompts/ask.txt"})]
    reader = TextsInMemory({"prompts/ask.txt": "Ask ${him}"})
    reading = read_flow(make_document(make_flow(*nodes)), reader)
    text = read_prompt(reading)["templateConfiguration"]["text"]["text"]
    assert text == "Ask ${him}"
    assert isinstance(text, FileText)
    assert text.file == "prompts/ask.txt"
    assert (reader.asked, reading.texts) == (["prompts/ask.txt"], {"prompts/ask.txt": "Ask ${him}"})


def test_a_file_that_cannot_be_read_is_one_finding() -> None:
    reading = read(make_flow(make_prompt(text={"$file": "gone.txt"})))
    assert reading.flow is None
    assert list_rules(reading) == [("UnreadableFile", (*TEXT, "$file"))]


@pytest.mark.parametrize("value", [{"$param": 3}, {"$param": "a", "b": 1}, {"$file": ""}, {"$parm": "a"}])
def test_a_malformed_reference_is_one_finding(value: object) -> None:
    reading = read(make_flow(make_prompt(text=value)))
    assert [finding.rule.name for finding in reading.findings] == ["MalformedReference"]


def test_a_misspelled_file_reference_does_not_use_a_parameter() -> None:
    parameters = {"ask": {"description": "Asks"}}
    reading = read(make_flow(make_prompt(text={"$fiel": "ask"}), parameters=parameters))
    assert list_rules(reading) == [("MalformedReference", (*TEXT, "$fiel")), ("UnusedParameter", ("parameters", "ask"))]


@pytest.mark.parametrize("member", ["name", "type"])
def test_names_and_types_cannot_be_parameters(member: str) -> None:
    node = make_prompt()
    node[member] = {"$param": "other"}
    reading = read(make_flow(node, parameters={"other": {"description": "Other"}}))
    assert reading.flow is None
    assert list_rules(reading) == [("MisplacedReference", ("definition", "nodes", 1, member))]


@pytest.mark.parametrize("end", ["source", "target"])
def test_connection_endpoints_cannot_be_parameters(end: str) -> None:
    document = make_flow(parameters={"other": {"description": "Other"}})
    document["definition"]["connections"][0][end] = {"$param": "other"}
    assert list_rules(read(document)) == [("MisplacedReference", ("definition", "connections", 0, end))]


@pytest.mark.parametrize("value", [{"$param": "top_k"}, {"$file": "k.txt"}, "$$TOP_K"])
def test_no_references_in_free_form_json(value: object) -> None:
    node = make_prompt()
    fields = {"top_k": [value]}
    node["configuration"]["prompt"]["sourceConfiguration"]["inline"]["additionalModelRequestFields"] = fields
    reading = read(make_flow(node, parameters={"top_k": {}}))
    assert reading.findings[0].rule.name == "MisplacedReference"
    assert reading.flow is None


def test_free_form_json_can_have_keys_that_start_with_a_dollar_sign() -> None:
    node = make_prompt()
    fields = {"schema": {"$params": "x"}}
    node["configuration"]["prompt"]["sourceConfiguration"]["inline"]["additionalModelRequestFields"] = fields
    assert read(make_flow(node)).findings == []


def test_the_flow_name_cannot_be_a_parameter() -> None:
    reading = read(make_flow() | {"name": "$$FLOW_NAME"})
    assert list_rules(reading) == [("MisplacedReference", ("name",))]


def test_text_that_is_not_nfc_is_normalized_with_a_finding() -> None:
    reading = read(make_flow(make_prompt(text="cafe\u0301")))
    assert list_rules(reading) == [("NotNormalized", TEXT)]
    assert read_prompt(reading)["templateConfiguration"]["text"]["text"] == "caf\u00e9"


def test_the_text_of_a_file_is_normalized_and_stays_in_a_file() -> None:
    reading = read(make_flow(make_prompt(text={"$file": "a.txt"})), {"a.txt": "cafe\u0301"})
    text = read_prompt(reading)["templateConfiguration"]["text"]["text"]
    assert (text, text.file) == ("caf\u00e9", "a.txt")
    assert reading.texts == {"a.txt": "cafe\u0301"}


# The sign of Kelvin is an ASCII letter in Unicode's normal form.
@pytest.mark.parametrize(
    "keys", [("caf\u00e9", "cafe\u0301"), ("cafe\u0301", "caf\u00e9"), ("\u212a", "K"), ("K", "\u212a")]
)
def test_keys_equal_after_normalization_are_a_finding(keys: tuple[str, str]) -> None:
    reading = read(make_flow(tags={keys[0]: "a", keys[1]: "b"}))
    (finding,) = [finding for finding in reading.findings if finding.rule.name == "DuplicateKey"]
    assert finding.path == ("tags", keys[1])
    assert reading.flow is None


def test_placeholders_from_other_tools_are_one_finding_per_document() -> None:
    text = "Write ${this} about {{question}}."
    first, second = make_prompt(model="${ModelId}", text=text), make_prompt("Other", model={"Fn::Sub": "${Model}-x"})
    reading = read(make_flow(first, second, tags={"stage": "${Stage}"}))
    found = [finding for finding in reading.findings if finding.rule.name == "UnresolvedPlaceholder"]
    assert [finding.path[:3] for finding in found] == [("definition", "nodes", 1)]
    assert "CloudFormation references: ${ModelId}, {Fn::Sub: ...}, ${Stage}." in found[0].message
    assert "{$param: model_id}" in found[0].help
    assert [related.path[:3] for related in found[0].related] == [("definition", "nodes", 2), ("tags", "stage")]
    assert not [finding for finding in reading.findings if finding not in found and finding.path == found[0].path]
    assert reading.flow is None


@pytest.mark.parametrize(
    ("permissions", "rule"),
    [
        ({"models": ["${ModelId}"]}, "UnresolvedPlaceholder"),
        ({"guardrail_profiles": [{"id": "${Id}", "regions": ["us-east-1"]}]}, "WrongLength"),
    ],
)
def test_a_placeholder_can_replace_one_permission(permissions: object, rule: str) -> None:
    assert [name for name, _ in list_rules(read(make_flow(permissions=permissions)))] == [rule]


def test_a_placeholder_in_a_string_is_text() -> None:
    reading = read(make_flow(make_prompt(text="Write ${this} about {{question}}."), description="Of ${Stage}"))
    assert (reading.findings, reading.flow is None) == ([], False)


@pytest.mark.parametrize(
    ("model", "help"),
    [
        ("${var.model}", "{$param: model}"),
        ("${ var.model }", "{$param: model}"),
        ("${Name}", "{$param: NAME}"),
        ("arn:aws:bedrock:${AWS::Region}::foundation-model/a.b", "{$param: model_id}"),
    ],
)
def test_the_help_for_a_placeholder_suggests_a_valid_parameter(model: str, help: str) -> None:
    (finding,) = read(make_flow(make_prompt(model=model))).findings
    assert help in finding.help
    assert ("Terraform" if "var." in model else "CloudFormation") in finding.message


@pytest.mark.parametrize("key", ["name", "definition"])
@pytest.mark.parametrize("value", ["${FlowName}", {"Ref": "Flow"}])
def test_a_placeholder_where_parameters_are_not_allowed_must_be_replaced(key: str, value: object) -> None:
    (finding,) = read({**make_flow(), key: value}).findings
    assert (finding.path, finding.help) == ((key,), "Write the literal value.")


@pytest.mark.parametrize("text", ["var.m", "local.m", "module.a.m", "data.aws_x.y.m", "each.value", "${var.m}"])
def test_a_terraform_expression_is_not_a_model(text: str) -> None:
    reading = read(make_flow(make_prompt(model=text)))
    assert list_rules(reading) == [("UnresolvedPlaceholder", MODEL)]
    assert reading.findings[0].message.startswith("flowseal does not resolve Terraform references")
    assert reading.flow is None


@pytest.mark.parametrize("text", ["var.m", "local.m", "$m", "{{question}}", "data.aws_x.y.m"])
def test_an_expression_in_a_string_is_text(text: str) -> None:
    tags = {} if text.startswith(("$", "{")) else {"owner": text}
    reading = read(make_flow(make_prompt(text=text), description=text, tags=tags))
    assert (reading.findings, reading.flow is None) == ([], False)


@pytest.mark.parametrize(
    "value",
    [{"param": "m"}, {"parameter": "m"}, {"$m": None}, "$m", "{{m}}", "{m}", "$(m)", "${m}", "${var.m}", "var.m"],
)
def test_an_invalid_reference_to_a_declared_parameter_names_it(value: object) -> None:
    (finding,) = read(make_flow(make_prompt(model=value), parameters={"m": {"description": "M"}})).findings
    assert "{$param: m}" in finding.help
    assert finding.section == ""


@pytest.mark.parametrize("value", [{"param": "m"}, "$m", "{{m}}"])
def test_help_declares_an_undeclared_parameter(value: object) -> None:
    (finding,) = read(make_flow(make_prompt(model=value))).findings
    assert "declare `m`" in finding.help
