"""Checks of a flow as a whole, one function per kind, named as AWS names its kinds.

A new check is a function with `@register_check` in one of this package's files, imported here.
"""

from generator.validation import (
    branches,
    composition,
    conditions,
    configurations,
    connections,
    data_flow,
    expressions,
    names,
    port_types,
    ports,
    prompts,
    reachability,
    texts,
)
from generator.validation.names import find_colliding_flows
from generator.validation.registry import CHECKS, register_check, validate_flow

__all__ = [
    "CHECKS",
    "branches",
    "composition",
    "conditions",
    "configurations",
    "connections",
    "data_flow",
    "expressions",
    "find_colliding_flows",
    "names",
    "port_types",
    "ports",
    "prompts",
    "reachability",
    "register_check",
    "texts",
    "validate_flow",
]
