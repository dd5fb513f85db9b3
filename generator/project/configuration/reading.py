"""Finds and reads a configuration file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import Any, cast

from generator.findings import Finding, LocatedFinding, Rule, Severity, error, has_errors, locate_fault, locate_finding
from generator.flow.model import Defaults, Engine, ModuleSettings
from generator.project.configuration.severities import OFF, Severities, may_have_severity
from generator.source import SCHEMA_KEY, read_document
from generator.source.files import CONFIGURATION_FILE, MOST_LEVELS
from generator.source.position import Document
from generator.source.position import Path as ValuePath

UNKNOWN_RULE = error("UnknownRule", "The configuration sets the severity of a rule that does not exist.")
FIXED_SEVERITY = error("FixedSeverity", "The configuration downgrades an error that cannot be downgraded.")

NAME = CONFIGURATION_FILE
KEYS = ("flows", "output", "defaults", "rules", "templates")
DEFAULTS = ("engine", "encryption", "tags", "permissions_boundary_arn", "provider_version")
SEVERITIES: Mapping[str, Severity | None] = {**{severity.value: severity for severity in Severity}, OFF: None}
VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,2}")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration. `file` is its name in findings; `flows` (patterns), `output`, and `templates` are relative to
    its `folder`.
    """

    file: str
    folder: Path
    document: Document
    flows: tuple[str, ...] = ()
    output: str | None = None
    defaults: Defaults = Defaults()
    severities: Severities = field(default_factory=dict)
    templates: str | None = None


def find_configuration(folder: Path) -> Path | None:
    """Return the configuration that holds in a folder: the nearest flowseal.yaml, in it or above it."""
    here = folder.absolute()
    places = (path / NAME for path in (here, *here.parents))
    # A link that leads nowhere is found too, and then reported: a run must not go on without its configuration.
    return next((path for path in places if os.path.lexists(path) and not path.is_dir()), None)


def read_configuration(
    file: str, path: Path, data: bytes, list_rules: Callable[[], Mapping[str, Rule]]
) -> tuple[Configuration | None, list[LocatedFinding]]:
    """Read a configuration from its bytes. `file` is how findings show it, `list_rules` gives all rules by name.

    With an error there is none.
    """
    says_nothing = all(line.strip() == b"" or line.lstrip().startswith(b"#") for line in data.split(b"\n"))
    document, faults = read_document(file, b"{}" if says_nothing else data)
    findings = [locate_fault(fault, file) for fault in faults]
    if document is None:
        return None, findings
    reader = _Reader(list_rules)
    configuration = reader.read_sections(Configuration(file, path.parent, document))
    findings += [locate_finding(finding, document) for finding in reader.findings]
    return None if has_errors(findings) else configuration, findings


@dataclass(slots=True)
class _Reader:
    """Reads the sections and remembers what is wrong with them."""

    list_rules: Callable[[], Mapping[str, Rule]]
    findings: list[Finding] = field(default_factory=list)

    def read_sections(self, empty: Configuration) -> Configuration:
        from generator.flow.reading.settings import read_section

        sections = read_section(self._leave_out_schema(empty.document.value), (), KEYS, self.findings)
        defaults: dict[str, Any] = read_section(sections.get("defaults"), ("defaults",), DEFAULTS, self.findings)
        return replace(
            empty,
            flows=self._read_flows(sections.get("flows")),
            output=self._read_place(sections.get("output"), ("output",), "`output`"),
            defaults=Defaults(
                self._read_encryption(defaults.get("encryption")),
                self._read_tags(defaults.get("tags")),
                ModuleSettings(
                    self._read_boundary(defaults.get("permissions_boundary_arn")),
                    self._read_version(defaults.get("provider_version")),
                ),
                self._read_engine(defaults.get("engine")),
            ),
            severities=self._read_severities(sections.get("rules")),
            templates=self._read_place(sections.get("templates"), ("templates",), "`templates`"),
        )

    def _leave_out_schema(self, document: object) -> object:
        """Return the document without the key by which editors find its JSON Schema."""
        if not isinstance(document, dict) or SCHEMA_KEY not in document:
            return document
        from generator.flow.reading.forms import report_schema_key

        if finding := report_schema_key(document):
            self.findings.append(finding)
        return {key: value for key, value in document.items() if key != SCHEMA_KEY}

    def _read_flows(self, section: object) -> tuple[str, ...]:
        if section is None:
            return ()
        if not isinstance(section, list):
            self._report_value(
                section, "flows must be a list of paths and patterns", 'For example: ["flows"].', ("flows",)
            )
            return ()
        patterns = [
            self._read_place(item, ("flows", index), "Each item of `flows`") for index, item in enumerate(section)
        ]
        return tuple(pattern for pattern in patterns if pattern is not None)

    def _read_place(self, value: object, path: ValuePath, what: str) -> str | None:
        """Return a path relative to the configuration, or None where none is given, or it is no such path."""
        if value is None and len(path) == 1:
            return None
        help = "Write a path relative to this file, with / between folders."
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            self._report_value(value, f"{what} must be a relative path", help, path)
            return None
        windows = PureWindowsPath(value)
        if "\\" in value or value.startswith("/") or windows.drive or windows.root:
            self._report_value(value, f"{what} must be a relative path", help, path)
            return None
        if value.count("/") > MOST_LEVELS:
            from generator.flow.reading.rules import INVALID_SECTION

            message = f"{what} has more than {MOST_LEVELS} folders."
            self._report(INVALID_SECTION, message, "Use a shorter path.", path)
            return None
        return value

    def _read_engine(self, value: object) -> Engine | None:
        if value is None:
            return None
        from generator.flow.reading.settings import read_engine

        findings: list[Finding] = []
        engine = read_engine(cast("Any", value), findings)
        self.findings += _place_findings(findings)
        return engine

    def _read_encryption(self, section: object) -> dict[str, int]:
        if section is None:
            return {}
        from generator.flow.reading.settings import read_days

        findings: list[Finding] = []
        days = read_days(cast("Any", section), findings)
        self.findings += _place_findings(findings)
        return days

    def _read_tags(self, section: object) -> dict[str, str]:
        if section is None:
            return {}
        from generator.flow.api import check_shape, find_shape
        from generator.terraform.module.checks import check_tags

        findings = check_shape(cast("Any", section), find_shape("TagsMap"), ("defaults", "tags"))
        if not findings:
            findings = _place_findings(check_tags(cast("dict[str, Any]", section)))
        self.findings += findings
        return cast("dict[str, str]", section) if not findings else {}

    def _read_boundary(self, value: object) -> str | None:
        if value is None:
            return None
        from generator.terraform.module.variables_tf import BOUNDARY

        if isinstance(value, str) and re.fullmatch(BOUNDARY, value):
            return value
        help = "For example: arn:aws:iam::111122223333:policy/boundary."
        place = ("defaults", "permissions_boundary_arn")
        self._report_value(value, "permissions_boundary_arn must be the ARN of an IAM policy", help, place)
        return None

    def _read_version(self, value: object) -> str | None:
        if value is None:
            return None
        from generator.terraform.module.versions_tf import LOWEST_PROVIDER

        place = ("defaults", "provider_version")
        if not isinstance(value, str) or not VERSION.fullmatch(value):
            help = 'Put it in quotes, for example "6.40.0". Modules accept this version and later ones.'
            self._report_value(value, "provider_version must be an exact version", help, place)
            return None
        if _split_version(value) < _split_version(LOWEST_PROVIDER):
            help = "Raise the version, or remove the setting."
            self._report_value(value, f"provider_version must be {LOWEST_PROVIDER} or later", help, place)
            return None
        return value

    def _read_severities(self, section: object) -> Severities:
        from generator.findings.suggestions import advise_name
        from generator.flow.wording import list_names

        words = list_names(list(SEVERITIES))
        rules = self.list_rules() if section is not None else {}
        severities: dict[str, Severity | None] = {}
        if section is not None and not isinstance(section, dict):
            help = "For example: {UnusedParameter: off}."
            self._report_value(section, "rules must be a mapping of rules to severities", help, ("rules",))
            return {}
        for name, word in cast("dict[str, object]", section or {}).items():
            rule = rules.get(name)
            if rule is None:
                self._report_unknown_rule(name, rules)
            elif not isinstance(word, str):
                self._report_value(word, "A severity must be a string", f"Use {words}.", ("rules", name))
            elif word not in SEVERITIES:
                from generator.flow.reading.rules import INVALID_SECTION

                help = advise_name(word, SEVERITIES, f"Use {words}.")
                self._report(INVALID_SECTION, f"Unknown severity {word!r}.", help, ("rules", name))
            elif not may_have_severity(rule, SEVERITIES[word]):
                help = "Remove this line, and fix the finding instead."
                message = f"{name} cannot be downgraded: the generated module could be wrong."
                self._report(FIXED_SEVERITY, message, help, ("rules", name))
            else:
                severities[name] = SEVERITIES[word]
        return severities

    def _report_unknown_rule(self, name: str, rules: Mapping[str, Rule]) -> None:
        from generator.findings.suggestions import advise_name

        help = advise_name(name, rules, "Run `flowseal rules` to list all rules.")
        self._report(UNKNOWN_RULE, f"Unknown rule {name!r}.", help, ("rules", name), key=True)

    def _report_value(self, value: object, what: str, help: str, path: ValuePath) -> None:
        from generator.flow.reading.rules import INVALID_SECTION
        from generator.flow.wording import describe_value

        self._report(INVALID_SECTION, f"{what}, not {describe_value(cast('Any', value))}.", help, path)

    def _report(self, rule: Rule, message: str, help: str, path: ValuePath, *, key: bool = False) -> None:
        self.findings.append(Finding(rule, message, help, path, key=key))


def _place_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings about a section of a definition as those about the section of the defaults."""
    return [
        replace(
            finding,
            path=("defaults", *finding.path),
            related=tuple(replace(other, path=("defaults", *other.path)) for other in finding.related),
        )
        for finding in findings
    ]


def _split_version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
