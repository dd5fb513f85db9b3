"""Texts as values that know where they stand."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from generator.source.characters import count_position, find_characters
from generator.source.json_reader import read_json
from generator.source.merge_conflicts import find_merge_conflict
from generator.source.position import Document, Fault, Lines, Path, Span
from generator.source.reading import Reading

__all__ = [
    "LARGEST_DOCUMENT",
    "MERGE_HELP",
    "SCHEMA_KEY",
    "Document",
    "Fault",
    "Path",
    "Span",
    "count_position",
    "find_characters",
    "read_document",
]

SCHEMA_KEY = "$schema"
"""The key by which a document names its JSON Schema to editors. It says nothing of what the document is about."""
MERGE_HELP = "Resolve the conflict, and delete the lines <<<<<<<, =======, and >>>>>>>."

LARGEST_DOCUMENT = 16 * 1024 * 1024
"""In bytes."""
LONGEST_YAML = 1_000_000
"""In characters. YAML takes far longer to read than JSON."""


def read_document(file: str, data: bytes, *, is_template: bool = False) -> tuple[Document | None, list[Fault]]:
    """Read a text as JSON (names that end in .json, or text that begins like JSON) or as YAML.

    Returns the document, or None where nothing can be made of it, and what is wrong with the text. Only in a template
    of CloudFormation may YAML have tags.
    """
    start = Span(1, 1, 1, 1)
    if len(data) > LARGEST_DOCUMENT:
        return None, [Fault("UnreadableText", start, "The file is larger than 16 MiB.", "Split it into several flows.")]
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return None, [Fault("UnreadableText", start, "The file is UTF-16.", "Save it as UTF-8.")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(Lines(data[: error.start].decode("utf-8", "replace")))
        message = f"The file is not UTF-8: byte {error.start + 1} is invalid."
        return None, [Fault("UnreadableText", Span(line, 1, line, 1), message, "Save it as UTF-8.")]
    reading = _read_text(file, text, is_template)
    if reading.failed:
        return None, _find_conflict_in(text) or reading.faults
    return Document(file, text, reading.value, reading.places, reading.keys.values()), reading.faults


def _find_conflict_in(text: str) -> list[Fault]:
    """Return why a text with conflict markers cannot be read: no other reason is worth a word beside it."""
    place = find_merge_conflict(text)
    if place is None:
        return []
    message = "The file contains merge conflict markers, starting here."
    return [Fault("MergeConflict", place, message, MERGE_HELP)]


def _read_text(file: str, text: str, is_template: bool) -> Reading:
    name = file.lower()
    if name.endswith(".json"):
        return read_json(text)
    if not name.endswith((".yaml", ".yml")) and text.lstrip()[:1] in ("{", "["):
        reading = read_json(text)
        if not reading.faults:
            return reading
    if len(text) > LONGEST_YAML:
        message = f"The YAML file has more than {LONGEST_YAML:,} characters."
        help = "Move long prompts and code to separate files with $file, or save the file as JSON."
        return Reading(text).refuse(Fault("UnreadableText", Span(1, 1, 1, 1), message, help))
    from generator.source.yaml_reader import read_yaml

    return read_yaml(text, is_template=is_template)
