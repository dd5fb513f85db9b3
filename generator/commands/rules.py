"""`flowseal rules`: all rules by stage, or one with its examples and what flowseal reports about the wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from generator.commands.terminal import find_view, print_document, print_text
from generator.report import ListFormat

if TYPE_CHECKING:  # deferred, because every start imports every command
    from generator.findings import LocatedFinding, Rule
    from generator.findings.rule_pages import Example

EXAMPLE = "Example: flowseal rules UnusedParameter"


def rules(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The rule to explain.", show_default=False)
    ] = None,
    output_format: Annotated[ListFormat, typer.Option("--format", help="Output format.")] = ListFormat.TEXT,
) -> None:
    """List everything that flowseal reports, or explain one rule with a wrong and a right example."""
    from generator.findings.catalog import list_rules
    from generator.findings.suggestions import advise_name

    known = list_rules()
    if name is None:
        _print_rules(known.values(), output_format)
    elif name in known:
        _print_rule(known[name], output_format)
    else:
        advice = advise_name(name, known, "Run `flowseal rules` to list all rules.")
        raise typer.BadParameter(f"Unknown rule {name!r}. {advice}", param_hint="NAME")


def check_example(rule: Rule, example: Example) -> list[LocatedFinding]:
    """Return what flowseal reports about an example of a rule's page. There are no files beside it.

    Unless the rule is about Terraform, findings about Terraform are left out.
    """
    from generator.findings.catalog import ABOUT_TERRAFORM
    from generator.flow.reading import FileRefusal
    from generator.pipeline import DefinitionText, check_definitions
    from generator.progress import Timings

    class NoFiles:
        def read_text(self, path: str) -> FileRefusal:
            return FileRefusal(f"File {path!r} does not exist.", "Paths are relative to the definition's folder.")

    definition = DefinitionText(example.file, example.text.encode(), NoFiles())
    for_terraform = rule.name in ABOUT_TERRAFORM
    (checked,) = check_definitions([definition], for_terraform=for_terraform, timings=Timings())
    return list(checked.findings)


def _print_rules(listed: Iterable[Rule], output_format: ListFormat) -> None:
    from generator.report.explanations import write_rule_list, write_rule_list_json

    if output_format is ListFormat.JSON:
        print_document(write_rule_list_json(listed))
    else:
        print_text(write_rule_list(listed, find_view()), nl=False)


def _print_rule(rule: Rule, output_format: ListFormat) -> None:
    from generator.findings.rule_pages import read_page
    from generator.report.explanations import write_rule, write_rule_json

    page = read_page(rule.name)
    if output_format is ListFormat.JSON:
        print_document(write_rule_json(rule, page))
        return
    findings = check_example(rule, page.wrong) if page.wrong else []
    print_text(write_rule(rule, page, findings, find_view()), nl=False)
