"""Plans of modules, of the examples and of small documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flow_documents import read

from generator.definition import FlowReading, read_flow
from generator.intake import DiskReader
from generator.module import ModulePlan, plan_module
from generator.nodes import collect_grants
from generator.source import read_document

FLOWS = Path(__file__).parent.parent / "examples" / "flows"


def plan_example(name: str) -> ModulePlan:
    (path,) = (FLOWS / name).glob("*.flow.*")
    document, _ = read_document(path.name, path.read_bytes())
    assert document is not None
    return plan_reading(read_flow(document, DiskReader(path.parent)))


def plan_document(document: dict[str, Any]) -> ModulePlan:
    return plan_reading(read(document))


def plan_reading(reading: FlowReading) -> ModulePlan:
    assert reading.flow is not None, reading.findings
    grants, _ = collect_grants(reading.flow)
    plan, findings = plan_module(reading.flow, grants)
    assert plan is not None, findings
    return plan
