"""JSON Schemas for editors: of a definition in flowseal's own form, and of flowseal.yaml. Made of the checks' data."""

from generator.editor.configuration import write_configuration_schema
from generator.editor.definition import write_definition_schema
from generator.editor.values import is_written_schema

__all__ = ["is_written_schema", "write_configuration_schema", "write_definition_schema"]
