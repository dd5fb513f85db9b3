"""Every module several times in one account."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import prove_places, write_root
from proofs import Proof
from subjects import Subject

from bench import Bench

pytestmark = pytest.mark.terraform


@pytest.mark.proves("places")
def test_one_module_works_in_many_places(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    write_root(tmp_path, subject)
    prove_places(bench, tmp_path, subject, proof)
