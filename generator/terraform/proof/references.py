"""The module as a whole: everything declared once, nothing undeclared, nothing unused, no cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.terraform.proof.declarations import Declaration, list_declarations
from generator.terraform.proof.failure import ProofFailure
from generator.terraform.proof.reading import ReadBlock

POLICY_DOCUMENT = "data.aws_iam_policy_document."
NEVER_DEFERRED = ("local.", "var.", "data.")


def check_references(blocks: Mapping[str, tuple[ReadBlock, ...]]) -> Iterator[ProofFailure]:
    """Yield what is wrong with the references of a module, given the blocks of its files."""
    declared: dict[str, Declaration] = {}
    for item in list_declarations(blocks):
        if item.address in declared:
            yield ProofFailure(item.file, f"{item.address} is declared twice (line {item.line})")
        declared[item.address] = item
    # A variable's own validation names it: that is neither a use nor a cycle.
    references = {
        address: sorted(
            {target for target in item.list_references() if target != address or not address.startswith("var.")}
        )
        for address, item in declared.items()
    }
    for address, targets in references.items():
        yield from _check_targets(declared[address], targets, declared)
    used = {target for targets in references.values() for target in targets}
    for address, item in declared.items():
        if address.startswith(("var.", "local.", "data.")) and address not in used:
            yield ProofFailure(item.file, f"nothing uses {address}")
    yield from _find_cycle(references, declared)


def check_test_references(
    blocks: Mapping[str, tuple[ReadBlock, ...]], tests: Mapping[str, tuple[ReadBlock, ...]]
) -> Iterator[ProofFailure]:
    """Yield what the tests of a module refer to and its configuration, `blocks`, does not declare."""
    declared = {item.address for item in list_declarations(blocks)}
    for item in list_declarations(tests):
        for target in sorted(set(item.list_references()) - declared):
            yield ProofFailure(item.file, f"{item.address} refers to {target}, which nothing declares")


def _check_targets(
    item: Declaration, targets: list[str], declared: Mapping[str, Declaration]
) -> Iterator[ProofFailure]:
    for target in targets:
        if target not in declared:
            yield ProofFailure(item.file, f"{item.address} refers to {target}, which nothing declares")
        elif item.address.startswith(POLICY_DOCUMENT) and not target.startswith(NEVER_DEFERRED):
            # Terraform defers a data source that names a changed resource: each edit would make the policy unknown.
            yield ProofFailure(item.file, f"{item.address} names {target} directly, instead of through a local")


def _find_cycle(references: Mapping[str, list[str]], declared: Mapping[str, Declaration]) -> Iterator[ProofFailure]:
    done: set[str] = set()
    for start in references:
        way: list[str] = []
        waiting = [(start, False)]
        while waiting:
            address, is_left = waiting.pop()
            if is_left:
                way.pop()
                done.add(address)
            elif address in way:
                cycle = " -> ".join([*way[way.index(address) :], address])
                yield ProofFailure(declared[address].file, f"a cycle of references: {cycle}")
                return
            elif address not in done and address in references:
                way.append(address)
                waiting.append((address, True))
                waiting += [(target, False) for target in references[address]]
