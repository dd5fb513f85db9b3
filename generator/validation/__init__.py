"""Checks of a flow as a whole, one function a kind, named as AWS names its kinds.

A new check is a function with `@register_check` in one of this package's files, imported here.
"""

from generator.validation import configurations, connections, names
from generator.validation.disk_names import find_colliding_flows
from generator.validation.registry import CHECKS, register_check, validate_flow

__all__ = [
    "CHECKS",
    "configurations",
    "connections",
    "find_colliding_flows",
    "names",
    "register_check",
    "validate_flow",
]
