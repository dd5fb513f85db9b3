"""Every kind of AWS's own validation: a function of its own, a case and a page."""

from __future__ import annotations

import re

import pytest
from paths import ROOT
from rules import list_rules

from generator.flow.api import list_validation_kinds
from generator.validation import CHECKS

NEVER_REPORTED = "Unspecified"
KINDS = list_validation_kinds()


def test_the_kinds_are_those_of_the_model() -> None:
    assert len(KINDS) == len(set(KINDS)) >= 33
    assert NEVER_REPORTED in KINDS


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != NEVER_REPORTED])
def test_a_kind_has_its_own_function(kind: str) -> None:
    checks = [check for check in CHECKS if any(rule.name == kind for rule in check.rules)]
    assert [[rule.name for rule in check.rules] for check in checks] == [[kind]]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != NEVER_REPORTED])
def test_a_kind_has_a_case_that_triggers_it_and_one_that_does_not(kind: str) -> None:
    printed = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/cases/*/output.txt"))
    assert re.search(rf"^wrong\.flow\.yaml:\d+:\d+: error\[{kind}\]: ", printed, re.MULTILINE)
    assert not re.search(rf"^(right|near-.*)\.flow\.yaml:\d+:\d+: error\[{kind}\]: ", printed, re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_page(kind: str) -> None:
    page = (ROOT / "generator" / "data" / "rules" / "validation" / f"{kind}.md").read_text(encoding="utf-8")
    assert ("## Wrong" in page and "## Right" in page) or kind == NEVER_REPORTED


def test_what_a_check_reports_is_declared() -> None:
    declared = list_rules()
    for check in CHECKS:
        assert check.rules
        assert all(declared[rule.name] is rule for rule in check.rules)
