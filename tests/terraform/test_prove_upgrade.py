"""Modules of earlier releases, applied and then replaced by today's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lives import open_life
from proofs import Proof
from roots import Root
from subjects import ROOT, Subject
from upgrades import KEPT, SNAPSHOTS, list_former, prove_upgrade

from bench import Bench


@pytest.mark.terraform
@pytest.mark.modules(*KEPT)
@pytest.mark.proves("upgrade")
def test_an_upgrade_destroys_nothing(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with proof.of("upgrade"):
        for former in list_former(subject):
            folder = tmp_path / former.module.parent.name
            folder.mkdir()
            with open_life(bench, folder, Root(former), proof) as life:
                prove_upgrade(life, subject)


def test_every_release_has_its_snapshot() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+)$", changelog, re.MULTILINE)
    assert {path.name for path in SNAPSHOTS} >= {"first", *released}
