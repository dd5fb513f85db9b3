"""Misplaced keys: where they belong."""

from __future__ import annotations

from collections.abc import Mapping

from generator.findings.suggestions import keep_letters
from generator.flow.api.sentences import describe_shape_rule
from generator.flow.api.shapes import Shape, find_shape

DEEPEST = 3
"""How many levels below its place a key is looked for."""
CHOICE_OF_TYPE = "FlowNodeConfiguration"
"""The shape whose members are those of the node types: which one is meant, a key does not say."""
CONTAINERS = {"structure": dict, "union": dict, "map": dict, "dict": dict, "list": list}
"""What holds others, by the name of a type: the API's, and that of a value."""
OF_THE_MODEL = frozenset(
    {"topk", "minp", "seed", "frequencypenalty", "presencepenalty", "repetitionpenalty", "thinking", "reasoningconfig"}
)
"""Settings that some models have and the API's own inference settings have not, in their letters."""
INFERENCE = frozenset({"PromptModelInferenceConfiguration", "PromptFlowNodeInlineConfiguration"})
PARTS_OF_ARNS: Mapping[str, tuple[str, frozenset[str]]] = {
    "AgentFlowNodeConfiguration": ("agentAliasArn", frozenset({"agentid", "agentaliasid", "agentarn", "aliasid"})),
    "LexFlowNodeConfiguration": ("botAliasArn", frozenset({"botid", "botaliasid", "botarn", "aliasid"})),
    "LambdaFunctionFlowNodeConfiguration": ("lambdaArn", frozenset({"functionname", "lambdaname", "name"})),
    "PromptFlowNodeResourceConfiguration": (
        "promptArn",
        frozenset({"promptid", "promptversion", "promptidentifier", "promptname"}),
    ),
}
"""By shape: the ARN that the API asks for, and keys (in their letters) with which people give its parts instead."""


def advise_on_place(key: str, value: object, shape: Shape) -> str | None:
    """Return the help for a key that is known elsewhere, with {keys} for it and those that belong there too.

    None for a key that is known nowhere near, or at more than one place.
    """
    letters = keep_letters(key)
    if shape.name in INFERENCE and letters in OF_THE_MODEL:
        return (
            "Put {keys} in `additionalModelRequestFields`, spelled as the model expects it, for example `top_k: 250`."
        )
    if shape.name in PARTS_OF_ARNS:
        member, parts = PARTS_OF_ARNS[shape.name]
        if letters in parts:
            rule = describe_shape_rule(find_shape(shape.members[member]))
            return f"Write {member} instead of {{keys}}. {rule}"
    below = _find_below(key, value, shape)
    return f"Put {{keys}} under `{'.'.join(below)}`." if below else None


def _find_below(key: str, value: object, shape: Shape) -> tuple[str, ...]:
    """Return the only members that lead from a shape to one that has this key, with such a value; else nothing."""
    level: list[tuple[tuple[str, ...], Shape]] = [((), shape)]
    for _ in range(DEEPEST):
        level = [
            ((*path, member), find_shape(name))
            for path, owner in level
            if owner.name != CHOICE_OF_TYPE
            for member, name in owner.members.items()
        ]
        owners = [(path, find_shape(owner.members[key])) for path, owner in level if key in owner.members]
        found = [path for path, item in owners if CONTAINERS.get(item.type) is CONTAINERS.get(type(value).__name__)]
        if found:
            return found[0] if len(found) == 1 else ()
    return ()
