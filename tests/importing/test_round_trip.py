"""What CloudFormation or a state says is what the imported definition says, leaf by leaf."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flow_documents import load_document
from hypothesis import given, settings
from hypothesis import strategies as st
from leaves import compare_definitions
from paths import ROOT
from templates import DEFINITION, bring_in, capitalize, make_template, read_again, write_json

from generator.flow.api import Shape, find_shape
from generator.flow.api.samples import find_sample
from generator.flow.reading.connections import name_connections
from generator.importing.yaml_text import write_yaml
from generator.source import read_document
from generator.source.characters import normalize_text
from generator.terraform.resource import translation

EXAMPLES = sorted((ROOT / "examples" / "flows").rglob("*.flow.*"))
DEEPEST = 12
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40).map(normalize_text)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def values_of(draw: st.DrawFn, shape: Shape, depth: int = 0) -> Any:
    """Draw a value of a shape; everything that the API has comes up."""
    match shape.type:
        case "structure" | "union":
            members = [key for key in shape.members if depth < DEEPEST or key != "loop"]
            if shape.type == "union":
                chosen = [draw(st.sampled_from(members))]
            else:
                chosen = [key for key in members if key in shape.required or draw(st.booleans())]
            return {
                key: draw(TEXTS)
                if (shape.name, key) in translation.TEXTS
                else draw(values_of(find_shape(shape.members[key]), depth + 1))
                for key in chosen
            }
        case "list":
            element = find_shape(shape.element or "")
            return draw(st.lists(values_of(element, depth + 1), min_size=1, max_size=2))
        case "map":
            return {"key": draw(values_of(find_shape(shape.value or ""), depth + 1))}
        case "document":
            return {"settings": draw(st.dictionaries(st.sampled_from(["top_k", "Seed", "x"]), st.integers(0, 9)))}
        case "float":
            return draw(st.floats(0, 1, width=32))
    return find_sample([shape], draw(st.integers(1, 3)))


def compare_with(definition: Any, flow: Any) -> list[str]:
    reading = read_again(flow)
    assert reading.outline is not None, reading.findings
    found, expected = (
        json.loads(write_json(item)) for item in (reading.outline.definition, name_connections(definition))
    )
    return compare_definitions({"nodes": [], **found}, {"nodes": [], **expected})


@given(values_of(DEFINITION))
@settings(max_examples=60)
def test_any_definition_survives_cloudformation(definition: dict[str, Any]) -> None:
    (flow,), findings = bring_in(write_json(make_template(capitalize(definition))))
    assert findings == []
    assert compare_with(definition, flow) == []


@given(values_of(DEFINITION))
@settings(max_examples=30)
def test_any_definition_survives_a_string_of_cloudformation(definition: dict[str, Any]) -> None:
    text = json.dumps(definition)
    (flow,), findings = bring_in(write_json(make_template(DefinitionString=text, DefinitionSubstitutions={"~": 1})))
    assert findings == []
    assert compare_with(definition, flow) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_survive_with_their_texts(path: Path) -> None:
    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, dict) and "$file" in value:
            return (path.parent / value["$file"]).read_text(encoding="utf-8")
        if isinstance(value, dict) and "$param" in value:
            return f"a value of {value['$param']}"
        return {key: fill(item) for key, item in value.items()} if isinstance(value, dict) else value

    document: Any = load_document(path).value
    definition = fill(document["definition"])
    (flow,), _ = bring_in(write_json(make_template(capitalize(definition))))
    assert compare_with(definition, flow) == []


@given(st.dictionaries(TEXTS, JSON, min_size=1, max_size=4))
def test_what_is_written_as_yaml_is_read_as_it_was(value: dict[str, Any]) -> None:
    document, faults = read_document("written.yaml", write_yaml(value, {}).encode())
    assert faults == []
    assert document is not None
    assert document.value == value
