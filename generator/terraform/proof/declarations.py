"""What a module declares, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.terraform.proof.expressions import Comprehension, Expression, Member, Name, walk_expression
from generator.terraform.proof.reading import ReadBlock

GIVEN = frozenset({"each", "path"})
"""Roots of references that Terraform itself declares and flowseal uses."""
WORDS = frozenset({("variable", "type"), ("run", "command")})
"""Attributes that are written in words of Terraform's own."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A thing with an address, such as local.name, data.aws_region.current, aws_kms_key.this or a test's run."""

    address: str
    file: str
    line: int
    expressions: tuple[Expression, ...]

    def list_references(self) -> Iterator[str]:
        """Yield the addresses that it refers to; a bare name that nothing declares is one too."""
        for expression in self.expressions:
            yield from _list_addresses(expression)


def list_declarations(blocks: Mapping[str, tuple[ReadBlock, ...]]) -> Iterator[Declaration]:
    """Yield what the files of a module declare, in their order."""
    for file, items in blocks.items():
        for block in items:
            if block.type == "locals":
                for name, value in block.attributes.items():
                    yield Declaration(f"local.{name}", file, block.line, (value,))
            elif block.type != "terraform":
                yield Declaration(_name_block(block), file, block.line, tuple(_list_expressions(block)))


def _name_block(block: ReadBlock) -> str:
    if block.type == "resource":
        return ".".join(block.labels)
    return ".".join(("var" if block.type == "variable" else block.type, *block.labels))


def _list_expressions(block: ReadBlock) -> Iterator[Expression]:
    for name, value in block.attributes.items():
        if (block.type, name) not in WORDS:
            yield value
    for nested in block.blocks:
        yield from _list_expressions(nested)


def _list_addresses(expression: Expression) -> Iterator[str]:
    bound: set[str] = set()
    owned: set[int] = set()
    for part in walk_expression(expression):
        match part:
            case Comprehension(names):
                bound.update(names)
            case Member(Member(Name("data") as root, kind) as owner, label):
                owned |= {id(root), id(owner)}
                yield f"data.{kind}.{label}"
            case Member(Name(root) as name, member):
                owned.add(id(name))
                if id(part) not in owned and root not in GIVEN and root not in bound:
                    yield f"{root}.{member}"
            case Name(text) if id(part) not in owned and text not in bound:
                yield text
