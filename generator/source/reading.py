"""What both readers collect, and the limits that both keep."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from generator.source.position import Fault, Lines, Place, Span

DEEPEST = 64
MOST_VALUES = 20_000
"""A flow at AWS's quotas (40 nodes, 100 connections) has about 2,000."""
MOST_CHARACTERS = 16 * 1024 * 1024
LONGEST_WORD = 40
LONGEST_KEY = 200
"""Characters of a key that a message repeats."""
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
LONGEST_NUMBER = 100
"""Characters of a number. The longest that a float of 64 bits comes to in a plain form is far shorter."""
LARGEST_EXPONENT = 400
"""A float of 64 bits ends at 308, and below at -324."""
_EXPONENT = re.compile(r"[eE][-+]?0*([0-9]*)$")
_SURROGATE = re.compile("[\ud800-\udfff]")


class TextRefusedError(Exception):
    """Reading cannot go on: carries the fault that says why. Never leaves the room."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class MissingLibyamlError(Exception):
    """PyYAML is installed without libyaml: no document is at fault. Says what to do."""


def bound_reading(depth: int, values: int, span: Span) -> None:
    """End the reading where the value at `span` is too deep, or one too many."""
    if depth > DEEPEST:
        message = f"The document is nested more than {DEEPEST} levels deep."
        raise TextRefusedError(Fault("TooDeep", span, message, "Reduce the nesting."))
    if values > MOST_VALUES:
        message = f"The document has more than {MOST_VALUES:,} values after its aliases are expanded."
        raise TextRefusedError(Fault("TooLarge", span, message, "Split it, or use fewer aliases."))


@dataclass
class Reading:
    """A text on its way to a Document. `merged` counts the keys that merge keys led to, `characters` those of texts."""

    text: str
    value: object = None
    places: list[Place] = field(default_factory=list)
    keys: dict[tuple[int, str | int], Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    failed: bool = False
    merged: int = 0
    characters: int = 0

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text."""
        return Lines(self.text)

    def locate(self, start: int, end: int) -> Span:
        """Return the span of text[start:end]."""
        return self.lines.locate(start, end)

    def note_value(self, place: Place, depth: int) -> int:
        """Remember where a value stands, and return its number; too deep or too many values end the reading."""
        self.places.append(place)
        if depth > DEEPEST or len(self.places) > MOST_VALUES:
            bound_reading(depth, len(self.places), self.locate(*place[2:]))
        return len(self.places) - 1

    def note_key(self, place: Place) -> None:
        """Remember where a key stands, unless the same mapping has it already, which is reported."""
        first = self.keys.setdefault(place[:2], place)
        if first is not place:
            key = str(place[1])
            shown = repr(key) if len(key) <= LONGEST_KEY else f"{key[:LONGEST_KEY]!r}..."
            related = (("First defined here.", self.locate(*first[2:])),)
            span = self.locate(*place[2:])
            self.faults.append(Fault("DuplicateKey", span, f"Duplicate key {shown}.", "Remove one of them.", related))

    def take_text(self, text: str, start: int, end: int) -> str:
        """Return a key or text. Half surrogate pairs in it are reported, and replaced, so that every text is UTF-8.

        Repeated words share one string, which makes later lookups faster. Too much text ends the reading: only aliases
        can make a document larger than its file.
        """
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            message = f"The document has more than {MOST_CHARACTERS:,} characters after its aliases are expanded."
            fault = Fault("TooLarge", self.locate(start, end), message, "Split it, or use fewer aliases.")
            raise TextRefusedError(fault)
        if not text.isascii() and _SURROGATE.search(text):
            message = "The string contains an unpaired surrogate, which is not a valid character."
            help = "Write the character itself, or both surrogates."
            self.faults.append(Fault("LoneSurrogate", self.locate(start, end), message, help))
            text = _SURROGATE.sub("\ufffd", text)
        return sys.intern(text) if len(text) <= LONGEST_WORD else text

    def take_number(self, text: str, start: int, end: int) -> int | Decimal:
        """Return a number; one that is out of bounds ends the reading."""
        number = read_number(text)
        if number is None:
            shown = text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}..."
            message = f"The number {shown} is too long or its exponent is too large."
            bounds = f"an exponent from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}"
            help = f"Use at most {LONGEST_NUMBER} characters and {bounds}."
            raise TextRefusedError(Fault("InvalidNumber", self.locate(start, end), message, help))
        return number

    def refuse(self, fault: Fault) -> Reading:
        """End the reading with a fault."""
        self.faults.append(fault)
        self.failed = True
        return self


def read_number(text: str) -> int | Decimal | None:
    """Return a number as YAML or JSON spells it, or None where it has too many digits or too large an exponent."""
    if not is_bounded(text):
        return None
    return int(text) if INTEGER.fullmatch(text) else Decimal(text)


def is_bounded(text: str) -> bool:
    """Return whether a number is short enough, and its exponent small enough, to be computed with and written out."""
    if len(text) > LONGEST_NUMBER:
        return False
    exponent = _EXPONENT.search(text)
    return exponent is None or (len(exponent[1]) < 4 and int(exponent[1] or 0) <= LARGEST_EXPONENT)
