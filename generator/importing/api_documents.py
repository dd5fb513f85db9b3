"""Documents in the API's own form, such as the output of get-flow -> the sections of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from generator.findings import Finding, LocatedFinding, locate_finding
from generator.flow.reading.connections import rename_connections
from generator.flow.reading.forms import LIVE, OWN_SECTIONS, recognize_form
from generator.flow.reading.rules import LIVE_FLOW
from generator.importing.flows import ImportedFlow
from generator.importing.places import DocumentSource, Place
from generator.importing.rules import NOTHING_TO_IMPORT
from generator.source import Document

REFERENCES = frozenset({"$param", "$file"})


def import_document(document: Document, findings: list[LocatedFinding]) -> ImportedFlow | None:
    """Return the flow of a document, or None if it is not one or has an error, which is a finding."""
    found: list[Finding] = []
    form = recognize_form(document, found)
    value: Any = document.value
    if form is None:
        return None
    if set(form.sections) & OWN_SECTIONS or REFERENCES & set(_list_keys(value)):
        message = "This is a definition in flowseal's own format already."
        help = "Run `flowseal generate` with it."
        findings.append(Place(DocumentSource(document)).report(NOTHING_TO_IMPORT, message, help))
        return None
    sections: dict[str, Any] = {
        key: item for key, item in form.sections.items() if item not in (None, {}) or key == "definition"
    }
    if "definition" in sections and form.is_by_aws:
        sections["definition"] = rename_connections(sections["definition"], found)
    findings += [locate_finding(_adapt(item), document, form.root) for item in found]
    if not isinstance(sections.get("definition"), dict) or not isinstance(sections.get("name"), str):
        return None
    identity = next((value[key] for key in LIVE if isinstance(value.get(key), str)), "")
    return ImportedFlow(sections["name"], sections, "a document in the form of the API", identity=identity)


def _adapt(finding: Finding) -> Finding:
    """Return a finding as it applies to an import, which writes a note about how to keep the flow."""
    if finding.rule is not LIVE_FLOW:
        return finding
    return replace(finding, help="MIGRATION.md, next to the definition, says what can become of the existing flow.")


def _list_keys(value: object) -> Iterator[str]:
    """Yield the keys of all mappings with one key, which references are."""
    waiting = [value]
    for item in waiting:
        if isinstance(item, dict):
            if len(item) == 1:
                yield next(iter(item))
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
