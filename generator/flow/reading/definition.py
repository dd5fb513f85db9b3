"""Read a document into a flow, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generator.findings import Finding, Severity, has_errors
from generator.flow.api import check_shape, find_shape, find_shape_at
from generator.flow.api.check import (
    MALFORMED_VALUE,
    MISSING_KEY,
    NOT_EXACTLY_ONE_KEY,
    UNKNOWN_KEY,
    UNKNOWN_VALUE,
    VALUE_OUT_OF_RANGE,
    WRONG_LENGTH,
    WRONG_TYPE,
)
from generator.flow.model import FileText, Flow, FlowDefaults, Parameter, Value
from generator.flow.reading.connections import name_connections, rename_connections
from generator.flow.reading.files import FileTexts, TextReader
from generator.flow.reading.forms import OWN_SECTIONS, SWITCH, Form, recognize_form
from generator.flow.reading.graph import build_body
from generator.flow.reading.limits import find_excess
from generator.flow.reading.parameters import read_parameters
from generator.flow.reading.placeholders import report_placeholders
from generator.flow.reading.references import ValueReader
from generator.flow.reading.rules import MISPLACED_MODEL_KIND
from generator.flow.reading.settings import read_encryption, read_permissions
from generator.flow.reading.spelling import Spelling
from generator.source.position import Document, Path, find_value

API_SECTIONS = {
    "name": "FlowName",
    "description": "FlowDescription",
    "tags": "TagsMap",
    "definition": "FlowDefinition",
}
"""The sections that CreateFlow takes, with their shapes."""
ENDS = ("source", "target", "sourceOutput", "targetInput", "condition")
"""The keys under which a connection names nodes, ports and conditions."""
UNSAID = frozenset({MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE, NOT_EXACTLY_ONE_KEY})
OUT_OF_BOUNDS = frozenset({VALUE_OUT_OF_RANGE, WRONG_LENGTH})
OF_VALUES = OUT_OF_BOUNDS | {MALFORMED_VALUE, UNKNOWN_VALUE, WRONG_TYPE}

NO_DEFAULTS = FlowDefaults()


@dataclass(frozen=True, slots=True)
class FlowReading:
    """The result of reading a document. `flow` is None if an error prevents generating a module.

    `outline` is the part of the flow that could be read, for checks of how its parts fit together; it equals `flow` if
    there is one. `root` is the path in the document of the canonical path ("definition",). `texts` are the files that
    the definition names, by their paths relative to its folder. `switch` explains how to convert a document to
    flowseal's own form if its form lacks some sections. `spelling` has the keys that were read as another key.
    """

    flow: Flow | None
    root: Path
    findings: list[Finding]
    texts: dict[str, str] = field(default_factory=dict)
    outline: Flow | None = None
    switch: str = ""
    spelling: Spelling = field(default_factory=Spelling)


def read_flow(document: Document, reader: TextReader, defaults: FlowDefaults = NO_DEFAULTS) -> FlowReading:
    """Read a flow definition in any of its forms; `reader` returns the files that it names with $file.

    `defaults` applies to what the document does not set. Findings have canonical paths (see model.Flow); one run
    reports as many as possible.
    """
    if (excess := find_excess(document.value)) is not None:
        return FlowReading(None, ("definition",), [excess])
    form, findings = recognize_form(document)
    if form is None:
        return FlowReading(None, (), findings)
    reading = _read_form(form, reader, defaults)
    spelling = Spelling(spelled=dict(form.spelled))
    if any(finding.rule is UNKNOWN_KEY for finding in reading.findings):
        sections = {name: spelling.correct(value, (name,)) for name, value in form.sections.items()}
        if spelling.findings:
            reading = _read_form(replace(form, sections=sections), reader, defaults)
    if spelling.spelled:
        # What a misspelled key means is a guess: its value is not judged by it.
        kept = [finding for finding in reading.findings if not _is_of_guess(finding, spelling)]
        reading = replace(reading, flow=None, spelling=spelling, findings=kept)
    return replace(reading, findings=[*findings, *spelling.findings, *reading.findings])


def _is_of_guess(finding: Finding, spelling: Spelling) -> bool:
    return finding.path in spelling.spelled and finding.rule in OF_VALUES and not finding.key


def _read_form(form: Form, reader: TextReader, defaults: FlowDefaults) -> FlowReading:
    findings: list[Finding] = []
    files = FileTexts(reader)
    declared = _list_declared(form.sections.get("parameters"))
    values = ValueReader(files, declared)
    sections = {name: values.read_value(value, (name,)) for name, value in form.sections.items()}
    if "definition" in sections and _is_by_aws(form, values):
        sections["definition"], renamed = rename_connections(sections["definition"])
        findings += renamed
    if "definition" in sections:
        sections["definition"] = name_connections(sections["definition"])
    sections = _add_default_tags(sections, defaults.tags)
    outline, is_sound, more = _build_flow(sections, values, defaults)
    more = [_advise_on_name(finding) for finding in more]
    more = [_advise_on_file(finding, sections) for finding in more]
    flow = outline if is_sound else None
    findings += [*values.findings, *report_placeholders(values.foreign, declared), *values.conflicts, *more]
    return FlowReading(flow, form.root, findings, files.texts, outline, _advise_on_switch(form, values))


def _is_by_aws(form: Form, values: ValueReader) -> bool:
    """Return whether the document comes from AWS: its API, its console, or its sample templates ($$NAME)."""
    has_placeholders = any(use.placeholder for use in values.uses)
    return form.is_by_aws or (has_placeholders and OWN_SECTIONS.isdisjoint(form.sections))


def _advise_on_switch(form: Form, values: ValueReader) -> str:
    """Explain how to switch to flowseal's own form, or return nothing if a $param shows that it is in use."""
    has_parameters = any(use.placeholder is None for use in values.uses)
    return "" if has_parameters and form.switch == SWITCH else form.switch


def _advise_on_name(finding: Finding) -> Finding:
    """Replace the help about a connection's name: without one, flowseal generates it."""
    match finding.path:
        case (*_, "connections", int(), "name") if not finding.key:
            return replace(finding, help="Remove `name`: flowseal then generates one.")
    return finding


def _advise_on_file(finding: Finding, sections: dict[str, Value]) -> Finding:
    """Extend the help if a malformed value comes from a file that ends with a line break."""
    text = find_value(sections, finding.path) if finding.rule is MALFORMED_VALUE else None
    if not isinstance(text, FileText) or not text.endswith("\n"):
        return finding
    help = f"{text.file} ends with a line break, which is part of the value. Write the value here. {finding.help}"
    return replace(finding, help=help)


def _add_default_tags(sections: dict[str, Value], tags: Mapping[str, str]) -> dict[str, Value]:
    own = sections.get("tags")
    if not tags or not (own is None or isinstance(own, dict)):
        return sections
    # IAM does not tell keys apart that differ only in case: the definition's own one is meant.
    taken = {key.lower() for key in own or ()}
    added = {key: tag for key, tag in tags.items() if key.lower() not in taken}
    return {**sections, "tags": {**added, **(own or {})}}


def _build_flow(
    sections: dict[str, Value], values: ValueReader, defaults: FlowDefaults
) -> tuple[Flow | None, bool, list[Finding]]:
    """Return the flow as far as it could be read, whether it is complete, and the findings."""
    broken = _list_broken(values)
    findings = _drop_echoes(_drop_repeated(_check_sections(sections), broken), sections)
    wrong = [*broken, *(finding.path for finding in findings if _obscures(finding))]
    definition = sections.get("definition")
    parameters, found = read_parameters(sections.get("parameters"), values.uses, _list_nodes(definition))
    encryption, more = read_encryption(sections.get("encryption"), defaults.encryption)
    names = {parameter.name for parameter in parameters} | _list_declared(sections.get("parameters"))
    permissions, others = read_permissions(sections.get("permissions"), names)
    name = sections.get("name")
    is_sound = not values.has_errors and all(map(_is_harmless, findings))
    is_sound = is_sound and _are_all_declared(values, parameters)
    if has_errors(findings):
        # It is not certain which parameters are used as models.
        found = [finding for finding in found if finding.rule is not MISPLACED_MODEL_KIND]
    findings += _drop_repeated([*found, *more, *others], broken)
    if not isinstance(definition, dict):
        return None, False, findings
    tags = sections.get("tags")
    outline = Flow(
        name=name if isinstance(name, str) else "",
        description=sections.get("description"),
        tags=tags if isinstance(tags, dict) else {},
        definition=definition,
        body=build_body(definition, ("definition",), wrong),
        parameters=parameters,
        encryption=encryption,
        permissions=permissions,
    )
    return outline, is_sound and isinstance(name, str), findings


def _check_sections(sections: dict[str, Value]) -> list[Finding]:
    findings: list[Finding] = []
    for name, shape in API_SECTIONS.items():
        if name in sections and (sections[name] is not None or name in ("name", "definition")):
            findings += check_shape(sections[name], find_shape(shape), (name,))
    return findings


def _list_broken(values: ValueReader) -> frozenset[Path]:
    """Return the paths whose values could not be read and are None."""
    return frozenset(
        finding.path[:-1] if finding.path[-1:] == ("$file",) or finding.key else finding.path
        for finding in values.findings
        if finding.severity is Severity.ERROR
    ) | {item.path for item in values.foreign}


def _drop_repeated(findings: list[Finding], broken: frozenset[Path]) -> list[Finding]:
    """Drop errors about values of failed references, which are already reported."""
    return [finding for finding in findings if finding.path not in broken or finding.severity is not Severity.ERROR]


def _drop_echoes(findings: list[Finding], sections: dict[str, Value]) -> list[Finding]:
    """Drop malformed names in connections that are already reported where the name is defined."""
    malformed = [
        (finding, find_value(sections, finding.path)) for finding in findings if finding.rule is MALFORMED_VALUE
    ]
    given = {value for finding, value in malformed if finding.path[-1] == "name"}
    echoes = {finding.path for finding, value in malformed if finding.path[-1] in ENDS and value in given}
    return [finding for finding in findings if finding.rule is not MALFORMED_VALUE or finding.path not in echoes]


def _list_declared(section: object) -> set[str]:
    """Return the names in the section `parameters`, including unused ones."""
    return set(section) if isinstance(section, dict) else set()


def _list_nodes(definition: Value) -> list[Value]:
    nodes = definition.get("nodes") if isinstance(definition, dict) else None
    return nodes if isinstance(nodes, list) else []


def _are_all_declared(values: ValueReader, parameters: tuple[Parameter, ...]) -> bool:
    names = {parameter.name for parameter in parameters}
    return all(use.name in names for use in values.uses)


def _is_harmless(finding: Finding) -> bool:
    """Return whether later checks can use the flow despite a finding.

    They can if a number, a free-form string, or a list has the right type but is out of bounds. Names, types, and
    patterns must be right: file names and ARNs are built from them.
    """
    if finding.severity is not Severity.ERROR:
        return True
    shape = find_shape_at(finding.path)
    return finding.rule in OUT_OF_BOUNDS and shape is not None and not shape.pattern


def _obscures(finding: Finding) -> bool:
    """Return whether a finding leaves unclear what a part of the flow is. A malformed name is still a name."""
    if finding.severity is not Severity.ERROR:
        return False
    return finding.rule in UNSAID or (finding.rule is UNKNOWN_VALUE and finding.path[-1] == "type")
