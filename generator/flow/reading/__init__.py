"""Documents of all supported formats, read into a flow."""

from generator.flow.reading.definition import FlowReading, read_flow
from generator.flow.reading.references import FileRefusal, TextReader
from generator.flow.reading.unsupported import recognize_cloudformation, recognize_code
