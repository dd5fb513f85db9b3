"""What the account needs before a flow's first call, and no Terraform module can provide.

Sources: Bedrock user guide, "Access Amazon Bedrock foundation models" and "Use product ID condition keys to control
access" (which vendors AWS does not sell through AWS Marketplace), and the guide's pages on what each kind of node uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.flow.grant import Derived, Grant, Text
from generator.flow.model import Flow, ParameterReference, Value

IN_MARKETPLACE = frozenset({"ai21", "anthropic", "cohere", "stability"})
NOT_IN_MARKETPLACE = frozenset({"amazon", "deepseek", "meta", "mistral", "openai", "qwen"})
"""Vendors whose models have product IDs on AWS's page, and vendors whose models have none according to the page.

The page does not mention other vendors. The ID of a model starts with its vendor.
"""


class Prerequisite(NamedTuple):
    """Something the account needs: `names` are shown as code, and `needs` is Markdown that follows a colon."""

    what: str
    names: tuple[str, ...]
    needs: str


SUBSCRIPTION = (
    "the first call subscribes the account to it. The caller needs `aws-marketplace:Subscribe` and "
    "`aws-marketplace:ViewSubscriptions`, which a service role should not have: let an administrator call the model "
    "once, for example in the console's playground. After that, every role in the account can call it."
)
MARKETPLACE = f"AWS sells it through AWS Marketplace, so {SUBSCRIPTION}"
MAYBE_MARKETPLACE = (
    "if AWS sells it through AWS Marketplace (possible for all models except those of Amazon, DeepSeek, Meta, "
    f"Mistral AI, OpenAI, and Qwen), {SUBSCRIPTION} An Anthropic model also requires Anthropic's use case form."
)
USE_CASE = (
    "first-time customers must submit Anthropic's use case form once, for the account or for the organization's "
    "management account: select an Anthropic model in the console's model catalog, or call `PutUseCaseForModelAccess`."
)
GUARDRAIL = "must be in this account and Region, unless the flow uses its ARN, and must have the version in the flow."
NO_PROFILE = (
    "If it uses cross-Region inference, as every guardrail of the Standard tier does, calls fail with "
    "`AccessDeniedException` until the flow's definition lists its guardrail profile and the destination Regions under "
    "`permissions: guardrail_profiles`."
)
PROFILE = (
    "The Regions of the guardrail profile in the definition must be those that AWS lists for calls from this Region."
)
BUCKET = (
    "must exist in this account, unless the flow's definition lists the bucket's account under "
    "`permissions: bucket_accounts`; then its bucket policy must allow the role, too. If the bucket or its objects are "
    "encrypted with a customer managed key (SSE-KMS), list that key under `permissions: kms_keys`."
)
RESOURCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "promptArn": (
            "Managed prompt",
            "must exist, with the version in its ARN. List its model under `permissions: models`.",
        ),
        "guardrailIdentifier": ("Guardrail", GUARDRAIL),
        "knowledgeBaseId": ("Knowledge base", "must be in this account and Region, with its data sources synced."),
        "agentAliasArn": ("Agent alias", "must point to a version of a prepared agent."),
        "lambdaArn": (
            "Lambda function",
            "must exist, with the version or alias in its ARN. A function in another account must also allow the role.",
        ),
        "botAliasArn": ("Lex bot alias", "must point to a version of the bot that is built in the node's locale."),
        "bucketName": (
            "S3 bucket",
            BUCKET,
        ),
    }
)
"""What it is, and what a call requires of it, by the key that names it in a node's configuration."""
CAPABILITIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "InvokeProvisionedModel": ("Provisioned model", "must have the status `InService`."),
        "InvokeCustomModelDeployment": ("Custom model deployment", "must have the status `Active`."),
        "InvokeEndpoint": ("SageMaker endpoint", "must be `InService` and registered with Bedrock Marketplace."),
        "UseOtherKeys": (
            "KMS key",
            "must allow the service role in its key policy, or delegate access to IAM in its account.",
        ),
    }
)
"""The same, by the statement that allows its use."""
THROUGH_ANOTHER = ("InvokeModelThroughProfile", "InvokeModelThroughRouter")


def list_prerequisites(flow: Flow, grants: Iterable[Grant]) -> Iterator[Prerequisite]:
    """Yield what the account needs for this flow's models and resources."""
    grants = tuple(grants)
    yield from _list_model_access(grants)
    for capability, (what, needs) in CAPABILITIES.items():
        names = [_write_value(value) for grant in grants if grant.capability == capability for value in grant.resources]
        if names:
            yield Prerequisite(what, tuple(names), needs)
    for key, (what, needs) in RESOURCES.items():
        found = [value for node in flow.all_nodes for value in _list_values(dict(node.configuration), key)]
        if found and key == "guardrailIdentifier":
            needs = f"{needs} {PROFILE if flow.permissions.guardrail_profiles else NO_PROFILE}"
        if found:
            yield Prerequisite(what, tuple(dict.fromkeys(found)), needs)


def _write_value(value: Text) -> str:
    return "".join(f"var.{part.parameter}" if isinstance(part, Derived) else str(part) for part in value)


def _list_model_access(grants: tuple[Grant, ...]) -> Iterator[Prerequisite]:
    named = dict.fromkeys(name for grant in grants for name in _name_models(grant))
    vendors = {name: name.partition(".")[0] for name in named}
    if sold := tuple(name for name in named if vendors[name] in IN_MARKETPLACE):
        yield Prerequisite("Model", sold, MARKETPLACE)
    if anthropic := tuple(name for name in sold if vendors[name] == "anthropic"):
        yield Prerequisite("Anthropic model", anthropic, USE_CASE)
    if unknown := tuple(name for name in named if vendors[name] not in IN_MARKETPLACE | NOT_IN_MARKETPLACE):
        yield Prerequisite("Model", unknown, MAYBE_MARKETPLACE)


def _name_models(grant: Grant) -> Iterator[str]:
    """Yield the IDs of the models that a grant allows, or the parameter, profile, or router that determines them."""
    if grant.capability == "InvokeModel":
        yield from (_write_value(value).rpartition("/")[2] for value in grant.resources)
    if grant.capability in THROUGH_ANOTHER:
        through = [_write_value(value) for condition in grant.conditions for value in condition.values]
        for value in grant.resources:
            name = _write_value(value).rpartition("/")[2]
            yield from through if name == "*" else [name]


def _list_values(value: Value, key: str) -> Iterator[str]:
    """Yield the values of a key anywhere in a node's configuration."""
    if isinstance(value, dict):
        found = value.get(key)
        if isinstance(found, ParameterReference):
            yield f"var.{found.name}"
        elif isinstance(found, str):
            yield found
        for item in value.values():
            yield from _list_values(item, key)
