"""All that flowseal knows about node types: their configuration, ports, quotas, and the permissions that they need."""

from generator.flow.nodes.conditions import DEFAULT, Condition, list_conditions
from generator.flow.nodes.grants import FROM_PERMISSIONS, collect_grants
from generator.flow.nodes.needs import find_value
from generator.flow.nodes.node_types import (
    ANY_PORTS,
    MOST_NODES,
    NODE_TYPES,
    QUOTA_SOURCE,
    NodeType,
    PortRule,
    PortRules,
    list_input_rules,
    list_output_rules,
)
from generator.flow.nodes.prompts import PlacedText, PromptVariables, VariableUse, find_misspelled_variable
