"""Where misplaced keys belong."""

from __future__ import annotations

from collections.abc import Mapping

from generator.findings.suggestions import keep_letters
from generator.flow.api.sentences import describe_shape_rule
from generator.flow.api.shapes import Shape, find_shape

DEEPEST = 3
"""How many levels down a key is searched for."""
CHOICE_OF_TYPE = "FlowNodeConfiguration"
"""The shape with one member per node type. A key does not tell which type is meant."""
CONTAINERS = {"structure": dict, "union": dict, "map": dict, "dict": dict, "list": list}
"""The containers, by the names of their types in the API and in Python."""
OF_THE_MODEL = frozenset(
    {"topk", "minp", "seed", "frequencypenalty", "presencepenalty", "repetitionpenalty", "thinking", "reasoningconfig"}
)
"""Settings of some models that the API's inference settings lack, as `keep_letters` returns them."""
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
"""By shape: the ARN that the API requires, and keys for its parts that people use instead (see `keep_letters`)."""


def advise_on_place(key: str, value: object, shape: Shape) -> str | None:
    """Return the help for a key that belongs elsewhere, with {keys} for it and for others that belong there.

    Return None if the key is unknown nearby, or valid in more than one place.
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
    """Return the path of the only shape below this one that has this key with such a value, or ()."""
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
