"""JSON Schemas for editors, of definitions and of flowseal.yaml, built from the data of the checks."""

from generator.editor.configuration import write_configuration_schema
from generator.editor.definition import write_definition_schema
from generator.editor.values import is_written_schema
