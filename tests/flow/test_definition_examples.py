"""Every example, and AWS's samples where they are present, are read without a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from flow_documents import load_document
from paths import DEFINITIONS, ROOT

from generator.flow.reading import read_flow, recognize_cloudformation
from generator.project.discovery import DiskReader
from generator.validation import validate_flow

SAMPLES = sorted((ROOT.parent / "shared" / "real_flows").glob("*_flow.json"))


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
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
    assert len(DEFINITIONS) >= 6
