"""No source, however wrong, ends in an exception, and what is written can be read."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT
from templates import bring_in, read_again, write_json

from generator.source import read_document

CASES = ROOT / "tests" / "cases"
SOURCES = (
    CASES / "import-cloudformation-template-with-functions" / "input" / "template.yaml",
    CASES / "import-definition-string-with-substitutions" / "input" / "template.yaml",
    CASES / "import-cdk-synth-output" / "input" / "DeskStack.template.json",
    CASES / "import-terraform-show-output" / "input" / "show.json",
    CASES / "import-get-flow-with-a-loop" / "input" / "polish.json",
)
JUNK = st.recursive(
    st.sampled_from(
        [None, True, 0, "", "text", "a/../b", "\ue0000\ue001", "${", "{{resolve:ssm:x}}", "$$NAME", "a\nb: c\x07\x85"]
    )
    | st.just({"Ref": "AWS::NoValue"}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::Select", "Fn::X", "Name", "Type"]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=6,
)


def load(path: Any) -> Any:
    document, _ = read_document(path.name, path.read_bytes(), is_template=True)
    assert document is not None
    return document.value


def list_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in list_places(item, (*path, key)))]


TREES = [load(path) for path in SOURCES]
PLACES = [list_places(tree)[1:] for tree in TREES]


@given(st.data())
@settings(max_examples=150)
def test_a_source_with_junk_anywhere_ends_in_findings(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(TREES) - 1))
    tree = copy.deepcopy(TREES[number])
    *around, last = data.draw(st.sampled_from(PLACES[number]))
    holder = tree
    for part in around:
        holder = holder[part]
    holder[last] = data.draw(JUNK)
    text = write_json(tree)
    flows, findings = bring_in(text)
    for finding in findings:
        assert finding.span.line >= 1
        assert finding.message
        assert finding.help
    for flow in flows:
        read_again(flow)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"Resources": None},
        {"Resources": {"Flow": {"Type": "AWS::Bedrock::Flow"}}},
        {"Resources": {"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": []}}},
        {"TemplateBody": 1},
        {"TemplateBody": "{"},
        {"TypeName": "AWS::Bedrock::Flow", "ResourceDescription": {"Properties": "["}},
        {"format_version": "1.0", "terraform_version": "1.0", "values": {"root_module": {"resources": [None, {}]}}},
        {"Nodes": {"Fn::If": 1}},
        {"name": 1, "definition": {"nodes": []}},
    ],
)
def test_a_source_without_a_flow_is_an_error(value: Any) -> None:
    flows, findings = bring_in(json.dumps(value).encode())
    assert flows == []
    assert [finding for finding in findings if finding.severity == "error"]


def test_only_what_is_wrong_in_a_flow_keeps_it_from_being_imported() -> None:
    flow = "{Type: AWS::Bedrock::Flow, Properties: {Name: %s, Definition: {Nodes: [], Connections: []}%s}}"
    text = "\n".join(
        (
            "Resources:",
            "  Other: {Type: Custom::Other, Properties: {Mode: 0755}}",
            f"  Sound: {flow % ('sound', '')}",
            f"  Wrong: {flow % ('wrong', ', Description: 0o17')}",
        )
    )
    flows, findings = bring_in(text.encode(), "template.yaml")
    assert [item.name for item in flows] == ["sound"]
    assert [(finding.rule.name, finding.span.line) for finding in findings] == [("AmbiguousScalar", 4)]
