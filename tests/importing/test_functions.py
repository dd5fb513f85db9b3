"""CloudFormation's functions: which become parameters, which are computed, and what each parameter is called."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from templates import bring_in, make_template, write_json

from generator.importing.intrinsics import UNKNOWN, Resolver, Template, write_function


def import_model(value: Any, **sections: Any) -> Any:
    """Return the flow whose only model is a value."""
    prompt = {"SourceConfiguration": {"Inline": {"ModelId": value}}}
    definition = {"Nodes": [{"Name": "Ask", "Type": "Prompt", "Configuration": {"Prompt": prompt}}], "Connections": []}
    flows, findings = bring_in(write_json(make_template(definition, **sections)))
    assert flows, findings
    return flows[0]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"Ref": "AnswerModel"}, "answer_model"),
        ({"Ref": "AWS::StackName"}, "aws_stack_name"),
        ({"Fn::GetAtt": "Profile.InferenceProfileArn"}, "profile_inference_profile_arn"),
        ({"Fn::GetAtt": ["Profile", "InferenceProfileArn"]}, "profile_inference_profile_arn"),
        ({"Fn::GetAtt": ["Profile1A2B3C4D", "Arn"]}, "profile_arn"),
        ({"Fn::ImportValue": "shared-ModelArn"}, "shared_model_arn"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Network}-ModelArn"}}, "model_arn"),
        ({"Fn::Sub": "${Model}"}, "model"),
        ({"Fn::Sub": "${Model.Arn}"}, "model_arn"),
        ({"Fn::Sub": ["${It}", {"It": {"Ref": "Model"}}]}, "model"),
        ({"Fn::Sub": "arn:aws:bedrock:${AWS::Region}::foundation-model/${Model}"}, "ask_model_id"),
        ({"Fn::If": ["C", "a", "b"]}, "ask_model_id"),
        ({"Fn::Select": [0, {"Ref": "Models"}]}, "ask_model_id"),
        ("{{resolve:ssm:/desk/model}}", "desk_model"),
        ({"Ref": "Version"}, "version_value"),
        ({"Ref": "Tags"}, "tags_value"),
        ({"Ref": "3rdModel"}, "value_3rd_model"),
    ],
)
def test_a_parameter_is_named_after_what_it_refers_to(value: Any, name: str) -> None:
    flow = import_model(value)
    assert list(flow.parameters) == [name]
    assert flow.parameters[name].origin == write_function(value)


def test_two_things_of_one_name_are_two_parameters_and_one_thing_is_one() -> None:
    tags = {"a": {"Ref": "Stage"}, "b": {"Fn::ImportValue": "stage"}, "c": {"Ref": "Stage"}}
    flow = import_model("amazon.nova-lite-v1:0", Tags=tags)
    assert flow.sections["tags"] == {"a": {"$param": "stage"}, "b": {"$param": "stage_2"}, "c": {"$param": "stage"}}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/amazon.nova-lite-v1:0"}, None),
        (
            {"Fn::Sub": "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/us.amazon.nova-lite-v1:0"},
            "inference-profile",
        ),
        ({"Fn::Sub": "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:prompt-router/abc123abc123"}, "prompt-router"),
        ({"Ref": "WithDefault"}, "inference-profile"),
        ({"Ref": "WithValues"}, "global-inference-profile"),
        ({"Ref": "Unknown"}, None),
        ({"Fn::GetAtt": ["Own", "InferenceProfileArn"]}, "application-inference-profile"),
    ],
)
def test_the_kind_of_a_model_is_found_where_the_template_determines_it(value: Any, kind: str | None) -> None:
    parameters = {
        "WithDefault": {"Type": "String", "Default": "us.amazon.nova-lite-v1:0"},
        "WithValues": {"Type": "String", "AllowedValues": ["global.amazon.nova-2-lite-v1:0"]},
        "Unknown": {"Type": "String"},
    }
    resources = {"Own": {"Type": "AWS::Bedrock::ApplicationInferenceProfile"}}
    flow = import_model(value, Parameters=parameters, Resources=resources)
    (parameter,) = flow.parameters.values()
    assert parameter.settings.get("model") == kind


@pytest.mark.parametrize(
    ("declared", "default"),
    [
        ({"Type": "String", "Default": "a"}, "a"),
        ({"Type": "Number", "Default": 5}, "5"),
        ({"Type": "String", "Default": "a", "NoEcho": True}, None),
        ({"Type": "String", "Default": "a", "NoEcho": "true"}, None),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"}, None),
        ({"Type": "String"}, None),
    ],
)
def test_a_parameter_keeps_its_default_unless_that_is_a_secret_or_a_path(declared: Any, default: Any) -> None:
    flow = import_model({"Ref": "P"}, Parameters={"P": declared})
    assert flow.parameters["p"].settings.get("default") == default


TEMPLATE = Template(
    parameters={"Stage": {"Default": "dev"}, "Names": {"Default": "a,b"}, "Open": {}},
    mappings={"Counts": {"dev": {"Most": 3}}},
    conditions={
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsNot": {"Fn::Not": [{"Condition": "IsDev"}]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsNot"}]},
        "Either": {"Fn::Or": [{"Fn::Equals": [{"Ref": "Open"}, "x"]}, {"Condition": "IsDev"}]},
        "Cycle": {"Condition": "Circle"},
        "Circle": {"Condition": "Cycle"},
    },
)


@pytest.mark.parametrize(
    ("value", "exact", "by_default"),
    [
        ("text", "text", "text"),
        ({"Ref": "Stage"}, UNKNOWN, "dev"),
        ({"Ref": "Open"}, UNKNOWN, UNKNOWN),
        ({"Ref": "AWS::Region"}, UNKNOWN, UNKNOWN),
        ({"Fn::Sub": "plain ${!Literal}"}, "plain ${Literal}", "plain ${Literal}"),
        ({"Fn::Sub": "at ${Stage}"}, UNKNOWN, "at dev"),
        ({"Fn::Sub": ["${A}-${B}", {"A": 1, "B": True}]}, "1-true", "1-true"),
        ({"Fn::Join": ["-", ["a", 1, {"Ref": "AWS::NoValue"}]]}, "a-1", "a-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, UNKNOWN, "a-dev"),
        ({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "Names"}]}]}, UNKNOWN, "b"),
        ({"Fn::Select": ["9", ["a"]]}, UNKNOWN, UNKNOWN),
        ({"Fn::FindInMap": ["Counts", "dev", "Most"]}, 3, 3),
        ({"Fn::FindInMap": ["Counts", {"Ref": "Stage"}, "Most"]}, UNKNOWN, 3),
        ({"Fn::FindInMap": ["Counts", "gone", "Most"]}, UNKNOWN, UNKNOWN),
        ({"Fn::If": ["IsDev", 1, 2]}, UNKNOWN, 1),
        ({"Fn::If": ["IsNot", 1, 2]}, UNKNOWN, 2),
        ({"Fn::If": ["Both", 1, 2]}, UNKNOWN, 2),
        ({"Fn::If": ["Either", 1, 2]}, UNKNOWN, 1),
        ({"Fn::If": ["Cycle", 1, 2]}, UNKNOWN, UNKNOWN),
        ({"Fn::If": ["Gone", 1, 2]}, UNKNOWN, UNKNOWN),
        ({"Fn::Base64": "x"}, UNKNOWN, UNKNOWN),
        ({"Fn::GetAtt": "A.B"}, UNKNOWN, UNKNOWN),
        ("{{resolve:ssm:a}}", UNKNOWN, UNKNOWN),
    ],
)
def test_functions_are_computed_as_far_as_the_template_goes(value: Any, exact: Any, by_default: Any) -> None:
    assert Resolver(TEMPLATE).resolve(value) == exact
    assert Resolver(TEMPLATE, with_defaults=True).resolve(value) == by_default


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Ref": "A"}, "!Ref A"),
        ({"Fn::GetAtt": ["A", "B"]}, "!GetAtt A.B"),
        ({"Fn::If": ["C", {"Ref": "A"}, [1, Decimal("0.50"), None, True]]}, '!If ["C", !Ref A, [1, 0.50, null, true]]'),
        ({"Fn::Sub": ["${x}", {"x": "y"}]}, '!Sub ["${x}", {x: "y"}]'),
    ],
)
def test_functions_are_shown_in_their_short_form(value: Any, text: str) -> None:
    assert write_function(value) == text


@pytest.mark.parametrize(("length", "result"), [(48, 2), (2000, UNKNOWN)])
def test_a_long_chain_of_conditions_takes_no_long_time_and_no_deep_stack(length: int, result: Any) -> None:
    conditions: dict[str, Any] = {"C0": {"Fn::Equals": ["a", "b"]}}
    for number in range(1, length + 1):
        conditions[f"C{number}"] = {"Fn::And": [{"Fn::Not": [{"Condition": f"C{number - 1}"}]}] * 2}
    template = Template(conditions=conditions)
    assert Resolver(template).resolve({"Fn::If": [f"C{length}", 1, 2]}) == result


def test_a_key_that_the_template_may_leave_out_is_no_parameter() -> None:
    left_out = {"Ref": "AWS::NoValue"}
    tags = {"in": {"Fn::If": ["Yes", "a", left_out]}, "out": {"Fn::If": ["No", "a", left_out]}, "never": left_out}
    conditions = {"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}}
    flow = import_model("amazon.nova-lite-v1:0", Tags=tags, Conditions=conditions)
    assert flow.sections["tags"] == {"in": "a"}
    parameters = {"Stage": {"Type": "String", "Default": "dev"}}
    conditions = {"Yes": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}}
    flow = import_model("amazon.nova-lite-v1:0", Tags=tags, Conditions=conditions, Parameters=parameters)
    assert flow.sections["tags"] == {"in": "a"}
    assert not flow.parameters
    definition: dict[str, Any] = {"Nodes": [], "Connections": []}
    conditions = {"Yes": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    flows, findings = bring_in(write_json(make_template(definition, Tags={"in": tags["in"]}, Conditions=conditions)))
    assert not flows
    assert [finding.rule.name for finding in findings] == ["UnresolvedIntrinsic"]


@pytest.mark.parametrize(
    ("condition", "tags"),
    [
        ("Prod", {"prod": "yes", "not": "no", "either": "yes"}),
        ("Both", {"prod": "yes", "not": "no", "both": "yes", "either": "yes"}),
        ("NotEither", {"prod": "no", "not": "yes", "both": "no", "either": "no"}),
    ],
)
def test_the_condition_of_a_flow_holds_inside_of_it(condition: str, tags: dict[str, str]) -> None:
    prod, west = {"Condition": "Prod"}, {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-west-2"]}
    conditions = {
        "Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "NotProd": {"Fn::Not": [prod]},
        "Both": {"Fn::And": [prod, west]},
        "Either": {"Fn::Or": [prod, west]},
        "NotEither": {"Fn::Not": [{"Condition": "Either"}]},
    }
    names = {"prod": "Prod", "not": "NotProd", "both": "Both", "either": "Either"}
    values = {key: {"Fn::If": [name, "yes", "no"]} for key, name in names.items() if key in tags}
    template = make_template({"Nodes": [], "Connections": []}, Tags=values, Conditions=conditions)
    template |= {"Parameters": {"Env": {"Type": "String", "Default": "dev"}}}
    template["Resources"]["Flow"]["Condition"] = condition
    (flow,), findings = bring_in(write_json(template))
    assert flow.sections["tags"] == tags
    assert not flow.parameters
    assert [finding.message for finding in findings] == [
        f"The stack has this flow only if condition {condition!r} holds; the module always has it."
    ]


def test_the_condition_of_an_alias_holds_inside_of_it() -> None:
    of_flow = {"FlowArn": {"Ref": "Flow"}}
    described = {"Name": "live", "Description": {"Fn::If": ["Prod", "prod", "dev"]}}
    route = {"RoutingConfiguration": [{"FlowVersion": {"Fn::GetAtt": "Version.Version"}}]}
    template = make_template({"Nodes": [], "Connections": []})
    template["Conditions"] = {"Prod": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-west-2"]}}
    template["Resources"] |= {
        "Version": {"Type": "AWS::Bedrock::FlowVersion", "Properties": of_flow},
        "Live": {
            "Type": "AWS::Bedrock::FlowAlias",
            "Condition": "Prod",
            "Properties": {**of_flow, **described, **route},
        },
    }
    (flow,), _ = bring_in(write_json(template))
    assert flow.sections["release"] == {"aliases": {"live": {"description": "prod"}}}
