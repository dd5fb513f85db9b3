"""Any of the document forms that users have, read into a flow."""

from generator.definition.files import FileRefusal, TextReader
from generator.definition.reading import FlowReading, read_flow
from generator.definition.unsupported import recognize_cloudformation, recognize_code

__all__ = ["FileRefusal", "FlowReading", "TextReader", "read_flow", "recognize_cloudformation", "recognize_code"]
