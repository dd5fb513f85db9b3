"""flowseal.yaml: which flows there are, where their modules go, what all of them have, and the severities of rules."""

from generator.project.configuration.reading import NAME, Configuration, find_configuration, read_configuration
from generator.project.configuration.severities import Severities, apply_severities
