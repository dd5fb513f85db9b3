"""A flow with a parameter of every kind, and a value that each takes."""

from __future__ import annotations

from typing import Any

from flow_documents import make_flow, make_prompt

from generator.flow.model import ModelKind

HOME = "arn:aws:bedrock:us-east-1:123456789012:"
MODELS = {
    ModelKind.FOUNDATION_MODEL: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
    ModelKind.INFERENCE_PROFILE: "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.x.y:0",
    ModelKind.GLOBAL_INFERENCE_PROFILE: f"{HOME}inference-profile/global.amazon.nova-2-lite-v1:0",
    ModelKind.APPLICATION_INFERENCE_PROFILE: f"{HOME}application-inference-profile/abc123",
    ModelKind.PROVISIONED_MODEL: f"{HOME}provisioned-model/abc123",
    ModelKind.CUSTOM_MODEL: f"{HOME}custom-model/amazon.nova-lite-v1:0/abc123",
    ModelKind.CUSTOM_MODEL_DEPLOYMENT: f"{HOME}custom-model-deployment/abc123",
    ModelKind.IMPORTED_MODEL: f"{HOME}imported-model/abc123",
    ModelKind.PROMPT_ROUTER: f"{HOME}prompt-router/abc123",
    ModelKind.DEFAULT_PROMPT_ROUTER: f"{HOME}default-prompt-router/amazon.nova:1",
    ModelKind.MARKETPLACE_ENDPOINT: "arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop",
}
GOOD: dict[str, Any] = {
    **{kind.value.replace("-", "_"): arn for kind, arn in MODELS.items()},
    "agent": f"{HOME}agent-alias/ABCDEFGHIJ/ABCDEFGHIJ",
    "function": "arn:aws-cn:lambda:cn-north-1:123456789012:function:look-up:live",
    "bot": "arn:aws:lex:us-east-1:123456789012:bot-alias/ABC/DEF",
    "prompt": f"{HOME}prompt/ABCDEFGHIJ:7",
    "guardrail": "abc123",
    "guardrail_version": "DRAFT",
    "bucket": "my-bucket",
    "account": "111122223333",
    "base": "KB1",
    "own_key": "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "profile_arn": f"{HOME}guardrail-profile/us.guardrail.v1:0",
    "profile": "eu.guardrail.v1:0",
    "destination": "eu-west-3",
    "heat": 0.5,
    "words": ["a", "b"],
    "team": "support desk",
    "tokens": 512,
    "results": 5,
    "locale": "en_GB",
    "heading": "What it does",
    "script": "done = 1",
}


def make_node(name: str, kind: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "configuration": {kind[0].lower() + kind[1:]: configuration}}


def refer(name: str) -> dict[str, str]:
    return {"$param": name}


def make_flow_of_every_kind() -> dict[str, Any]:
    """Return a flow that has a parameter of every kind, and no default."""
    models = [
        make_prompt(f"Model{number}", refer(kind.value.replace("-", "_"))) for number, kind in enumerate(ModelKind)
    ]
    inline = models[0]["configuration"]["prompt"]["sourceConfiguration"]["inline"]
    settings = {"temperature": refer("heat"), "stopSequences": refer("words"), "maxTokens": refer("tokens")}
    inline["inferenceConfiguration"] = {"text": settings}
    guard = {"guardrailIdentifier": refer("guardrail"), "guardrailVersion": refer("guardrail_version")}
    models[0]["configuration"]["prompt"]["guardrailConfiguration"] = guard
    return make_flow(
        *models,
        make_node("Help", "Agent", agentAliasArn=refer("agent")),
        make_node("Call", "LambdaFunction", lambdaArn=refer("function")),
        make_node("Hear", "Lex", botAliasArn=refer("bot"), localeId=refer("locale")),
        make_node("Say", "Prompt", sourceConfiguration={"resource": {"promptArn": refer("prompt")}}),
        make_node(
            "Find",
            "KnowledgeBase",
            knowledgeBaseId=refer("base"),
            modelId="amazon.nova-lite-v1:0",
            numberOfResults=refer("results"),
        ),
        make_node("Work", "InlineCode", code=refer("script"), language="Python_3"),
        make_node("Fetch", "Retrieval", serviceConfiguration={"s3": {"bucketName": refer("bucket")}}),
        parameters={name: {} for name in GOOD}
        | {kind.value.replace("-", "_"): {"model": kind.value} for kind in ModelKind},
        permissions={
            "bucket_accounts": {"$bucket": refer("account")},
            "kms_keys": [refer("own_key")],
            "guardrail_profiles": [refer("profile_arn"), {"id": refer("profile"), "regions": [refer("destination")]}],
        },
        tags={"team": refer("team")},
        description=refer("heading"),
    )
