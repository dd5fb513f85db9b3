"""An HCL file without faults -> blocks, faster than `reader`: modules differ in few blocks, mostly in texts."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from generator.terraform.proof.reader import (
    ReadAttribute,
    ReadBlock,
    ReadFile,
    find_character_faults,
    read_piece,
    split_file,
)

_INNER = re.compile(r"^(( +)\w+(?: \"[^\"\n]*\")*) \{\n(?:(?!\2\}\n).*\n)*\2\}\n", re.MULTILINE)
_COMMENT = re.compile(r"^( *#).+", re.MULTILINE)
_TEXT = re.compile(r'(?<=["}])(?:[^"\\\n$%]|[$%](?![$%{]))+(?="[,)\]\n])')
"""What a string ends with, if that means itself. Keys and labels, which have to differ, are followed by a space."""
_GAP = "\x1a"
"""Is in place of a text in the shape of a piece: a character that no file may contain."""


@lru_cache(maxsize=64)
def read_quickly(content: str) -> tuple[ReadBlock, ...] | None:
    """Return the blocks of a file without their lines; None where the file has a fault, or is not laid out as expected.

    Each distinct block is read once, also inside of others, and only once for all blocks that differ in texts alone.
    """
    if any(find_character_faults(content)):
        return None
    pieces = [_read_parts(piece) for piece in split_file(content)]
    return None if None in pieces else tuple(block for piece in pieces if piece for block in piece)


@lru_cache(maxsize=4096)
def _read_parts(piece: str) -> tuple[ReadBlock, ...] | None:
    """Read a piece with an empty block in place of each block inside, and those blocks by themselves.

    Where the empty one is read as such, directly inside the block around it, the full one would be, too: nothing that
    begins before it is still open there, and by itself it leaves nothing open.
    """
    parts: dict[int, str] = {}
    shell, done = [], 0
    for match in _INNER.finditer(piece, piece.index("\n") if piece.startswith(" ") else 0):
        shell.append(piece[done : match.start()])
        parts["".join(shell).count("\n") + 1] = match[0]
        shell.append(f"{match[1]} {{\n}}\n")
        done = match.end()
    outer = _read_shell("".join([*shell, piece[done:]]))
    blocks = [] if outer is None else [_fill_block(block, parts) for block in outer]
    return None if outer is None or None in blocks or parts else tuple(block for block in blocks if block)


def _fill_block(block: ReadBlock, parts: dict[int, str]) -> ReadBlock | None:
    """Return a block with its inner ones, which are taken from `parts` by their lines in the shell."""
    body: list[ReadAttribute | ReadBlock] = []
    for item in block.body:
        if item.line not in parts:
            body.append(item)
            continue
        inner = _read_parts(parts.pop(item.line))
        if inner is None or len(inner) != 1 or item != ReadBlock(inner[0].type, inner[0].labels, (), item.line):
            return None
        body.append(inner[0])
    return ReadBlock(block.type, block.labels, tuple(body), block.line)


def _read_shell(shell: str) -> tuple[ReadBlock, ...] | None:
    """Read the shape of a text, which is the text without comments and with a gap for each string, then fill the gaps.

    A gap that is read as part of a string is between the same quotes as what belongs there, which would be read in the
    same way: nothing in it ends a string, starts an interpolation, or is an escape sequence. A gap in any other place
    is an error or lost; then something is left over, and the text is read as it is. Without what a comment says, the
    rest reads the same, unless the comment is inside of something with several lines, which is a fault.
    """
    plain = _COMMENT.sub(r"\1", shell)
    texts = deque(_TEXT.findall(plain))
    shape, gapped = _read_shape(_TEXT.sub(_GAP, plain))
    blocks = tuple(_fill_gaps(block, gapped, texts) for block in shape.blocks)
    if texts or shape.faults:
        read = read_piece(shell)
        return None if read.faults else read.blocks
    return blocks


@lru_cache(maxsize=4096)
def _read_shape(shape: str) -> tuple[ReadFile, frozenset[int]]:
    """Read a shape; return the identities of its parts with gaps, too."""
    read, gapped = read_piece(shape), set[int]()
    _find_gaps(read.blocks, gapped)
    return read, frozenset(gapped)


def _find_gaps(part: Any, gapped: set[int]) -> bool:
    found = [_GAP in part] if isinstance(part, str) else [_find_gaps(item, gapped) for item in _list_items(part)]
    gapped |= {id(part)} if any(found) else set()
    return any(found)


def _fill_gaps(part: Any, gapped: frozenset[int], texts: deque[str]) -> Any:
    """Return a part of a shape with the texts in its gaps; both are in the order of the file."""
    if id(part) not in gapped:
        return part
    if isinstance(part, str):
        return re.sub(_GAP, lambda _: texts.popleft(), part)
    items = [_fill_gaps(item, gapped, texts) for item in _list_items(part)]
    return tuple(items) if isinstance(part, tuple) else type(part)(*items)


def _list_items(part: Any) -> Sequence[Any]:
    """Return what a block, an attribute, an expression, or a tuple of them consists of, in the order of the file."""
    return part if isinstance(part, tuple) else [getattr(part, name) for name in getattr(part, "__match_args__", ())]
