"""Findings about a user's documents, and the rules that report them."""

from __future__ import annotations

import os
import pathlib
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from generator.source.characters import find_characters
from generator.source.position import Document, Fault, Path, Span


class Severity(StrEnum):
    """The severity of a finding: an error blocks the module; a warning and info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding with a stable name. Names are never reused and do not depend on the severity.

    `can_be_suppressed` means that a comment can suppress a finding because the module is correct despite it.
    `hides_source` means that the text at the finding must not be shown, especially in logs.
    """

    name: str
    severity: Severity
    summary: str
    can_be_suppressed: bool
    hides_source: bool = False


RULES: dict[str, Rule] = {}


def error(name: str, summary: str) -> Rule:
    """Register an error. `summary`, here and below, is one sentence on what the rule reports."""
    return _register(Rule(name, Severity.ERROR, summary, can_be_suppressed=False))


def soft_error(name: str, summary: str) -> Rule:
    """Register an error that a comment can suppress because the module is correct despite it."""
    return _register(Rule(name, Severity.ERROR, summary, can_be_suppressed=True))


def warning(name: str, summary: str, *, hides_source: bool = False) -> Rule:
    """Register a warning."""
    return _register(Rule(name, Severity.WARNING, summary, can_be_suppressed=True, hides_source=hides_source))


def fixed_warning(name: str, summary: str) -> Rule:
    """Register a warning that no comment can suppress, often because it is about more than one document."""
    return _register(Rule(name, Severity.WARNING, summary, can_be_suppressed=False))


def info(name: str, summary: str) -> Rule:
    """Register an info rule."""
    return _register(Rule(name, Severity.INFO, summary, can_be_suppressed=True))


def fixed_info(name: str, summary: str) -> Rule:
    """Register an info rule that no comment can suppress."""
    return _register(Rule(name, Severity.INFO, summary, can_be_suppressed=False))


def _register(rule: Rule) -> Rule:
    if rule.name in RULES:
        raise ValueError(f"two rules are named {rule.name}")
    RULES[rule.name] = rule
    return rule


MOST_RELATED = 50
"""The maximum number of related places of a finding."""
Range = tuple[int, int]
"""Characters of a string, as start and end. An empty range is the character at its start."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding; `within` points at some of the characters of the string there."""

    message: str
    path: Path
    key: bool = False
    within: Range | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One message for the user, at a canonical path. `key` points at the key instead of the value.

    A canonical path is the path in flowseal's own format, whatever the document's: ("definition", "nodes", 0, "name").
    `within` points at some of the characters of the string there. `file` and `span` are set only if the place is in a
    file that the definition references; `file` is relative to the definition's folder. `section` is the section of
    flowseal's own format that the help asks for.
    """

    rule: Rule
    message: str
    help: str
    path: Path = ()
    key: bool = False
    related: tuple[Related, ...] = ()
    file: str | None = None
    span: Span | None = None
    within: Range | None = None
    section: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of the finding's rule."""
        return self.rule.severity


@dataclass(frozen=True, slots=True)
class LocatedPlace:
    """A message at a place in a file."""

    message: str
    file: str
    span: Span


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding with its place in a file; `pointer` is the JSON pointer (RFC 6901) into the document.

    `identity` is the pointer with names of nodes, ports, and the like instead of their indexes, so that edits elsewhere
    don't change it. It is empty if the pointer is. For a finding in a file that a definition references, `named_at`
    is the reference.
    """

    rule: Rule
    message: str
    help: str
    file: str
    span: Span
    pointer: str
    related: tuple[LocatedPlace, ...] = ()
    identity: str = ""
    named_at: Span | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the finding's rule."""
        return self.rule.severity


def has_errors(findings: Iterable[Finding | LocatedFinding], *, strict: bool = False) -> bool:
    """Return whether one of the findings is an error or, with `strict`, a warning."""
    wanted = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in wanted for finding in findings)


SOURCE_RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        error("UnreadableText", "The file is not UTF-8 or is too large."),
        error("SyntaxError", "The file is not valid YAML or JSON."),
        error("MergeConflict", "The document contains merge conflict markers."),
        error("DuplicateKey", "A mapping contains the same key twice."),
        error("AmbiguousScalar", "YAML parsers disagree on the meaning of an unquoted value."),
        error("InvalidNumber", "A number has too many digits or too large an exponent."),
        error("UnsupportedYaml", "The document uses a YAML feature that flow definitions do not support."),
        error("TooDeep", "The document is nested too deeply."),
        error("TooLarge", "The document is too large, or becomes too large when its YAML aliases are expanded."),
        error("LoneSurrogate", "A string contains an unpaired surrogate, which is not a valid character."),
    )
}


def report_file(rule: Rule, message: str, help: str, file: str) -> LocatedFinding:
    """Return a finding about a whole file or folder, at its first character."""
    return LocatedFinding(rule, message, help, file, Span(1, 1, 1, 1), "")


def locate_fault(fault: Fault, file: str) -> LocatedFinding:
    """Return a syntax fault as a finding about `file`."""
    related = tuple(LocatedPlace(message, file, span) for message, span in fault.related)
    return LocatedFinding(SOURCE_RULES[fault.kind], fault.message, fault.help, file, fault.span, "", related)


def locate_finding(finding: Finding, document: Document, root: Path = ("definition",)) -> LocatedFinding:
    """Locate a finding in the document. `root` is the path of the canonical ("definition",) in the document."""

    def place(path: Path, key: bool, within: Range | None) -> tuple[Path, Span]:
        in_document = root + path[1:] if path[:1] == ("definition",) else path
        if within is not None:
            return in_document, find_characters(document, in_document, *within)
        return in_document, document.find_span(in_document, key)

    path, span = place(finding.path, finding.key, finding.within)
    related = tuple(
        LocatedPlace(other.message, document.file, place(other.path, other.key, other.within)[1])
        for other in finding.related[:MOST_RELATED]
    )
    named_at = None
    if finding.file is not None:
        named_at = document.find_span((*path, "$file"))
        related += (LocatedPlace("The definition references the file here.", document.file, named_at),)
    return LocatedFinding(
        finding.rule,
        finding.message,
        finding.help,
        document.file if finding.file is None else place_beside(document.file, finding.file),
        finding.span or span,
        "" if finding.file else write_pointer(path),
        related,
        "" if finding.file else write_pointer(name_path(path, document.value)),
        named_at,
    )


def show_path(path: pathlib.Path) -> str:
    """Return a path with forward slashes. Bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def show_relative(path: pathlib.Path) -> str:
    """Return a path relative to the working folder, if possible."""
    return show_path(find_way(path))


def find_way(path: pathlib.Path) -> pathlib.Path:
    """Return a path relative to the working folder, or the path itself if it is on another drive."""
    try:
        return pathlib.Path(os.path.relpath(path))
    except ValueError:
        return path


def place_beside(definition: str, file: str) -> str:
    """Return the path, as findings show it, of a file that a definition references relative to its own folder."""
    folder, slash, _ = definition.rpartition("/")
    path = folder + slash + file
    return posixpath.normpath(path) if ".." in file.split("/") else path


def write_pointer(path: Path) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def name_path(path: Path, value: object) -> Path:
    """Return a path with the name of each list item that has one (as `name`) instead of its number."""
    named: list[str | int] = []
    for part in path:
        match value, part:
            case list(), int() if part < len(value):
                value = value[part]
                name = value.get("name") if isinstance(value, dict) else None
                named.append(name if isinstance(name, str) else part)
            case _:
                value = value.get(part) if isinstance(value, dict) else None
                named.append(part)
    return tuple(named)
