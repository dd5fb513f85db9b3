"""The permissions that nodes need, by node type.

Source: Bedrock user guide, "Create a service role for Amazon Bedrock Flows", and the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.findings import Finding, warning
from generator.flow.bedrock_models import ACCOUNT, PARTITION, REGION, list_model_grants, list_parameter_grants
from generator.flow.grant import Derived, Grant, GrantCondition, Part, Text
from generator.flow.model import Flow, GuardrailProfile, Node, ParameterReference, Value
from generator.source.position import Path

UNKNOWN_PROMPT_MODEL = warning(
    "UnknownPromptModel", "A managed prompt's model is not listed in the definition, so the role cannot invoke it."
)

Need = Grant | Finding
BEDROCK: Text = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, ":")
OWN_ACCOUNT: Text = (ACCOUNT,)
NO_RESOURCES = "AWS defines no resource for this action, so only * can allow it; other statements name the {0}."
OBJECTS = "Object keys are only known when the flow runs."


def list_model_needs(model: Value, path: Path, flow: Flow) -> Iterator[Need]:
    """Yield what it takes to use a model. A parameter has the kind of its model."""
    if isinstance(model, ParameterReference):
        parameter = next(item for item in flow.parameters if item.name == model.name)
        if parameter.model is not None:
            yield from list_parameter_grants(parameter.name, parameter.model)
    elif isinstance(model, str):
        yield from list_model_grants(model, path)


def list_prompt_needs(node: Node, flow: Flow) -> Iterator[Need]:
    """Yield what a Prompt node needs: its model or managed prompt, and its guardrail."""
    inline = ("sourceConfiguration", "inline", "modelId")
    yield from list_model_needs(find_value(node, *inline), (*node.configuration_path, *inline), flow)
    managed = ("sourceConfiguration", "resource", "promptArn")
    arn = find_value(node, *managed)
    if arn is not None:
        resources = _list_prompt_resources(arn)
        note = "AWS requires permission for the prompt itself as well as its version." if len(resources) > 1 else ""
        yield Grant("RenderPrompt", ("bedrock:RenderPrompt",), resources, note=note)
        if not flow.permissions.models:
            message = f"Node {node.name!r} uses a managed prompt, but the role may not invoke the prompt's model."
            help = "List the prompt's model under `permissions: {models: [...]}`."
            path = (*node.configuration_path, *managed)
            yield Finding(UNKNOWN_PROMPT_MODEL, message, help, path, section="permissions")
    yield from _list_guardrail_needs(node)


def _list_prompt_resources(arn: Value) -> tuple[Text, ...]:
    if isinstance(arn, ParameterReference):
        return (Derived("value", arn.name),), (Derived("without-version", arn.name),)
    text = str(arn)
    home, _, prompt = text.rpartition("/")
    unversioned = f"{home}/{prompt.partition(':')[0]}"
    return ((unversioned,),) if text == unversioned else ((unversioned,), (text,))


def list_knowledge_base_needs(node: Node, flow: Flow) -> Iterator[Need]:
    """Yield what a KnowledgeBase node needs: the knowledge base, models for answers and reranking, a guardrail."""
    identifier = name_part(find_value(node, "knowledgeBaseId"))
    yield Grant("RetrieveFromKnowledgeBase", ("bedrock:Retrieve",), ((*BEDROCK, "knowledge-base/", identifier),))
    model = find_value(node, "modelId")
    if model is not None:
        yield Grant(
            "RetrieveAndGenerate",
            ("bedrock:RetrieveAndGenerate",),
            (("*",),),
            note=NO_RESOURCES.format("knowledge base and the model"),
        )
        yield from list_model_needs(model, (*node.configuration_path, "modelId"), flow)
    ranking = ("rerankingConfiguration", "bedrockRerankingConfiguration", "modelConfiguration", "modelArn")
    ranker = find_value(node, *ranking)
    if ranker is not None:
        yield Grant("Rerank", ("bedrock:Rerank",), (("*",),), note=NO_RESOURCES.format("model"))
        yield from list_model_needs(ranker, (*node.configuration_path, *ranking), flow)
    yield from _list_guardrail_needs(node)


def _list_guardrail_needs(node: Node) -> Iterator[Need]:
    guardrail = find_value(node, "guardrailConfiguration", "guardrailIdentifier")
    if isinstance(guardrail, ParameterReference):
        resource: Text = (Derived("guardrail-arn", guardrail.name),)
    elif isinstance(guardrail, str) and guardrail.startswith("arn:"):
        resource = (guardrail,)
    elif isinstance(guardrail, str):
        resource = (*BEDROCK, "guardrail/", guardrail)
    else:
        return
    yield Grant("ApplyGuardrail", ("bedrock:ApplyGuardrail",), (resource,))


def allow_guardrail_profile(profile: GuardrailProfile | Value) -> Grant:
    """Return the permission for a guardrail's cross-Region inference: to use its profile in each Region.

    Source: Bedrock user guide, "Permissions for using cross-Region inference with Amazon Bedrock Guardrails". Its
    policy has the guardrail only in its own Region, and the profile in that Region and in each destination Region.
    """
    if isinstance(profile, GuardrailProfile):
        regions: tuple[Part, ...] = (REGION, *map(name_part, profile.regions))
        end: Text = (ACCOUNT, ":guardrail-profile/", name_part(profile.id))
        resources: tuple[Text, ...] = tuple(("arn:", PARTITION, ":bedrock:", region, ":", *end) for region in regions)
    else:
        resources = ((name_part(profile),),)
    note = "A guardrail with cross-Region inference needs its profile in its own Region and in each destination Region."
    return Grant("ApplyGuardrailProfile", ("bedrock:ApplyGuardrail",), resources, note=note)


def allow_named_resource(capability: str, action: str, member: str) -> Callable[[Node, Flow], Iterator[Need]]:
    """Return a function that yields what a node with the ARN of one resource needs."""

    def list_needs(node: Node, _flow: Flow) -> Iterator[Need]:
        yield Grant(capability, (action,), ((name_part(find_value(node, member)),),))

    return list_needs


def list_retrieval_needs(node: Node, flow: Flow) -> Iterator[Need]:
    """Yield the permission to read a bucket."""
    yield _allow_bucket("ReadBucket", "s3:GetObject", node, flow, ("/*",), OBJECTS)


def list_storage_needs(node: Node, flow: Flow) -> Iterator[Need]:
    """Yield the permission to write to a bucket."""
    note = f"AWS requires permission for the bucket and its objects. {OBJECTS}"
    yield _allow_bucket("WriteBucket", "s3:PutObject", node, flow, ("", "/*"), note)


def _allow_bucket(capability: str, action: str, node: Node, flow: Flow, objects: tuple[str, ...], note: str) -> Grant:
    bucket: Text = ("arn:", PARTITION, ":s3:::", name_part(_find_bucket(node)))
    account = (flow.permissions.bucket_accounts or {}).get(name_bucket(node))
    owner = OWN_ACCOUNT if account is None else (name_part(account),)
    resources = tuple((*bucket, suffix) if suffix else bucket for suffix in objects)
    condition = GrantCondition("StringEquals", "aws:ResourceAccount", (owner,))
    return Grant(capability, (action,), resources, (condition,), note=note)


def _find_bucket(node: Node) -> Value:
    return find_value(node, "serviceConfiguration", "s3", "bucketName")


def name_bucket(node: Node) -> str:
    """Return a node's bucket as a key of `bucket_accounts`."""
    bucket = _find_bucket(node)
    return f"${bucket.name}" if isinstance(bucket, ParameterReference) else str(bucket)


def find_value(node: Node, *members: str) -> Value:
    """Return the value under these nested keys of a node's configuration, or None."""
    value = node.configuration.get(members[0])
    for member in members[1:]:
        value = value.get(member) if isinstance(value, dict) else None
    return value


def name_part(value: Value) -> Part:
    """Return an ID, name, or ARN as a part of a string."""
    return Derived("value", value.name) if isinstance(value, ParameterReference) else str(value)
