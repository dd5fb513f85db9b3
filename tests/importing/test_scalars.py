"""Values in the types of the API, whatever the source spells them as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from templates import bring_in, make_template, write_json

from generator.flow.api import Shape, find_shape
from generator.importing.conversion import find_member
from generator.importing.scalars import convert_scalar, shorten_number


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("0.5", "float", Decimal("0.5")),
        (" 3 ", "integer", 3),
        ("three", "integer", "three"),
        ("1" * 200, "integer", "1" * 200),
        ("true", "boolean", True),
        ("False", "boolean", False),
        ("yes", "boolean", "yes"),
        (1, "string", "1"),
        (Decimal("1.50"), "string", "1.50"),
        (True, "string", "true"),
        (None, "string", None),
        ("01", "string", "01"),
    ],
)
def test_scalars_take_the_type_of_the_api(value: Any, kind: str, found: Any) -> None:
    result = convert_scalar(value, Shape("Any", kind))
    assert (result, type(result)) == (found, type(found))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Decimal("0.699999988079071"), "0.7"),
        (Decimal("0.10000000149011612"), "0.1"),
        (Decimal("0.7"), "0.7"),
        (Decimal("0.70"), "0.70"),
        (Decimal("0.33333334"), "0.33333334"),
        (Decimal("1e400"), "1E+400"),
        (5, "5"),
    ],
)
def test_numbers_lose_the_digits_that_a_float_of_32_bits_does_not_have(value: Any, found: str) -> None:
    assert str(shorten_number(value)) == found


@pytest.mark.parametrize(
    ("shape", "key", "member"),
    [
        ("FlowNodeConfiguration", "KnowledgeBase", "knowledgeBase"),
        ("FlowNodeConfiguration", "Knowledgebase", "knowledgeBase"),
        ("FlowNodeConfiguration", "knowledgeBase", "knowledgeBase"),
        ("StorageFlowNodeServiceConfiguration", "S3", "s3"),
        ("FlowNode", "Surprise", "surprise"),
        ("TagsMap", "Team", "Team"),
        ("Document", "Top", "Top"),
    ],
)
def test_keys_are_spelled_as_in_the_api(shape: str, key: str, member: str) -> None:
    assert find_member(find_shape(shape), key) == member


def test_only_substitutions_that_are_given_are_inserted_into_a_string() -> None:
    text = (
        '{"nodes": [{"name": "Ask", "type": "Prompt", "configuration": {"prompt": {"sourceConfiguration": {"inline": '
    )
    text += '{"templateConfiguration": {"text": {"text": "${Known} ${Unknown} \\"${Known}\\" ${!Kept}"}}}}}}}]}'
    substitutions = {"Known": {"Fn::Sub": "it's ${!Here}"}}
    (flow,), findings = bring_in(
        write_json(make_template(DefinitionString=text, DefinitionSubstitutions=substitutions))
    )
    assert findings == []
    found = flow.sections["definition"]["nodes"][0]["configuration"]["prompt"]
    inserted = found["sourceConfiguration"]["inline"]["templateConfiguration"]["text"]["text"]
    assert inserted == "it's ${Here} ${Unknown} \"it's ${Here}\" ${!Kept}"


def test_a_block_of_a_state_may_be_an_object() -> None:
    values = {"name": "flow", "definition": {"node": {"name": "Start", "type": "Input", "output": True}}}
    resource = {"address": "a.b", "mode": "managed", "type": "aws_bedrockagent_flow", "values": values}
    root = {"resources": [resource]}
    (flow,), _ = bring_in(
        write_json({"format_version": "1", "terraform_version": "1", "values": {"root_module": root}})
    )
    assert flow.sections["definition"] in ({}, {"nodes": [{"name": "Start", "type": "Input", "outputs": [{}]}]})
