"""YAML with the place of each value. Tags, merge keys and several documents are refused."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.source.characters import count_position
from generator.source.position import Fault, Path, Span
from generator.source.reading import DEEPEST, INTEGER, MOST_VALUES, Reading, TextRefusedError, bound_reading

if TYPE_CHECKING:
    from yaml.nodes import Node

PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str")
OLD_BREAKS = "\x85\u2028\u2029"
"""What YAML 1.1, and so PyYAML, takes for the end of a line, and folds away; in YAML 1.2 (5.4) they are text."""

_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OCTAL_OR_HEX = re.compile(r"[-+]?(0[0-9_]+|0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+)")
_UNDERSCORES = re.compile(r"[-+]?[0-9](?=[0-9]*_)[0-9_]*(\.[0-9_]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC = frozenset("+-.0123456789")
"""The first characters of numbers, and of all that could be taken for one."""
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

HELP = {
    "'\\t' that cannot start any token": "Indent with spaces; YAML does not allow tabs here.",
    "that cannot start any token": "Put the string in quotes.",
    "mapping values are not allowed here": "Quote strings that contain a colon, and align the keys of each mapping.",
    "could not find expected ':'": "Write `key: value`, or put the string in quotes.",
    "expected <block end>": "Align the keys of each mapping and the dashes of each list.",
    "found undefined alias": "Define the anchor (&name) above it, or put a string that begins with * in quotes.",
}
"""By words of PyYAML's: what mostly is the cause."""


def read_yaml(text: str) -> Reading:
    """Read one YAML document. Faults in well-formed YAML are collected; a syntax error is told alone."""
    import yaml

    reading = Reading()
    masks = _choose_masks(text)
    loader: Any = None
    try:
        loader = _define_loader()(text.translate(masks))
        root: Node | None = loader.get_single_node()
        if root is None:
            return reading.refuse(
                Fault("SyntaxError", Span(1, 1, 1, 1), "The file is empty.", "Add a flow definition.")
            )
        unmask = {mask: character for character, mask in masks.items()}
        reading.value = _Reader(reading, yaml, unmask).read(root, (), ())
    except TextRefusedError as refusal:
        return reading.refuse(refusal.fault)
    except yaml.MarkedYAMLError as error:
        return reading.refuse(_describe_error(error))
    except yaml.reader.ReaderError as error:
        return reading.refuse(_describe_character(text, error.position))
    except (ValueError, OverflowError):
        # PyYAML makes a number of every %YAML version and a character of every escape sequence, without a bound.
        return reading.refuse(_describe_number(loader.buffer, loader.line + 1, loader.column + 1))
    except RecursionError:
        return reading.refuse(
            Fault("TooDeep", Span(1, 1, 1, 1), "The document is nested too deeply.", "Reduce the nesting.")
        )
    return reading


def _choose_masks(text: str) -> dict[int, int]:
    """Return, for each of the old line breaks in a text, a character of private use that the text does not have."""
    found = [ord(character) for character in OLD_BREAKS if character in text]
    free = (code for code in range(0xF0000, 0xFFFFE) if chr(code) not in text)
    return dict(zip(found, free, strict=False))


@cache
def _define_loader() -> Any:
    import yaml

    class PlainLoader(yaml.SafeLoader):
        """Resolves nothing: a scalar without quotes is told by its style. Counts values before it makes them."""

        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012
        depth = values = 0

        def compose_node(self, parent: Node | None, index: Any) -> Node | None:
            # PyYAML gives no index with a key, nor with the document itself.
            is_value = parent is None or index is not None
            self.values += is_value
            if self.depth > DEEPEST or self.values > MOST_VALUES:
                event: Any = self.peek_event()  # type: ignore[no-untyped-call]
                bound_reading(self.depth, self.values, _measure(event))
            self.depth += is_value
            node: Node | None = super().compose_node(parent, index)
            self.depth -= is_value
            return node

    return PlainLoader


class _Reader:
    def __init__(self, reading: Reading, yaml: Any, unmask: dict[int, int]) -> None:
        self.reading = reading
        self.yaml = yaml
        self.unmask = unmask

    def read(self, node: Node, path: Path, above: tuple[Node, ...]) -> object:
        """Return the value of a node; `above` are the nodes around it."""
        span = _measure(node)
        if node in above:
            message = "The alias refers to a value that contains it."
            raise TextRefusedError(Fault("TooLarge", span, message, "Replace the alias with the value."))
        self.reading.note_value(path, span)
        if node.tag not in PLAIN_TAGS:
            message = f"YAML tag {node.tag} is not supported."
            self.reading.faults.append(Fault("UnsupportedYaml", span, message, "Remove the tag."))
        if isinstance(node, self.yaml.MappingNode):
            return self._read_mapping(node, path, (*above, node))
        if isinstance(node, self.yaml.SequenceNode):
            return [self.read(item, (*path, place), (*above, node)) for place, item in enumerate(node.value)]
        return self._read_scalar(node, span)

    def _read_scalar(self, node: Node, span: Span) -> object:
        text = self._take_text(node, span)
        if getattr(node, "style", None) is not None:
            return text
        if reason := _explain_ambiguity(text):
            message = f"Unquoted {text} is ambiguous: {reason}."
            digits = text.replace("_", "")
            plain = digits if _is_number(digits) else "a plain decimal number"
            help = f'Write {plain} for a number or "{text}" for a string.'
            self.reading.faults.append(Fault("AmbiguousScalar", span, message, help))
            return text
        return self.reading.take_number(text, span) if _is_number(text) else _resolve_scalar(text)

    def _take_text(self, node: Any, span: Span) -> str:
        text = str(node.value)
        return self.reading.take_text(text.translate(self.unmask) if self.unmask else text, span)

    def _read_mapping(self, node: Any, path: Path, above: tuple[Node, ...]) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            span = _measure(key_node)
            if not isinstance(key_node, self.yaml.ScalarNode):
                message = "A mapping key must be a string, not a list or a mapping."
                help = "Put the key in quotes if it begins with { or [."
                self.reading.faults.append(Fault("UnsupportedYaml", span, message, help))
                continue
            key = self._take_text(key_node, span)
            if _is_merge_key(key_node):
                message = "YAML merge keys (<<) are not supported."
                self.reading.faults.append(Fault("UnsupportedYaml", span, message, "Write out the merged keys."))
                continue
            inner = (*path, key)
            self.reading.note_key(inner, span, self.reading.key_spans.get(inner) if key in result else None)
            if key not in result:
                result[key] = self.read(value_node, inner, above)
        # What is merged is read all the same: otherwise each of its keys would be reported as missing, too.
        for key_node, value_node in self._list_merged(node):
            if key_node.value not in result:
                result[key_node.value] = self.read(value_node, (*path, key_node.value), above)
        return result

    def _list_merged(self, node: Any) -> list[tuple[Any, Node]]:
        """Return the keys and values that merge keys bring into a mapping, each mapping's once."""
        mappings = {id(node): node}
        waiting = [node]
        while waiting:
            for key_node, value_node in waiting.pop(0).value:
                if _is_merge_key(key_node):
                    others = value_node.value if isinstance(value_node, self.yaml.SequenceNode) else [value_node]
                    new = {id(item): item for item in others if isinstance(item, self.yaml.MappingNode)}
                    waiting += [item for key, item in new.items() if key not in mappings]
                    mappings |= new
                self.reading.merged += 1
                bound_reading(0, self.reading.merged, _measure(key_node))
        pairs = [pair for mapping in list(mappings.values())[1:] for pair in mapping.value]
        return [pair for pair in pairs if isinstance(pair[0], self.yaml.ScalarNode) and not _is_merge_key(pair[0])]


def _is_merge_key(node: Any) -> bool:
    return getattr(node, "value", None) == "<<" and node.style is None


def _measure(node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    line, column = start.line + 1, start.column + 1
    if end.column == 0 and end.line >= line and getattr(node, "style", None) is None:
        # A block collection ends where the next thing begins: its first line says enough.
        return Span(line, column, line, column + 1)
    return Span(line, column, end.line + 1, end.column + 1)


def _describe_character(text: str, position: int) -> Fault:
    message = f"The character U+{ord(text[position]):04X} is not allowed in YAML."
    help = 'Write it as an escape sequence in double quotes, for example "\\x1b".'
    return Fault("SyntaxError", count_position(text, position, position), message, help)


def _describe_number(text: str, line: int, column: int) -> Fault:
    message, help = "the escape sequence here is not a Unicode character.", "The largest code point is \\U0010FFFF."
    if text.split("\n")[line - 1].startswith("%YAML"):
        message, help = "this is not a version of YAML.", "Write %YAML 1.2, or remove the line."
    return Fault("SyntaxError", Span(line, column, line, column + 1), f"Invalid YAML: {message}", help)


def _describe_error(error: Any) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
    problem = str(error.problem or error.context)
    if "expected a single document" in str(error.context):
        message = "The file contains more than one YAML document."
        return Fault("UnsupportedYaml", place, message, "Put each flow in its own file.")
    context = f" ({error.context})" if error.context and error.problem else ""
    help = next((help for words, help in HELP.items() if words in problem), "Fix the syntax here.")
    before = (mark.buffer or "")[: mark.pointer]
    if before.endswith(("{$param", "{$file")):
        help = "$param replaces a whole value: make the whole string the parameter, and write only {$param: NAME}."
        help = help if before.endswith("{$param") else "$file replaces a whole value: write only {$file: PATH}."
    elif before.endswith("$"):
        help = "Write the literal value, or {$param: NAME} for a parameter. flowseal does not resolve ${...}."
    return Fault("SyntaxError", place, f"Invalid YAML: {problem}{context}.", help)


def _resolve_scalar(text: str) -> object:
    """Return the value of an unquoted scalar that is not a number. Words (`on`, `no`) and dates are strings."""
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
