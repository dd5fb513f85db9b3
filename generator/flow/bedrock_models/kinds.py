"""The kinds of models that a flow can name, and the permissions that each needs.

Sources: Service Authorization Reference of Amazon Bedrock; the Bedrock user guide on inference profiles, prompt
routers, and Bedrock Marketplace. Any other kind is a finding, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from generator.flow.grant import Derived, Grant, GrantCondition, Symbol, Text
from generator.flow.model import ModelKind

PARTITION, REGION, ACCOUNT = Symbol.PARTITION, Symbol.REGION, Symbol.ACCOUNT
# A dot inside the name must be a decimal point, as in deepseek.v3.1. Otherwise us.deepseek.r1 could be a model or a
# profile. No ID contains what the API's own patterns exclude, such as _. The same applies in an ARN: the ID of a
# profile in the ARN of a foundation model would be a permission for nothing.
MODEL = r"[a-z][a-z0-9-]{0,30}[.][A-Za-z][A-Za-z0-9-]{0,62}(?:[.][0-9][A-Za-z0-9-]{0,30}){0,3}(?::[a-z0-9-]{1,63}){0,2}"
PREFIX = "[a-z]{1,20}(?:-[a-z]{1,20}){0,3}"
PREFIXES = ("apac", "au", "ca", "eu", "global", "in", "jp", "us", "us-gov")
"""The prefixes of all published profiles. No vendor of models has such a name."""
_ID = r"[A-Za-z0-9-]{1,128}"
_HOME = r"arn:aws(?:-[a-z]+)*:bedrock:[a-z0-9-]{1,20}:"
_OWNED = _HOME + "[0-9]{12}:"
_KNOWN_PREFIX = f"(?:{'|'.join(PREFIXES)})[.].*"
_OF_OTHER_KIND = "which needs other permissions: set `model: {0}` for this parameter in the flow's definition."


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What the pattern of a kind accepts but should not. RE2 has no lookahead to exclude it in the pattern itself.

    `reason` completes a sentence that begins with the value; `sample` is an ID that only the exclusion rejects.
    """

    name: str
    pattern: str
    reason: str
    sample: str


_PREFIXED = Exclusion(
    "another_kind",
    f"(?:.*/)?{_KNOWN_PREFIX}",
    f"begins with the prefix of an inference profile, {_OF_OTHER_KIND.format(ModelKind.INFERENCE_PROFILE)}",
    "us.sample-1-v1:0",
)
_GLOBAL = Exclusion(
    "another_kind",
    "(?:.*/)?global[.].*",
    f"is a global inference profile, {_OF_OTHER_KIND.format(ModelKind.GLOBAL_INFERENCE_PROFILE)}",
    "global.amazon.sample-1-v1:0",
)
_TWO_PREFIXES = Exclusion(
    "two_prefixes",
    f"(?:.*/)?{PREFIX}[.]{_KNOWN_PREFIX}",
    "has two prefixes; the ID of an inference profile has one.",
    "us.eu.sample-1-v1:0",
)
_FORM: Mapping[str, str] = MappingProxyType(
    {
        "<partition>": "aws",
        "<region>": "us-east-1",
        "<account>": "111122223333",
        "<prefix>": "us",
        "<model ID>": "amazon.sample-{0}-v1:0",
        "<id>": "sample{0}",
        "<name>": "sample{0}",
    }
)
"""Sample values for the placeholders in the form of an ARN or ID."""
_REGIONS = "The profile routes calls to other Regions: this model in any Region, but only through this profile."


@dataclass(frozen=True, slots=True)
class KindOfModel:
    """How to recognize a kind of model, and the permissions that it needs.

    `arn_pattern` matches the whole ARN, in syntax that Python and RE2 share; `arn_form` shows it to people.
    `own_actions` are allowed on the model's own ARN, in the statement `capability`; `list_further` yields the other
    permissions. What `excluded` matches is of another kind or of none. If the ARN can be built from an ID, `id_pattern`
    and `id_form` describe the ID, and `how_arn` is the `Derived.how` of the ARN.
    """

    arn_pattern: str
    arn_form: str
    capability: str
    own_actions: tuple[str, ...]
    list_further: Callable[[Text, Text], Iterator[Grant]] | None = None
    excluded: tuple[Exclusion, ...] = ()
    id_pattern: str = ""
    id_form: str = ""
    how_arn: str = "value"

    def takes(self, text: str, *, by_id: bool = False) -> bool:
        """Return whether a string is the ARN or, with `by_id`, the ID of a model of this kind."""
        if re.fullmatch(self.write_pattern(by_id=by_id), text) is None:
            return False
        return not any(re.fullmatch(exclusion.pattern, text) for exclusion in self.excluded)

    def write_pattern(self, *, by_id: bool) -> str:
        """Return the pattern of the ARN and, with `by_id`, of the ID if the kind has one."""
        return f"{self.arn_pattern}|{self.id_pattern}" if by_id and self.id_pattern else self.arn_pattern


def _grant_profile(arn: Text, model: Text, homes: tuple[Text, ...], note: str = _REGIONS) -> Iterator[Grant]:
    """Allow the model behind a profile in all Regions that the profile routes to, but only through the profile."""
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
    note = "The profile's ARN does not identify its model: any model, but only through this profile."
    return _grant_profile(arn, ("*",), (_ANY_REGION,), note)


def _list_router_grants(arn: Text, _model: Text) -> Iterator[Grant]:
    condition = GrantCondition("StringEquals", "bedrock:PromptRouterArn", (arn,))
    profiles: Text = ("arn:", PARTITION, ":bedrock:*:", ACCOUNT, ":inference-profile/*")
    resources = ((*_ANY_REGION, "*"), profiles)
    note = "The router's ARN does not identify its models: any model, but only through this router."
    yield Grant("InvokeModelThroughRouter", ("bedrock:InvokeModel",), resources, (condition,), note=note)


def _list_endpoint_grants(_arn: Text, _model: Text) -> Iterator[Grant]:
    resource: Text = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, ":marketplace/model-endpoint/all-access")
    note = "AWS defines one resource for all endpoints; the statement InvokeEndpoint names the endpoint."
    yield Grant("InvokeMarketplaceModel", ("bedrock:InvokeModel",), (resource,), note=note)


_INVOKE = "bedrock:InvokeModel"
_PROFILE_ACTIONS = ("bedrock:GetInferenceProfile", _INVOKE)
_ROUTER_ACTIONS = ("bedrock:GetPromptRouter", _INVOKE)

MODEL_KINDS: Mapping[ModelKind, KindOfModel] = MappingProxyType(
    {
        ModelKind.FOUNDATION_MODEL: KindOfModel(
            f"{_HOME}:foundation-model/{MODEL}",
            "arn:<partition>:bedrock:<region>::foundation-model/<model ID>",
            "InvokeModel",
            (_INVOKE,),
            excluded=(_PREFIXED,),
            id_pattern=MODEL,
            id_form="<model ID>",
            how_arn="foundation-model-arn",
        ),
        ModelKind.INFERENCE_PROFILE: KindOfModel(
            f"{_OWNED}inference-profile/{PREFIX}[.]{MODEL}",
            "arn:<partition>:bedrock:<region>:<account>:inference-profile/<prefix>.<model ID>",
            "InvokeInferenceProfile",
            _PROFILE_ACTIONS,
            _list_profile_grants,
            (_GLOBAL, _TWO_PREFIXES),
            id_pattern=f"{PREFIX}[.]{MODEL}",
            id_form="<prefix>.<model ID>",
            how_arn="profile-arn",
        ),
        ModelKind.GLOBAL_INFERENCE_PROFILE: KindOfModel(
            f"{_OWNED}inference-profile/global[.]{MODEL}",
            "arn:<partition>:bedrock:<region>:<account>:inference-profile/global.<model ID>",
            "InvokeInferenceProfile",
            _PROFILE_ACTIONS,
            _list_global_profile_grants,
            excluded=(replace(_TWO_PREFIXES, sample="global.us.sample-1-v1:0"),),
            id_pattern=f"global[.]{MODEL}",
            id_form="global.<model ID>",
            how_arn="profile-arn",
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


def fill_form(form: str, number: int = 1) -> str:
    """Return a sample ARN or ID in a form of KindOfModel. Different values of `number` give different samples."""
    return re.sub("<[^>]+>", lambda part: _FORM[part[0]].format(number), form)


def list_parameter_grants(parameter: str, kind: ModelKind) -> Iterator[Grant]:
    """Yield the permissions for a model of a kind, given by a parameter."""
    arn = Derived(MODEL_KINDS[kind].how_arn, parameter)
    yield from list_kind_grants(kind, (arn,), (Derived("model-of-profile", parameter),))


def list_kind_grants(kind: ModelKind, arn: Text, model: Text) -> Iterator[Grant]:
    """Yield the permissions for a model of a kind. `model` is the foundation model behind an inference profile."""
    rule = MODEL_KINDS[kind]
    yield Grant(rule.capability, rule.own_actions, (arn,))
    if rule.list_further is not None:
        yield from rule.list_further(arn, model)
