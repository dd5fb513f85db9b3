"""Any of the document forms that users have, read into a flow."""

from generator.definition.files import FileRefusal, TextReader
from generator.definition.forms import recognise_cloudformation
from generator.definition.reading import FlowReading, read_flow

__all__ = ["FileRefusal", "FlowReading", "TextReader", "read_flow", "recognise_cloudformation"]
