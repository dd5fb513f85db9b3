"""flowseal.yaml: which flows there are, where their modules go, what all of them have, what findings weigh."""

from generator.project.configuration.contents import Configuration, Defaults
from generator.project.configuration.reading import NAME, find_configuration, read_configuration
from generator.project.configuration.severities import Severities, apply_severities

__all__ = [
    "NAME",
    "Configuration",
    "Defaults",
    "Severities",
    "apply_severities",
    "find_configuration",
    "read_configuration",
]
