"""Values that the API's shapes take: for tests of a module, which need some without an account to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from generator.api.check import check_shape
from generator.api.sentences import write_pattern
from generator.api.shapes import Shape, find_shape
from generator.diagnostics import Severity
from generator.model import Value

_OWN = "arn:aws:bedrock:us-east-1:111122223333:"
SAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "AccountId": "{0:012}",
        "BedrockRerankingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.sample-{0}-v1:0",
        "ClientToken": "{0:036}",
        "FlowAgentAliasArn": f"{_OWN}agent-alias/AGENT{{0:05}}/ALIAS{{0:05}}",
        "FlowConditionName": "Sample{0}",
        "FlowConnectionName": "Sample{0}",
        "FlowExecutionRoleArn": "arn:aws:iam::111122223333:role/sample-{0}",
        "FlowKnowledgeBaseId": "KB{0:08}",
        "FlowLambdaArn": "arn:aws:lambda:us-east-1:111122223333:function:sample-{0}",
        "FlowLexBotAliasArn": "arn:aws:lex:us-east-1:111122223333:bot-alias/BOT{0:07}/ALIAS{0:05}",
        "FlowName": "sample-{0}",
        "FlowNodeInputName": "sample{0}",
        "FlowNodeName": "Sample{0}",
        "FlowNodeOutputName": "sample{0}",
        "FlowPromptArn": f"{_OWN}prompt/PROMPT{{0:04}}:1",
        "FlowPromptModelIdentifier": "amazon.sample-{0}-v1:0",
        "FlowS3BucketName": "sample-bucket-{0}",
        "GuardrailCrossRegionGuardrailProfileArn": f"{_OWN}guardrail-profile/us.guardrail.v{{0}}:0",
        "GuardrailCrossRegionGuardrailProfileId": "us.guardrail.v{0}:0",
        "GuardrailIdentifier": "guardrail{0}",
        "GuardrailVersion": "{0}",
        "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-{0:012}",
        "KnowledgeBaseModelIdentifier": "amazon.sample-{0}-v1:0",
        "ModuleTagKey": "sample{0}",
        "ModuleTagValue": "sample {0}",
        "PromptInputVariableName": "sample{0}",
        "Region": "us-east-{0}",
        "TagKey": "sample{0}",
        "TagValue": "sample {0}",
        "ToolName": "sample{0}",
    }
)
"""By the shape's name, for every shape with a pattern; a number makes several out of one."""
_NUMBERED = ("{0:012}", "{0:03}")


def find_sample(shapes: Sequence[Shape], number: int = 1) -> Value:
    """Return a value that every one of `shapes` takes, None where there is none.

    Another `number` gives another value, where the shapes take more than one.
    """
    for value in _list_samples(shapes, number):
        if all(takes_value(shape, value) for shape in shapes):
            return value
    return None


def takes_value(shape: Shape, value: Value) -> bool:
    """Tell whether a shape takes a value, and the rule that the module's variable gets from it does so too."""
    if any(finding.severity is Severity.ERROR for finding in check_shape(value, shape, ())):
        return False
    pattern = write_pattern(shape)
    return pattern is None or not isinstance(value, str) or re.fullmatch(pattern, value) is not None


def _list_samples(shapes: Sequence[Shape], number: int) -> Iterator[Value]:
    for shape in shapes:
        yield from _list_samples_of(shape, number)
    if any(shape.type == "string" for shape in shapes):
        yield from (text.format(number) for text in _NUMBERED)


def _list_samples_of(shape: Shape, number: int) -> Iterator[Value]:
    match shape.type:
        case "string" if shape.enum:
            yield from shape.enum
        case "string":
            yield SAMPLES.get(shape.name, f"sample {number}").format(number)
        case "boolean":
            yield True
        case "float":
            yield Decimal("0.5")
            yield from _list_bounds(shape)
        case "integer":
            yield number
            yield from _list_bounds(shape)
        case "list":
            item = find_sample([find_shape(shape.element or "")], number)
            yield [item] * max(shape.minimum or 0, 1)


def _list_bounds(shape: Shape) -> Iterator[Value]:
    yield from (bound for bound in (shape.minimum, shape.maximum) if bound is not None)
