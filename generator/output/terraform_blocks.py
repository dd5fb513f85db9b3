"""The top-level blocks of Terraform configuration that flowseal did not generate: kind, labels, and place only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from generator.source import Document, Path, Span
from generator.source.position import Lines, find_value

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | \#[^\n]* | //[^\n]* | /\*.*?\*/)
    | (?P<heredoc><<-?(?P<end>[^\W\d][\w-]*)[ \t]*\r?\n(?:.*?\n)??[ \t]*(?P=end)(?=[ \t]*\r?(?:\n|\Z)))
    | (?P<word>[^\W\d][\w-]*)
    | (?P<open>[{(\[])
    | (?P<close>[})\]])
    | (?P<quote>")
    | (?P<cut>/\*|<<-?[^\W\d])
    | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_IN_STRING = re.compile(r'(?:\\[^\n]|\$\$\{|%%\{|(?![$%]\{)[^"\\\n])*')
_LINE_BREAK = re.compile("\n")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
STATE_BLOCKS = frozenset({"moved", "removed", "import"})
"""Blocks that change what Terraform manages, and declare nothing."""
_PAIRS = {"{": "}", "(": ")", "[": "]"}


class UnreadableBlocksError(ValueError):
    """The blocks of a file can't be determined; the message says why, `span` where, if that is known."""

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(why)
        self.span = span


@dataclass(frozen=True, slots=True)
class TerraformBlock:
    """A top-level block: its kind, such as "resource", and its labels, which only STATE_BLOCKS lack.

    `body` is the text from its opening brace to the next block.
    """

    kind: str
    labels: tuple[str, ...]
    span: Span
    body: str = ""

    @property
    def address(self) -> str:
        """What Terraform calls it."""
        return ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))


def list_blocks(text: str) -> list[TerraformBlock]:
    """Return the labeled blocks, and STATE_BLOCKS, of a text in HCL's native syntax. Raises UnreadableBlocksError.

    Inside a block, only comments, strings, and brackets are read: Terraform checks the rest.
    """
    lines = Lines(text, _LINE_BREAK)
    blocks: list[tuple[TerraformBlock, int]] = []
    header: list[tuple[str, Span]] = []
    for word, span in _scan_top(lines):
        if word != "{":
            header.append((word, span))
            continue
        if header:
            labels = tuple(label for label, _ in header[1:])
            blocks.append((TerraformBlock(header[0][0], labels, header[0][1]), _find_offset(lines, span)))
        header = []
    ends = [*(_find_offset(lines, block.span) for block, _ in blocks[1:]), len(text)]
    return [
        replace(block, body=text[start:end])
        for (block, start), end in zip(blocks, ends, strict=False)
        if block.labels or block.kind in STATE_BLOCKS
    ]


def _find_offset(lines: Lines, span: Span) -> int:
    return lines.starts[span.line - 1] + span.column - 1


def list_json_blocks(document: Document) -> list[TerraformBlock]:
    """Return the resources, module calls, and STATE_BLOCKS of a document in Terraform's JSON syntax."""
    blocks = []
    for kind, depth in (("resource", 2), ("module", 1)):
        for path, value in _list_members((), document.value):
            if path[-1] != kind:
                continue
            for labeled in _descend(path, value, depth):
                labels = tuple(str(part) for part in labeled[len(path) :] if isinstance(part, str))
                span, body = document.find_span(labeled, key=True), str(find_value(document.value, labeled))
                blocks.append(TerraformBlock(kind, labels, span, body))
    for path, value in _list_members((), document.value):
        if path[-1] in STATE_BLOCKS:
            blocks.append(TerraformBlock(str(path[-1]), (), document.find_span(path, key=True), str(value)))
    return sorted(blocks, key=lambda block: block.span)


def _descend(path: Path, value: Any, depth: int) -> Iterator[Path]:
    """Yield the paths of the members that are `depth` levels of objects below a value, through lists."""
    for inner, member in _list_members(path, value):
        if depth == 1:
            yield inner
        else:
            yield from _descend(inner, member, depth - 1)


def _list_members(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        yield from (((*path, key), member) for key, member in value.items())
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _list_members((*path, index), item)


def _scan_top(lines: Lines) -> Iterator[tuple[str, Span]]:
    """Yield the words, quoted labels, and opening braces outside all brackets."""
    text = lines.text
    opened: list[tuple[str, int]] = []
    position = 0
    while position < len(text):
        if opened and opened[-1][0] == '"':
            start, position = opened[-1][1], _skip_in_string(lines, position, opened)
            if not opened:
                yield _unescape(text[start + 1 : position - 1]), _place(lines, start, position)
            continue
        token = _TOKEN.match(text, position)
        if token is None or token.lastgroup == "cut":
            raise _report_open(lines, position)
        if not opened and (token.lastgroup == "word" or token[0] == "{"):
            yield token[0], _place(lines, position, token.end())
        if token.lastgroup in ("open", "quote"):
            opened.append((_PAIRS.get(token[0], '"'), position))
        elif token.lastgroup == "close" and (not opened or token[0] != opened.pop()[0]):
            raise UnreadableBlocksError(f"'{token[0]}' closes nothing", _place(lines, position, token.end()))
        position = token.end()
    if opened:
        raise _report_open(lines, opened[-1][1])


def _skip_in_string(lines: Lines, position: int, opened: list[tuple[str, int]]) -> int:
    """Return the position after the end of a string, or after the start of a template in it; updates `opened`."""
    text = lines.text
    match = _IN_STRING.match(text, position)
    position = match.end() if match else position
    if text.startswith('"', position):
        opened.pop()
        return position + 1
    if text.startswith(("${", "%{"), position):
        opened.append(("}", position))
        return position + 2
    raise _report_open(lines, opened[-1][1])


def _report_open(lines: Lines, start: int) -> UnreadableBlocksError:
    return UnreadableBlocksError("a bracket, string, or comment is not closed", _place(lines, start, start + 1))


def _place(lines: Lines, start: int, end: int) -> Span:
    """Return the span of characters on one line; `end` may be on a later line, which is not looked at."""
    line, column, _, _ = lines.locate(start, start)
    return Span(line, column, line, column + end - start)


def _unescape(text: str) -> str:
    """Return a quoted label with its escapes resolved."""

    def read(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return match[3] if code is None else chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"

    return _ESCAPE.sub(read, text)
