"""Every node type of the API: its configuration, ports, quota, and the permissions that it needs.

Sources: AWS General Reference, "Amazon Bedrock endpoints and quotas", as of mid 2025; Bedrock user guide, "Node types
for your flow". Where the guide's tables of ports and its examples differ (the types of agentInputText, inputText, and
s3Content), the narrower type is here, as ambiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from generator.flow.model import Flow, Node
from generator.flow.nodes.needs import (
    Need,
    allow_named_resource,
    list_knowledge_base_needs,
    list_prompt_needs,
    list_retrieval_needs,
    list_storage_needs,
)
from generator.flow.nodes.prompts import PromptVariables, find_prompt_variables

QUOTA_SOURCE = "AWS General Reference, Amazon Bedrock endpoints and quotas, as of mid 2025"
MOST_NODES = 40
"""The quota of nodes in a flow, of all types together."""


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
Ports = PortRules | Callable[[Node, Flow], PortRules]


@dataclass(frozen=True, slots=True)
class NodeType:
    """A node type. `configuration` is the key of its configuration.

    `quota` is the number of nodes of the type that a flow may have, None if AWS states none. With `acts`, a node does
    more than return a result.
    """

    configuration: str
    inputs: Ports
    outputs: Ports
    needs_configuration: bool = True
    quota: int | None = None
    acts: bool = False
    list_needs: Callable[[Node, Flow], Iterator[Need]] | None = None


def list_input_rules(node: Node, flow: Flow) -> PortRules:
    """Return the rules for the inputs of a node."""
    return _settle(NODE_TYPES[node.type].inputs, node, flow)


def list_output_rules(node: Node, flow: Flow) -> PortRules:
    """Return the rules for the outputs of a node."""
    return _settle(NODE_TYPES[node.type].outputs, node, flow)


def _settle(ports: Ports, node: Node, flow: Flow) -> PortRules:
    return ports if isinstance(ports, PortRules) else ports(node, flow)


def list_prompt_inputs(node: Node, flow: Flow) -> PortRules:
    """Return one input per variable, or any input if a part of the prompt is unknown."""
    variables = find_prompt_variables(node, flow)
    rules = tuple(PortRule(name, must_be_listed=False) for name in variables.names)
    advice = "A prompt has one input, with the same name, for each {{variable}} in its text."
    return PortRules(rules, takes_others=not variables.is_known, advice=advice, variables=variables)


def list_knowledge_base_outputs(node: Node, _flow: Flow) -> PortRules:
    """Return the output of a knowledge base, which depends on whether it has a model for answers."""
    advice = "With a modelId, the output is outputText of type String; without one, retrievalResults of type Array."
    is_known = bool(node.configuration)
    answer = PortRule("outputText", "String", is_known)
    passages = PortRule("retrievalResults", "Array", is_known)
    if not is_known:
        return PortRules((answer, passages), advice=advice)
    return PortRules((answer if "modelId" in node.configuration else passages,), advice=advice)


def _name_ports(*rules: PortRule) -> PortRules:
    return PortRules(rules)


def _name_optional_input(name: str) -> PortRule:
    """Return the rule of an input that AWS fills in if it has no connection."""
    return PortRule(name, "Object", must_be_listed=False, must_be_connected=False)


NODE_TYPES: Mapping[str, NodeType] = MappingProxyType(
    {
        "Input": NodeType("input", NO_PORTS, _name_ports(PortRule("document")), needs_configuration=False),
        "Output": NodeType("output", _name_ports(PortRule("document")), NO_PORTS, needs_configuration=False),
        "Iterator": NodeType(
            "iterator",
            _name_ports(PortRule("array", "Array")),
            _name_ports(PortRule("arrayItem"), PortRule("arraySize", "Number")),
            needs_configuration=False,
            quota=1,
        ),
        "Collector": NodeType(
            "collector",
            _name_ports(PortRule("arrayItem"), PortRule("arraySize", "Number")),
            _name_ports(PortRule("collectedArray", "Array")),
            needs_configuration=False,
            quota=1,
        ),
        "Condition": NodeType("condition", ANY_PORTS, NO_PORTS, quota=5),
        "Prompt": NodeType(
            "prompt",
            list_prompt_inputs,
            _name_ports(PortRule("modelCompletion", "String")),
            list_needs=list_prompt_needs,
        ),
        "KnowledgeBase": NodeType(
            "knowledgeBase",
            _name_ports(PortRule("retrievalQuery", "String")),
            list_knowledge_base_outputs,
            quota=20,
            list_needs=list_knowledge_base_needs,
        ),
        "Agent": NodeType(
            "agent",
            _name_ports(
                PortRule("agentInputText", "String", is_type_ambiguous=True),
                _name_optional_input("promptAttributes"),
                _name_optional_input("sessionAttributes"),
            ),
            _name_ports(PortRule("agentResponse", "String")),
            quota=20,
            acts=True,
            list_needs=allow_named_resource("InvokeAgent", "bedrock:InvokeAgent", "agentAliasArn"),
        ),
        "LambdaFunction": NodeType(
            "lambdaFunction",
            ANY_PORTS,
            _name_ports(PortRule("functionResponse")),
            quota=20,
            acts=True,
            list_needs=allow_named_resource("InvokeFunction", "lambda:InvokeFunction", "lambdaArn"),
        ),
        "Lex": NodeType(
            "lex",
            _name_ports(
                PortRule("inputText", "String", is_type_ambiguous=True),
                _name_optional_input("requestAttributes"),
                _name_optional_input("sessionAttributes"),
            ),
            _name_ports(PortRule("predictedIntent", "String")),
            quota=5,
            acts=True,
            list_needs=allow_named_resource("RecognizeUtterance", "lex:RecognizeUtterance", "botAliasArn"),
        ),
        "Retrieval": NodeType(
            "retrieval",
            _name_ports(PortRule("objectKey", "String")),
            _name_ports(PortRule("s3Content", "String", is_type_ambiguous=True)),
            quota=10,
            list_needs=list_retrieval_needs,
        ),
        "Storage": NodeType(
            "storage",
            _name_ports(PortRule("content"), PortRule("objectKey", "String")),
            _name_ports(PortRule("s3Uri", "String")),
            quota=10,
            acts=True,
            list_needs=list_storage_needs,
        ),
        "InlineCode": NodeType(
            "inlineCode", PortRules(takes_others=True, most=5), _name_ports(PortRule("response")), quota=5
        ),
        # The nodes of its definition have needs of their own; the loop adds none.
        "Loop": NodeType(
            "loop",
            ANY_PORTS,
            PortRules((PortRule("iterationCount", "Number", must_be_listed=False),), takes_others=True),
            acts=True,
        ),
        "LoopInput": NodeType("loopInput", ANY_PORTS, ANY_PORTS, needs_configuration=False),
        "LoopController": NodeType("loopController", ANY_PORTS, NO_PORTS),
    }
)
"""Every node type of the API. A test compares the names with the API's data."""
