"""`flowseal rules`: all rules by stage, or one with its examples and what flowseal says to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.commands.console import find_view
from generator.commands.printing import print_document, print_text
from generator.findings.catalog import ABOUT_TERRAFORM
from generator.findings.rule_pages import read_page
from generator.report import ListFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.findings import LocatedFinding, Rule
    from generator.findings.rule_pages import Example


def print_rules(rules: Iterable[Rule], output_format: ListFormat) -> None:
    """Print all rules."""
    from generator.report.explanations import write_rule_list, write_rule_list_json

    is_text = output_format is ListFormat.TEXT
    if is_text:
        print_text(write_rule_list(rules, find_view()), nl=False)
    else:
        print_document(write_rule_list_json(rules))


def print_rule(rule: Rule, output_format: ListFormat) -> None:
    """Print the page of one rule."""
    from generator.report.explanations import write_rule, write_rule_json

    page = read_page(rule.name)
    if output_format is ListFormat.JSON:
        print_document(write_rule_json(rule, page))
        return
    findings = check_example(rule, page.wrong) if page.wrong else []
    print_text(write_rule(rule, page, findings, find_view()), nl=False)


def check_example(rule: Rule, example: Example) -> list[LocatedFinding]:
    """Return what flowseal says to an example of a rule's page. There are no files beside it.

    Where the rule is not about Terraform, neither are the findings.
    """
    from generator.flow.reading import FileRefusal
    from generator.pipeline import DefinitionText, check_definitions
    from generator.progress import Timings

    class NoFiles:
        def read_text(self, path: str) -> FileRefusal:
            return FileRefusal(f"There is no file {path!r}.", "Paths are relative to the definition's own folder.")

    definition = DefinitionText(example.file, example.text.encode(), NoFiles())
    for_terraform = rule.name in ABOUT_TERRAFORM
    (checked,) = check_definitions([definition], for_terraform=for_terraform, timings=Timings())
    return list(checked.findings)
