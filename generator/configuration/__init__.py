"""flowseal.yaml: which flows there are, where their modules go, what all of them have, what findings weigh."""

from generator.configuration.contents import Configuration, Defaults
from generator.configuration.reading import NAME, belongs_to, find_configuration, find_repository, read_configuration
from generator.configuration.severities import Severities, apply_severities

__all__ = [
    "NAME",
    "Configuration",
    "Defaults",
    "Severities",
    "apply_severities",
    "belongs_to",
    "find_configuration",
    "find_repository",
    "read_configuration",
]
