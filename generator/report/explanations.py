"""The rules themselves, as text and JSON: all of them, or one with its examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from generator.findings import LocatedFinding, Rule, Severity
from generator.findings.rule_pages import STAGES, RulePage, find_stage
from generator.report.contents import Report
from generator.report.differences import write_fragment
from generator.report.display import fold_text
from generator.report.formats import View
from generator.report.json_report import VERSION, write_json
from generator.report.text import COLORS, paint_text, write_findings

INDENT = "    "
LONGEST_LINE = 100
"""Maximum width of paragraphs, however wide the terminal is."""
LINK = re.compile(r"\[([^\]]+)\]\(([^()#]+)[^()]*\)")
"""A link to a page of flowseal's documentation, with its text and its file."""


def write_rule_list(rules: Iterable[Rule], view: View) -> str:
    """Return the name, severity, and summary of each rule, by stage."""
    return "\n".join(
        f"{paint_text(title, '1', view)}\n\n"
        + "".join(f"{_write_head(rule, view)}\n{_fold(rule.summary, view, indent=2)}" for rule in group)
        for title, group in group_rules(rules).items()
    )


def group_rules(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Group rules by the title of the stage that reports them, in the order of the stages."""
    listed = list(rules)
    return {title: [rule for rule in listed if find_stage(rule.name) == stage] for stage, title in STAGES.items()}


def write_rule(rule: Rule, page: RulePage, findings: Sequence[LocatedFinding], view: View) -> str:
    """Explain a rule with its examples; `findings` are what the wrong example causes."""
    return "\n".join(_list_parts(rule, page, findings, view))


def _list_parts(rule: Rule, page: RulePage, findings: Sequence[LocatedFinding], view: View) -> Iterator[str]:
    yield f"{_write_head(rule, view)}\n{_fold(rule.summary, view, indent=2)}"
    yield _fold(describe_suppression(rule), view)
    for paragraph in LINK.sub(r"\1 (docs/\2)", page.explanation).split("\n\n"):
        items = re.split(r"\n(?=- )", paragraph)
        yield "".join(_fold(" ".join(item.split()), view) for item in items)
    if page.wrong is None or page.right is None:
        return
    inside = replace(view, columns=view.columns and view.columns - len(INDENT))
    reported = write_findings(Report(findings, 1, "", texts={page.wrong.file: page.wrong.text}), inside)
    for title, text in (("Example", reported), ("Fix", write_fragment(page.wrong.text, page.right.text))):
        yield paint_text(f"{title}:", "1", view) + "\n"
        yield _indent(text)


def describe_suppression(rule: Rule) -> str:
    """Describe how to suppress a rule: with a comment, in the configuration, or not at all."""
    if rule.can_be_suppressed:
        return f"Suppress it with a comment on the line, or alone above it: # flowseal: ignore[{rule.name}] reason"
    if rule.severity is Severity.ERROR:
        return "It cannot be suppressed."
    return "A comment cannot suppress it; `rules` in flowseal.yaml can lower its severity or turn it off."


def write_rule_list_json(rules: Iterable[Rule]) -> str:
    """Return all rules as one JSON object, version 1."""
    return write_json({"version": VERSION, "rules": [_describe_rule(rule) for rule in rules]})


def write_rule_json(rule: Rule, page: RulePage) -> str:
    """Return one rule as a JSON object of the same form, with its explanation and its examples."""
    examples = {"wrong": page.wrong and page.wrong.text, "right": page.right and page.right.text}
    described = {**_describe_rule(rule), "explanation": page.explanation, **examples}
    return write_json({"version": VERSION, "rules": [described]})


def _describe_rule(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "severity": rule.severity.value,
        "stage": find_stage(rule.name),
        "summary": rule.summary,
        "can_be_suppressed": rule.can_be_suppressed,
    }


def _write_head(rule: Rule, view: View) -> str:
    return f"{paint_text(rule.name, '1', view)} ({paint_text(rule.severity.value, COLORS[rule.severity], view)})"


def _fold(text: str, view: View, indent: int = 0) -> str:
    columns = None if view.columns is None else min(view.columns, LONGEST_LINE)
    return "".join(f"{' ' * indent}{line}\n" for line in fold_text(text, columns, indent))


def _indent(text: str) -> str:
    return "".join(f"{INDENT}{line}".rstrip() + "\n" for line in text.splitlines())
