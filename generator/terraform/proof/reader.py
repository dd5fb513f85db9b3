"""An HCL file -> blocks and attributes. Uses python-hcl2's grammar, but is as strict as Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeAlias

from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from generator.terraform.proof.expression_reader import read_expression, read_string
from generator.terraform.proof.expressions import Expression, String
from generator.terraform.proof.parser import (
    Branch,
    UnreadableError,
    find_first_line,
    find_last_line,
    list_parts,
    name_branch,
    parse_hcl,
)

Fault: TypeAlias = tuple[int, str]
"""A line, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class ReadAttribute:
    """An attribute found in a file."""

    name: str
    value: Expression
    line: int


@dataclass(frozen=True)
class ReadBlock:
    """A block found in a file; the body keeps its order.

    Files with the same block share it, so what follows from a block alone is kept by its identity, not its content.
    """

    type: str
    labels: tuple[str, ...]
    body: tuple[ReadAttribute | ReadBlock, ...]
    line: int
    __hash__ = object.__hash__

    @cached_property
    def attributes(self) -> dict[str, Expression]:
        """The block's own attributes by name."""
        return {item.name: item.value for item in self.body if isinstance(item, ReadAttribute)}

    @cached_property
    def blocks(self) -> tuple[ReadBlock, ...]:
        """The blocks directly inside this one."""
        return tuple(item for item in self.body if isinstance(item, ReadBlock))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The blocks of a file, and what is wrong with it."""

    blocks: tuple[ReadBlock, ...]
    faults: tuple[Fault, ...]


_HEADER = re.compile(r"\A(?:#[^\n]*\n)+")
_PIECE_END = "\n}\n"
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


@lru_cache(maxsize=64)
def read_file(content: str) -> ReadFile:
    """Read an HCL file. Each distinct piece is read once, so modules share the cost of what they have in common.

    A piece ends with a line that contains only `}`. Anything that starts before that line and ends after it (a
    comment, a heredoc, a bracket) is a fault in both pieces, so pieces without faults mean what the whole file means.
    The comment lines at the top name the definition, which differs between modules; they form a piece of their own.
    """
    faults = tuple(find_character_faults(content))
    if faults:
        return ReadFile((), faults)
    texts = split_file(content)
    pieces, line = [], content.count("\n") - sum(text.count("\n") for text in texts)
    for piece in texts:
        pieces.append(_place_piece(piece, line))
        line += piece.count("\n")
    return ReadFile(
        tuple(block for piece in pieces for block in piece.blocks),
        tuple(fault for piece in pieces for fault in piece.faults),
    )


def split_file(content: str) -> list[str]:
    """Return the pieces of a file, without the comment lines at its top."""
    *pieces, last = _HEADER.sub("", content).split(_PIECE_END)
    return [*(piece + _PIECE_END for piece in pieces), last]


@lru_cache(maxsize=1024)
def _place_piece(piece: str, line: int) -> ReadFile:
    """Read a piece that has so many lines before it."""
    read = read_piece(piece)
    faults = tuple((number + line, problem) for number, problem in read.faults)
    return ReadFile(tuple(_move_block(block, line) for block in read.blocks), faults) if line else read


def _move_block(block: ReadBlock, lines: int) -> ReadBlock:
    body = (
        _move_block(item, lines) if isinstance(item, ReadBlock) else replace(item, line=item.line + lines)
        for item in block.body
    )
    return replace(block, body=tuple(body), line=block.line + lines)


@lru_cache(maxsize=4096)
def read_piece(content: str) -> ReadFile:
    """Read a piece of a file, or the whole of it."""
    faults: list[Fault] = []
    try:
        blocks = tuple(_read_file_blocks(parse_hcl(content), faults))
    except UnexpectedInput as error:
        return ReadFile((), ((error.line, f"invalid HCL at column {error.column}"),))
    except (LarkError, RecursionError) as error:
        return ReadFile((), ((1, f"unreadable: {type(error).__name__}"),))
    return ReadFile(blocks, tuple(faults))


def find_character_faults(content: str) -> Iterator[Fault]:
    """Yield what is wrong with the characters of a file."""
    if not content.endswith("\n"):
        yield content.count("\n") + 1, "the last line does not end with a line break"
    for match in _CONTROLS.finditer(content):
        line = content.count("\n", 0, match.start()) + 1
        yield line, f"the character U+{ord(match[0]):04X} must be escaped"


def _read_file_blocks(tree: Tree[Token], faults: list[Fault]) -> Iterator[ReadBlock]:
    body = list_parts(tree)[0]
    for item in _read_body(body, faults) if not isinstance(body, str) else ():
        if isinstance(item, ReadBlock):
            yield item
        else:
            faults.append((item.line, f"{item.name} is outside any block"))


def _read_body(body: Tree[Token], faults: list[Fault]) -> tuple[ReadAttribute | ReadBlock, ...]:
    items: list[ReadAttribute | ReadBlock] = []
    names: set[str] = set()
    last_line = 0
    for child in body.children:
        if isinstance(child, str) or child.data == "new_line_or_comment":
            faults.extend(_find_comment_faults(child))
            continue
        line = find_first_line(child)
        if line <= last_line:
            faults.append((line, "two attributes or blocks on one line"))
        last_line = find_last_line(child)
        try:
            item = _read_block(child, faults) if child.data == "block" else _read_attribute(child)
        except UnreadableError as error:
            faults.append((error.line, error.problem))
            continue
        if isinstance(item, ReadAttribute) and item.name in names:
            faults.append((item.line, f"{item.name} is set twice in one block"))
        names |= {item.name} if isinstance(item, ReadAttribute) else set()
        items.append(item)
    return tuple(items)


def _find_comment_faults(branch: Branch) -> Iterator[Fault]:
    for token in [branch] if isinstance(branch, str) else branch.children:
        if isinstance(token, str) and token.startswith("/"):
            yield find_first_line(token), "a comment that does not start with #: flowseal never writes that"


def _read_attribute(tree: Tree[Token]) -> ReadAttribute:
    name, _, value = list_parts(tree)
    return ReadAttribute(_read_word(name), read_expression(value), find_first_line(name))


def _read_block(tree: Tree[Token], faults: list[Fault]) -> ReadBlock:
    header = [part for part in list_parts(tree) if name_branch(part) not in ("LBRACE", "body", "RBRACE")]
    opening, body, closing = list_parts(tree)[len(header) :]
    line = find_first_line(tree)
    if find_first_line(opening) != line:
        raise UnreadableError(line, "the opening brace of a block is on its own line")
    labels = tuple(_read_label(part) for part in header[1:])
    if isinstance(body, str):
        raise UnreadableError(line, "a block without a body")
    inner = list_parts(body)
    if inner and (find_first_line(inner[0]) == line or find_last_line(inner[-1]) == find_first_line(closing)):
        faults.append((line, "a block that is not empty is on one line"))
    return ReadBlock(_read_word(header[0]), labels, _read_body(body, faults), line)


def _read_label(branch: Branch) -> str:
    if not isinstance(branch, str) and branch.data == "string":
        label = read_string(branch)
        if isinstance(label, String):
            return label.value
    raise UnreadableError(find_first_line(branch), "the label of a block is not a plain string")


def _read_word(branch: Branch) -> str:
    return str(branch if isinstance(branch, str) else branch.children[0])
