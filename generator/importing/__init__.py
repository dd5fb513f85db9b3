"""Flows in the forms of other tools -> definitions in flowseal's own format."""

from __future__ import annotations

from generator.findings import LocatedFinding, has_errors, locate_fault, report_file
from generator.findings.suggestions import renew_suggestions
from generator.flow.reading.forms import is_flow_name, name_flow_after
from generator.flow.reading.unsupported import COMMAND, PYTHON, SCRIPT, TERRAFORM, find_code
from generator.importing.api_documents import import_document
from generator.importing.definition_texts import DefinitionFiles
from generator.importing.flows import ImportedFlow, import_flow
from generator.importing.places import DocumentSource, Place
from generator.importing.releases import report_unclaimed
from generator.importing.rules import NOTHING_TO_IMPORT
from generator.importing.state import list_state
from generator.importing.templates import FoundFlow, list_flows
from generator.source import Span, read_document

__all__ = ["DefinitionFiles", "ImportedFlow", "import_source"]

NO_FLOW = "This document has no flow: no AWS::Bedrock::Flow, no aws_bedrockagent_flow, and no definition of one."
ACCEPTED = (
    "Pass a CloudFormation template, a part of one, the output of `aws bedrock-agent get-flow`, or the output of "
    "`terraform show -json`."
)
BY_CDK = f"Run `cdk synth`, and import the template. Or export the deployed flow with `{COMMAND}`."
HELP = {
    TERRAFORM: "Run `terraform show -json > show.json` where the flow is deployed from, and import show.json. "
    "Hand-written Terraform and state files are not supported yet.",
    PYTHON: BY_CDK,
    SCRIPT: BY_CDK,
}
"""How to get from code to something that can be imported."""


def import_source(
    file: str, data: bytes, files: DefinitionFiles
) -> tuple[list[ImportedFlow], list[LocatedFinding], str]:
    """Return the flows of a source, the findings about it, and its text. A flow with an error is left out."""
    renew_suggestions()
    document, faults = read_document(file, data, is_template=True)
    text = data.decode("utf-8-sig", errors="replace")
    located = [locate_fault(fault, file) for fault in faults]
    if document is None:
        kind = find_code(file, text)
        return [], [_report_code(kind, file)] if kind else located, text
    findings: list[LocatedFinding] = []
    place = Place(DocumentSource(document))
    flows = list_state(document.value, place, findings)
    if flows is None:
        found = list_flows(document.value, place, findings)
        if found is not None:
            flows = _import_flows(found, name_flow_after(file), files, findings, located)
            report_unclaimed(found, findings)
        elif kind := find_code(file, text, document):
            return [], [_report_code(kind, file)], text
        else:
            flow = import_document(document, findings)
            flows = [flow] if flow is not None and not located else []
            findings[:0] = located
    if not flows and not has_errors(findings):
        findings.append(place.report(NOTHING_TO_IMPORT, NO_FLOW, ACCEPTED))
    return flows, findings, text


def _report_code(kind: str, file: str) -> LocatedFinding:
    return report_file(NOTHING_TO_IMPORT, f"This is {kind}, which `flowseal import` does not read.", HELP[kind], file)


def _import_flows(
    found: list[FoundFlow],
    fallback: str,
    files: DefinitionFiles,
    findings: list[LocatedFinding],
    faults: list[LocatedFinding],
) -> list[ImportedFlow]:
    """Return the flows without errors. `faults` are those of the document; what is not in a flow does not matter."""
    name = fallback if is_flow_name(fallback) else "flow"
    flows = []
    for item in found:
        of_flow = [fault for fault in faults if _is_within(fault.span, item.place)]
        flow = import_flow(item, name, files, of_flow)
        findings += of_flow
        if flow is not None and not has_errors(of_flow):
            flows.append(flow)
    return flows


def _is_within(span: Span, place: Place) -> bool:
    """Return whether a span of a document is in the value at a place."""
    if not isinstance(place.source, DocumentSource):
        return False
    document, path = place.source.document, place.path
    below = [number for other, number in document.paths.items() if other[: len(path)] == path]
    start = min(document.places[number][2] for number in below)
    end = max(document.places[number][3] for number in below)
    around = document.lines.locate(start, end)
    return around[:2] <= span[:2] <= around[2:]
