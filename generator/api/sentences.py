"""The API's rules in plain English."""

from __future__ import annotations

from generator.api.shapes import Shape
from generator.diagnostics.wording import describe_count, list_names

NODE_NAME = "begin with a letter and have 2 to 51 letters and digits, with single _ between them"
VARIABLE_NAME = "have 1 to 100 letters and digits, each followed by at most one - or _"
MODULE_TAG = "letters, digits, spaces and . _ : / = + @ -"
TAG = "letters, digits, blanks and . _ : / = + @ -"
MODEL = "be a model id such as amazon.nova-lite-v1:0, or the ARN of a model, inference profile or prompt router"

# By the shape's name, after "must". Every shape with a pattern has one (a test says so when AWS adds another).
SENTENCES = {
    "AccountId": "be an account ID: 12 digits",
    "BedrockRerankingModelArn": (
        "be the ARN of a foundation model, arn:<partition>:bedrock:<region>::foundation-model/<model id>"
    ),
    "ClientToken": "have 33 to 256 letters and digits, with hyphens between them",
    "FlowAgentAliasArn": (
        "be the ARN of an agent's alias, arn:<partition>:bedrock:<region>:<account>:agent-alias/<agent id>/<alias id>"
    ),
    "FlowConditionName": NODE_NAME,
    "FlowConnectionName": NODE_NAME.replace("51", "101"),
    "FlowExecutionRoleArn": "be the ARN of an IAM role, arn:<partition>:iam::<account>:role/<path and name>",
    "FlowKnowledgeBaseId": "be the id of a knowledge base, 1 to 10 letters and digits",
    "FlowLambdaArn": (
        "be the ARN of a Lambda function, arn:<partition>:lambda:<region>:<account>:function:<name>, "
        "with :<version or alias> if one is meant"
    ),
    "FlowLexBotAliasArn": (
        "be the ARN of a Lex bot's alias, arn:<partition>:lex:<region>:<account>:bot-alias/<bot id>/<alias id>"
    ),
    "FlowName": VARIABLE_NAME,
    "FlowNodeInputName": NODE_NAME,
    "FlowNodeName": NODE_NAME,
    "FlowNodeOutputName": NODE_NAME,
    "FlowPromptArn": (
        "be the ARN of a prompt, arn:<partition>:bedrock:<region>:<account>:prompt/<id>, "
        "with :<version> if one is meant"
    ),
    "FlowPromptModelIdentifier": MODEL,
    "FlowS3BucketName": (
        "be the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens, "
        "with a letter or digit at both ends"
    ),
    "GuardrailCrossRegionGuardrailProfileArn": (
        "be the ARN of a guardrail profile, "
        "arn:<partition>:bedrock:<region>:<account>:guardrail-profile/<prefix>.guardrail.v<version>"
    ),
    "GuardrailCrossRegionGuardrailProfileId": "be the ID of a guardrail profile, such as us.guardrail.v1:0",
    "GuardrailIdentifier": (
        "be the id of a guardrail (lower-case letters and digits), "
        "or its ARN, arn:<partition>:bedrock:<region>:<account>:guardrail/<id>"
    ),
    "GuardrailVersion": "be DRAFT, or a version number of up to 8 digits",
    "KmsKeyArn": "be the ARN of a KMS key, arn:<partition>:kms:<region>:<account>:key/<id>, not of an alias",
    "KnowledgeBaseModelIdentifier": MODEL,
    "ModuleTagKey": f"have 1 to 128 characters: {MODULE_TAG}",
    "ModuleTagValue": f"have up to 256 characters: {MODULE_TAG}",
    "PromptInputVariableName": VARIABLE_NAME,
    "Region": "be the code of an AWS Region, such as us-east-1",
    "TagKey": f"have 1 to 128 characters: {TAG}",
    "TagValue": f"have up to 256 characters: {TAG}",
    "ToolName": "begin with a letter and have up to 64 letters, digits and _",
}
UNITS = {"string": "characters", "list": "items", "map": "keys"}
PLAIN = {"boolean": "be true or false", "integer": "be a whole number", "float": "be a number"}


def describe_shape_rule(shape: Shape, subject: str = "It") -> str:
    """Say in one sentence what a value of this shape must be, such as "It must be DRAFT, or a version number ..."."""
    return f"{subject} must {_describe_rule(shape)}."


def write_pattern(shape: Shape) -> str | None:
    """Return the pattern that the whole text of a variable of this shape matches, or None where it has none.

    The API's branch for the empty text is left out. A pattern whose parts are all optional (model ids) still admits the
    empty text: bound the length beside it.
    """
    return shape.pattern.removeprefix("$|^") if shape.pattern is not None else None


def _describe_rule(shape: Shape) -> str:
    if shape.name in SENTENCES:
        return SENTENCES[shape.name]
    if shape.enum:
        return f"be {'one of ' if len(shape.enum) > 1 else ''}{list_names(shape.enum)}"
    count = describe_count(shape.minimum, shape.maximum)
    if shape.pattern is not None:
        length = f" and have {count} characters" if count else ""
        return f"match the pattern {shape.pattern}{length}"
    if shape.type in PLAIN:
        bounds = f", {_describe_bounds(shape)}" if count else ""
        return PLAIN[shape.type] + bounds
    if shape.type in ("structure", "union"):
        return f"be a mapping with {list_names(list(shape.members))}" if shape.members else "be empty, {}"
    if shape.type == "document":
        return "be JSON"
    kind = "text" if shape.type == "string" else "list of texts" if shape.type == "list" else shape.type
    unit = UNITS[shape.type].removesuffix("s") if count.split()[-1:] == ["1"] else UNITS[shape.type]
    return f"be a {kind} of {count} {unit}" if count else f"be a {kind}"


def _describe_bounds(shape: Shape) -> str:
    if shape.minimum is not None and shape.maximum is not None:
        return f"{shape.minimum:,} to {shape.maximum:,}"
    return f"{shape.minimum:,} or more" if shape.minimum is not None else f"{shape.maximum:,} or less"
