"""What flowseal knows of each node type: its configuration, ports and quota, and the rights that it needs.

The only place for any of it.
"""

from generator.flow.nodes.grants import FROM_PERMISSIONS, collect_grants
from generator.flow.nodes.needs import find_value
from generator.flow.nodes.node_types import (
    MOST_NODES,
    NODE_TYPES,
    QUOTA_SOURCE,
    NodeType,
    list_input_rules,
    list_output_rules,
)
from generator.flow.nodes.ports import ANY_PORTS, PortRule, PortRules
from generator.flow.nodes.prompts import PlacedText, PromptVariables, VariableUse, find_misspelled_variable
