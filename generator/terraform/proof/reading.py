"""The text of a .tf file -> blocks and attributes, by python-hcl2's grammar but as strict as Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from generator.terraform.proof.expression_reading import read_expression, read_string
from generator.terraform.proof.expressions import Expression, Text
from generator.terraform.proof.grammar import parse_text
from generator.terraform.proof.tree import UnreadableError, find_first_line, find_last_line, list_parts, name_branch

if TYPE_CHECKING:
    from lark import Token, Tree

    from generator.terraform.proof.tree import Branch


@dataclass(frozen=True, slots=True)
class ReadAttribute:
    """An attribute as it stands in a file."""

    name: str
    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A block as it stands in a file; the body keeps its order."""

    type: str
    labels: tuple[str, ...]
    body: tuple[ReadItem, ...]
    line: int

    @property
    def attributes(self) -> dict[str, Expression]:
        """The block's own attributes by name."""
        return {item.name: item.value for item in self.body if isinstance(item, ReadAttribute)}

    @property
    def blocks(self) -> tuple[ReadBlock, ...]:
        """The blocks directly inside this one."""
        return tuple(item for item in self.body if isinstance(item, ReadBlock))


ReadItem: TypeAlias = ReadAttribute | ReadBlock


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says, and what is wrong with it: (line, sentence) for each fault."""

    blocks: tuple[ReadBlock, ...]
    faults: tuple[tuple[int, str], ...]


_HEADER = re.compile(r"\A(?:#[^\n]*\n)+")
_PIECE_END = re.compile(r"(?<=\n}\n)")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


@lru_cache(maxsize=64)
def read_file(text: str) -> ReadFile:
    """Read the text of a file in HCL; each distinct piece of it is read once, so what modules share costs once a run.

    A piece ends with a line that is nothing but `}`. What began before it and ends behind it (a comment, a heredoc, a
    bracket) makes both pieces faulty, so that pieces without a fault mean what the whole means. The comment lines at
    the top are a piece without blocks: they name the definition, and are different in each module.
    """
    faults = tuple(_find_text_faults(text))
    if faults:
        return ReadFile((), faults)
    body = _HEADER.sub("", text)
    pieces, line = [], text.count("\n") - body.count("\n")
    for piece in _PIECE_END.split(body):
        # Blank lines in front keep the numbers of the lines.
        pieces.append(_read_piece("\n" * line + piece))
        line += piece.count("\n")
    return ReadFile(
        tuple(block for piece in pieces for block in piece.blocks),
        tuple(fault for piece in pieces for fault in piece.faults),
    )


@lru_cache(maxsize=512)
def _read_piece(text: str) -> ReadFile:
    from lark.exceptions import LarkError, UnexpectedInput

    faults: list[tuple[int, str]] = []
    try:
        tree = parse_text(text)
        blocks = tuple(_read_file_blocks(tree, faults))
    except UnexpectedInput as error:
        return ReadFile((), ((error.line, f"no HCL from column {error.column} on"),))
    except (LarkError, RecursionError) as error:
        return ReadFile((), ((1, f"cannot be read: {type(error).__name__}"),))
    return ReadFile(blocks, tuple(faults))


def _find_text_faults(text: str) -> Iterator[tuple[int, str]]:
    if not text.endswith("\n"):
        yield text.count("\n") + 1, "the last line has no end"
    for match in _CONTROLS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, f"a raw U+{ord(match[0]):04X}, where only escapes or plain characters may stand"


def _read_file_blocks(tree: Tree[Token], faults: list[tuple[int, str]]) -> Iterator[ReadBlock]:
    body = list_parts(tree)[0]
    for item in _read_body(body, faults) if not isinstance(body, str) else ():
        if isinstance(item, ReadBlock):
            yield item
        else:
            faults.append((item.line, f"{item.name} stands outside any block"))


def _read_body(body: Tree[Token], faults: list[tuple[int, str]]) -> tuple[ReadItem, ...]:
    items: list[ReadItem] = []
    names: set[str] = set()
    last_line = 0
    for child in body.children:
        if isinstance(child, str) or child.data == "new_line_or_comment":
            faults.extend(_find_foreign_comments(child))
            continue
        line = find_first_line(child)
        if line <= last_line:
            faults.append((line, "two things on one line"))
        last_line = find_last_line(child)
        try:
            item = _read_block(child, faults) if child.data == "block" else _read_attribute(child)
        except UnreadableError as error:
            faults.append((error.line, error.what))
            continue
        if isinstance(item, ReadAttribute) and item.name in names:
            faults.append((item.line, f"{item.name} is given twice in one block"))
        names |= {item.name} if isinstance(item, ReadAttribute) else set()
        items.append(item)
    return tuple(items)


def _find_foreign_comments(branch: Branch) -> Iterator[tuple[int, str]]:
    for token in [branch] if isinstance(branch, str) else branch.children:
        if isinstance(token, str) and token.startswith("/"):
            yield find_first_line(token), "a comment that does not begin with #: flowseal never writes that"


def _read_attribute(tree: Tree[Token]) -> ReadAttribute:
    name, _, value = list_parts(tree)
    return ReadAttribute(_read_word(name), read_expression(value), find_first_line(name))


def _read_block(tree: Tree[Token], faults: list[tuple[int, str]]) -> ReadBlock:
    header = [part for part in list_parts(tree) if name_branch(part) not in ("LBRACE", "body", "RBRACE")]
    opening, body, closing = list_parts(tree)[len(header) :]
    line = find_first_line(tree)
    if find_first_line(opening) != line:
        raise UnreadableError(line, "the { of a block stands on a line of its own")
    labels = tuple(_read_label(part) for part in header[1:])
    if isinstance(body, str):
        raise UnreadableError(line, "a block without a body")
    inner = list_parts(body)
    if inner and (find_first_line(inner[0]) == line or find_last_line(inner[-1]) == find_first_line(closing)):
        faults.append((line, "a block with something in it stands on one line"))
    return ReadBlock(_read_word(header[0]), labels, _read_body(body, faults), line)


def _read_label(branch: Branch) -> str:
    if not isinstance(branch, str) and branch.data == "string":
        label = read_string(branch)
        if isinstance(label, Text):
            return label.value
    raise UnreadableError(find_first_line(branch), "the label of a block is no plain string")


def _read_word(branch: Branch) -> str:
    return str(branch if isinstance(branch, str) else branch.children[0])
