"""Defects planted into every example: each is found at its place, and nothing else is said."""

from __future__ import annotations

import re
import sys

import pytest
from paths import ROOT

from generator.flow.api import list_validation_kinds

PAGE = ROOT / "docs" / "validation.md"
TABLE = re.compile(r"\| planted \|.*?\n\n", re.DOTALL)
sys.path.insert(0, str(ROOT / "tools"))

plant_defects = pytest.importorskip("plant_defects")


def test_a_sample_of_planted_defects_is_found_and_nothing_else() -> None:
    tallies = plant_defects.try_defects(seed=7, most=2)
    wrong = [
        f"{path.name}: {defect.rule} by {defect.how}" for tally in tallies.values() for path, defect, _ in tally.wrong
    ]
    assert wrong == []
    assert sum(tally.planted for tally in tallies.values()) > 300


@pytest.mark.slow
def test_the_table_of_all_defects_is_on_its_page(accept: bool) -> None:
    table = plant_defects.write_table(plant_defects.try_defects(seed=1, most=None)) + "\n"
    page = PAGE.read_text(encoding="utf-8")
    if accept:
        PAGE.write_text(TABLE.sub(lambda _: table, page), encoding="utf-8")
        return
    assert TABLE.findall(page) == [table]


def test_every_kind_is_planted() -> None:
    assert set(list_validation_kinds()) - set(plant_defects.PLANTERS) == {"Unspecified"}
