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
from subjects import EVERYDAY, Subject

from bench import Bench

pytestmark = pytest.mark.terraform


@pytest.mark.proves(*LIFE)
def test_the_whole_life_of_a_module(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        prove_life(life)


@pytest.mark.modules(EVERYDAY)
def test_a_callers_policy_of_a_fixed_name_outlives_a_new_name_of_the_flow(
    subject: Subject, bench: Bench, tmp_path: Path
) -> None:
    root = Root(subject, caller_policy_name="callers-of-the-desk")
    with open_life(bench, tmp_path, root, Proof(subject.name, [])) as life:
        life.begin()
        life.turn(name="renamed")
        changes = life.apply()
        assert not [address for address in changes if ".caller" in address]
        life.check_nothing_to_do()
