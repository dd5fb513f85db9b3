"""Every module through its whole life, by real Terraform; and what is in the account afterwards.

The provider is a stand-in unless the environment names a real one (tests/bench.py), the account is one too
(tests/account): docs/proof.md says what that leaves open.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lives import LIFE, open_life, prove_life
from proofs import Proof
from roots import Root
from subjects import Subject

from bench import Bench

pytestmark = pytest.mark.terraform


@pytest.mark.proves(*LIFE)
def test_the_whole_life_of_a_module(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        prove_life(life)
