"""What flowseal knows of each node type: its configuration and the rights that it needs. The only place for either.

Source of the rights: Bedrock user guide, "Create a service role for Amazon Bedrock Flows", and the Service
Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from generator.diagnostics import Finding, Severity, declare_rule
from generator.inference import ACCOUNT, PARTITION, REGION, list_model_grants, list_parameter_grants
from generator.model import Derived, Flow, Grant, GrantCondition, Node, ParameterReference, Part, Text, Value
from generator.source.position import Path

UNKNOWN_PROMPT_MODEL = declare_rule(
    "UnknownPromptModel", Severity.WARNING, "A managed prompt's model is not in the definition, so it gets no right."
)
UNUSED_BUCKET_ACCOUNT = declare_rule(
    "UnusedBucketAccount", Severity.ERROR, "An account is given for a bucket that no node uses."
)
UNNAMED_RESOURCE = declare_rule("UnnamedResource", Severity.ERROR, "What a node works with has an empty name.")

Need = Grant | Finding
BEDROCK: Text = ("arn:", PARTITION, ":bedrock:", REGION, ":", ACCOUNT, ":")
OWN_ACCOUNT: Text = (ACCOUNT,)
NO_RESOURCES = "AWS has no resources to name for this action."
PERMISSIONS = "permissions"
FROM_PERMISSIONS = "the definition's permissions"
"""What stands in the place of a node's name where a right comes from the definition's section `permissions`."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A node type: the member of `configuration` that is its own, whether AWS asks for it, and what it needs."""

    configuration: str
    needs_configuration: bool = True
    list_needs: Callable[[Node, Flow], Iterator[Need]] | None = None


def collect_grants(flow: Flow) -> tuple[tuple[Grant, ...], list[Finding]]:
    """Return every right that the nodes of a flow need, one Grant a shape, sorted; and what cannot be told.

    Grants of one capability with the same actions and conditions are one: their resources and nodes are joined.
    """
    grants: list[Grant] = []
    findings: list[Finding] = []
    for need in _list_flow_needs(flow):
        if isinstance(need, Grant):
            grants.append(need)
        else:
            findings.append(need)
    return _merge_grants(grants), findings


def _list_flow_needs(flow: Flow) -> Iterator[Need]:
    for node in flow.nodes:
        list_needs = NODE_TYPES[node.type].list_needs
        if list_needs is None or not node.configuration:
            continue
        for need in list_needs(node, flow):
            if isinstance(need, Grant) and any("" in text for text in need.resources):
                yield _report_unnamed(node)
            else:
                yield replace(need, nodes=(node.name,)) if isinstance(need, Grant) else need
    for need in _list_permission_needs(flow):
        yield replace(need, nodes=(FROM_PERMISSIONS,)) if isinstance(need, Grant) else need


def _report_unnamed(node: Node) -> Finding:
    message = f"An id, a name or an ARN of the node {node.name!r} is empty; the API takes that for a draft."
    return Finding(UNNAMED_RESOURCE, message, "Fill it in, or let a parameter stand for it.", node.configuration_path)


def _merge_grants(grants: list[Grant]) -> tuple[Grant, ...]:
    merged: dict[tuple[object, ...], Grant] = {}
    for grant in grants:
        shape = (grant.capability, grant.actions, grant.conditions)
        other = merged.get(shape, replace(grant, resources=(), nodes=()))
        resources = sorted({*other.resources, *grant.resources}, key=_sort_text)
        nodes = (*other.nodes, *(node for node in grant.nodes if node not in other.nodes))
        merged[shape] = replace(other, resources=tuple(resources), nodes=nodes)
    return tuple(sorted(merged.values(), key=_sort_grant))


def _sort_text(text: Text) -> tuple[str, ...]:
    return tuple(f"{part.how} {part.parameter}" if isinstance(part, Derived) else str(part) for part in text)


def _sort_grant(grant: Grant) -> tuple[str, tuple[tuple[str, ...], ...]]:
    values = tuple(_sort_text(value) for condition in grant.conditions for value in condition.values)
    return grant.capability, values


def _list_permission_needs(flow: Flow) -> Iterator[Need]:
    for index, model in enumerate(flow.permissions.models):
        yield from _list_model_needs(model, (PERMISSIONS, "models", index), flow)
    for key in flow.permissions.kms_keys:
        yield Grant("UseOtherKeys", ("kms:Decrypt", "kms:GenerateDataKey"), ((_name_part(key),),))
    used = {_name_bucket(node) for node in flow.nodes if node.type in ("Retrieval", "Storage")}
    for bucket in flow.permissions.bucket_accounts or ():
        if bucket not in used:
            message = f"No node reads or writes the bucket {bucket!r}."
            remedy = "Name a bucket as its node does ($ and the name, for a parameter), or leave the entry out."
            yield Finding(UNUSED_BUCKET_ACCOUNT, message, remedy, (PERMISSIONS, "bucket_accounts", bucket), key=True)


def _list_model_needs(model: Value, path: Path, flow: Flow) -> Iterator[Need]:
    if isinstance(model, ParameterReference):
        parameter = next(item for item in flow.parameters if item.name == model.name)
        if parameter.model is not None:
            yield from list_parameter_grants(parameter.name, parameter.model)
    elif isinstance(model, str):
        yield from list_model_grants(model, path)


def _list_prompt_needs(node: Node, flow: Flow) -> Iterator[Need]:
    inline = ("sourceConfiguration", "inline", "modelId")
    yield from _list_model_needs(_find_value(node, *inline), (*node.configuration_path, *inline), flow)
    managed = ("sourceConfiguration", "resource", "promptArn")
    arn = _find_value(node, *managed)
    if arn is not None:
        yield Grant("RenderPrompt", ("bedrock:RenderPrompt",), _list_prompt_resources(arn))
        if not flow.permissions.models:
            message = f"The node {node.name!r} uses a managed prompt, and no right to its model, which only AWS knows."
            remedy = "Name the prompt's model under `permissions: {models: [...]}`."
            yield Finding(UNKNOWN_PROMPT_MODEL, message, remedy, (*node.configuration_path, *managed))
    yield from _list_guardrail_needs(node)


def _list_prompt_resources(arn: Value) -> tuple[Text, ...]:
    if isinstance(arn, ParameterReference):
        return (Derived("value", arn.name),), (Derived("without-version", arn.name),)
    text = str(arn)
    home, _, prompt = text.rpartition("/")
    unversioned = f"{home}/{prompt.partition(':')[0]}"
    return ((unversioned,),) if text == unversioned else ((unversioned,), (text,))


def _list_knowledge_base_needs(node: Node, flow: Flow) -> Iterator[Need]:
    identifier = _name_part(_find_value(node, "knowledgeBaseId"))
    yield Grant("RetrieveFromKnowledgeBase", ("bedrock:Retrieve",), ((*BEDROCK, "knowledge-base/", identifier),))
    model = _find_value(node, "modelId")
    if model is not None:
        yield Grant("RetrieveAndGenerate", ("bedrock:RetrieveAndGenerate",), (("*",),), note=NO_RESOURCES)
        yield from _list_model_needs(model, (*node.configuration_path, "modelId"), flow)
    ranking = ("rerankingConfiguration", "bedrockRerankingConfiguration", "modelConfiguration", "modelArn")
    ranker = _find_value(node, *ranking)
    if ranker is not None:
        yield Grant("Rerank", ("bedrock:Rerank",), (("*",),), note=NO_RESOURCES)
        yield from _list_model_needs(ranker, (*node.configuration_path, *ranking), flow)
    yield from _list_guardrail_needs(node)


def _list_guardrail_needs(node: Node) -> Iterator[Need]:
    guardrail = _find_value(node, "guardrailConfiguration", "guardrailIdentifier")
    if isinstance(guardrail, ParameterReference):
        resource: Text = (Derived("guardrail-arn", guardrail.name),)
    elif isinstance(guardrail, str) and guardrail.startswith("arn:"):
        resource = (guardrail,)
    elif isinstance(guardrail, str):
        resource = (*BEDROCK, "guardrail/", guardrail)
    else:
        return
    yield Grant("ApplyGuardrail", ("bedrock:ApplyGuardrail",), (resource,))


def _allow_named_resource(capability: str, action: str, member: str) -> Callable[[Node, Flow], Iterator[Need]]:
    """Make the needs of a node that names one resource by its ARN."""

    def list_needs(node: Node, _flow: Flow) -> Iterator[Need]:
        yield Grant(capability, (action,), ((_name_part(_find_value(node, member)),),))

    return list_needs


def _list_retrieval_needs(node: Node, flow: Flow) -> Iterator[Need]:
    yield _allow_bucket("ReadBucket", "s3:GetObject", node, flow, ("/*",))


def _list_storage_needs(node: Node, flow: Flow) -> Iterator[Need]:
    yield _allow_bucket("WriteBucket", "s3:PutObject", node, flow, ("", "/*"))


def _allow_bucket(capability: str, action: str, node: Node, flow: Flow, objects: tuple[str, ...]) -> Grant:
    bucket: Text = ("arn:", PARTITION, ":s3:::", _name_part(_find_bucket(node)))
    account = (flow.permissions.bucket_accounts or {}).get(_name_bucket(node))
    owner = OWN_ACCOUNT if account is None else (_name_part(account),)
    resources = tuple((*bucket, suffix) if suffix else bucket for suffix in objects)
    return Grant(capability, (action,), resources, (GrantCondition("StringEquals", "aws:ResourceAccount", (owner,)),))


def _find_bucket(node: Node) -> Value:
    return _find_value(node, "serviceConfiguration", "s3", "bucketName")


def _name_bucket(node: Node) -> str:
    """Return a node's bucket as the section `bucket_accounts` names it."""
    bucket = _find_bucket(node)
    return f"${bucket.name}" if isinstance(bucket, ParameterReference) else str(bucket)


def _find_value(node: Node, *members: str) -> Value:
    value: Value = dict(node.configuration)
    for member in members:
        value = value.get(member) if isinstance(value, dict) else None
    return value


def _name_part(value: Value) -> Part:
    return Derived("value", value.name) if isinstance(value, ParameterReference) else str(value)


NODE_TYPES: Mapping[str, NodeType] = MappingProxyType(
    {
        "Input": NodeType("input", needs_configuration=False),
        "Output": NodeType("output", needs_configuration=False),
        "Iterator": NodeType("iterator", needs_configuration=False),
        "Collector": NodeType("collector", needs_configuration=False),
        "Condition": NodeType("condition"),
        "Prompt": NodeType("prompt", list_needs=_list_prompt_needs),
        "KnowledgeBase": NodeType("knowledgeBase", list_needs=_list_knowledge_base_needs),
        "Agent": NodeType(
            "agent", list_needs=_allow_named_resource("InvokeAgent", "bedrock:InvokeAgent", "agentAliasArn")
        ),
        "LambdaFunction": NodeType(
            "lambdaFunction", list_needs=_allow_named_resource("InvokeFunction", "lambda:InvokeFunction", "lambdaArn")
        ),
        "Lex": NodeType(
            "lex", list_needs=_allow_named_resource("RecognizeUtterance", "lex:RecognizeUtterance", "botAliasArn")
        ),
        "Retrieval": NodeType("retrieval", list_needs=_list_retrieval_needs),
        "Storage": NodeType("storage", list_needs=_list_storage_needs),
        "InlineCode": NodeType("inlineCode"),
        # What stands in a loop is a definition of its own, which the Terraform resource cannot carry: nothing to allow.
        "Loop": NodeType("loop"),
        "LoopInput": NodeType("loopInput"),
        "LoopController": NodeType("loopController"),
    }
)
"""Every node type of the API. A test holds the names to the API's data."""
