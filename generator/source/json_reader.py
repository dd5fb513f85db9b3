"""JSON with the place of each value; strict, as RFC 8259 says."""

from __future__ import annotations

import re
from json import JSONDecoder

from generator.source.position import ROOT, Fault
from generator.source.reading import Reading, TextRefusedError

_DECODER = JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_+\-][A-Za-z0-9_.]*")
_CONSTANTS = {"true": True, "false": False, "null": None}


def read_json(text: str) -> Reading:
    """Read a JSON text. The first syntax error ends the reading; duplicate keys and lone surrogates are collected."""
    reading = Reading(text)
    reader = _Reader(text, reading)
    try:
        reading.value, end = reader.read(reader.skip(0), *ROOT, 0)
        end = reader.skip(end)
        if end < len(text):
            raise reader.refuse(end, "there is extra content after the end of the document", "Remove it.")
    except TextRefusedError as refusal:
        return reading.refuse(refusal.fault)
    return reading


class _Reader:
    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading

    def skip(self, at: int) -> int:
        """Return the position of the next character that is not whitespace."""
        match = _BLANKS.match(self.text, at)
        return match.end() if match else at

    def refuse(self, at: int, what: str, help: str) -> TextRefusedError:
        """Return the error for a position where the text is not valid JSON."""
        if self.text.startswith(("//", "/*", "#"), at):
            what, help = "it contains a comment", "Remove the comment, or save the document as YAML with # comments."
        span = self.reading.locate(at, min(at + 1, len(self.text)))
        return TextRefusedError(Fault("SyntaxError", span, f"Invalid JSON: {what}.", help))

    def read(self, at: int, parent: int, name: str | int, depth: int) -> tuple[object, int]:
        """Read the value that begins at `at`, the `name` of the value `parent`; return it with the place after it."""
        number = self.reading.note_value((parent, name, at, at + 1), depth)
        character = self.text[at : at + 1]
        if character == "{":
            value, end = self._read_object(at, number, depth + 1)
        elif character == "[":
            value, end = self._read_array(at, number, depth + 1)
        elif character == '"':
            value, end = self._read_string(at)
        else:
            value, end = self._read_plain(at)
        self.reading.places[number] = (parent, name, at, end)
        return value, end

    def _read_object(self, at: int, number: int, depth: int) -> tuple[object, int]:
        result: dict[str, object] = {}
        at = self._open(at)
        if self.text[at : at + 1] == "}":
            return result, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                is_single = self.text[at : at + 1] == "'"
                help = (
                    "Use double quotes." if is_single else "Put the key in double quotes, or close the object with }."
                )
                raise self.refuse(at, "a key in double quotes was expected", help)
            key, end = self._read_string(at)
            self.reading.note_key((number, key, at, end))
            at = self.skip(end)
            if self.text[at : at + 1] != ":":
                raise self.refuse(at, "a colon was expected after the key", "Add a colon.")
            value, end = self.read(self.skip(at + 1), number, key, depth)
            result.setdefault(key, value)
            at, done = self._continue(end, "}")
            if done:
                return result, at

    def _read_array(self, at: int, number: int, depth: int) -> tuple[object, int]:
        result: list[object] = []
        at = self._open(at)
        if self.text[at : at + 1] == "]":
            return result, at + 1
        while True:
            value, end = self.read(at, number, len(result), depth)
            result.append(value)
            at, done = self._continue(end, "]")
            if done:
                return result, at

    def _open(self, at: int) -> int:
        """Return the place of what follows an opening bracket at `at`."""
        at = self.skip(at + 1)
        if self.text[at : at + 1] == ",":
            raise self.refuse(at, "nothing precedes this comma", "Remove the comma.")
        return at

    def _continue(self, at: int, closer: str) -> tuple[int, bool]:
        at = self.skip(at)
        if self.text[at : at + 1] == closer:
            return at + 1, True
        if self.text[at : at + 1] != ",":
            raise self.refuse(at, f"a comma or {closer} was expected", "Add it, or close the preceding string.")
        after = self.skip(at + 1)
        if self.text[after : after + 1] in ("}", "]"):
            raise self.refuse(at, f"this comma is followed only by {self.text[after]}", "Remove the comma.")
        if self.text[after : after + 1] == ",":
            raise self.refuse(after, "two commas in a row", "Remove one of them.")
        return after, False

    def _read_string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, at)
        except ValueError as error:
            place = getattr(error, "pos", at)
            raise self.refuse(
                place,
                "a string is not closed, or contains an unescaped control character",
                "Close the string, and escape control characters.",
            ) from error
        return self.reading.take_text(text, at, end), end

    def _read_plain(self, at: int) -> tuple[object, int]:
        if match := _NUMBER.match(self.text, at):
            return self.reading.take_number(match.group(), at, match.end()), match.end()
        match = _WORD.match(self.text, at)
        word = match.group() if match else ""
        if word in _CONSTANTS:
            return _CONSTANTS[word], at + len(word)
        what = f"{word} is not a value" if word else "a value was expected"
        raise self.refuse(
            at, what, "A JSON value is a string in double quotes, a number, true, false, null, [...], or {...}."
        )
