"""The plan of a module's own tests: every validation is tested, and every parameter has its own value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from every_kind import make_flow_of_every_kind
from flow_documents import make_flow, make_prompt
from plans import SOURCE, plan_document, plan_example

from generator.flow.model import ModelKind
from generator.terraform.hcl import Attribute, Block, Reference, Value
from generator.terraform.module import TEST_FILE, ModuleKind, ModulePlan
from generator.terraform.module.tftest_fixed import plan_fixed_tests
from generator.terraform.module.variables_tf import VARIABLES
from generator.terraform.render import render_module


def list_expected_failures(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield what each run expects to fail."""
    for block in blocks:
        for item in block.body:
            if isinstance(item, Attribute) and item.name == "expect_failures":
                assert isinstance(item.value, list)
                yield from (value.text for value in item.value if isinstance(value, Reference))


def read_values(plan: ModulePlan) -> dict[str, Value]:
    """Return the values that a module's tests give to its required variables."""
    (block,) = [block for block in plan.blocks[TEST_FILE] if block.type == "variables"]
    return {item.name: item.value for item in block.body if isinstance(item, Attribute)}


def test_every_validation_of_a_fixed_variable_has_a_run() -> None:
    runs = Counter(list_expected_failures(plan_fixed_tests(ModuleKind())))
    for variable in VARIABLES:
        # A boolean has no value to reject; every other variable has a validation.
        assert variable.validations or variable.type == "bool"
        assert runs[f"var.{variable.name}"] >= len(variable.validations)


def test_every_parameter_with_a_validation_has_a_run() -> None:
    plan = plan_document(make_flow_of_every_kind())
    runs = set(list_expected_failures(plan.blocks[TEST_FILE]))
    assert {f"var.{variable.name}" for variable in plan.variables if variable.validations} <= runs


def test_no_two_parameters_have_the_same_value() -> None:
    functions = [
        {"name": f"Call{number}", "type": "LambdaFunction"}
        | {"configuration": {"lambdaFunction": {"lambdaArn": {"$param": f"function_{number}"}}}}
        for number in range(12)
    ]
    models = [make_prompt(f"Model{number}", {"$param": f"model_{number}"}) for number in range(3)]
    values = read_values(
        plan_document(
            make_flow(
                *functions,
                *models,
                parameters={f"model_{n}": {} for n in range(3)} | {f"function_{n}": {} for n in range(12)},
            )
        )
    )
    assert len({str(value) for value in values.values()}) == 15


@pytest.mark.parametrize("kind", ModelKind)
def test_the_tests_use_the_default(kind: ModelKind) -> None:
    without = make_flow(make_prompt(model={"$param": "it"}), parameters={"it": {"model": kind.value}})
    given = read_values(plan_document(without))["it"]
    with_default = make_flow(
        make_prompt(model={"$param": "it"}), parameters={"it": {"model": kind.value, "default": given}}
    )
    plan = plan_document(with_default)
    assert not [block for block in plan.blocks[TEST_FILE] if block.type == "variables"]
    assert f'"{given}*"' in render_module(plan, SOURCE)[TEST_FILE]


def test_a_flow_that_needs_nothing_says_so() -> None:
    empty = make_flow({"name": "Collect", "type": "Collector"})
    text = render_module(plan_document(empty), SOURCE)[TEST_FILE]
    assert text.endswith("# Specific to this flow: nothing. It has no parameters, and its nodes need no permissions.\n")


def test_expected_permissions_contain_the_sample_values() -> None:
    text = render_module(plan_example("support-triage"), SOURCE)[TEST_FILE]
    assert "knowledge-base/KB00000001" in text
    assert "arn:aws:bedrock:*::foundation-model/amazon.sample-1-v1:0" in text
    assert "local.model_of" not in text


def test_a_string_above_the_maximum_is_written_as_an_expression() -> None:
    code = {"inlineCode": {"language": "Python_3", "code": {"$param": "code"}}}
    node = {"name": "Ask", "type": "InlineCode", "configuration": code}
    parameters = {"code": {"description": "Code"}, "about": {"description": "About"}}
    plan = plan_document(make_flow(node, description={"$param": "about"}, parameters=parameters))
    text = render_module(plan, SOURCE)[TEST_FILE]
    assert '= format("%0201d", 0)\n' in text
    assert '= join("", [for part in range(51) : format("%0100000d", 0)])\n' in text
