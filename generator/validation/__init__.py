"""Checks of a complete flow, one function per rule. AWS's validation types keep AWS's names.

To add a check, write a function with `@register_check` in one of the modules imported here.
"""

from generator.validation import (
    branches,
    composition,
    conditions,
    connections,
    data_flow,
    expressions,
    names,
    ports,
    prompts,
    reachability,
)
from generator.validation.names import find_colliding_flows
from generator.validation.registry import CHECKS, register_check, validate_flow
