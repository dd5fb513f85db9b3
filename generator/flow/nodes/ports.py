"""The ports that each node type must have, can have, and cannot have.

Source: Bedrock user guide, "Node types for your flow", its tables of inputs and outputs. Where the page's tables and
its examples differ (the types of agentInputText, inputText and s3Content), the narrower type is here, as ambiguous.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.flow.model import Flow, Node
from generator.flow.nodes.prompts import PromptVariables, find_prompt_variables


class PortRule(NamedTuple):
    """A port with a fixed name. `type` is None if any type is valid.

    With `must_be_listed`, a node must list the port; with `must_be_connected`, an input that is listed needs a
    connection. A prompt node need not list its variables, but waits for the value of each that it lists. With
    `is_type_ambiguous`, AWS's guide documents `type` in one place and any type in another.
    """

    name: str
    type: str | None = None
    must_be_listed: bool = True
    must_be_connected: bool = True
    is_type_ambiguous: bool = False


class PortRules(NamedTuple):
    """The rules for a node's inputs, or for its outputs.

    With `takes_others`, ports with other names are valid. `most` is the maximum number of ports. `advice` is the help
    that explains the names. `variables` are those of a prompt, which its inputs fill in.
    """

    named: tuple[PortRule, ...] = ()
    takes_others: bool = False
    most: int | None = None
    advice: str = ""
    variables: PromptVariables | None = None

    def find(self, name: str | None) -> PortRule | None:
        """Return the rule for the port of that name, or None."""
        for rule in self.named:
            if rule.name == name:
                return rule
        return None


NO_PORTS = PortRules()
ANY_PORTS = PortRules(takes_others=True)


def list_prompt_inputs(node: Node, flow: Flow) -> PortRules:
    """Return one input per variable, or any input if a part of the prompt is unknown."""
    variables = find_prompt_variables(node, flow)
    rules = tuple(PortRule(name, must_be_listed=False) for name in variables.names)
    advice = "A prompt has one input, with the same name, for each {{variable}} in its text."
    return PortRules(rules, takes_others=not variables.is_known, advice=advice, variables=variables)


def list_knowledge_base_outputs(node: Node, _flow: Flow) -> PortRules:
    """Return the output of a knowledge base, which depends on whether it has a model for answers."""
    advice = "With a modelId the output is outputText of type String, without one retrievalResults of type Array."
    is_known = bool(node.configuration)
    answer = PortRule("outputText", "String", is_known)
    passages = PortRule("retrievalResults", "Array", is_known)
    if not is_known:
        return PortRules((answer, passages), advice=advice)
    return PortRules((answer if "modelId" in node.configuration else passages,), advice=advice)
