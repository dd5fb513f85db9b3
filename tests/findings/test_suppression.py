"""Comments that suppress: which count, what they speak of, and that nothing else is one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from findings import INFO, WARNING, make_finding
from hypothesis import given
from hypothesis import strategies as st

from generator.findings.catalog import list_rules
from generator.findings.suppression import suppress_findings
from generator.source import read_document
from generator.source.comments import Comments, read_comments
from generator.source.position import Span

ABOUT_WHAT_RUNS = {
    "ConflictInText",
    "CyclicConnection",
    "DuplicateConditionExpression",
    "DuplicateConnections",
    "DuplicatePortName",
    "ForbiddenFileName",
    "IncompatibleConnectionDataType",
    "InputQuotaExceeded",
    "InvalidLoopBoundary",
    "LoopIncompatibleNodeType",
    "MalformedConditionExpression",
    "MalformedNodeInputExpression",
    "MismatchedNodeInputType",
    "MismatchedNodeOutputType",
    "MisplacedLoopNode",
    "MissingDefaultCondition",
    "MissingEndingNodes",
    "MissingLoopControllerNode",
    "MissingLoopInputNode",
    "MissingNodeInput",
    "MissingNodeOutput",
    "MissingStartingNodes",
    "MultipleLoopControllerNodes",
    "MultipleLoopInputNodes",
    "MultipleNodeInputConnections",
    "NodeQuotaExceeded",
    "UnfulfilledNodeInput",
    "UnknownConnectionCondition",
    "UnknownConnectionSource",
    "UnknownConnectionSourceOutput",
    "UnknownConnectionTarget",
    "UnknownConnectionTargetInput",
    "UnknownNodeInput",
    "UnknownNodeOutput",
    "UnreachableNode",
    "UnsatisfiedConnectionConditions",
}
"""Errors of a flow that AWS may refuse, or a disk: the module itself says what its author said."""


def find_comments(text: str, file: str = "a.yaml") -> Comments:
    document, _ = read_document(file, text.encode())
    assert document is not None
    return read_comments(document, "#")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1 # x\n", [1]),
        ("# x\na: 1\n", [2]),
        ("# x\n# y\n  # z\na: 1\n", [4, 4, 4]),
        ("# x\n\na: 1\n", [2]),
        ("a: 1\n# x", [3]),
        ("a: 1\r\n# x\r\nb: 2\r\n", [3]),
        ("%YAML 1.2 # x\n--- # y\na: 1\n... # z\n", [1, 2, 4]),
        ("a: [1, # x\n  2] # y\n", [1, 2]),
        ("a: | # x\n  # no\n  b\n# y\nc: 1\n", [1, 5]),
        ("a: >2- # x\n    # no\nb: 1\n", [1]),
        ("a: |\n  # no\n # y\nb: 1\n", [4]),
        ("a: b#no\nc: 'd # no'\ne: \"f # no\n  # no\"\ng: h\n  i\n", []),
        ("- &a 1 # x\n- *a # y\n- !t b # z\n", [1, 2, 3]),
        ("? a # x\n: b # y\n", [1, 2]),
        ("a: b\u2028# no\n# x\nc: 1\x85 # y\n", [3, 3]),
    ],
)
def test_comments_inside_scalars_are_text(text: str, lines: list[int]) -> None:
    found = find_comments(text).comments
    assert [comment.line for comment in found] == lines
    split = re.split(r"\r\n|\r|\n", text)
    for comment in found:
        assert split[comment.span.line - 1][comment.span.column - 1 :] == comment.text


@pytest.mark.parametrize(
    ("text", "line", "value_line"),
    [
        ("# x\na: 1\n", 2, 2),
        ("# x\ntext:\n  $file: b\n", 2, 3),
        ("# x\ntext:\n\n  # shared\n  $file: b\n", 2, 5),
        ("text: # x\n  $file: b\n", 1, 2),
        ("# x\n- 'a b':\n    \"c\":\n      d: 1\n", 2, 4),
        ("# x\n- a:\n  - b\n", 2, 3),
        ("# x\na: |\n  b:\nc: 1\n", 2, 2),
        ("# x\na: {b: 1,\n  c: 2}\n", 2, 2),
        ("a: 1 # x\nb:\n  c: 1", 1, 1),
        ("# x\na:\n", 2, 3),
    ],
)
def test_a_comment_on_a_bare_key_covers_the_value_below(text: str, line: int, value_line: int) -> None:
    comment = find_comments(text).comments[0]
    assert (comment.line, comment.value_line) == (line, value_line)


def test_json_has_no_comments() -> None:
    assert find_comments('{"a": "# x"}', "a.json") == Comments()
    assert not find_comments('{"a":\t"# x"}', "a.txt").comments


def test_a_long_scalar_is_suppressed_at_its_first_line() -> None:
    comments = find_comments('a: |\n  one\n  two\nb: 1 # x\nc: "one\n  two"\nd: one\n  two\ne: >\n  one')
    firsts = [comments.find_first_line(line) for line in range(1, 11)]
    assert firsts == [1, 1, 1, 4, 5, 5, 7, 7, 9, 9]


@given(st.text(alphabet="ab# :\n'\"|>-[]{},\t", max_size=60))
def test_no_comment_is_part_of_a_value(text: str) -> None:
    document, _ = read_document("a.yaml", text.encode())
    if document is None:
        return
    without = text.split("\n")
    for comment in sorted(read_comments(document, "#").comments, key=lambda item: item.span, reverse=True):
        line = without[comment.span.line - 1]
        without[comment.span.line - 1] = line[: comment.span.column - 1] + line[comment.span.end_column - 1 :]
    again, _ = read_document("a.yaml", "\n".join(without).encode())
    assert again is not None
    assert again.value == document.value


@pytest.mark.parametrize("above", [False, True])
def test_a_finding_inside_a_string_is_suppressed_at_its_first_line(above: bool) -> None:
    comment = "# flowseal: ignore[UnusedParameter] a reason"
    text = f"{comment}\na: |\n  one\n  two\n" if above else f"\na: | {comment}\n  one\n  two\n"
    document, _ = read_document("a.flow.yaml", text.encode())
    assert document is not None
    findings = [
        make_finding(4, rule=WARNING),
        make_finding(4, rule=INFO),
        make_finding(4, rule=WARNING, file="b"),
    ]
    result = suppress_findings(document, findings, list_rules(), is_complete=True)
    assert (list(result.suppressed), list(result.findings)) == (findings[:1], findings[1:])


def test_a_finding_in_a_file_is_suppressed_where_the_file_is_named() -> None:
    text = "a:\n  # flowseal: ignore[UnusedParameter] a reason\n  $file: b\nc: {$file: b}\n"
    document, _ = read_document("a.flow.yaml", text.encode())
    assert document is not None
    first, second = (
        replace(make_finding(line, rule=WARNING, file="b"), named_at=Span(at, 10, at, 11))
        for line, at in ((9, 3), (3, 4))
    )
    result = suppress_findings(document, [first, second], list_rules(), is_complete=True)
    assert (list(result.suppressed), list(result.findings)) == ([first], [second])


def test_a_comment_above_a_key_covers_the_file_named_below() -> None:
    text = "# flowseal: ignore[UnusedParameter] a reason\n# more\na:\n  # shared\n  $file: b\n"
    document, _ = read_document("a.flow.yaml", text.encode())
    assert document is not None
    finding = replace(make_finding(9, rule=WARNING, file="b"), named_at=Span(5, 10, 5, 11))
    result = suppress_findings(document, [finding], list_rules(), is_complete=True)
    assert (list(result.suppressed), list(result.findings)) == ([finding], [])


def test_only_findings_that_leave_the_module_correct_can_be_suppressed() -> None:
    # An error among these is one whose module is right all the same; a new one needs a reason here.
    suppressible_errors = {
        rule.name for rule in list_rules().values() if rule.can_be_suppressed and rule.severity == "error"
    }
    assert suppressible_errors == ABOUT_WHAT_RUNS
