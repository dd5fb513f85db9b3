"""The module as a whole: everything is declared once and used, and references form no cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter

from generator.terraform.proof.comparison import ProofFailure
from generator.terraform.proof.expressions import (
    Expression,
    ForExpression,
    FunctionCall,
    Interpolation,
    Member,
    Name,
    walk_expression,
)
from generator.terraform.proof.reader import ReadBlock

POLICY_DOCUMENT = "data.aws_iam_policy_document."
VALUES = ("local.", "var.", "data.")
"""What addresses of values start with: Terraform never creates these, and they are only good for being referred to."""
BUILT_IN = frozenset({"each", "path", "self"})
"""Roots of references that Terraform itself declares and flowseal uses."""
KEYWORD_ATTRIBUTES = frozenset({("variable", "type"), ("run", "command")})
"""Attributes whose values are Terraform's own keywords, not references."""


@dataclass(frozen=True)
class Declaration:
    """Something with an address: local.name, data.aws_region.current, aws_kms_key.this, or a run of a test.

    Modules share it with its block, and it is kept by its identity, too.
    """

    address: str
    file: str
    line: int
    expressions: tuple[Expression, ...]
    __hash__ = object.__hash__

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The addresses that it refers to, in their order. An undeclared bare name counts as an address."""
        return tuple(sorted({target for expression in self.expressions for target in _list_addresses(expression)}))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths, after the module's own, of the files that it reads."""
        parts = (part for expression in self.expressions for part in walk_expression(expression))
        return tuple(path.removeprefix("/") for part in parts for path in _list_paths(part))


def list_declarations(blocks: Mapping[str, tuple[ReadBlock, ...]]) -> Iterator[Declaration]:
    """Yield what the files of a module declare, in order."""
    for file, items in blocks.items():
        for block in items:
            yield from _declare(file, block)


@lru_cache(maxsize=1024)
def _declare(file: str, block: ReadBlock) -> tuple[Declaration, ...]:
    if block.type == "terraform":
        return ()
    if block.type == "locals":
        return tuple(
            Declaration(f"local.{name}", file, block.line, (value,)) for name, value in block.attributes.items()
        )
    kind = {"resource": (), "variable": ("var",)}.get(block.type, (block.type,))
    return (Declaration(".".join((*kind, *block.labels)), file, block.line, tuple(_list_expressions(block))),)


def check_references(blocks: Mapping[str, tuple[ReadBlock, ...]]) -> Iterator[ProofFailure]:
    """Yield what is wrong with the references of a module, given the blocks of its files."""
    declared: dict[str, Declaration] = {}
    for item in list_declarations(blocks):
        if item.address in declared:
            yield ProofFailure(item.file, f"{item.address} is declared twice (line {item.line})")
        declared[item.address] = item
    # A variable's own validation refers to it: that is neither a use nor a cycle.
    references = {
        address: [target for target in item.references if target != address or not address.startswith("var.")]
        for address, item in declared.items()
    }
    for address, targets in references.items():
        yield from _check_targets(declared[address], targets, declared)
    used = {target for targets in references.values() for target in targets}
    for address, item in declared.items():
        if address.startswith(VALUES) and address not in used:
            yield ProofFailure(item.file, f"{address} is never used")
    try:
        TopologicalSorter(references).prepare()
    except CycleError as error:
        # graphlib lists each target before what refers to it.
        cycle = error.args[1][::-1]
        yield ProofFailure(declared[cycle[0]].file, f"reference cycle: {' -> '.join(cycle)}")


def check_test_references(
    blocks: Mapping[str, tuple[ReadBlock, ...]], tests: Mapping[str, tuple[ReadBlock, ...]]
) -> Iterator[ProofFailure]:
    """Yield the references in a module's `tests` that its configuration, `blocks`, does not declare."""
    declared = {item.address: item for item in list_declarations(blocks)}
    for item in list_declarations(tests):
        yield from _check_targets(item, item.references, declared)


def _check_targets(
    item: Declaration, targets: Sequence[str], declared: Mapping[str, Declaration]
) -> Iterator[ProofFailure]:
    for target in targets:
        if target not in declared:
            yield ProofFailure(item.file, f"{item.address} refers to {target}, which is not declared")
        elif item.address.startswith(POLICY_DOCUMENT) and not target.startswith(VALUES):
            # Terraform defers a data source that refers to a changed resource: any edit would make the policy unknown.
            yield ProofFailure(item.file, f"{item.address} refers to {target} directly, not through a local value")


def _list_expressions(block: ReadBlock) -> Iterator[Expression]:
    for name, value in block.attributes.items():
        if (block.type, name) not in KEYWORD_ATTRIBUTES:
            yield value
    for nested in block.blocks:
        yield from _list_expressions(nested)


def _list_addresses(expression: Expression) -> Iterator[str]:
    bound: set[str] = set()
    seen: set[int] = set()
    for part in walk_expression(expression):
        match part:
            case ForExpression(names):
                bound.update(names)
            case Member(Member(Name("data") as root, kind) as owner, label):
                seen |= {id(root), id(owner)}
                yield f"data.{kind}.{label}"
            case Member(Name(root) as name, member):
                seen.add(id(name))
                if id(part) not in seen and root not in BUILT_IN and root not in bound:
                    yield f"{root}.{member}"
            case Name(name) if id(part) not in seen and name not in bound:
                yield name


def _list_paths(expression: Expression) -> Iterator[str]:
    match expression:
        case FunctionCall("file", (Interpolation((_, str() as path)),)):
            yield path
