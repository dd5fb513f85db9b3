"""The section `parameters` against the places where the parameters stand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flow_documents import list_rules, make_flow, make_loop, make_prompt, read

from generator.flow.model import ModelKind
from generator.terraform.module.parameters import plan_parameter

FOUNDATION = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"


def read_one(settings: object, name: str = "it") -> list[str]:
    """Return the rules reported about a parameter that stands as a model."""
    prompt = make_prompt(model={"$param": name})
    return [finding.rule.name for finding in read(make_flow(prompt, parameters={name: settings})).findings]


def use_temperature(value: object) -> dict[str, object]:
    prompt = make_prompt()
    inline = prompt["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    inline["inferenceConfiguration"]["text"] = value
    return prompt


@pytest.mark.parametrize("spelling", ["512.0", "5.12e2", "512"])
def test_integers_are_accepted_in_every_spelling(spelling: str) -> None:
    literal = read(make_flow(use_temperature({"maxTokens": Decimal(spelling)})))
    assert literal.flow is not None
    assert str(literal.flow.body.nodes[1].configuration).count("'maxTokens': 512}") == 1
    parameters = {"most": {"description": "x", "default": Decimal(spelling)}}
    reading = read(make_flow(use_temperature({"maxTokens": {"$param": "most"}}), parameters=parameters))
    assert list_rules(reading) == []
    assert reading.flow is not None
    assert repr(reading.flow.parameters[0].default) == "512"


@pytest.mark.parametrize("name", ["modelId", "Model", "model__id", "_model", "model-id", "1st", "count", "for_each"])
def test_parameter_names_are_snake_case_and_not_reserved_by_terraform(name: str) -> None:
    assert read_one({}, name) == ["InvalidParameterName"]


@pytest.mark.parametrize("name", ["name", "tags", "caller_roles", "rotation_period_in_days"])
def test_parameters_cannot_use_the_module_s_names(name: str) -> None:
    assert read_one({}, name) == ["InvalidParameterName"]


def test_an_undeclared_parameter_is_reported_with_a_suggestion() -> None:
    reading = read(make_flow(make_prompt(model={"$param": "answer_modl"}), parameters={"answer_model": {}}))
    assert reading.flow is None
    assert reading.findings[0].rule.name == "UndeclaredParameter"
    assert "answer_model" in reading.findings[0].help
    assert reading.findings[0].path[-1] == "$param"


def test_an_unused_parameter_is_a_warning_and_gets_no_variable() -> None:
    reading = read(make_flow(parameters={"unused": {"description": "x"}}))
    assert list_rules(reading) == [("UnusedParameter", ("parameters", "unused"))]
    assert reading.flow is not None
    assert reading.flow.parameters == ()


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ("text", "InvalidSection"),
        ({"description": 3}, "InvalidSection"),
        ({"descripton": "x"}, "UnknownKey"),
        ({"model": "foundation_modell"}, "UnknownModelKind"),
        ({"model": True}, "UnknownModelKind"),
        ({"default": {"a": 1}}, "InvalidDefault"),
        ({"default": {"$param": "other"}}, "MisplacedReference"),
    ],
)
def test_invalid_settings_are_reported(settings: object, rule: str) -> None:
    assert rule in read_one(settings)


@pytest.mark.parametrize("section", [3, [], "text"])
def test_parameters_must_be_a_mapping(section: object) -> None:
    assert "InvalidSection" in [finding.rule.name for finding in read(make_flow(parameters=section)).findings]


def test_the_default_model_kind_is_foundation_model() -> None:
    prompts = [make_prompt(model={"$param": "plain"}), make_prompt("Other", model={"$param": "profile"})]
    parameters = {"plain": None, "profile": {"model": "inference-profile", "default": PROFILE}}
    reading = read(make_flow(*prompts, parameters=parameters))
    assert reading.findings == []
    assert reading.flow is not None
    kinds = [parameter.model for parameter in reading.flow.parameters]
    assert kinds == [ModelKind.FOUNDATION_MODEL, ModelKind.INFERENCE_PROFILE]


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"default": FOUNDATION}, []),
        ({"default": PROFILE}, ["InvalidDefault"]),
        ({"default": "amazon.nova-lite-v1:0"}, []),
        ({"default": "deepseek.v3.1"}, []),
        ({"default": "amazon.nova-light-v1:0"}, ["UnknownModelId"]),
        ({"default": "amazon.nova-*"}, ["MalformedValue"]),
        ({"default": "nova-lite"}, ["InvalidDefault"]),
        ({"default": "us.nova-lite-v1:0"}, ["InvalidDefault"]),
        ({"default": "us.amazon.nova-lite-v1:0"}, ["InvalidDefault"]),
        ({"default": "us.amazon.nova-lite-v1:0", "model": "inference-profile"}, []),
        ({"default": "sa.amazon.nova-lite-v1:0", "model": "inference-profile"}, ["UnknownProfilePrefix"]),
        ({"default": "deepseek.v3.1", "model": "inference-profile"}, ["InvalidDefault"]),
        ({"default": "global.amazon.nova-2-lite-v1:0", "model": "inference-profile"}, ["InvalidDefault"]),
        ({"default": "global.amazon.nova-2-lite-v1:0", "model": "global-inference-profile"}, []),
        ({"default": "us.amazon.nova-lite-v1:0", "model": "global-inference-profile"}, ["InvalidDefault"]),
        ({"default": "abc123", "model": "imported-model"}, ["InvalidDefault"]),
        ({"default": ""}, ["InvalidDefault"]),
        ({"default": None}, ["InvalidDefault"]),
        ({"default": PROFILE, "model": "inference-profile"}, []),
        ({"default": PROFILE, "model": "global-inference-profile"}, ["InvalidDefault"]),
    ],
)
def test_the_default_of_a_model_has_the_declared_kind(settings: object, rules: list[str]) -> None:
    assert read_one(settings) == rules


def test_a_model_kind_on_another_parameter_is_a_warning() -> None:
    parameters = {"cold": {"model": "custom-model"}}
    reading = read(make_flow(use_temperature({"temperature": {"$param": "cold"}}), parameters=parameters))
    assert list_rules(reading) == [("MisplacedModelKind", ("parameters", "cold", "model"))]


@pytest.mark.parametrize("default", [2, "warm", True])
def test_a_default_must_fit_where_the_parameter_is_used(default: object) -> None:
    parameters = {"cold": {"default": default}}
    reading = read(make_flow(use_temperature({"temperature": {"$param": "cold"}}), parameters=parameters))
    (finding,) = reading.findings
    assert finding.path == ("parameters", "cold", "default")
    assert finding.related[0].path[-1] == "temperature"


def test_a_list_of_strings_can_be_a_parameter() -> None:
    parameters = {"stops": {"default": ["END"]}}
    reading = read(make_flow(use_temperature({"stopSequences": {"$param": "stops"}}), parameters=parameters))
    assert reading.findings == []


def test_a_parameter_has_one_type() -> None:
    place = {"temperature": {"$param": "it"}, "topP": {"$param": "it"}, "maxTokens": {"$param": "it"}}
    parameters = {"it": {"default": Decimal("0.5")}}
    inference = use_temperature({**place, "stopSequences": {"$param": "it"}})
    (finding,) = read(make_flow(inference, parameters=parameters)).findings
    assert (finding.rule.name, finding.path[-1]) == ("ConflictingUses", "stopSequences")
    assert finding.related[0].path[-1] == "temperature"


def test_a_model_parameter_can_be_used_as_text() -> None:
    parameters = {"it": {"default": "amazon.nova-lite-v1:0"}}
    prompt = make_prompt(model={"$param": "it"})
    reading = read(make_flow(prompt, parameters=parameters, tags={"model": {"$param": "it"}}))
    assert reading.findings == []
    assert reading.flow is not None
    (variable,) = map(plan_parameter, reading.flow.parameters)
    sentences = " ".join(rule.error_message for rule in variable.validations)
    assert "foundation-model" in sentences
    assert "256 characters" in sentences


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ({"$param": "answer_modle"}, "UndeclaredParameter"),
        ({"$parm": "answer_model"}, "MalformedReference"),
        ({"$param": "answer_model", "default": "x"}, "MalformedReference"),
    ],
)
def test_a_parameter_behind_a_misspelled_reference_is_not_unused(reference: object, rule: str) -> None:
    parameters = {"answer_model": {"description": "Answers"}}
    reading = read(make_flow(make_prompt(model=reference), parameters=parameters))
    assert [name for name, _ in list_rules(reading)] == [rule]
    more = read(make_flow(make_prompt(model=reference), parameters={**parameters, "other": {"description": "Other"}}))
    assert ("UnusedParameter", ("parameters", "other")) in list_rules(more)


def test_a_parameter_of_a_node_in_a_loop_is_described_by_that_node() -> None:
    inner = make_loop(make_prompt(model={"$param": "m"}), name="Inner")
    flow = read(make_flow(make_loop(inner, name="Outer"), parameters={"m": {}})).flow
    assert flow is not None
    (parameter,) = flow.parameters
    assert parameter.description == "modelId of node Outer/Inner/Ask"
    assert parameter.model is ModelKind.FOUNDATION_MODEL
