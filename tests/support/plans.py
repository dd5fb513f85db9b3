"""Module plans of the examples and of small documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flow_documents import read
from paths import CASES, FLOWS

from generator.flow.nodes import collect_grants
from generator.flow.reading import FlowReading, read_flow
from generator.project.discovery import DiskReader
from generator.source import read_document
from generator.terraform.module import ModulePlan, plan_module

SOURCE = "../flows/sample.flow.yaml"
"""The path of a definition relative to the output folder, for modules that are not in one."""
INLINE_CHAT = CASES / "inline-chat-prompt" / "input" / "inline-chat.flow.yaml"
"""No example has an inline chat prompt, because AWS probably rejects it, but its blocks are tested."""


def plan_example(name: str) -> ModulePlan:
    (path,) = (FLOWS / name).glob("*.flow.*")
    return plan_definition(path)


def plan_definition(path: Path) -> ModulePlan:
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
