"""Findings as SARIF 2.1.0 (OASIS), which code scanning services read.

Rules with findings include their pages as help. Columns count characters. File addresses are relative to the root of
the repository.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.findings import LocatedFinding, Rule, Severity
from generator.findings.rule_pages import Example, read_page
from generator.report.contents import Report, sort_findings, summarize_findings
from generator.report.display import escape_controls
from generator.report.json_report import write_json
from generator.source.position import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "flowsealFinding/v1"
"""Computed from the rule, the file, and names: unchanged by edits elsewhere in the file."""
_WINDOWS_DRIVE = re.compile(r"[A-Za-z]:/")
_LINK = re.compile(r"(\\*)\]\(")


def write_sarif_report(report: Report) -> str:
    """Return one SARIF log with one run, even if there are no findings."""
    ordered = sort_findings(report.findings)
    rules = sorted({finding.rule for finding in ordered}, key=lambda rule: rule.name)
    numbers = {rule.name: number for number, rule in enumerate(rules)}
    fingerprints = _list_fingerprints(ordered)
    driver = {
        "name": "flowseal",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_describe_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_describe_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [
            _describe_result(finding, numbers[finding.rule.name], fingerprint)
            for finding, fingerprint in zip(ordered, fingerprints, strict=True)
        ],
        "properties": {**summarize_findings(ordered), "suppressed": report.suppressed, "files": report.files},
    }
    return write_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _describe_rule(rule: Rule) -> dict[str, Any]:
    page = read_page(rule.name)
    first = page.explanation.split("\n\n")[0]
    examples = [("Wrong", page.wrong), ("Right", page.right)]
    markdown = [page.explanation, *(_write_example(title, example) for title, example in examples if example)]
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(first.split())},
        "help": {"text": page.explanation, "markdown": "\n\n".join(markdown)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _write_example(title: str, example: Example) -> str:
    return f"**{title}**\n\n```{example.language}\n{example.text}```"


def _describe_invocation(report: Report) -> dict[str, Any]:
    """Return whether the run succeeded: a failed proof is a defect of flowseal, findings are not."""
    if not report.failures:
        return {"executionSuccessful": True}
    notifications = [{"level": "error", "message": {"text": escape_message(failure)}} for failure in report.failures]
    return {"executionSuccessful": False, "toolExecutionNotifications": notifications}


def _describe_result(finding: LocatedFinding, number: int, fingerprint: str) -> dict[str, Any]:
    result = {
        "ruleId": finding.rule.name,
        "ruleIndex": number,
        "level": LEVELS[finding.severity],
        "message": {"text": escape_message(f"{finding.message} {finding.help}")},
        "locations": [{"physicalLocation": _describe_place(finding.file, finding.span)}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _describe_place(place.file, place.span),
                "message": {"text": escape_message(place.message)},
            }
            for number, place in enumerate(finding.related)
        ]
    return result


def _describe_place(file: str, span: Span) -> dict[str, Any]:
    region: dict[str, int] = {"startLine": span.line}
    if span != Span(span.line, 1, span.line, 1):
        region |= {"startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    return {"artifactLocation": {"uri": write_uri(file)}, "region": region}


def write_uri(file: str) -> str:
    """Return a path with forward slashes as a URI reference: percent-encoded, relative unless the path is absolute."""
    path = quote(file, safe="/", errors="replace")
    if _WINDOWS_DRIVE.match(file):
        return f"file:///{path.replace('%3A', ':', 1)}"
    return f"file://{path}" if file.startswith("/") else path


def escape_message(text: str) -> str:
    """Return a text that a SARIF message shows unchanged: without placeholders (3.11.5) and links (3.11.6)."""
    shown = escape_controls(text).replace("{", "{{").replace("}", "}}")
    # An even number of backslashes leaves the bracket unescaped.
    return _LINK.sub(lambda link: link[0] if len(link[1]) % 2 else rf"{link[1]}\](", shown)


def _list_fingerprints(findings: Sequence[LocatedFinding]) -> Iterator[str]:
    """Yield the fingerprint of each finding; findings with the same identity are numbered."""
    seen: Counter[str] = Counter()
    for finding in findings:
        name = "\0".join((finding.rule.name, finding.file, finding.identity or finding.message))
        seen[name] += 1
        yield sha256(f"{name}\0{seen[name]}".encode(errors="replace")).hexdigest()[:32]
