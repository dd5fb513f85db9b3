"""Each rule has a page, and its examples are cases: the wrong one fires the rule, the right one nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules import list_rules as walk_rules

import generator.findings.rule_pages
from generator.commands.rules import check_example
from generator.findings import RULES, Severity, error, soft_error, warning
from generator.findings.catalog import ABOUT_TERRAFORM, list_rules
from generator.findings.rule_pages import RulePage, read_page

PAGES = {
    path.stem: path
    for path in (Path(generator.findings.rule_pages.__file__).parent.parent / "data" / "rules").glob("*/[A-Z]*.md")
}
WITHOUT_EXAMPLES = {
    "CollidingFlowNames": "two definitions",
    "ConflictInText": "a file beside the definition",
    "ConflictedLock": "the disk",
    "DamagedLock": "the disk",
    "DefaultInserted": "a source of import",
    "EditedFile": "the disk",
    "EngineChange": "the disk",
    "FixedSeverity": "the configuration",
    "FlowNeedsImport": "the disk",
    "IncompleteRepair": "the disk",
    "InterruptedRun": "the disk",
    "MissingDefinitionFile": "a source of import",
    "MissingPath": "the command line",
    "ForbiddenPath": "links and git's data on the disk",
    "NewerLock": "the disk",
    "NotImported": "a source of import",
    "NothingToImport": "a source of import",
    "NoDefinitions": "the command line",
    "OrphanedModule": "the disk",
    "ModuleNotConfigured": "the disk",
    "ModuleInAnotherFolder": "the disk",
    "OutdatedModule": "the disk",
    "OutputBusy": "the disk",
    "ReleaseNeedsAwsCli": "the disk",
    "UnmanagedTerraformFile": "the disk",
    "OverrideFile": "the disk",
    "UnmanagedFilesKept": "the disk",
    "ReformattedFile": "the disk",
    "ReformattedInput": "the disk",
    "ModuleNameInUse": "two definitions",
    "TooDeep": "65 levels",
    "TooLarge": "200,001 values",
    "PolicyQuotaExceeded": "more than a hundred models",
    "UnknownRule": "the configuration",
    "UnownedFile": "the disk",
    "NonUtf8Path": "the file's own name",
    "UnreadablePath": "the disk",
    "UnreadableText": "bytes that are no text",
    "UnresolvedIntrinsic": "a source of import",
    "UnsafePath": "the disk",
    "UnmanagedPermissions": "the disk",
    "Unspecified": "nothing: it is never reported",
    "UnusableFileName": "the file's own name",
    "WriteFailed": "the disk",
}
"""What a single definition that fits a page cannot show, and what would have to be shown instead."""


REFUSED_BY_CREATE_FLOW = {
    "DuplicateConditionName",
    "DuplicateConnectionName",
    "DuplicateNodeName",
    "MismatchedNodeConfiguration",
    "MultipleInputNodes",
}
FAILED_BY_PREPARE_FLOW = {
    "DuplicateConditionExpression",
    "MalformedNodeInputExpression",
    "MissingDefaultCondition",
    "MissingNodeConfiguration",
    "MissingStartingNodes",
    "MultipleNodeInputConnections",
    "UnknownConnectionCondition",
    "UnknownConnectionSource",
    "UnknownConnectionSourceOutput",
    "UnknownConnectionTarget",
    "UnknownConnectionTargetInput",
}
"""What others measured in real accounts."""


def test_pages_are_definite_only_about_measured_behavior() -> None:
    pages = {name: " ".join(path.read_text(encoding="utf-8").split()) for name, path in PAGES.items()}
    firm = {name: text for name, text in pages.items() if "(measured)" in text}
    assert set(firm) == REFUSED_BY_CREATE_FLOW | FAILED_BY_PREPARE_FLOW
    assert {name for name, text in firm.items() if "CreateFlow returns HTTP 400" in text} == REFUSED_BY_CREATE_FLOW
    assert {name for name, text in firm.items() if "PrepareFlow fails on" in text} == FAILED_BY_PREPARE_FLOW
    assert not [name for name, text in pages.items() if "or may refuse it" in text]


@pytest.mark.parametrize("name", sorted(REFUSED_BY_CREATE_FLOW | FAILED_BY_PREPARE_FLOW))
def test_measured_behavior_is_an_error(name: str) -> None:
    rule = list_rules()[name]
    assert rule.severity is Severity.ERROR
    # A flow that CreateFlow refuses makes no module that applies.
    assert not (name in REFUSED_BY_CREATE_FLOW and rule.can_be_suppressed)


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_on_a_page_starts_or_ends_with_a_comma(name: str) -> None:
    words = read_page(name).explanation
    assert not re.search(r"[.,;:] *[,;]|\s[,;.]\s|\.\.(?!\.)", re.sub(r"`[^`]*`", "x", words))


def test_the_catalog_has_every_declared_rule() -> None:
    assert list_rules() == walk_rules()


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(PAGES) == list(list_rules())


def test_every_page_has_examples_unless_there_is_a_reason() -> None:
    assert [name for name in sorted(PAGES) if read_page(name).wrong is None] == sorted(WITHOUT_EXAMPLES)


@pytest.mark.parametrize("name", sorted(set(PAGES) - set(WITHOUT_EXAMPLES)))
def test_the_wrong_example_triggers_its_rule_once_and_the_right_one_nothing(name: str) -> None:
    page, rule = read_page(name), list_rules()[name]
    assert page.wrong is not None
    assert page.right is not None
    assert [finding.rule.name for finding in check_example(rule, page.wrong)] == [name]
    assert [finding.rule.name for finding in check_example(rule, page.right)] == []


@pytest.mark.parametrize("name", sorted(ABOUT_TERRAFORM - set(WITHOUT_EXAMPLES)))
def test_pages_of_terraform_rules_do_not_blame_the_api(name: str) -> None:
    page = read_page(name)
    assert page.wrong is not None
    assert check_example(list_rules()["MissingKey"], page.wrong) == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_explains_the_severity_of_its_rule(name: str) -> None:
    severity = list_rules()[name].severity
    word = {Severity.ERROR: "An error", Severity.WARNING: "A warning", Severity.INFO: "Info"}[severity]
    assert re.search(rf"(^|\. ){word}\b", read_page(name).explanation, re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## Wrong\n\n```yaml\na: 1\n```\n\n## Right\n\n```yaml\na: 1\n```\n",
        "Text.\n\n## Wrong\n\n```yaml\na: 1\n```\n",
        "Text.\n\n## Wrong\n\n```yaml\na: 1\n```\n\n```yaml\na: 1\n```\n\n## Right\n\n```yaml\na: 1\n```\n",
        "Text.\n\n## Wrong\n\nWords.\n\n```yaml\na: 1\n```\n\n## Right\n\n```yaml\na: 1\n```\n",
        "Text.\n\n## Wrong\n\n```toml\na = 1\n```\n\n## Right\n\n```yaml\na: 1\n```\n",
    ],
)
def test_a_malformed_page_is_rejected(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.findings.rule_pages, "_read_text", lambda *_: text)
    with pytest.raises(ValueError, match="DuplicateKey"):
        read_page("DuplicateKey")


def test_a_page_without_examples_is_only_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.findings.rule_pages, "_read_text", lambda *_: "One.\n\nTwo.\n")
    assert read_page("DuplicateKey") == RulePage("One.\n\nTwo.")


def test_an_error_can_be_suppressed_only_where_its_declaration_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.findings.RULES", dict(RULES))
    assert not error("A", "").can_be_suppressed
    assert warning("B", "").can_be_suppressed
    assert soft_error("C", "").can_be_suppressed
    with pytest.raises(ValueError, match="two rules are named A"):
        error("A", "")
