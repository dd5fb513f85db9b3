"""Findings about a part of a text: in the definition, in a parameter's default, or in a file of its own."""

from __future__ import annotations

from generator.diagnostics import Finding, Rule
from generator.model import FileText
from generator.nodes import PlacedText
from generator.source import count_position


def report_in_text(rule: Rule, message: str, remedy: str, place: PlacedText, start: int, end: int) -> Finding:
    """Make a finding about text[start:end]; of a text that stands in a file of its own, it points into that file."""
    if isinstance(place.text, FileText):
        span = count_position(place.text, start, end)
        return Finding(rule, message, remedy, place.path, file=place.text.file, span=span)
    return Finding(rule, message, remedy, place.path, within=(start, end))
