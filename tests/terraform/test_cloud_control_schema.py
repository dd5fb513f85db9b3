"""For the engine cloud-control, flowseal accepts exactly what CloudFormation's schema of AWS::Bedrock::Flow accepts."""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from every_kind import make_node
from flow_documents import make_flow, make_prompt, read
from jsonschema import Draft7Validator
from paths import ROOT

from generator.flow.api import Shape, find_sample, find_shape
from generator.flow.model import Engine
from generator.terraform.hcl import Attribute, Reference
from generator.terraform.module.parameters import plan_parameter
from generator.terraform.resource import translate_definition

sys.path.insert(0, str(ROOT / "tools"))
refresh_cloudformation = pytest.importorskip("refresh_cloudformation")

SCHEMA = {"type": "object", **json.loads((ROOT / "generator/data/release/flow.json").read_text(encoding="utf-8"))}
VALIDATOR = Draft7Validator(SCHEMA)
READ = {"$ref", "enum", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "oneOf"}
READ |= {"pattern", "properties", "required", "additionalProperties", "type"}
NOT_RULES = {"title", "format", "default", "insertionOrder"}
RUNS = 2000
RICH = ("Prompt", "KnowledgeBase") * 6
"""The types with the most settings, which are drawn more often."""
LIKELY = 0.4
"""How often a key that may be left out is there."""


@dataclass
class Drawing:
    """Draws definitions that the API's grammar accepts, with values at its limits, and parameters with defaults."""

    chance: random.Random
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    count: int = 0

    def draw(self, shape: Shape, depth: int = 0) -> Any:
        match shape.type:
            case "structure" if shape.name == "FlowNode":
                return self._draw_node(shape, depth)
            case "structure":
                keys = [key for key in shape.members if key in shape.required or self.chance.random() < LIKELY]
                return {key: self.draw(find_shape(shape.members[key]), depth) for key in keys}
            case "union":
                return self._draw_member(shape, self.chance.choice(list(shape.members)), depth)
            case "list":
                least = shape.minimum or 0
                size = self.chance.randint(least, min(least + 2, shape.maximum or least + 2))
                return [self.draw(find_shape(shape.element or ""), depth) for _ in range(size)]
            case "map" | "document":
                return {"topK": 3, "nodes": [{"Name": None}]}
            case "string":
                return self._draw_text(shape)
        return self._draw_number(shape) if shape.type in ("integer", "float") else True

    def _draw_member(self, shape: Shape, key: str, depth: int) -> dict[str, Any]:
        return {key: self.draw(find_shape(shape.members[key]), depth)}

    def _draw_node(self, shape: Shape, depth: int) -> dict[str, Any]:
        types = [name for name in find_shape("FlowNodeType").enum if name != "Loop" or depth < 2]
        node_type = self.chance.choice([*types, *RICH])
        ports = {key: self.draw(find_shape(shape.members[key])) for key in ("inputs", "outputs")}
        configuration = find_shape(shape.members["configuration"])
        union = self._draw_member(configuration, node_type[0].lower() + node_type[1:], depth + 1)
        return {"name": self._draw_text(find_shape("FlowNodeName")), "type": node_type, "configuration": union, **ports}

    def _draw_text(self, shape: Shape) -> str:
        self.count += 1
        if shape.enum:
            return self.chance.choice([*shape.enum, *shape.enum[:1] * 5])
        if shape.pattern:
            is_empty = "$|^" in shape.pattern and self.chance.random() < 0.02
            return "" if is_empty else str(find_sample([shape], self.count))
        size = self.chance.choice([shape.minimum or 0, 9, 9, 9, shape.maximum or 9])
        if size > 1000:
            size = self.chance.choice([9, 9, 200_000, 200_001])
        return self.chance.choice("aé") * size

    def _draw_number(self, shape: Shape) -> Any:
        found = [shape.minimum, shape.maximum, 1, 1, 1, *([4096, 4097] if (shape.maximum or 0) > 4097 else [])]
        value = self.chance.choice([number for number in found if number is not None])
        if self.chance.random() < LIKELY:
            return value
        name = f"value_{len(self.parameters)}"
        self.parameters[name] = {"default": value}
        return {"$param": name}


def rename_keys(value: Any) -> Any:
    """Return a definition as CloudFormation spells it. Free-form JSON stays as it is."""
    if isinstance(value, list):
        return [rename_keys(item) for item in value]
    if not isinstance(value, dict) or set(value) == {"$param"}:
        return value
    free = "additionalModelRequestFields"
    return {key[0].upper() + key[1:]: item if key == free else rename_keys(item) for key, item in value.items()}


def fill_in(value: Any, parameters: dict[str, dict[str, Any]]) -> Any:
    """Return a value with the defaults of parameters, in a document or in HCL."""
    match value:
        case Reference(text):
            return parameters[text.removeprefix("var.")]["default"]
        case {"$param": name}:
            return parameters[name]["default"]
        case list():
            return [fill_in(item, parameters) for item in value]
        case dict():
            return {key: fill_in(item, parameters) for key, item in value.items()}
    return value


def test_the_schemas_are_what_the_script_reads() -> None:
    cfnlint = pytest.importorskip("cfnlint", reason="missing: the Python package cfn-lint")
    page = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
    if f"cfn-lint {version('cfn-lint')}." not in page:
        pytest.skip("another cfn-lint is installed than the data was made from")
    made = refresh_cloudformation.make_files(Path(cfnlint.__file__).parent / "data" / "schemas")
    assert made == {name: (refresh_cloudformation.DATA / name).read_text(encoding="utf-8") for name in made}


def list_keywords(schema: Any) -> set[str]:
    found = set(schema)
    for inner in (*schema.get("properties", {}).values(), *schema.get("oneOf", ()), schema.get("items")):
        found |= list_keywords(inner) if inner else set()
    return found


def test_every_rule_of_a_definition_in_the_schema_is_read() -> None:
    found = set()
    for name, definition in SCHEMA["definitions"].items():
        found |= set() if name == "TagsMap" else list_keywords(definition)
    assert found <= READ | NOT_RULES
    assert found >= READ


def check(seed: int) -> tuple[bool, bool]:
    """Return whether flowseal accepts a drawn flow, and whether the schema does."""
    drawing = Drawing(random.Random(seed))
    definition = drawing.draw(find_shape("FlowDefinition"))
    document = {"name": "small", "engine": "cloud-control", "definition": definition, "parameters": drawing.parameters}
    reading = read(document)
    assert reading.flow is not None, reading.findings
    made, findings = translate_definition(reading.flow, lambda node, path, text: text)
    assert isinstance(made, Attribute)
    value = fill_in(rename_keys(definition), drawing.parameters)
    model = {"Name": "small", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/a", "Definition": value}
    assert findings or fill_in(made.value, drawing.parameters) == value
    return not findings, VALIDATOR.is_valid(model)


@pytest.mark.parametrize("start", range(0, RUNS, 500))
def test_what_flowseal_accepts_the_schema_accepts_and_the_other_way_around(start: int) -> None:
    seen = set()
    for seed in range(start, start + 500):
        accepts, is_valid = check(seed)
        seen.add(accepts)
        assert accepts == is_valid, seed
    assert seen == {True, False}


def test_the_variable_of_a_parameter_has_the_engine_s_bounds() -> None:
    prompt = make_prompt(text={"$param": "wording"})
    settings = {"maxTokens": {"$param": "tokens"}, "temperature": {"$param": "heat"}}
    prompt["configuration"]["prompt"]["sourceConfiguration"]["inline"]["inferenceConfiguration"] = {"text": settings}
    loop = make_node("Again", "Loop", definition={"nodes": [prompt], "connections": []})
    flow = read(make_flow(loop, engine="cloud-control", parameters={"tokens": {}, "heat": {}, "wording": {}})).flow
    assert flow is not None
    native, written = (
        {
            parameter.name: [
                (rule.condition, rule.error_message) for rule in plan_parameter(parameter, engine).validations
            ]
            for parameter in flow.parameters
        }
        for engine in Engine
    )
    ((condition, message),) = written["tokens"]
    assert condition == "floor(var.tokens) == var.tokens && var.tokens >= 0 && var.tokens <= 4096"
    assert message == "tokens must be a whole number from 0 to 4,096."
    assert "<= 2147483647" in native["tokens"][0][0]
    assert written["heat"] == native["heat"] != []
    assert "1 to 200,000 characters" in written["wording"][0][1]
    assert written["wording"] != native["wording"]


ARNS = {
    "lambdaArn": "arn:{}:lambda:{}:123456789012:function:look-up",
    "botAliasArn": "arn:{}:lex:{}:123456789012:bot-alias/ABC/DEF",
    "agentAliasArn": "arn:{}:bedrock:{}:123456789012:agent-alias/ABCDEFGHIJ/ABCDEFGHIJ",
}
REGIONS = {
    "aws": "eu-west-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-east-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
}


def list_conditions(key: str, engine: Engine) -> list[str]:
    """Return the patterns of the variable for an ARN in a node."""
    node_type = {"lambdaArn": "LambdaFunction", "botAliasArn": "Lex", "agentAliasArn": "Agent"}[key]
    more = {"localeId": "en_GB"} if key == "botAliasArn" else {}
    node = make_node("Call", node_type, **{key: {"$param": "arn"}}, **more)
    flow = read(make_flow(node, engine=engine.value, parameters={"arn": {}})).flow
    assert flow is not None
    (parameter,) = flow.parameters
    rules = plan_parameter(parameter, engine).validations
    found = [pattern for rule in rules for pattern in re.findall(r'can\(regex\(("(?:[^"\\]|\\.)*"), ', rule.condition)]
    return [json.loads(pattern) for pattern in found]


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize("key", ARNS)
def test_a_variable_accepts_the_arns_that_the_schema_accepts(key: str, partition: str) -> None:
    arn = ARNS[key].format(partition, REGIONS[partition])
    (rule,) = (
        inner["properties"][name]
        for inner in SCHEMA["definitions"].values()
        if (name := key[0].upper() + key[1:]) in inner.get("properties", {})
    )
    for engine in Engine:
        accepts = all(re.search(pattern, arn) for pattern in list_conditions(key, engine))
        assert accepts == (engine is Engine.NATIVE or re.search(rule["pattern"], arn) is not None)


def test_a_pattern_that_rejects_nothing_more_is_left_out() -> None:
    assert [len(list_conditions(key, Engine.CLOUD_CONTROL)) for key in ARNS] == [2, 2, 1]
    assert [len(list_conditions(key, Engine.NATIVE)) for key in ARNS] == [1, 1, 1]
