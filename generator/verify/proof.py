"""The proof of one module, before anything of it lands on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from generator.policies import write_policy_json
from generator.verify.comparison import compare_blocks
from generator.verify.declarations import list_declarations
from generator.verify.evaluation import Account
from generator.verify.expressions import Expression, FunctionCall, Interpolation, walk_expression
from generator.verify.failure import ProofFailure
from generator.verify.meaning import read_meaning
from generator.verify.page import write_page_policies
from generator.verify.policies import UnexpectedPolicyError, list_patterns, rebuild_policy
from generator.verify.reading import ReadBlock, read_file
from generator.verify.references import check_references, check_test_references

if TYPE_CHECKING:
    from generator.module import ModulePlan
    from generator.policies import PolicyDocument

Blocks = Mapping[str, tuple[ReadBlock, ...]]
BESIDE = frozenset({"README.md", ".gitattributes"})
CALLERS: Mapping[str, list[str]] = {
    "caller_roles": ["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/path/two"],
    "caller_principals": ["arn:aws:iam::999999999999:role/one", "arn:aws:iam::123456789012:role/one"],
}
NO_CALLERS: Mapping[str, list[str]] = {"caller_roles": [], "caller_principals": []}


def prove_module(plan: ModulePlan, files: Mapping[str, str]) -> list[ProofFailure]:
    """Hold the files of a module against its plan; what comes back is empty exactly where all of it holds.

    Every file is there and no other. Each file in HCL is read as strictly as Terraform reads, its blocks are the
    planned ones, value by value. References are declared, used and without a cycle, those of the tests declared. Each
    policy, rebuilt from the text with locals and data sources filled in, is the planned one, and the three of AWS's
    page are the page's, without callers and with some.
    """
    failures = list(_check_files(plan, files))
    blocks: dict[str, tuple[ReadBlock, ...]] = {}
    for file, planned in plan.blocks.items():
        if file not in files:
            continue
        read = read_file(files[file])
        failures += [ProofFailure(file, f"line {line}: {what}") for line, what in read.faults]
        failures += [ProofFailure(file, what) for what in compare_blocks(planned, read.blocks, "")]
        blocks[file] = read.blocks
    configuration = {file: read for file, read in blocks.items() if file.endswith(".tf")}
    tests = {file: read for file, read in blocks.items() if file not in configuration}
    failures += check_references(configuration)
    failures += check_test_references(configuration, tests)
    failures += _check_text_calls(plan, configuration)
    failures += _check_policies(plan, configuration)
    return failures


def _check_files(plan: ModulePlan, files: Mapping[str, str]) -> Iterator[ProofFailure]:
    expected = {*plan.blocks, *plan.texts, *BESIDE}
    for file in sorted(expected - files.keys()):
        yield ProofFailure(file, "the file is missing")
    for file in sorted(files.keys() - expected):
        yield ProofFailure(file, "the file was not planned")
    for file, text in plan.texts.items():
        if files.get(file, text) != text:
            yield ProofFailure(file, "the text is not the definition's")


def _check_text_calls(plan: ModulePlan, blocks: Blocks) -> Iterator[ProofFailure]:
    named = {path for item in list_declarations(blocks) for path in _list_text_paths(item.expressions)}
    for path in sorted(named - plan.texts.keys()):
        yield ProofFailure("main.tf", f"file() names {path}, which is no file of the module")
    for path in sorted(plan.texts.keys() - named):
        yield ProofFailure(path, "no file() names this text")


def _list_text_paths(expressions: tuple[Expression, ...]) -> Iterator[str]:
    for expression in expressions:
        for part in walk_expression(expression):
            match part:
                case FunctionCall("file", (Interpolation((_, str() as path)),)):
                    yield path.removeprefix("/")


def _check_policies(plan: ModulePlan, blocks: Blocks) -> Iterator[ProofFailure]:
    read = dict(_list_documents(blocks))
    planned = {document.name: document for document in plan.documents}
    for name in sorted(planned.keys() ^ read.keys()):
        file = read[name][0] if name in read else "iam.tf"
        yield ProofFailure(file, f"the policy {name} is missing, or was not planned")
    for name, (file, block) in read.items():
        for text in list_patterns(block):
            yield ProofFailure(file, f"the policy {name} has a text that is not exact: {text!r}")
    definitions = dict(_list_locals(blocks))
    for callers in (NO_CALLERS, CALLERS):
        account = Account(definitions, callers)
        page = write_page_policies(callers["caller_roles"] + callers["caller_principals"])
        for name in sorted(planned.keys() & read.keys()):
            expected = [_write_planned(planned[name], account), *([page[name]] if name in page else [])]
            file, block = read[name]
            for what in _compare_policy(block, account, expected):
                yield ProofFailure(file, f"the policy {name} {what}")


def _list_documents(blocks: Blocks) -> Iterator[tuple[str, tuple[str, ReadBlock]]]:
    for file, items in blocks.items():
        for block in items:
            if block.type == "data" and block.labels[:1] == ("aws_iam_policy_document",):
                yield block.labels[-1], (file, block)


def _list_locals(blocks: Blocks) -> Iterator[tuple[str, Expression]]:
    for items in blocks.values():
        for block in items:
            if block.type == "locals":
                yield from block.attributes.items()


def _write_planned(document: PolicyDocument, account: Account) -> dict[str, object]:
    return write_policy_json(document, lambda value: account.evaluate(read_meaning(value)))


def _compare_policy(block: ReadBlock, account: Account, expected: list[dict[str, object]]) -> Iterator[str]:
    try:
        policy = rebuild_policy(block, account)
    except UnexpectedPolicyError as error:
        yield f"cannot be rebuilt: {error}"
        return
    if any(policy != other for other in expected):
        yield "is not the one that is meant"
