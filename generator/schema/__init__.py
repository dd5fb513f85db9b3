"""JSON Schemas for editors: of a definition in flowseal's own form, and of flowseal.yaml. Made of the checks' data."""

from generator.schema.configuration import write_configuration_schema
from generator.schema.definition import write_definition_schema

__all__ = ["write_configuration_schema", "write_definition_schema"]
