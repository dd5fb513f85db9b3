"""YAML text -> events, by libyaml. Where it and PyYAML's own, slow parser disagree, the stricter answer counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
)

from generator.source.position import Fault, Span
from generator.source.reading import DEEPEST, MOST_VALUES, MissingLibyamlError, Reading, TextRefusedError, bound_reading

OLD_BREAKS = "\x85\u2028\u2029"
"""What YAML 1.1, and so both parsers, takes for the end of a line, and folds away; in YAML 1.2 (5.4) they are text."""
BYTE_ORDER_MARK = "\ufeff"
"""Text as well: the parsers disagree on where it may be, and on whether it is a character of the line."""
_DISPUTED = re.compile(r"\t|[|>][-+0-9]*#|^%", re.MULTILINE)
"""What libyaml accepts and PyYAML may not: tabs between tokens, and a comment right after a directive or the sign of a
block."""
_DISPUTED_IN_FLOW = "?"
"""The same, in an unquoted scalar inside brackets."""
_SURROGATE_ESCAPE = "invalid Unicode character escape code"
"""Words of libyaml's. PyYAML reads escaped surrogates, so that each can be reported where it is."""

WITHOUT_LIBYAML = (
    "PyYAML is installed without libyaml, which flowseal needs to read YAML. "
    "Reinstall it: pip install --force-reinstall --only-binary :all: PyYAML"
)
HELP = {
    "'\\t' that cannot start any token": "Indent with spaces; YAML does not allow tabs here.",
    "found a tab character where": "Indent with spaces; YAML does not allow tabs here.",
    "that cannot start any token": "Put the string in quotes.",
    "mapping values are not allowed here": "Quote strings that contain a colon, and align the keys of each mapping.",
    "could not find expected ':'": "Write `key: value`, or put the string in quotes.",
    "found unexpected ':'": "Write a space after the colon, or put the string in quotes.",
    "expected <block end>": "Align the keys of each mapping and the dashes of each list.",
    "found undefined alias": "Define the anchor (&name) above it, or put a string that begins with * in quotes.",
    "found duplicate anchor": "Give each anchor a unique name.",
}
"""By words of the parsers': what mostly is the cause."""


class _PurePythonParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """PyYAML's own parser. Its messages are the better ones."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


@dataclass
class Events:
    """The events of a document's nodes in their order, each collection's end included.

    `ends` has the place of each node's last event, `targets` the place of the node that each alias refers to, and
    `unmask` the original characters of those that were replaced.
    """

    unmask: dict[int, str]

    nodes: list[Any] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    targets: dict[int, int] = field(default_factory=dict)
    is_disputed: bool = False


def mask_text(text: str) -> tuple[str, dict[int, str]]:
    """Return a text that both parsers read alike, and its replaced characters with the original ones."""
    found = [character for character in OLD_BREAKS + BYTE_ORDER_MARK if character in text]
    if not found:
        return text, {}
    free = (code for code in range(0xF0000, 0xFFFFE) if chr(code) not in text)
    masks = dict(zip(map(ord, found), free, strict=False))
    return text.translate(masks), {mask: chr(code) for code, mask in masks.items()}


def read_events(reading: Reading) -> Events:
    """Return the events of a text with one document. Raises TextRefusedError, MissingLibyamlError."""
    if not yaml.__with_libyaml__:
        raise MissingLibyamlError(WITHOUT_LIBYAML)
    text, unmask = mask_text(reading.text)
    refusal: yaml.YAMLError | None = None
    try:
        events = _collect_events(yaml._yaml.CParser(text), _Collector(reading, unmask))
        if not (events.is_disputed or _DISPUTED.search(text)):
            return events
    except yaml.YAMLError as error:
        refusal = error
    events = _read_slowly(text, _Collector(reading, unmask))
    if refusal is not None and _SURROGATE_ESCAPE not in str(refusal):
        raise TextRefusedError(_describe_error(refusal, reading, unmask))
    return events


def scan_tokens(text: str) -> list[Any]:
    """Return the tokens of a document that was read; none of JSON that is no YAML."""
    masked, _ = mask_text(text)
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        try:
            return list(yaml.scan(masked, Loader=loader))
        except yaml.YAMLError:
            continue
    return []


def _read_slowly(text: str, collector: _Collector) -> Events:
    """Return what PyYAML's own parser makes of a text, or raise TextRefusedError in its words."""
    parser: Any = None
    try:
        parser = _PurePythonParser(text)
        return _collect_events(parser, collector)
    except yaml.reader.ReaderError as error:
        raise TextRefusedError(_describe_character(collector.reading, error.position)) from error
    except yaml.YAMLError as error:
        raise TextRefusedError(_describe_error(error, collector.reading, collector.events.unmask)) from error
    except (ValueError, OverflowError) as error:
        # PyYAML makes a number of every %YAML version and a character of every escape sequence, without a bound.
        raise TextRefusedError(_describe_number(collector.reading, parser.index)) from error


def _collect_events(parser: Any, collector: _Collector) -> Events:
    """Return the events of the first document, which must be the only one."""
    get: Callable[[], Any] = parser.get_event
    get()
    if isinstance(get(), StreamEndEvent):
        message = "The file contains only comments." if collector.reading.text.strip() else "The file is empty."
        raise TextRefusedError(Fault("SyntaxError", Span(1, 1, 1, 1), message, "Add a flow definition."))
    while not isinstance(event := get(), DocumentEndEvent):
        collector.add(event)
    following = get()
    if not isinstance(following, StreamEndEvent):
        message = "The file contains more than one YAML document."
        span = _place(following.start_mark, collector.reading)
        raise TextRefusedError(Fault("UnsupportedYaml", span, message, "Put each flow in its own file."))
    return collector.events


class _Collector:
    """Adds events one by one. Too many values, or values too deep, end the reading before there are more of them."""

    def __init__(self, reading: Reading, unmask: dict[int, str]) -> None:
        self.reading = reading
        self.events = Events(unmask)
        self.anchors: dict[str, int] = {}
        self.values = 0
        # The collections that are open, and whether a mapping's key is next there: never in a list.
        self.around: list[int] = []
        self.before_key: list[bool | None] = [None]

    def add(self, event: Any) -> None:
        nodes, ends = self.events.nodes, self.events.ends
        at = len(nodes)
        nodes.append(event)
        ends.append(at)
        if isinstance(event, CollectionEndEvent):
            ends[self.around.pop()] = at
            self.before_key.pop()
            return
        is_key = self.before_key[-1]
        if is_key is not None:
            self.before_key[-1] = not is_key
        self.values += not is_key
        if len(self.around) > DEEPEST or self.values > MOST_VALUES:
            span = self.reading.locate(event.start_mark.index, event.end_mark.index)
            bound_reading(len(self.around), self.values, span)
        if event.anchor is not None:
            self._follow_anchor(event, at)
        if isinstance(event, ScalarEvent):
            if not event.style and _DISPUTED_IN_FLOW in event.value and self.around:
                self.events.is_disputed |= bool(nodes[self.around[-1]].flow_style)
        elif not isinstance(event, AliasEvent):
            self.around.append(at)
            self.before_key.append(True if isinstance(event, MappingStartEvent) else None)

    def _follow_anchor(self, event: Any, at: int) -> None:
        """Remember the place of an anchor, or of what an alias stands for."""
        name = event.anchor
        if isinstance(event, AliasEvent) is not (name in self.anchors):
            problem = f"found {'undefined alias' if isinstance(event, AliasEvent) else 'duplicate anchor'} {name!r}"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        if isinstance(event, AliasEvent):
            self.events.targets[at] = self.anchors[name]
        else:
            self.anchors[name] = at


def _place(mark: Any, reading: Reading) -> Span:
    """Return the span of the character at a mark."""
    line, column, _, _ = reading.locate(mark.index, mark.index)
    return Span(line, column, line, column + 1)


def _describe_character(reading: Reading, position: int) -> Fault:
    message = f"The character U+{ord(reading.text[position]):04X} is not allowed in YAML."
    help = 'Write it as an escape sequence in double quotes, for example "\\x1b".'
    return Fault("SyntaxError", reading.locate(position, position + 1), message, help)


def _describe_number(reading: Reading, at: int) -> Fault:
    message, help = "this escape sequence is not a Unicode character.", "The largest code point is \\U0010FFFF."
    line, column, _, _ = reading.locate(at, at)
    if reading.lines.read(line).startswith("%YAML"):
        message, help = "this YAML version does not exist.", "Write %YAML 1.2, or remove the line."
    return Fault("SyntaxError", Span(line, column, line, column + 1), f"Invalid YAML: {message}", help)


def _describe_error(error: Any, reading: Reading, unmask: dict[int, str]) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context)
    for mask, character in unmask.items():
        problem = problem.replace(repr(chr(mask)), repr(character))
    context = f" ({error.context})" if error.context and error.problem else ""
    help = next((help for words, help in HELP.items() if words in problem), "Fix the syntax here.")
    before = reading.text[: mark.index]
    if before.endswith(("{$param", "{$file")):
        help = "$param replaces a whole value: make the whole string the parameter, and write only {$param: NAME}."
        help = help if before.endswith("{$param") else "$file replaces a whole value: write only {$file: PATH}."
    elif before.endswith("$"):
        help = "Write the literal value, or {$param: NAME} for a parameter. flowseal does not resolve ${...}."
    return Fault("SyntaxError", _place(mark, reading), f"Invalid YAML: {problem}{context}.", help)
