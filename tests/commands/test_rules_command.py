"""`flowseal rules`: the list, one rule with its examples, and what a slip gets to hear."""

from __future__ import annotations

import json
import re

import pytest
from rules import list_rules
from typer.testing import CliRunner

from generator.cli import app
from generator.commands.rules import check_example
from generator.findings.rule_pages import STAGES, find_stage, read_page
from generator.report import View
from generator.report.differences import write_fragment
from generator.report.explanations import write_rule, write_rule_list


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments], prog_name="flowseal")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_rules_are_listed() -> None:
    printed = run()
    listed = re.findall(r"^(\w+) \((\w+)\)\n  (.*)$", printed, re.MULTILINE)
    assert sorted(listed) == [(rule.name, rule.severity.value, rule.summary) for rule in list_rules().values()]
    assert re.findall(r"(?:^|\n\n)([A-Za-z ]+)\n\n", printed) == list(STAGES.values())
    for group in re.split(r"(?:^|\n\n)[A-Za-z ]+\n\n", printed)[1:]:
        names = re.findall(r"^(\w+) \(", group, re.MULTILINE)
        assert names == sorted(names)


def test_all_rules_are_listed_as_json() -> None:
    listed = json.loads(run("--format", "json"))
    assert listed["version"] == 1
    assert listed["rules"] == [
        {
            "name": rule.name,
            "severity": rule.severity.value,
            "stage": find_stage(rule.name),
            "summary": rule.summary,
            "can_be_suppressed": rule.can_be_suppressed,
        }
        for rule in list_rules().values()
    ]


def test_an_explanation_shows_the_findings_of_the_wrong_example() -> None:
    text = run("UnusedParameter")
    page = read_page("UnusedParameter")
    assert page.wrong is not None
    assert page.right is not None
    assert text.startswith("UnusedParameter (warning)\n  A parameter is declared but never used.\n\n")
    assert "alone above it: # flowseal: ignore[UnusedParameter] reason\n" in text
    assert "    example.flow.yaml:2:14: warning[UnusedParameter]: " in text
    fix = write_fragment(page.wrong.text, page.right.text)
    assert text.endswith("Fix:\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in fix.splitlines()))


def test_a_link_is_printed_as_the_page_it_leads_to() -> None:
    text = " ".join(run("EngineChange").split())
    assert "Changing the engine (docs/engines.md) shows each step." in text
    assert not [name for name in list_rules() if "](" in write_rule(list_rules()[name], read_page(name), [], View())]


def test_a_rule_without_examples_is_explained() -> None:
    text = run("WriteFailed")
    assert text.split("\n\n")[1] == "It cannot be suppressed."
    turned_off = "A comment cannot suppress it; `rules` in flowseal.yaml can lower its severity or turn it off."
    assert " ".join(run("UnmanagedPermissions").split("\n\n")[1].split()) == turned_off
    assert "Example" not in text


def test_a_rule_is_explained_as_json() -> None:
    page = read_page("UnusedParameter")
    assert page.wrong is not None
    assert page.right is not None
    (rule,) = json.loads(run("UnusedParameter", "--format", "json"))["rules"]
    assert list(rule) == ["name", "severity", "stage", "summary", "can_be_suppressed", "explanation", "wrong", "right"]
    assert (rule["explanation"], rule["wrong"], rule["right"]) == (page.explanation, page.wrong.text, page.right.text)
    assert json.loads(run("WriteFailed", "--format", "json"))["rules"][0]["wrong"] is None


@pytest.mark.parametrize(
    ("name", "advice"),
    [("unused-parameter", "Did you mean UnusedParameter?"), ("Nothing", "Run `flowseal rules` to list all rules.")],
)
def test_a_misspelled_rule_is_wrong_usage_with_a_suggestion(name: str, advice: str) -> None:
    result = CliRunner().invoke(app, ["rules", name], prog_name="flowseal")
    assert result.exit_code == 2
    assert f"Unknown rule {name!r}. {advice}" in result.stderr
    assert result.stdout == ""


def test_text_is_wrapped_on_a_terminal_and_colored_on_request() -> None:
    rules = list_rules()
    view = View(columns=60)
    assert max(map(len, write_rule_list(rules.values(), view).splitlines())) <= 60
    page = read_page("UnusedBucketAccount")
    assert page.wrong is not None
    rule = rules["UnusedBucketAccount"]
    findings = check_example(rule, page.wrong)
    lines = write_rule(rule, page, findings, View(columns=80)).splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b[31merror\x1b[0m" in write_rule(rule, page, findings, View(color=True))


def test_each_list_item_is_on_its_own_line() -> None:
    lines = CliRunner().invoke(app, ["rules", "UnmanagedPermissions"]).output.splitlines()
    assert "- calls a module." in lines
