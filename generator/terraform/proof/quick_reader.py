"""An HCL file without faults -> blocks, faster than `reader`: modules differ in few blocks, mostly in texts."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import is_dataclass, replace
from functools import lru_cache
from operator import is_
from typing import Any

from generator.terraform.proof.reader import ReadAttribute, ReadBlock, find_character_faults, read_piece, split_file

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
    pieces = [_read_shaped(piece) for piece in split_file(content)]
    return None if None in pieces else tuple(block for piece in pieces if piece for block in piece)


@lru_cache(maxsize=4096)
def _read_shaped(piece: str) -> tuple[ReadBlock, ...] | None:
    """Read the shape of a piece, which is the piece without comments and with a gap for each text, then fill the gaps.

    A gap that is read as part of a string is between the same quotes as its text, and nothing in the text ends a
    string, starts an interpolation, or is an escape sequence, so the text would be read in the same way. A gap in any
    other place is an error or lost; then texts are left over, and the piece is read as it is. Without a comment's text,
    what is around it reads the same unless it is inside of something with several lines, which is a fault.
    """
    plain = _COMMENT.sub(r"\1", piece)
    texts = deque(_TEXT.findall(plain))
    shape = _read_parts(_TEXT.sub(_GAP, plain))
    blocks = None if shape is None else _fill_gaps(shape, texts)
    return _read_parts(piece) if blocks is None or texts else blocks


def _fill_gaps(part: Any, texts: deque[str]) -> Any:
    """Return a part of what was read with the texts in its gaps; both are in the order of the file."""
    if isinstance(part, str):
        return re.sub(_GAP, lambda _: texts.popleft(), part) if _GAP in part else part
    is_tuple = isinstance(part, tuple)
    if not is_tuple and not is_dataclass(part):
        return part
    before = part if is_tuple else [getattr(part, name) for name in part.__match_args__]
    after = [_fill_gaps(item, texts) for item in before]
    if all(map(is_, before, after)):
        return part
    return tuple(after) if is_tuple else type(part)(*after)


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
    read = read_piece("".join([*shell, piece[done:]]))
    blocks = [] if read.faults else [_fill_block(block, parts) for block in read.blocks]
    return None if read.faults or None in blocks or parts else tuple(block for block in blocks if block)


def _fill_block(block: ReadBlock, parts: dict[int, str]) -> ReadBlock | None:
    """Return a block with its inner ones, which are taken from `parts` by their lines in the shell."""
    body: list[ReadAttribute | ReadBlock] = []
    for item in block.body:
        if item.line not in parts:
            body.append(item)
            continue
        inner = _read_parts(parts.pop(item.line))
        if inner is None or len(inner) != 1 or item != replace(inner[0], body=(), line=item.line):
            return None
        body.append(inner[0])
    return replace(block, body=tuple(body))
