"""Single defects, planted into documents with which nothing is wrong, each with the finding that must come of it."""

from defects import conditions, connections, loops, nodes, ports, prompts
from defects.planting import PLANTERS, Planted, Planter, Site

__all__ = [
    "PLANTERS",
    "Planted",
    "Planter",
    "Site",
    "conditions",
    "connections",
    "loops",
    "nodes",
    "ports",
    "prompts",
]
