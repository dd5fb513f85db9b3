"""Values that the shapes take: one for each, and one for all shapes that can share a value."""

from __future__ import annotations

from itertools import combinations

import pytest

from generator.flow.api import find_sample, find_shape, takes_value
from generator.flow.api.shapes import Shape, load_api, load_texts

SCALARS = [
    shape
    for shape in map(find_shape, load_api()["shapes"])
    if shape.type in ("string", "integer", "float", "boolean")
    or (shape.type == "list" and find_shape(shape.element or "").type == "string")
]
PATTERNED = [shape for shape in SCALARS if shape.pattern]
ARNS = {
    "FlowAgentAliasArn",
    "FlowExecutionRoleArn",
    "FlowLambdaArn",
    "FlowLexBotAliasArn",
    "FlowPromptArn",
    "KmsKeyArn",
}
NO_ARNS = {"AccountId", "FlowKnowledgeBaseId", "FlowLexBotLocaleId", "FlowS3BucketName", "GuardrailIdentifier"}
NO_ARNS |= {"GuardrailVersion", "PerformanceConfigLatency"}
TOO_SHORT_FOR_AN_ACCOUNT = {"FlowKnowledgeBaseId", "FlowLexBotLocaleId", "GuardrailVersion", "PerformanceConfigLatency"}


def test_every_shape_with_a_pattern_has_a_sample() -> None:
    assert set(load_texts()["samples"]) == {shape.name for shape in PATTERNED}


@pytest.mark.parametrize("number", [1, 2, 40])
@pytest.mark.parametrize("shape", SCALARS, ids=lambda shape: shape.name)
def test_every_shape_accepts_its_sample(shape: Shape, number: int) -> None:
    value = find_sample([shape], number)
    assert value is not None
    assert takes_value(shape, value)


@pytest.mark.parametrize("shape", PATTERNED, ids=lambda shape: shape.name)
def test_there_is_more_than_one_sample(shape: Shape) -> None:
    assert find_sample([shape], 1) != find_sample([shape], 2)


def test_each_shape_accepts_only_its_own_samples() -> None:
    base = find_shape("FlowKnowledgeBaseId")
    assert not takes_value(base, "")
    assert not takes_value(base, "KB1*")
    assert not takes_value(base, "KB1\n")
    assert not takes_value(find_shape("BedrockRerankingModelArn"), "arn:aws-*:bedrock:us-east-1::foundation-model/x")
    assert not takes_value(find_shape("AccountId"), "12345678901")


def say_why_nothing_is_shared(one: Shape, other: Shape) -> bool:
    """Return whether two shapes of text can share no value for a reason that a person sees."""
    names = {one.name, other.name}
    if names & ARNS:
        return len(names & ARNS) == 2 or bool(names & NO_ARNS)
    if "AccountId" in names:
        return bool(names & TOO_SHORT_FOR_AN_ACCOUNT)
    return names == {"GuardrailVersion", "PerformanceConfigLatency"}


def test_shapes_that_could_share_a_value_do() -> None:
    places = ["FlowDescription", "FlowLexBotLocaleId", "TextPrompt", "FlowAgentAliasArn", "FlowKnowledgeBaseId"]
    places += ["FlowLambdaArn", "FlowLexBotAliasArn", "FlowPromptArn", "FlowS3BucketName", "GuardrailIdentifier"]
    shapes = [
        *map(
            find_shape, [*places, "GuardrailVersion", "KmsKeyArn", "PerformanceConfigLatency", "TagValue", "AccountId"]
        )
    ]
    alone = [
        (one.name, other.name)
        for one, other in combinations(shapes, 2)
        if find_sample([one, other]) is None and not say_why_nothing_is_shared(one, other)
    ]
    assert alone == []
