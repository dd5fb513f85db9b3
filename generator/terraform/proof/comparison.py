"""Planned values and blocks compared with what was read: in order, value by value, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest

from generator.terraform import hcl
from generator.terraform.proof import expressions
from generator.terraform.proof.expressions import Expression
from generator.terraform.proof.formatting import format_expression
from generator.terraform.proof.reader import ReadBlock, read_file

LONGEST = 200
"""Characters of an expression that a message shows."""


@dataclass(frozen=True, slots=True, order=True)
class ProofFailure:
    """One difference between a module's plan and its files: the file, and a sentence about the difference."""

    file: str
    message: str


def convert_value(value: hcl.Value) -> Expression:
    """Return the expression that a planned value must be read back as.

    Never calls the encoder, because its output is what the proof checks.
    """
    match value:
        case None:
            return expressions.Null()
        case bool():
            return expressions.Boolean(value)
        case int() | Decimal():
            return expressions.Number(Decimal(value))
        case str():
            return expressions.String(str(value))
        case hcl.Reference(code):
            return _convert_reference(code)
        case hcl.Template(parts):
            return expressions.join_parts([p if isinstance(p, str) else _convert_reference(p.text) for p in parts])
        case hcl.Call(name, arguments):
            return expressions.FunctionCall(name, tuple(map(convert_value, arguments)))
        case hcl.Equality(left, right):
            return expressions.Operation("==", (convert_value(left), convert_value(right)))
        case dict():
            entries = ((expressions.String(key), convert_value(item)) for key, item in value.items())
            return expressions.Object(tuple(entries))
    return expressions.Tuple(tuple(map(convert_value, value)))


@lru_cache(maxsize=4096)
def _convert_reference(code: str) -> Expression:
    read = read_file(f"locals {{\n  x = {code}\n}}\n")
    if read.faults or len(read.blocks) != 1 or set(read.blocks[0].attributes) != {"x"}:
        raise ValueError(f"{code!r} is not an expression")
    return read.blocks[0].attributes["x"]


def compare_blocks(planned: Sequence[hcl.Block], found: Sequence[ReadBlock], where: str = "") -> Iterator[str]:
    """Yield a sentence for each difference; `where` names the enclosing block, or is empty for a file."""
    names, found_names = [_name_block(block) for block in planned], [_name_block(block) for block in found]
    if names != found_names:
        yield f"{where}: {_compare_names(names, found_names)}" if where else _compare_names(names, found_names)
        return
    counts: dict[str, int] = {}
    for block, other, name in zip(planned, found, names, strict=True):
        counts[name] = counts.get(name, 0) + 1
        number = f" {counts[name]}" if names.count(name) > 1 else ""
        yield from _compare_block(block, other, f"{where}{', ' if where else ''}{name}{number}")


def _compare_block(planned: hcl.Block, found: ReadBlock, where: str) -> Iterator[str]:
    expected = {item.name: item.value for item in planned.body if isinstance(item, hcl.Attribute)}
    read = found.attributes
    for name in sorted(expected.keys() - read.keys()):
        yield f"{where}: {name} is missing"
    for name in sorted(read.keys() - expected.keys()):
        yield f"{where}: {name} is unexpected (line {found.line})"
    for name in sorted(expected.keys() & read.keys()):
        converted = convert_value(expected[name])
        if converted != read[name]:
            yield f"{where}: {name} is {_shorten(read[name])}, expected {_shorten(converted)}"
    nested = [item for item in planned.body if isinstance(item, hcl.Block)]
    yield from compare_blocks(nested, found.blocks, where)


def _compare_names(planned: list[str], found: list[str]) -> str:
    pairs = enumerate(zip_longest(planned, found), 1)
    number, (expected, read) = next(pair for pair in pairs if pair[1][0] != pair[1][1])
    if expected is None:
        return f"block {number}, {read}, is unexpected"
    return f"block {number} is {read or 'missing'}, expected {expected}"


def _name_block(block: hcl.Block | ReadBlock) -> str:
    return ".".join((block.type, *block.labels))


def _shorten(expression: Expression) -> str:
    code = format_expression(expression)
    return code if len(code) <= LONGEST else f"{code[:LONGEST]}... ({len(code)} characters)"
