"""The kinds of model that a flow may name, and the rights that each needs.

Sources: Service Authorization Reference of Amazon Bedrock; the Bedrock user guide on inference profiles, prompt
routers and Bedrock Marketplace. A kind or prefix that is not here is a finding, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from generator.diagnostics import Finding, Severity, declare_rule
from generator.model import Derived, Grant, GrantCondition, ModelKind, Symbol, Text
from generator.source.position import Path

UNKNOWN_MODEL = declare_rule("UnknownModel", Severity.ERROR, "A model is of no kind whose rights flowseal knows.")

PROFILE_PREFIXES = ("us", "us-gov", "eu", "apac", "jp", "au", "global")
"""What the id of a system-defined inference profile begins with, before the foundation model's id."""
VENDORS = frozenset(
    {"ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "luma", "meta", "minimax", "mistral", "moonshot"}
    | {"nvidia", "openai", "qwen", "stability", "twelvelabs", "writer", "zai"}
)
"""What a foundation model's id begins with; asked only where a second dot leaves a doubt."""

PARTITION, REGION, ACCOUNT = Symbol.PARTITION, Symbol.REGION, Symbol.ACCOUNT
_MODEL_ID = r"[a-z0-9-]{1,63}[.][A-Za-z0-9._-]{1,127}(?::[A-Za-z0-9._-]{1,63}){0,2}"
_ID = r"[A-Za-z0-9-]{1,128}"
_HOME = r"arn:aws(?:-[a-z]+)*:bedrock:[a-z0-9-]{1,20}:"
_OWNED = _HOME + "[0-9]{12}:"
_PROFILES = "|".join(prefix for prefix in PROFILE_PREFIXES if prefix != "global")


_REGIONS = "The profile sends calls to several regions."


@dataclass(frozen=True, slots=True)
class KindOfModel:
    """What a kind of model looks like, and what it needs.

    `arn_pattern` is meant for the whole ARN and written for Python and RE2 alike; `arn_form` says the same to people.
    `own_actions` are allowed on the model's own ARN, in the statement `capability`.
    """

    arn_pattern: str
    arn_form: str
    capability: str
    own_actions: tuple[str, ...]
    list_further: Callable[[Text, Text], Iterator[Grant]] | None = None


def _grant_profile(arn: Text, model: Text, homes: tuple[Text, ...], note: str = _REGIONS) -> Iterator[Grant]:
    """Allow the model behind a profile, wherever the profile sends the call, and only through it."""
    condition = GrantCondition("StringEquals", "bedrock:InferenceProfileArn", (arn,))
    resources = tuple((*home, *model) for home in homes)
    yield Grant("InvokeModelThroughProfile", ("bedrock:InvokeModel",), resources, (condition,), note=note)


_ANY_REGION: Text = ("arn:", PARTITION, ":bedrock:*::foundation-model/")
_NO_REGION: Text = ("arn:", PARTITION, ":bedrock:::foundation-model/")


def _list_profile_grants(arn: Text, model: Text) -> Iterator[Grant]:
    return _grant_profile(arn, model, (_ANY_REGION,))


def _list_global_profile_grants(arn: Text, model: Text) -> Iterator[Grant]:
    return _grant_profile(arn, model, (_ANY_REGION, _NO_REGION))


def _list_application_profile_grants(arn: Text, _model: Text) -> Iterator[Grant]:
    note = "The profile's ARN does not name its model: any model, but only through this profile."
    return _grant_profile(arn, ("*",), (_ANY_REGION,), note)


def _list_router_grants(arn: Text, _model: Text) -> Iterator[Grant]:
    condition = GrantCondition("StringEquals", "bedrock:PromptRouterArn", (arn,))
    profiles: Text = ("arn:", PARTITION, ":bedrock:*:", ACCOUNT, ":inference-profile/*")
    resources = ((*_ANY_REGION, "*"), profiles)
    note = "The router's ARN does not name its models: any model, but only through this router."
    yield Grant("InvokeModelThroughRouter", ("bedrock:InvokeModel",), resources, (condition,), note=note)


def _list_endpoint_grants(_arn: Text, _model: Text) -> Iterator[Grant]:
    resource: Text = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, ":marketplace/model-endpoint/all-access")
    yield Grant("InvokeMarketplaceModel", ("bedrock:InvokeModel",), (resource,))


_INVOKE = "bedrock:InvokeModel"
_PROFILE_ACTIONS = ("bedrock:GetInferenceProfile", _INVOKE)
_ROUTER_ACTIONS = ("bedrock:GetPromptRouter", _INVOKE)

MODEL_KINDS: Mapping[ModelKind, KindOfModel] = MappingProxyType(
    {
        ModelKind.FOUNDATION_MODEL: KindOfModel(
            f"{_HOME}:foundation-model/{_MODEL_ID}",
            "arn:<partition>:bedrock:<region>::foundation-model/<id>",
            "InvokeModel",
            (_INVOKE,),
        ),
        ModelKind.INFERENCE_PROFILE: KindOfModel(
            f"{_OWNED}inference-profile/(?:{_PROFILES})[.]{_MODEL_ID}",
            "arn:<partition>:bedrock:<region>:<account>:inference-profile/<prefix>.<model id>",
            "InvokeInferenceProfile",
            _PROFILE_ACTIONS,
            _list_profile_grants,
        ),
        ModelKind.GLOBAL_INFERENCE_PROFILE: KindOfModel(
            f"{_OWNED}inference-profile/global[.]{_MODEL_ID}",
            "arn:<partition>:bedrock:<region>:<account>:inference-profile/global.<model id>",
            "InvokeInferenceProfile",
            _PROFILE_ACTIONS,
            _list_global_profile_grants,
        ),
        ModelKind.APPLICATION_INFERENCE_PROFILE: KindOfModel(
            f"{_OWNED}application-inference-profile/{_ID}",
            "arn:<partition>:bedrock:<region>:<account>:application-inference-profile/<id>",
            "InvokeInferenceProfile",
            _PROFILE_ACTIONS,
            _list_application_profile_grants,
        ),
        ModelKind.PROVISIONED_MODEL: KindOfModel(
            f"{_OWNED}provisioned-model/{_ID}",
            "arn:<partition>:bedrock:<region>:<account>:provisioned-model/<id>",
            "InvokeProvisionedModel",
            ("bedrock:GetProvisionedModelThroughput", _INVOKE),
        ),
        ModelKind.CUSTOM_MODEL: KindOfModel(
            f"{_OWNED}custom-model/[A-Za-z0-9.:-]{{1,192}}(?:/{_ID})?",
            "arn:<partition>:bedrock:<region>:<account>:custom-model/<id>",
            "InvokeCustomModel",
            ("bedrock:GetCustomModel", _INVOKE),
        ),
        ModelKind.CUSTOM_MODEL_DEPLOYMENT: KindOfModel(
            f"{_OWNED}custom-model-deployment/{_ID}",
            "arn:<partition>:bedrock:<region>:<account>:custom-model-deployment/<id>",
            "InvokeCustomModelDeployment",
            ("bedrock:GetCustomModelDeployment", _INVOKE),
        ),
        ModelKind.IMPORTED_MODEL: KindOfModel(
            f"{_OWNED}imported-model/{_ID}",
            "arn:<partition>:bedrock:<region>:<account>:imported-model/<id>",
            "InvokeImportedModel",
            ("bedrock:GetImportedModel", _INVOKE),
        ),
        ModelKind.PROMPT_ROUTER: KindOfModel(
            f"{_OWNED}prompt-router/{_ID}",
            "arn:<partition>:bedrock:<region>:<account>:prompt-router/<id>",
            "InvokePromptRouter",
            _ROUTER_ACTIONS,
            _list_router_grants,
        ),
        ModelKind.DEFAULT_PROMPT_ROUTER: KindOfModel(
            f"{_OWNED}default-prompt-router/[A-Za-z0-9.:-]{{1,128}}",
            "arn:<partition>:bedrock:<region>:<account>:default-prompt-router/<id>",
            "InvokePromptRouter",
            _ROUTER_ACTIONS,
            _list_router_grants,
        ),
        ModelKind.MARKETPLACE_ENDPOINT: KindOfModel(
            f"arn:aws(?:-[a-z]+)*:sagemaker:[a-z0-9-]{{1,20}}:[0-9]{{12}}:endpoint/{_ID}",
            "arn:<partition>:sagemaker:<region>:<account>:endpoint/<name>",
            "InvokeEndpoint",
            ("sagemaker:InvokeEndpoint",),
            _list_endpoint_grants,
        ),
    }
)


def list_model_grants(model: str, path: Path) -> Iterator[Grant | Finding]:
    """Yield the rights that a model given by id or ARN needs, or the finding that says why they are not known."""
    if model.startswith("arn:"):
        kind = _recognise_arn(model)
        if kind is None:
            kinds = ", ".join(kind.value for kind in MODEL_KINDS)
            message = f"{model!r} is the ARN of no kind of model that flowseal knows the rights of."
            yield Finding(UNKNOWN_MODEL, message, f"Give the ARN of one of: {kinds}.", path)
        else:
            yield from _list_kind_grants(kind, (model,), (_find_model_of_profile(model),))
        return
    prefix, _, rest = model.partition(".")
    if prefix in PROFILE_PREFIXES and re.fullmatch(_MODEL_ID, rest):
        kind = ModelKind.GLOBAL_INFERENCE_PROFILE if prefix == "global" else ModelKind.INFERENCE_PROFILE
        arn: Text = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, f":inference-profile/{model}")
        yield from _list_kind_grants(kind, arn, (rest,))
    elif re.fullmatch(_MODEL_ID, model) and (prefix in VENDORS or "." not in rest.partition(":")[0]):
        arn = ("arn:", PARTITION, ":bedrock:", REGION, f"::foundation-model/{model}")
        yield from _list_kind_grants(ModelKind.FOUNDATION_MODEL, arn, ())
    else:
        yield _report_unknown_id(model, path)


def list_parameter_grants(parameter: str, kind: ModelKind) -> Iterator[Grant]:
    """Yield the rights that a model of a kind needs whose ARN a parameter gives."""
    yield from _list_kind_grants(kind, (Derived("value", parameter),), (Derived("model-of-profile", parameter),))


def _list_kind_grants(kind: ModelKind, arn: Text, model: Text) -> Iterator[Grant]:
    rule = MODEL_KINDS[kind]
    yield Grant(rule.capability, rule.own_actions, (arn,))
    if rule.list_further is not None:
        yield from rule.list_further(arn, model)


def _recognise_arn(arn: str) -> ModelKind | None:
    return next((kind for kind, rule in MODEL_KINDS.items() if re.fullmatch(rule.arn_pattern, arn)), None)


def _find_model_of_profile(arn: str) -> str:
    return arn.rpartition("/")[2].partition(".")[2]


def _report_unknown_id(model: str, path: Path) -> Finding:
    prefix, _, rest = model.partition(".")
    if rest.partition(".")[0] in VENDORS:
        message = f"{model!r} looks like an inference profile, but flowseal knows no prefix {prefix!r}."
        remedy = f"Use a profile that begins with one of {', '.join(PROFILE_PREFIXES)}, or give the profile's ARN."
    else:
        message = f"{model!r} is neither the id of a foundation model nor that of an inference profile."
        remedy = "Give the model's whole ARN, so that its kind, and with it the rights that it needs, are certain."
    return Finding(UNKNOWN_MODEL, message, remedy, path)
