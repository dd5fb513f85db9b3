"""Reads a document into a flow, step by step."""

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
from generator.flow.model import Defaults, Encryption, Engine, FileText, Flow, Value
from generator.flow.reading.connections import name_connections, rename_connections
from generator.flow.reading.forms import NO_IMPORT, OWN_SECTIONS, SWITCH, Form, recognize_form
from generator.flow.reading.graph import build_body
from generator.flow.reading.limits import find_excess
from generator.flow.reading.parameters import read_parameters
from generator.flow.reading.placeholders import report_placeholders
from generator.flow.reading.references import TextReader, ValueReader
from generator.flow.reading.release import read_release
from generator.flow.reading.rules import LIVE_FLOW, MISPLACED_MODEL_KIND
from generator.flow.reading.settings import read_days, read_engine, read_permissions
from generator.flow.reading.spelling import Spelling
from generator.source.position import Document, Path, find_value

API_SECTIONS = {
    "name": "FlowName",
    "description": "FlowDescription",
    "tags": "TagsMap",
    "definition": "FlowDefinition",
}
"""The sections that CreateFlow accepts, with their shapes."""
ENDS = ("source", "target", "sourceOutput", "targetInput", "condition")
"""The keys whose values in a connection are names of nodes, ports, and conditions."""
UNCLEAR = frozenset({MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE, NOT_EXACTLY_ONE_KEY})
OUT_OF_BOUNDS = frozenset({VALUE_OUT_OF_RANGE, WRONG_LENGTH})
OF_VALUES = OUT_OF_BOUNDS | {MALFORMED_VALUE, UNKNOWN_VALUE, WRONG_TYPE}


@dataclass(frozen=True, slots=True)
class FlowReading:
    """The result of reading a document. `flow` is None if an error prevents generating a module.

    `outline` is the part of the flow that could be read, for checks of how its parts fit together; it equals `flow` if
    there is one. `root` is the path in the document of the canonical path ("definition",). `texts` are the files that
    the definition references, by their paths relative to its folder. `switch` explains how to convert a document to
    flowseal's own format if its format lacks some sections. `spelling` has the keys that were read as another key.
    """

    flow: Flow | None
    root: Path
    findings: list[Finding]
    texts: dict[str, str] = field(default_factory=dict)
    outline: Flow | None = None
    switch: str = ""
    spelling: Spelling = field(default_factory=Spelling)


def read_flow(document: Document, reader: TextReader, defaults: Defaults = Defaults()) -> FlowReading:
    """Read a flow definition in any of its formats; `reader` returns the files that it references with $file.

    `defaults` applies to what the document does not set. Findings have canonical paths (see Finding); one run
    reports as many as possible.
    """
    if (excess := find_excess(document.value)) is not None:
        return FlowReading(None, ("definition",), [excess])
    findings: list[Finding] = []
    form = recognize_form(document, findings)
    if form is None:
        return FlowReading(None, (), findings)
    reading = _read_form(form, reader, defaults)
    spelling = Spelling(spelled=dict(form.spelled))
    if any(finding.rule is UNKNOWN_KEY for finding in reading.findings):
        sections = {name: spelling.correct(value, (name,)) for name, value in form.sections.items()}
        if spelling.findings:
            reading = _read_form(replace(form, sections=sections), reader, defaults)
    if spelling.spelled:
        # The meaning of a misspelled key is a guess, so its value is not checked against it.
        kept = [
            finding
            for finding in reading.findings
            if finding.key or finding.rule not in OF_VALUES or finding.path not in spelling.spelled
        ]
        reading = replace(reading, flow=None, spelling=spelling, findings=kept)
    if reading.outline is not None and reading.outline.engine is Engine.CLOUD_CONTROL:
        findings = [replace(item, help=NO_IMPORT) if item.rule is LIVE_FLOW else item for item in findings]
    return replace(reading, findings=[*findings, *spelling.findings, *reading.findings])


def _read_form(form: Form, reader: TextReader, defaults: Defaults) -> FlowReading:
    declared = _list_declared(form.sections.get("parameters"))
    values = ValueReader(reader, declared)
    sections = {name: values.read_value(value, (name,)) for name, value in form.sections.items()}
    has_placeholders = any(use.placeholder for use in values.uses)
    renamed: list[Finding] = []
    if "definition" in sections:
        definition = sections["definition"]
        # AWS's API, its console, and its sample templates ($$NAME) have names of connections that the API rejects.
        if form.is_by_aws or (has_placeholders and OWN_SECTIONS.isdisjoint(form.sections)):
            definition = rename_connections(definition, renamed)
        sections["definition"] = name_connections(definition)
    sections = _add_default_tags(sections, defaults.tags)
    found: list[Finding] = []
    outline, is_sound = _build_flow(sections, values, defaults, found)
    found = [_improve_help(finding, sections) for finding in found]
    findings = [*renamed, *values.findings, *report_placeholders(values.foreign, declared), *values.conflicts, *found]
    # A $param shows that flowseal's own format is already in use.
    has_parameters = any(use.placeholder is None for use in values.uses)
    switch = "" if has_parameters and form.switch == SWITCH else form.switch
    return FlowReading(outline if is_sound else None, form.root, findings, values.texts, outline, switch)


def _improve_help(finding: Finding, sections: dict[str, Value]) -> Finding:
    """Adapt the help about a connection's name, which is optional, and about a file that ends with a line break."""
    match finding.path:
        case (*_, "connections", int(), "name") if not finding.key:
            return replace(finding, help="Remove `name`: flowseal then generates one.")
    text = find_value(sections, finding.path) if finding.rule is MALFORMED_VALUE else None
    if not isinstance(text, FileText) or not text.endswith("\n"):
        return finding
    help = f"{text.file} ends with a line break, which is part of the value. Write the value here. {finding.help}"
    return replace(finding, help=help)


def _add_default_tags(sections: dict[str, Value], tags: Mapping[str, str]) -> dict[str, Value]:
    own = sections.get("tags")
    if not tags or not (own is None or isinstance(own, dict)):
        return sections
    # IAM does not distinguish keys that differ only in case, so the definition's own key wins.
    taken = {key.lower() for key in own or ()}
    added = {key: tag for key, tag in tags.items() if key.lower() not in taken}
    return {**sections, "tags": {**added, **(own or {})}}


def _build_flow(
    sections: dict[str, Value], values: ValueReader, defaults: Defaults, findings: list[Finding]
) -> tuple[Flow | None, bool]:
    """Return the flow as far as it could be read, and whether it is complete."""
    broken = _list_broken(values)
    of_api = _drop_echoes(_drop_repeated(_check_sections(sections), broken), sections)
    wrong = [*broken, *(finding.path for finding in of_api if _obscures(finding))]
    definition = sections.get("definition")
    nodes = definition.get("nodes") if isinstance(definition, dict) else None
    own: list[Finding] = []
    parameters = read_parameters(sections.get("parameters"), values.uses, nodes if isinstance(nodes, list) else (), own)
    days = read_days(sections.get("encryption"), own)
    names = {parameter.name for parameter in parameters} | _list_declared(sections.get("parameters"))
    permissions = read_permissions(sections.get("permissions"), names, own)
    release = read_release(sections.get("release"), own)
    engine = read_engine(sections.get("engine"), own) or defaults.engine or Engine.NATIVE
    if has_errors(of_api):
        # Which parameters are used as models is uncertain.
        own = [finding for finding in own if finding.rule is not MISPLACED_MODEL_KIND]
    findings += [*of_api, *_drop_repeated(own, broken)]
    if not isinstance(definition, dict):
        return None, False
    name, tags = sections.get("name"), sections.get("tags")
    outline = Flow(
        name=name if isinstance(name, str) else "",
        description=sections.get("description"),
        tags=tags if isinstance(tags, dict) else {},
        definition=definition,
        body=build_body(definition, ("definition",), wrong),
        parameters=parameters,
        encryption=Encryption(**{**defaults.encryption, **days}),
        permissions=permissions,
        release=release,
        engine=engine,
    )
    is_declared = {use.name for use in values.uses} <= {parameter.name for parameter in parameters}
    is_sound = not values.has_errors and all(map(_is_harmless, of_api))
    return outline, is_sound and is_declared and isinstance(name, str)


def _check_sections(sections: dict[str, Value]) -> list[Finding]:
    findings: list[Finding] = []
    for name, shape in API_SECTIONS.items():
        if name in sections and (sections[name] is not None or name in ("name", "definition")):
            findings += check_shape(sections[name], find_shape(shape), (name,))
    return findings


def _list_broken(values: ValueReader) -> frozenset[Path]:
    """Return the paths of the values that could not be read and are None."""
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
    return finding.rule in UNCLEAR or (finding.rule is UNKNOWN_VALUE and finding.path[-1] == "type")
