"""The ports that each node type must have, may have and may not have.

Source: Bedrock user guide, "Node types for your flow", its tables of inputs and outputs. Where the page's tables and
its examples differ (the types of agentInputText, inputText and s3Content), the narrower type is here, as ambiguous.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.flow.model import Flow, Node
from generator.flow.nodes.prompts import PromptVariables, find_prompt_variables


class PortRule(NamedTuple):
    """A port of a fixed name. `type` is None where any type will do.

    `must_be_listed` tells whether a node of the type needs the port in its list, `must_be_connected` whether an input
    that is listed needs a connection. A prompt need not list its variables, but one that it lists waits for a value.
    `is_type_ambiguous` tells that AWS's guide gives the port `type` in one place and any type in another.
    """

    name: str
    type: str | None = None
    must_be_listed: bool = True
    must_be_connected: bool = True
    is_type_ambiguous: bool = False


class PortRules(NamedTuple):
    """What a node may list as its inputs, or as its outputs.

    `takes_others` tells whether ports of other names are fine. `most` bounds how many there are. `advice` says where
    the names come from, as help. `variables` are what the inputs of a prompt fill in.
    """

    named: tuple[PortRule, ...] = ()
    takes_others: bool = False
    most: int | None = None
    advice: str = ""
    variables: PromptVariables | None = None

    def find(self, name: str | None) -> PortRule | None:
        """Return the rule of a port of that name, or None where it has none of its own."""
        for rule in self.named:
            if rule.name == name:
                return rule
        return None


NO_PORTS = PortRules()
ANY_PORTS = PortRules(takes_others=True)


def list_prompt_inputs(node: Node, flow: Flow) -> PortRules:
    """Return one input a variable; any input where a text of the prompt is not known."""
    variables = find_prompt_variables(node, flow)
    rules = tuple(PortRule(name, must_be_listed=False) for name in variables.names)
    advice = "A prompt has one input, with the same name, for each {{variable}} in its text."
    return PortRules(rules, takes_others=not variables.is_known, advice=advice, variables=variables)


def list_knowledge_base_outputs(node: Node, _flow: Flow) -> PortRules:
    """Return the one output of a knowledge base, which depends on whether a model words the answer."""
    advice = "With a modelId the output is outputText of type String, without one retrievalResults of type Array."
    is_known = bool(node.configuration)
    answer = PortRule("outputText", "String", is_known)
    passages = PortRule("retrievalResults", "Array", is_known)
    if not is_known:
        return PortRules((answer, passages), advice=advice)
    return PortRules((answer if "modelId" in node.configuration else passages,), advice=advice)
