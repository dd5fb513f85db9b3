"""Checks of a flow as a whole, one function a kind, named as AWS names its kinds.

A new check is a function with `@register_check` in one of this package's files, imported here.
"""

from generator.validation import (
    branches,
    condition_meaning,
    conditions,
    configurations,
    connections,
    credentials,
    expressions,
    inputs,
    loops,
    names,
    port_types,
    ports,
    prompts,
    quotas,
    reach,
    results,
    unspecified,
)
from generator.validation.disk_names import find_colliding_flows
from generator.validation.registry import CHECKS, register_check, validate_flow

__all__ = [
    "CHECKS",
    "branches",
    "condition_meaning",
    "conditions",
    "configurations",
    "connections",
    "credentials",
    "expressions",
    "find_colliding_flows",
    "inputs",
    "loops",
    "names",
    "port_types",
    "ports",
    "prompts",
    "quotas",
    "reach",
    "register_check",
    "results",
    "unspecified",
    "validate_flow",
]
