"""YAML with the place of each value. Merge keys and several documents are refused, and so are tags, except those of
CloudFormation templates, which are the short form of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

from generator.source.position import ROOT, Fault
from generator.source.reading import INTEGER, Reading, TextRefusedError, bound_reading
from generator.source.yaml_events import Events, read_events

PLAIN_TAGS = (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str")
UNPREFIXED = ("Ref", "Condition")
"""CloudFormation's functions whose full name does not begin with `Fn::`."""

_SHORT_FORM = re.compile(r"!([A-Za-z]\w*)", re.ASCII)

_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OCTAL_OR_HEX = re.compile(r"[-+]?(0[0-9_]+|0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+)")
_UNDERSCORES = re.compile(r"[-+]?[0-9](?=[0-9]*_)[0-9_]*(\.[0-9_]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC = frozenset("+-.0123456789")
"""The first characters of numbers, and of all that could be taken for one."""
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read_yaml(text: str, *, is_template: bool = False) -> Reading:
    """Read one YAML document. Faults in well-formed YAML are collected; a syntax error is told alone.

    In a CloudFormation template, `!Name value` is read as `{"Fn::Name": value}`.
    """
    reading = Reading(text)
    try:
        reading.value = _Reader(reading, read_events(reading), is_template).read(0, *ROOT, 0)
    except TextRefusedError as refusal:
        return reading.refuse(refusal.fault)
    return reading


class _Reader:
    def __init__(self, reading: Reading, events: Events, is_template: bool = False) -> None:
        self.reading = reading
        self.is_template = is_template
        self.nodes = events.nodes
        self.ends = events.ends
        self.targets = events.targets
        self.unmask = events.unmask
        self.around: set[int] = set()

    def read(self, at: int, parent: int, key: str | int, depth: int) -> object:
        """Return the value of the node at a place among the events; it is noted as the `key` of the value `parent`."""
        at = self.targets.get(at, at)
        node = self.nodes[at]
        start, end = self._measure(at)
        if at in self.around:
            message = "The alias refers to a value that contains it."
            fault = Fault(
                "UnsupportedYaml", self.reading.locate(start, end), message, "Replace the alias with a value."
            )
            raise TextRefusedError(fault)
        number = self.reading.note_value((parent, key, start, end), depth)
        short = _SHORT_FORM.fullmatch(node.tag or "") if self.is_template else None
        if short is not None:
            function = short[1] if short[1] in UNPREFIXED else f"Fn::{short[1]}"
            number = self.reading.note_value((number, function, start, end), depth + 1)
            return {function: self._read_content(at, number, depth + 1)}
        if node.tag not in PLAIN_TAGS:
            self._add_fault("UnsupportedYaml", at, f"YAML tag {node.tag} is not supported.", "Remove the tag.")
        return self._read_content(at, number, depth)

    def _read_content(self, at: int, number: int, depth: int) -> object:
        """Return the value of a node without its tag, which was noted under `number`."""
        node = self.nodes[at]
        start, end = self._measure(at)
        if isinstance(node, ScalarEvent):
            return self._read_scalar(node, start, end)
        self.around.add(at)
        value: object
        if isinstance(node, MappingStartEvent):
            value = self._read_mapping(at, number, depth + 1)
        else:
            value = [self.read(item, number, place, depth + 1) for place, item in enumerate(self._list_items(at))]
        self.around.remove(at)
        return value

    def _measure(self, at: int) -> tuple[int, int]:
        """Return where a node begins and ends in the text."""
        node = self.nodes[at]
        start, end = node.start_mark.index, self.nodes[self.ends[at]].end_mark.index
        if end > start and self.reading.text[end - 1] in "\r\n" and not getattr(node, "style", None):
            # A block collection ends where the next thing begins: its first line says enough.
            return start, start + 1
        return start, end

    def _add_fault(self, kind: str, at: int, message: str, help: str) -> None:
        self.reading.faults.append(Fault(kind, self.reading.locate(*self._measure(at)), message, help))

    def _list_items(self, at: int) -> Iterator[int]:
        """Yield the places of the nodes directly inside a collection; in a mapping, keys and values in turn."""
        end, at = self.ends[at], at + 1
        while at < end:
            yield at
            at = self.ends[at] + 1

    def _list_pairs(self, at: int) -> Iterator[tuple[int, int]]:
        """Return the places of a mapping's keys, and of its values; aliases are followed."""
        items = (self.targets.get(item, item) for item in self._list_items(at))
        return zip(items, items, strict=True)

    def _read_scalar(self, node: ScalarEvent, start: int, end: int) -> object:
        text = self._take_text(node, start, end)
        if node.style:
            return text
        if text[:1] not in _NUMERIC:
            return _resolve_scalar(text)
        if reason := _explain_ambiguity(text):
            message = f"Unquoted {text} is ambiguous: {reason}."
            digits = text.replace("_", "")
            plain = digits if _is_number(digits) else "a plain decimal number"
            help = f'Write {plain} for a number or "{text}" for a string.'
            self.reading.faults.append(Fault("AmbiguousScalar", self.reading.locate(start, end), message, help))
            return text
        return self.reading.take_number(text, start, end) if _is_number(text) else text

    def _take_text(self, node: ScalarEvent, start: int, end: int) -> str:
        text = node.value.translate(self.unmask) if self.unmask else node.value
        return self.reading.take_text(text, start, end)

    def _read_mapping(self, at: int, number: int, depth: int) -> dict[str, object]:
        result: dict[str, object] = {}
        merges = False
        for key_at, value_at in self._list_pairs(at):
            node = self.nodes[key_at]
            if not isinstance(node, ScalarEvent):
                message = "A mapping key must be a string, not a list or a mapping."
                self._add_fault("UnsupportedYaml", key_at, message, "Put the key in quotes if it begins with { or [.")
                continue
            start, end = self._measure(key_at)
            key = self._take_text(node, start, end)
            if _is_merge_key(node):
                message = "YAML merge keys (<<) are not supported."
                self._add_fault("UnsupportedYaml", key_at, message, "Write out the merged keys.")
                merges = True
                continue
            self.reading.note_key((number, key, start, end))
            if key not in result:
                result[key] = self.read(value_at, number, key, depth)
        # What is merged is read all the same: otherwise each of its keys would be reported as missing, too.
        for key, value_at in self._list_merged(at) if merges else ():
            if key not in result:
                result[key] = self.read(value_at, number, key, depth)
        return result

    def _list_merged(self, at: int) -> Iterator[tuple[str, int]]:
        """Yield the keys, and the places of the values, that merge keys bring into a mapping, each mapping's once."""
        mappings = [at]
        for mapping in mappings:
            for key_at, value_at in self._list_pairs(mapping):
                node = self.nodes[key_at]
                if _is_merge_key(node):
                    is_list = isinstance(self.nodes[value_at], SequenceStartEvent)
                    others = self._list_items(value_at) if is_list else [value_at]
                    new = dict.fromkeys(self.targets.get(other, other) for other in others)
                    mappings += [
                        other
                        for other in new
                        if isinstance(self.nodes[other], MappingStartEvent) and other not in mappings
                    ]
                elif mapping != at and isinstance(node, ScalarEvent):
                    yield node.value.translate(self.unmask), value_at
                self.reading.merged += 1
                bound_reading(0, self.reading.merged, self.reading.locate(*self._measure(key_at)))


def _is_merge_key(node: object) -> bool:
    return isinstance(node, ScalarEvent) and node.value == "<<" and not node.style


def _resolve_scalar(text: str) -> object:
    """Return a non-numeric, unquoted scalar as None, a boolean, or a string. `on`, `no`, and dates are strings."""
    if text in _CONSTANTS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


def _is_number(text: str) -> bool:
    """Return whether an unquoted scalar is a number."""
    if text[:1] not in _NUMERIC:
        return False
    return bool(INTEGER.fullmatch(text) or (_FLOAT.fullmatch(text) and not text.isdecimal()))


def _explain_ambiguity(text: str) -> str | None:
    """Return why parsers of YAML disagree on an unquoted scalar, or None if they agree."""
    if text[:1] not in _NUMERIC:
        return None
    if _OCTAL_OR_HEX.fullmatch(text) and text != "0":
        return "some parsers read it as an octal, hexadecimal, or binary number and others do not"
    if _UNDERSCORES.fullmatch(text):
        return "some parsers read it as a number and others as a string"
    if _SEXAGESIMAL.fullmatch(text):
        return "some parsers read it as a base-60 number and others as a string"
    if _NOT_A_NUMBER.fullmatch(text):
        return "JSON has no such number"
    return None
