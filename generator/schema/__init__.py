"""JSON Schemas for editors: of a definition in flowseal's own form, and of flowseal.yaml. Made of the checks' data."""

from generator.schema.configuration import write_configuration_schema
from generator.schema.definition import write_definition_schema
from generator.schema.values import is_written_schema

__all__ = ["is_written_schema", "write_configuration_schema", "write_definition_schema"]
