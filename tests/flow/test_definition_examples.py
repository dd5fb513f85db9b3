"""Every example, and AWS's samples where they are present, are read without a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import ROOT

from generator.flow.reading import read_flow, recognize_cloudformation
from generator.project.discovery import DiskReader
from generator.source import Document, read_document
from generator.validation import validate_flow

EXAMPLES = sorted((ROOT / "examples" / "flows").glob("*/*.flow.*"))
SAMPLES = sorted((ROOT.parent / "shared" / "real_flows").glob("*_flow.json"))


def load_document(path: Path) -> Document:
    document, faults = read_document(path.name, path.read_bytes())
    assert faults == []
    assert document is not None
    return document


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_have_no_findings(path: Path) -> None:
    reading = read_flow(load_document(path), DiskReader(path.parent))
    assert reading.findings == []
    assert reading.flow is not None
    assert reading.flow.name == path.parent.name
    assert validate_flow(reading.flow) == []


@pytest.mark.skipif(not SAMPLES, reason="AWS's samples are not here")
def test_aws_samples_have_no_findings() -> None:
    for path in SAMPLES:
        document = load_document(path)
        if recognize_cloudformation(document):
            continue
        reading = read_flow(document, DiskReader(path.parent))
        assert reading.findings == []
        assert reading.flow is not None
        assert validate_flow(reading.flow) == []
        assert reading.flow.parameters


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6
