"""What the nodes of a flow use while it runs, those inside loops included: decided as the flow's service role.

After the user guide's page on permissions of flows and the Service Authorization Reference. No flow runs here, so that
every node counts, whichever way a run would take. Not decided: buckets, because the account does not know whose they
are; resources of other accounts; keys of other resources; the model of a managed prompt, which no flow names.

Inferred, because AWS documents neither: that a node in a loop needs what the same node needs outside of one, that the
permissions to read a profile or a router are needed at run time, and how InvokeFlow reports a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from account.authorization import authorize, find_account
from account.callers import describe_service_role
from account.needs import Need

Record = dict[str, Any]
PROFILE = re.compile(r"(apac|au|ca|eu|global|in|jp|us|us-gov)\.(.+)")
"""The id of an inference profile that AWS defines: a prefix and the id of its model."""
READ = {
    "application-inference-profile": "GetInferenceProfile",
    "custom-model": "GetCustomModel",
    "custom-model-deployment": "GetCustomModelDeployment",
    "default-prompt-router": "GetPromptRouter",
    "imported-model": "GetImportedModel",
    "inference-profile": "GetInferenceProfile",
    "prompt-router": "GetPromptRouter",
    "provisioned-model": "GetProvisionedModelThroughput",
}
"""What is read of a model before it is invoked, by the kind that its ARN names."""
THROUGH = {"profile": "bedrock:inferenceprofilearn", "router": "bedrock:promptrouterarn"}
SOME_MODEL = "some.model-v1:0"
"""Stands for the model behind a profile or router whose ARN does not name it: only a pattern can mean it."""


def use_nodes(response: Any, release: Record) -> None:
    """Decide that a flow's service role may use what the nodes of a version, or of the draft, name."""
    home = release["arn"].rsplit(":", 1)[0]
    needs = list_needs(home, release["definition"])
    own = [need for need in needs if find_account(need.resource) in ("", response.current_account)]
    authorize(response, *own, caller=describe_service_role(response, release["executionRoleArn"]))


def list_needs(home: str, value: Any) -> Iterator[Need]:
    """Yield what any part of a definition needs; `home` is the beginning of the ARNs of the account's resources."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from NAMED[name](home, item) if name in NAMED and isinstance(item, str) else list_needs(home, item)
        if "knowledgeBaseId" in value and "modelId" in value:
            yield Need("bedrock:RetrieveAndGenerate", "*")
    elif isinstance(value, list):
        for item in value:
            yield from list_needs(home, item)


def list_model_needs(home: str, model: str) -> Iterator[Need]:
    """Yield what invoking a model needs; it is named by an id or an ARN."""
    arn, anywhere = model, home.rsplit(":", 1)[0]
    if not model.startswith("arn:"):
        arn = (
            f"{home}:inference-profile/{model}" if PROFILE.fullmatch(model) else f"{anywhere}::foundation-model/{model}"
        )
    if ":sagemaker:" in arn:
        yield Need("sagemaker:InvokeEndpoint", arn)
        yield Need("bedrock:InvokeModel", f"{home}:marketplace/model-endpoint/all-access")
        return
    kind, name = arn.split(":", 5)[5].split("/", 1)
    yield Need("bedrock:InvokeModel", arn)
    if kind in READ:
        yield Need(f"bedrock:{READ[kind]}", arn)
    if key := THROUGH.get(kind.rsplit("-", 1)[-1]):
        found = PROFILE.fullmatch(name) if kind == "inference-profile" else None
        behind = f"{anywhere}::foundation-model/{found[2] if found else SOME_MODEL}"
        yield Need("bedrock:InvokeModel", behind, {key: arn})


def _name(action: str, kind: str = "") -> Callable[[str, str], Iterator[Need]]:
    """Return what yields the need of an action on what is named by an ARN, or by an id of a kind."""

    def list_one(home: str, name: str) -> Iterator[Need]:
        yield Need(action, name if name.startswith("arn:") else f"{home}:{kind}/{name}")

    return list_one


def _list_rerank_needs(home: str, model: str) -> Iterator[Need]:
    yield Need("bedrock:Rerank", "*")
    yield from list_model_needs(home, model)


NAMED: dict[str, Callable[[str, str], Iterator[Need]]] = {
    "agentAliasArn": _name("bedrock:InvokeAgent"),
    "botAliasArn": _name("lex:RecognizeUtterance"),
    "guardrailIdentifier": _name("bedrock:ApplyGuardrail", "guardrail"),
    "knowledgeBaseId": _name("bedrock:Retrieve", "knowledge-base"),
    "lambdaArn": _name("lambda:InvokeFunction"),
    "modelArn": _list_rerank_needs,
    "modelId": list_model_needs,
    "promptArn": _name("bedrock:RenderPrompt"),
}
"""The members of a definition that name what a node uses."""
