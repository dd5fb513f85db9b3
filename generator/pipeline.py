"""The order of the stages, in one place: texts in, files and findings out, no disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from generator.findings import Finding, LocatedFinding, Severity, has_errors, locate_fault, locate_finding, place_beside
from generator.findings.suggestions import renew_suggestions
from generator.findings.suppression import SIGN, suppress_findings
from generator.flow.api.check import MISSING_KEY, NOT_EXACTLY_ONE_KEY, WRONG_TYPE
from generator.flow.model import Defaults, Flow, ModuleSettings
from generator.flow.nodes import collect_grants
from generator.flow.reading import FlowReading, TextReader, read_flow, recognize_cloudformation, recognize_code
from generator.flow.reading.definition import OF_VALUES
from generator.flow.reading.paths import takes_reference
from generator.flow.reading.rules import UNUSED_PARAMETER
from generator.progress import Timings
from generator.project.configuration import Severities, apply_severities
from generator.source import Document, read_document
from generator.source.characters import normalize_text
from generator.terraform.module import ModulePlan, plan_module
from generator.terraform.module.checks import EngineChoice, check_tags, describe_engine
from generator.terraform.module.parameters import list_shapes
from generator.terraform.resource import CANNOT_EXPRESS, STRICTER
from generator.validation import composition, find_colliding_flows, validate_flow

if TYPE_CHECKING:  # defers the proof, which is slow to import
    from generator.terraform.proof import ProofFailure

NO_SEVERITIES: Severities = {}
WITHOUT_VALUE = frozenset({MISSING_KEY, NOT_EXACTLY_ONE_KEY, WRONG_TYPE, composition.MISSING_NODE_CONFIGURATION})
"""Rules about parts that are missing or of the wrong type: a parameter may be meant for them."""


@dataclass(frozen=True, slots=True)
class DefinitionText:
    """A definition as it was found: the path that findings show, its bytes, and the reader of the files it names."""

    file: str
    data: bytes
    reader: TextReader


@dataclass(frozen=True, slots=True)
class CheckedDefinition:
    """A definition after all checks. `plan` is None if nothing can be planned.

    `text` is the content of the file, for reports; `texts` are the files that it names and that have findings, by the
    names that findings use and in the normal form in which they count characters. `inputs` has the SHA-256 of each file
    by its path relative to the definition's folder. `suppressed` are findings that a comment in the file suppresses;
    with `strict`, a warning stops the module too. `found` counts the findings before the project's severities are
    applied. `hidden` are the findings, reported or not, that point at what logs must not show. `name` and `engine` are
    the flow's, None without one. `is_read` and `is_planned` tell that there were a document and a plan.
    """

    file: str
    text: str
    findings: tuple[LocatedFinding, ...]
    document: Document | None = None
    flow: Flow | None = None
    plan: ModulePlan | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    suppressed: tuple[LocatedFinding, ...] = ()
    strict: bool = False
    found: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    hidden: tuple[LocatedFinding, ...] = ()
    name: str | None = None
    engine: EngineChoice | None = None
    is_read: bool = False
    is_planned: bool = False

    @property
    def is_buildable(self) -> bool:
        """Whether the module can be built: no error (or, with `strict`, no warning) stops it."""
        return self.is_planned and not has_errors(self.findings, strict=self.strict)

    @property
    def buildable_plan(self) -> ModulePlan | None:
        """The plan, if the module can be built."""
        return self.plan if self.is_buildable else None

    def lighten(self) -> CheckedDefinition:
        """Return this without its document, flow, and plan, which are large and rarely needed once it is checked."""
        return replace(self, document=None, flow=None, plan=None)

    def open_document(self) -> Document | None:
        """Return the document, read again if it was left out; None if the text could not be read."""
        if self.document is None and self.is_read:
            return read_document(self.file, self.text.encode())[0]
        return self.document

    def locate(self, findings: Sequence[Finding]) -> tuple[LocatedFinding, ...]:
        """Return findings with their places in the document; none if it could not be read."""
        document = self.open_document() if findings else None
        return () if document is None else tuple(locate_finding(finding, document) for finding in findings)


@dataclass(frozen=True, slots=True)
class ProvenModule:
    """A module's files, and any proof failures."""

    files: dict[str, str]
    failures: tuple[ProofFailure, ...]


def check_definitions(
    definitions: Iterable[DefinitionText],
    *,
    for_terraform: bool,
    strict: bool = False,
    timings: Timings,
    defaults: Defaults = Defaults(),
    severities: Severities = NO_SEVERITIES,
) -> list[CheckedDefinition]:
    """Read and check definitions, each by itself and then against each other.

    Unless `for_terraform`, nothing is planned, and what only Terraform cannot express is not reported. With `strict`, a
    warning stops a module as an error does. `defaults` apply to every flow, `severities` to the rules.
    """
    checked = list(check_each(definitions, defaults, timings, for_terraform=for_terraform))
    with timings.measure("validation"):
        return settle_definitions(checked, {}, strict=strict, severities=severities)


def check_each(
    definitions: Iterable[DefinitionText], defaults: Defaults, timings: Timings, *, for_terraform: bool
) -> Iterator[CheckedDefinition]:
    """Read and check each definition by itself. Unless `for_terraform`, nothing is planned."""
    # Read all definitions before checking any: each loop then stays in the processor's caches.
    read = [(item, _read_definition(item, timings)) for item in definitions]
    for item, done in read:
        yield _check_definition(item, done, defaults, timings, for_terraform=for_terraform)


def settle_definitions(
    checked: Sequence[CheckedDefinition], others: Mapping[str, str], *, strict: bool, severities: Severities
) -> list[CheckedDefinition]:
    """Check definitions against each other, and apply suppressions and the project's severities.

    `others` has, by file, the names of flows of the same run that need no check of their own.
    """
    return [_weigh_findings(item, strict, severities) for item in _add_collisions(checked, others)]


def build_module(plan: ModulePlan, definition: str, timings: Timings) -> ProvenModule:
    """Render a module and compare the text with its plan; `definition` is its path relative to the output folder."""
    from generator.terraform.proof import prove_module
    from generator.terraform.render import render_module

    with timings.measure("render"):
        files = render_module(plan, definition)
    with timings.measure("verify"):
        failures = prove_module(plan, files)
    return ProvenModule(files, tuple(failures))


def _read_definition(definition: DefinitionText, timings: Timings) -> CheckedDefinition:
    """Return a definition as far as its text could be read, with the faults of the text."""
    with timings.measure("source"):
        document, faults = read_document(definition.file, definition.data)
    text = definition.data.decode("utf-8-sig", errors="replace")
    if code := recognize_code(definition.file, text, document):
        return CheckedDefinition(definition.file, text, (code,))
    findings = tuple(locate_fault(fault, definition.file) for fault in faults)
    return CheckedDefinition(definition.file, text, findings, document, is_read=document is not None)


def _check_definition(
    definition: DefinitionText,
    read: CheckedDefinition,
    defaults: Defaults,
    timings: Timings,
    *,
    for_terraform: bool,
) -> CheckedDefinition:
    document = read.document
    renew_suggestions()
    if document is None:
        return read
    if cloudformation := recognize_cloudformation(document):
        return replace(read, findings=(locate_finding(cloudformation, document),))
    with timings.measure("definition"):
        reading = read_flow(document, definition.reader, defaults)
    found = list(reading.findings)
    plan = _check_flow(reading, defaults.module if for_terraform else None, timings, found)
    found = _drop_consequences(found, reading.outline)
    spelled = (reading.spelling.restore(_complete_help(finding, reading)) for finding in found)
    located = [locate_finding(finding, document, reading.root) for finding in spelled]
    # A value that could not be read with certainty is already reported. Consequences are not.
    unclear = {fault.span for fault in read.findings}
    located = [finding for finding in located if finding.span not in unclear or finding.severity is not Severity.ERROR]
    inputs = _hash_inputs(definition, reading)
    texts = {
        place_beside(definition.file, file): normalize_text(reading.texts[file])
        for file in {finding.file for finding in found if finding.file is not None}
    }
    if (flow := reading.flow) is not None:
        read = replace(read, flow=flow, name=str(flow.name), engine=describe_engine(flow))
    read = replace(read, plan=plan, is_planned=plan is not None)
    return replace(read, findings=(*read.findings, *located), inputs=inputs, texts=texts)


def _check_flow(
    reading: FlowReading, settings: ModuleSettings | None, timings: Timings, found: list[Finding]
) -> ModulePlan | None:
    """Return the plan of a flow's module, and add findings about the flow, its permissions, and its module.

    Without `settings`, nothing about Terraform is checked or planned. There is no plan either if a parameter is used
    only under unknown keys, which are errors: the type of its variable is unknown.
    """
    flow, outline = reading.flow, reading.outline
    if outline is not None:
        with timings.measure("validation"):
            found += validate_flow(outline)
    if flow is None:
        if outline is not None and settings is not None:
            places = {(finding.path, finding.key) for finding in found}
            found += [item for item in check_tags(outline.tags) if (item.path, item.key) not in places]
        return None
    plan = None
    rejected = {finding.path for finding in found if finding.severity is Severity.ERROR}
    with timings.measure("plan"):
        grants, more = collect_grants(flow)
        if settings is not None and all(map(list_shapes, flow.parameters)):
            plan, of_module = plan_module(flow, grants, settings)
            more += of_module
    if ("engine",) in rejected:
        more = [finding for finding in more if finding.rule not in (STRICTER, CANNOT_EXPRESS)]
    # If the API rejects a value, the finding that the engine is stricter adds nothing.
    found += [finding for finding in more if finding.rule is not STRICTER or finding.path not in rejected]
    return plan


def _drop_consequences(found: list[Finding], outline: Flow | None) -> list[Finding]:
    """Leave out what follows from other findings: parameters that a wrong or missing part should use, warnings about
    what the engine lacks, and what it lacks of a type that is wrong here or for its node's configuration."""
    has_nodes = outline is None or bool(outline.body.nodes or outline.body.partial)
    hides_use = not has_nodes or any(map(_hides_use, found))
    lacking = {finding.path for finding in found if finding.rule is CANNOT_EXPRESS}
    mistyped = {finding.path[:-2] for finding in found if finding.rule is composition.MISMATCHED_NODE_CONFIGURATION}
    mistyped |= {finding.path[:-1] for finding in found if finding.rule is composition.MISPLACED_LOOP_NODE}
    return [
        finding
        for finding in found
        if not (hides_use and finding.rule is UNUSED_PARAMETER)
        and (finding.severity is Severity.ERROR or finding.path not in lacking)
        and not (finding.rule is CANNOT_EXPRESS and finding.path[-1:] == ("type",) and finding.path[:-1] in mistyped)
    ]


def _hides_use(finding: Finding) -> bool:
    """Return whether a part of the definition is wrong or missing that a parameter may be meant for."""
    if finding.severity is not Severity.ERROR or finding.path[:1] not in (("definition",), ("permissions",)):
        return False
    return finding.rule in WITHOUT_VALUE or (finding.rule in OF_VALUES and takes_reference(finding.path))


def _complete_help(finding: Finding, reading: FlowReading) -> Finding:
    """Add how to switch to flowseal's own format if the help asks for a section that the document cannot have."""
    if not finding.section or not reading.switch:
        return finding
    return replace(finding, help=f"{finding.help} {reading.switch}")


def _add_collisions(checked: Sequence[CheckedDefinition], others: Mapping[str, str]) -> list[CheckedDefinition]:
    names = {**others, **{item.file: item.name for item in checked if item.name is not None}}
    found: dict[str, list[Finding]] = {}
    for file, finding in find_colliding_flows(names):
        found.setdefault(file, []).append(finding)
    return [replace(item, findings=(*item.findings, *item.locate(found.get(item.file, ())))) for item in checked]


def _weigh_findings(item: CheckedDefinition, strict: bool, severities: Severities) -> CheckedDefinition:
    findings, suppressed = item.findings, item.suppressed
    document = item.open_document() if SIGN in item.text else None
    if document is not None:
        from generator.findings.catalog import list_rules

        renew_suggestions()
        result = suppress_findings(document, findings, list_rules(), is_complete=item.name is not None)
        findings, suppressed = result.findings, result.suppressed
    found = len(findings) + len(suppressed)
    weighed = apply_severities(findings, severities)
    hidden = tuple(finding for finding in item.findings if finding.rule.hides_source)
    return replace(item, findings=weighed, suppressed=suppressed, strict=strict, found=found, hidden=hidden)


def _hash_inputs(definition: DefinitionText, reading: FlowReading) -> dict[str, str]:
    own_name = definition.file.replace("\\", "/").rpartition("/")[2]
    return {own_name: _hash_bytes(definition.data)} | {
        file: _hash_bytes(text.encode("utf-8")) for file, text in sorted(reading.texts.items())
    }


def _hash_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
