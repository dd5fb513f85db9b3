"""Planned blocks against those that were read: in their order, value by value, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.terraform import hcl
from generator.terraform.proof.meaning import read_meaning
from generator.terraform.proof.reading import ReadBlock
from generator.terraform.proof.spelling import spell_expression

LONGEST = 200


def compare_blocks(planned: Sequence[hcl.Block], found: Sequence[ReadBlock], where: str) -> Iterator[str]:
    """Yield a sentence for each difference; `where` names the enclosing block, or is empty for a file."""
    names, found_names = [_name_planned(block) for block in planned], [_name_found(block) for block in found]
    if names != found_names:
        yield from _report_names(names, found_names, where)
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
        yield f"{where}: {name} was not planned (line {found.line})"
    for name in sorted(expected.keys() & read.keys()):
        meaning = read_meaning(expected[name])
        if meaning != read[name]:
            is_now, was_planned = _shorten(spell_expression(read[name])), _shorten(spell_expression(meaning))
            yield f"{where}: {name} is {is_now}, planned was {was_planned}"
    nested = [item for item in planned.body if isinstance(item, hcl.Block)]
    yield from compare_blocks(nested, found.blocks, where)


def _report_names(planned: list[str], found: list[str], where: str) -> Iterator[str]:
    place = f"{where}: " if where else ""
    for index in range(max(len(planned), len(found))):
        expected = planned[index] if index < len(planned) else "nothing"
        read = found[index] if index < len(found) else "nothing"
        if expected != read:
            yield f"{place}block {index + 1} is {read}, planned was {expected}"
            return


def _name_planned(block: hcl.Block) -> str:
    return ".".join((block.type, *block.labels))


def _name_found(block: ReadBlock) -> str:
    return ".".join((block.type, *block.labels))


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
