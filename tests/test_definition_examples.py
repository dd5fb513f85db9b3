"""Every example, and AWS's samples where they are present, are read without a finding."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from flow_documents import make_document

from generator.definition import read_flow, recognise_cloudformation
from generator.intake import DiskReader
from generator.source.position import Document
from generator.validation import validate_flow

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples" / "flows").glob("*/*.flow.*"))
SAMPLES = sorted((ROOT.parent / "shared" / "real_flows").glob("*_flow.json"))


class DecimalLoader(yaml.SafeLoader):
    """Reads floats as the author wrote them."""


DecimalLoader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


def load_document(path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return make_document(json.loads(text, parse_float=Decimal), path.name)
    return make_document(yaml.load(text, DecimalLoader), path.name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_read_without_a_finding(path: Path) -> None:
    reading = read_flow(load_document(path), DiskReader(path.parent))
    assert reading.findings == []
    assert reading.flow is not None
    assert reading.flow.name == path.parent.name
    assert validate_flow(reading.flow) == []


@pytest.mark.skipif(not SAMPLES, reason="AWS's samples are not here")
def test_aws_s_samples_are_read_without_a_finding() -> None:
    for path in SAMPLES:
        document = load_document(path)
        if recognise_cloudformation(document):
            continue
        reading = read_flow(document, DiskReader(path.parent))
        assert reading.findings == []
        assert reading.flow is not None
        assert validate_flow(reading.flow) == []
        assert reading.flow.parameters


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6
