"""The language of a node's input expressions: the subset of JsonPath that Bedrock takes.

Source: Bedrock user guide, "Use expressions to define inputs by extracting the relevant part of a whole input".
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from generator.validation.languages import ExpressionFault, Language, describe_fault

WHOLE_INPUT = "$.data"
LONGEST = 64
"""The API's limit of an expression; a longer one is told by its length and not read."""

GRAMMAR = r"""
start: ROOT (DOT (NAME | STAR) | OPEN inside CLOSE)*
inside: STAR | INTEGER (COMMA INTEGER)* | INTEGER? COLON INTEGER?
ROOT: "$.data"
DOT: "."
STAR: "*"
NAME: /[^\s.*,:\[\](){}"'$@?]+/
INTEGER: /-?[0-9]+/
OPEN: /\[ */
CLOSE: / *\]/
COMMA: / *, */
COLON: / *: */
"""
WORDS = {
    "ROOT": "$.data",
    "DOT": "a dot",
    "OPEN": "[",
    "NAME": "a field's name",
    "INTEGER": "a whole number",
    "STAR": "*",
    "COMMA": "a comma",
    "COLON": "a colon",
    "CLOSE": "]",
    "$END": "the end",
}
HINTS = {
    '"': "Write the field's name after a dot: $.data.name.",
    "'": "Write the field's name after a dot: $.data.name.",
    "?": "Bedrock takes no filters: choose in a Condition node or in code.",
}
LANGUAGE: Language[object] = Language("input-expressions", GRAMMAR, WORDS, hints=HINTS)


_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_START = re.compile(r"\$?\.?(data(?![\w-]))?\.?")
_BRACKETS = re.compile(r"""\[\s*["']?([A-Za-z_]\w*)["']?\s*\]""")
_DIGITS = re.compile(r"[0-9]+")


def read_input_expression(text: str) -> ExpressionFault | None:
    """Return the first thing that is wrong with an input's expression, or None for one that is well-formed."""
    if text == WHOLE_INPUT or len(text) > LONGEST:
        return None
    if not text.startswith(WHOLE_INPUT):
        meant = _suggest(text)
        remedy = f"Did you mean {meant}?" if meant else "Write $.data for the whole input, or $.data.name for a field."
        return ExpressionFault(describe_fault([WHOLE_INPUT], 0, text), 0, len(text), remedy)
    # Which words and numbers stand in an expression does not matter to its grammar: those of one form are read once.
    rest = _DIGITS.sub("0", _WORD.sub("a", text[len(WHOLE_INPUT) :]))
    fault = None if _find_fault(WHOLE_INPUT + rest) is None else _find_fault(text)
    meant = _suggest(text) if fault is not None else None
    return replace(fault, remedy=f"Did you mean {meant}?") if fault is not None and meant else fault


def _suggest(text: str) -> str | None:
    """Return an expression that is well-formed and may be meant, or None: fields in brackets, or $.data left out."""
    fields = _BRACKETS.sub(r".\1", _START.sub("", text)).strip(".")
    meant = WHOLE_INPUT + (f".{fields}" if fields and fields[0] != "[" else fields)
    return meant if meant != text and len(meant) <= LONGEST and _find_fault(meant) is None else None


@lru_cache(maxsize=1024)
def _find_fault(text: str) -> ExpressionFault | None:
    parsed = LANGUAGE.parse(text)
    return parsed if isinstance(parsed, ExpressionFault) else None
