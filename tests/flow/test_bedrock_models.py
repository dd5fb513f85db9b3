"""What each kind of model needs, statement by statement, and how a model's kind is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from every_kind import MODELS as ARNS
from flow_documents import make_flow, make_prompt
from policy_texts import list_rights, write_short

from generator.findings import Finding, Severity
from generator.flow.bedrock_models import MODEL_KINDS, find_kind, list_model_grants, load_known_models
from generator.flow.grant import Grant
from generator.flow.model import ModelKind

OWN = "arn:aws:bedrock:us-east-1:123456789012:"
CONDITION = "if StringEquals bedrock:InferenceProfileArn"


def test_every_kind_of_model_is_known() -> None:
    assert list(MODEL_KINDS) == list(ModelKind)


MODELS = {
    "amazon.nova-lite-v1:0": ["InvokeModel: bedrock:InvokeModel on FM/amazon.nova-lite-v1:0"],
    "amazon.titan-text-express-v1:0:8k": ["InvokeModel: bedrock:InvokeModel on FM/amazon.titan-text-express-v1:0:8k"],
    "deepseek.v3.1": ["InvokeModel: bedrock:InvokeModel on FM/deepseek.v3.1"],
    "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0": [
        "InvokeModel: bedrock:InvokeModel on arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"
    ],
    "us-gov.xai.grok-4.6": [
        "InvokeInferenceProfile: bedrock:InvokeModel, bedrock:GetInferenceProfile on "
        "OWN:inference-profile/us-gov.xai.grok-4.6",
        "InvokeModelThroughProfile: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/xai.grok-4.6 "
        f"{CONDITION} OWN:inference-profile/us-gov.xai.grok-4.6",
    ],
    "global.amazon.nova-2-lite-v1:0": [
        "InvokeInferenceProfile: bedrock:InvokeModel, bedrock:GetInferenceProfile on "
        "OWN:inference-profile/global.amazon.nova-2-lite-v1:0",
        "InvokeModelThroughProfile: bedrock:InvokeModel on arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0, "
        "arn:aws:bedrock:*::foundation-model/amazon.nova-2-lite-v1:0 "
        f"{CONDITION} OWN:inference-profile/global.amazon.nova-2-lite-v1:0",
    ],
    f"{OWN}inference-profile/eu.amazon.nova-pro-v1:0": [
        "InvokeInferenceProfile: bedrock:InvokeModel, bedrock:GetInferenceProfile on "
        "OWN:inference-profile/eu.amazon.nova-pro-v1:0",
        "InvokeModelThroughProfile: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0 "
        f"{CONDITION} OWN:inference-profile/eu.amazon.nova-pro-v1:0",
    ],
    f"{OWN}application-inference-profile/abc123": [
        "InvokeInferenceProfile: bedrock:InvokeModel, bedrock:GetInferenceProfile on "
        "OWN:application-inference-profile/abc123",
        "InvokeModelThroughProfile: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/* "
        f"{CONDITION} OWN:application-inference-profile/abc123",
    ],
    f"{OWN}provisioned-model/abc123": [
        "InvokeProvisionedModel: bedrock:InvokeModel, bedrock:GetProvisionedModelThroughput on "
        "OWN:provisioned-model/abc123"
    ],
    f"{OWN}custom-model/amazon.nova-lite-v1:0/abc123def456": [
        "InvokeCustomModel: bedrock:InvokeModel, bedrock:GetCustomModel on "
        "OWN:custom-model/amazon.nova-lite-v1:0/abc123def456"
    ],
    f"{OWN}custom-model-deployment/abc123def456": [
        "InvokeCustomModelDeployment: bedrock:InvokeModel, bedrock:GetCustomModelDeployment on "
        "OWN:custom-model-deployment/abc123def456"
    ],
    f"{OWN}imported-model/abc123def456": [
        "InvokeImportedModel: bedrock:InvokeModel, bedrock:GetImportedModel on OWN:imported-model/abc123def456"
    ],
    f"{OWN}prompt-router/abc123def456": [
        "InvokeModelThroughRouter: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/*, "
        "arn:aws:bedrock:*:123456789012:inference-profile/* "
        "if StringEquals bedrock:PromptRouterArn OWN:prompt-router/abc123def456",
        "InvokePromptRouter: bedrock:InvokeModel, bedrock:GetPromptRouter on OWN:prompt-router/abc123def456",
    ],
    f"{OWN}default-prompt-router/amazon.nova:1": [
        "InvokeModelThroughRouter: bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/*, "
        "arn:aws:bedrock:*:123456789012:inference-profile/* "
        "if StringEquals bedrock:PromptRouterArn OWN:default-prompt-router/amazon.nova:1",
        "InvokePromptRouter: bedrock:InvokeModel, bedrock:GetPromptRouter on OWN:default-prompt-router/amazon.nova:1",
    ],
    "arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop": [
        "InvokeEndpoint: sagemaker:InvokeEndpoint on arn:aws:sagemaker:us-east-1:123456789012:endpoint/shop",
        "InvokeMarketplaceModel: bedrock:InvokeModel on OWN:marketplace/model-endpoint/all-access",
    ],
}


@pytest.mark.parametrize("model", MODELS)
def test_a_model_gets_exactly_its_permissions(model: str) -> None:
    # A model is named where a managed prompt's is: the API's pattern for a prompt's own model has no room for all.
    prompt = {"prompt": {"sourceConfiguration": {"resource": {"promptArn": f"{OWN}prompt/ABCDEFGHIJ"}}}}
    statements, findings = list_rights(
        make_flow({"name": "Ask", "type": "Prompt", "configuration": prompt}, permissions={"models": [model]})
    )
    assert not findings
    short = [
        write_short(statement).replace("arn:aws:bedrock:us-east-1::foundation-model", "FM") for statement in statements
    ]
    assert [line for line in short if not line.startswith("RenderPrompt")] == MODELS[model]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("abc123", "not the ID"),
        ("us.nova-lite-v1:0", "not the ID"),
        ("US.amazon.nova-lite-v1:0", "not the ID"),
        ("us.amazon.nova-*", "not the ID"),
        ("us.amazon.nova-lite v1:0", "not the ID"),
        ("*.amazon.nova-lite-v1:0", "not the ID"),
        (f"{OWN}agent/abc", "not the ARN of a kind of model"),
        (f"{OWN}inference-profile/*.amazon.nova-lite-v1:0", "not the ARN of an inference profile"),
        (f"{OWN}inference-profile/amazon.nova-lite-v1:0", "is a foundation model ID"),
        (f"{OWN}inference-profile/deepseek.v3.1", "is a foundation model ID"),
        (f"{OWN}inference-profile/-.amazon.nova-lite-v1:0", "not the ARN of an inference profile"),
        (f"{OWN}foundation-model/amazon.nova-lite-v1:0", "has no account"),
        ("arn:aws:bedrock:eu-west-1::foundation-model/eu.amazon.nova-lite-v1:0", "is an inference profile ID"),
        ("arn:aws:bedrock:eu-west-1::foundation-model/sa.deepseek.v3.1", "is an inference profile ID"),
        ("arn:aws:bedrock:eu-west-1::inference-profile/eu.amazon.nova-lite-v1:0", "needs an account"),
    ],
)
def test_a_model_of_unknown_kind_is_rejected(model: str, words: str) -> None:
    (need,) = list_model_grants(model, ("here",))
    assert getattr(need, "rule", None) is not None
    assert words in need.message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("model", "resources"),
    [
        ("deepseek.v3.1", ["FM/deepseek.v3.1"]),
        ("moonshotai.kimi-k2.5", ["FM/moonshotai.kimi-k2.5"]),
        ("somebody.new-model-1.5-large-v1:0", ["FM/somebody.new-model-1.5-large-v1:0"]),
        ("us.deepseek.v3.2", ["PROFILE/us.deepseek.v3.2", "ANY/deepseek.v3.2"]),
        ("ca.amazon.nova-lite-v1:0", ["PROFILE/ca.amazon.nova-lite-v1:0", "ANY/amazon.nova-lite-v1:0"]),
        ("global.zai.glm-5.3", ["PROFILE/global.zai.glm-5.3", "ANY/zai.glm-5.3", "NOWHERE/zai.glm-5.3"]),
        (f"{OWN}inference-profile/sa-one.a.b", [f"{OWN}inference-profile/sa-one.a.b", "ANY/a.b"]),
        (f"{OWN}inference-profile/globally.a.b", [f"{OWN}inference-profile/globally.a.b", "ANY/a.b"]),
    ],
)
def test_dots_only_follow_prefixes_or_separate_numbers(model: str, resources: list[str]) -> None:
    words = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
    grants = [need for need in list_model_grants(model, ("here",)) if isinstance(need, Grant)]
    texts = ["".join(words.get(str(part), str(part)) for part in text) for grant in grants for text in grant.resources]
    for arn, short in {
        f"{OWN}inference-profile/": "PROFILE/",
        "arn:aws:bedrock:us-east-1::foundation-model/": "FM/",
        "arn:aws:bedrock:*::foundation-model/": "ANY/",
        "arn:aws:bedrock:::foundation-model/": "NOWHERE/",
    }.items():
        texts = [
            text if model.startswith("arn:") and short == "PROFILE/" else text.replace(arn, short) for text in texts
        ]
    assert texts == resources


def test_an_unknown_prefix_is_a_warning_with_the_same_permissions() -> None:
    known, unknown = (list(list_model_grants(f"{prefix}.amazon.nova-lite-v1:0", ("here",))) for prefix in ("us", "sa"))
    finding = unknown.pop(0)
    assert isinstance(finding, Finding)
    assert (finding.rule.name, finding.severity) == ("UnknownProfilePrefix", Severity.WARNING)
    assert [replace(grant, resources=(), conditions=()) for grant in unknown if isinstance(grant, Grant)] == [
        replace(grant, resources=(), conditions=()) for grant in known if isinstance(grant, Grant)
    ]


@pytest.mark.parametrize("kind", list(ModelKind))
def test_a_parameter_gets_the_permissions_of_its_kind(kind: ModelKind) -> None:
    document = make_flow(make_prompt(model={"$param": "m"}), parameters={"m": {"model": kind.value}})
    statements, findings = list_rights(document)
    assert not findings
    arn = "<local.model_arn_of_m>" if MODEL_KINDS[kind].id_pattern else "<var.m>"
    own = [item for item in statements if item["Resource"] == arn]
    assert [sorted(item["Action"]) if isinstance(item["Action"], list) else [item["Action"]] for item in own] == [
        list(MODEL_KINDS[kind].own_actions)
    ]
    conditions = [item["Condition"]["StringEquals"] for item in statements if "Condition" in item]
    assert all(list(condition.values()) == [arn] for condition in conditions)
    assert bool(conditions) == (MODEL_KINDS[kind].list_further is not None and "marketplace" not in kind)


@pytest.mark.parametrize("kind", list(ModelKind))
def test_no_model_pattern_accepts_a_wildcard(kind: ModelKind) -> None:
    for text in (
        "arn:aws:bedrock:us-east-1:123456789012:" + kind.value + "/*",
        "*",
        "",
        "arn:aws:bedrock:*::x/y",
        "a b",
    ):
        assert not MODEL_KINDS[kind].takes(text)


@pytest.mark.parametrize("kind", list(ModelKind))
def test_model_kinds_share_no_arn(kind: ModelKind) -> None:
    assert [other for other, rule in MODEL_KINDS.items() if rule.takes(ARNS[kind])] == [kind]


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        ("amazon.nova-light-v1:0", "amazon.nova-lite-v1:0"),
        ("amazon.nova-lite-v1", "amazon.nova-lite-v1:0"),
        ("us.amazon.nova-light-v1:0", "us.amazon.nova-lite-v1:0"),
        ("amazn.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-light-v1:0", "amazon.nova-lite-v1:0"),
        (f"{OWN}inference-profile/global.amazon.nova-2-light-v1:0", "global.amazon.nova-2-lite-v1:0"),
        ("somebody.quite-new-v1:0", None),
    ],
)
def test_an_id_that_aws_has_not_published_is_a_warning(model: str, meant: str | None) -> None:
    finding, *grants = list_model_grants(model, ("here",))
    assert isinstance(finding, Finding)
    assert (finding.rule.name, finding.severity) == ("UnknownModelId", Severity.WARNING)
    assert load_known_models().date in finding.help
    assert finding.help.startswith(f"Did you mean {meant}?") is (meant is not None)
    assert grants


@pytest.mark.parametrize(
    "model",
    [
        "amazon.nova-lite-v1:0",
        "amazon.nova-lite-v1:0:300k",
        "amazon.nova-2-lite-v1:0:256k",
        "meta.llama4-scout-17b-instruct-v1:0:10m",
        "anthropic.claude-v2:1",
        "ai21.j2-ultra-v1",
        "ca.amazon.nova-lite-v1:0",
        "apac.anthropic.claude-3-sonnet-20240229-v1:0",
        f"{OWN}inference-profile/sa.amazon.nova-lite-v1:0",
        f"{OWN}custom-model/amazon.mine-v1:0/abc123",
    ],
)
def test_published_and_unpublishable_ids_have_no_findings(model: str) -> None:
    assert [need for need in list_model_grants(model, ("here",)) if isinstance(need, Finding)] == []


@pytest.mark.parametrize("kind", [kind for kind in ModelKind if MODEL_KINDS[kind].id_pattern])
def test_only_the_right_kind_accepts_a_model_id(kind: ModelKind) -> None:
    identifier = ARNS[kind].rpartition("/")[2]
    assert find_kind(identifier) is kind
    assert [other for other, rule in MODEL_KINDS.items() if rule.takes(identifier, by_id=True)] == [kind]
    for text in (
        f"{identifier}*",
        f"{identifier}?",
        f" {identifier}",
        f"{identifier}\n",
        f'{identifier}"',
        f"{identifier}$",
    ):
        assert not any(rule.takes(text, by_id=True) for rule in MODEL_KINDS.values())


def test_every_known_id_is_valid_for_a_variable() -> None:
    known = load_known_models()
    for identifier in known.models | known.profiles:
        kind = find_kind(identifier)
        assert kind is not None
        assert MODEL_KINDS[kind].takes(identifier, by_id=True)


@pytest.mark.parametrize("arn", ["arn:aws:bedrock:eu-west-1::foundation-model/", f"{OWN}inference-profile/eu."])
def test_no_kind_accepts_an_arn_with_an_extra_prefix(arn: str) -> None:
    assert find_kind(f"{arn}amazon.nova-lite-v1:0") is not None
    assert find_kind(f"{arn}us.amazon.nova-lite-v1:0") is None


@pytest.mark.parametrize(
    ("place", "profile"),
    [
        ("eu-west-1", "eu.amazon.nova-lite-v1:0"),
        ("us-east-1", "us.amazon.nova-lite-v1:0"),
        ("ca-central-1", "ca.amazon.nova-lite-v1:0"),
        ("ap-southeast-1", "apac.amazon.nova-lite-v1:0"),
        ("europe", "eu.amazon.nova-lite-v1:0"),
        ("us-gov-west-1", None),
        ("eusc-de-east-1", None),
        ("sa-east-1", None),
    ],
)
def test_profiles_are_suggested_only_for_their_own_geography(place: str, profile: str | None) -> None:
    assert load_known_models().find_profile(place, "amazon.nova-lite-v1:0") == profile
