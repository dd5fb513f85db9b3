"""A flow definition, in any form that people have, as a Flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.api import check_shape, find_shape_at
from generator.definition.connections import name_connections
from generator.definition.files import FileRefusal, FileTexts, TextReader
from generator.definition.forms import Form, recognise_cloudformation, recognise_form
from generator.definition.graph import build_connections, build_nodes
from generator.definition.parameters import read_parameters
from generator.definition.references import ValueReader
from generator.definition.settings import read_encryption, read_permissions
from generator.diagnostics import Finding, Severity
from generator.model import Flow, Value
from generator.source.position import Document, Path

__all__ = ["FileRefusal", "FlowReading", "TextReader", "read_flow", "recognise_cloudformation"]

API_SECTIONS = ("name", "description", "definition", "tags")


@dataclass(frozen=True, slots=True)
class FlowReading:
    """A document as a flow, or as far as it got.

    `root` is where the canonical path ("definition",) stands in the document; `texts` are the files that it names,
    by their paths relative to its folder.
    """

    flow: Flow | None
    root: Path = ("definition",)
    findings: list[Finding] = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)


def read_flow(document: Document, reader: TextReader) -> FlowReading:
    """Read a flow definition. The flow is None where an error leaves it without meaning."""
    form, findings = recognise_form(document)
    if form is None:
        return FlowReading(None, ("definition",), findings)
    files = FileTexts(reader)
    values = ValueReader(files)
    sections = {key: values.read_value(item, (key,)) for key, item in form.sections.items()}
    findings += values.findings
    sections["definition"] = name_connections(sections.get("definition"))
    for key in API_SECTIONS:
        shape = find_shape_at((key,))
        if key in form.sections and shape is not None:
            findings += _drop_repeated(check_shape(sections[key], shape, (key,)), values.findings)
    flow, more = _build_flow(form, sections, values, _has_errors(findings))
    return FlowReading(flow, form.root, findings + more, files.texts)


def _build_flow(
    form: Form, sections: Mapping[str, Value], values: ValueReader, has_errors: bool
) -> tuple[Flow | None, list[Finding]]:
    definition = sections.get("definition")
    listed = definition.get("nodes") if isinstance(definition, dict) else None
    nodes = listed if isinstance(listed, list) else []
    uses = [use for use in values.uses if not use.is_misplaced] if not has_errors else values.uses
    parameters, findings = read_parameters(sections.get("parameters"), uses, nodes)
    encryption, more = read_encryption(sections.get("encryption"))
    findings += more
    permissions, more = read_permissions(sections.get("permissions"), {parameter.name for parameter in parameters})
    findings += more
    if has_errors or _has_errors(findings) or not isinstance(definition, dict):
        return None, findings
    tags = sections.get("tags")
    flow = Flow(
        str(sections["name"]),
        sections.get("description"),
        tags if isinstance(tags, dict) else {},
        definition,
        build_nodes(definition),
        build_connections(definition),
        parameters,
        encryption,
        permissions,
    )
    return flow, findings


def _has_errors(findings: list[Finding]) -> bool:
    return any(finding.rule.severity is Severity.ERROR for finding in findings)


def _drop_repeated(findings: list[Finding], known: list[Finding]) -> list[Finding]:
    """Leave out what the shapes say about a value whose reference already has its own finding."""
    places = {finding.path[:-1] if finding.path[-1:] == ("$file",) else finding.path for finding in known}
    errors = {path for path in places}
    return [finding for finding in findings if finding.path not in errors]
