"""The proof can fail: modules broken on purpose turn the right cell red, and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from adoptions import prove_import, prove_moved
from damage import DAMAGES, FIXED_NAME, MOVED, OLD_KEY, OLD_ROLE, Damage, run_until_red
from lives import LIFE, Life, open_life
from places import prove_places, write_root
from proofs import Proof
from roots import Root
from subjects import EVERYDAY, Subject
from upgrades import list_former, prove_upgrade

from bench import Bench

pytestmark = [pytest.mark.terraform, pytest.mark.modules(EVERYDAY)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "damage" in metafunc.fixturenames:
        chosen = [item for item in DAMAGES if item.everyday or metafunc.config.getoption("--prove")]
        metafunc.parametrize("damage", chosen, ids=lambda damage: damage.what)


def test_damage_turns_the_right_cell_red(
    damage: Damage, subject: Subject, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever does not wait for a right is there sooner than this, however busy the machine is.
    monkeypatch.setattr("bench.HOLD_SECONDS", 20 if damage.column in ("order", "permission") else 0)
    proof = Proof(subject.name, LIFE)
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        try:
            with pytest.raises(AssertionError):
                run_until_red(life, damage)
        finally:
            life.restore()
    assert proof.list_red() == [damage.column]


def test_a_fixed_name_fails_in_the_second_place(subject: Subject, bench: Bench, tmp_path: Path) -> None:
    proof = Proof(subject.name, ["places"])
    write_root(tmp_path, subject)
    FIXED_NAME.strike(tmp_path / "module")
    with pytest.raises(AssertionError):
        prove_places(bench, tmp_path, subject, proof)
    assert proof.list_red() == [FIXED_NAME.column]


@pytest.mark.parametrize(("keeping", "prove"), [(OLD_ROLE, prove_import), (OLD_KEY, prove_moved)])
def test_a_stale_flow_is_detected(
    keeping: Damage, prove: Callable[[Life], None], subject: Subject, bench: Bench, tmp_path: Path
) -> None:
    proof = Proof(subject.name, ["import", "moved"])
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        keeping.strike(life.module)
        with pytest.raises(AssertionError):
            prove(life)
    assert proof.list_red() == [keeping.column]


def test_a_changed_address_is_detected_in_an_upgrade(subject: Subject, bench: Bench, tmp_path: Path) -> None:
    former = list_former(subject)[0]
    with open_life(bench, tmp_path, Root(former), Proof(subject.name, [])) as life:
        life.damage = MOVED.strike
        with pytest.raises(AssertionError, match="delete"):
            prove_upgrade(life, subject)


def test_every_column_of_a_life_can_fail() -> None:
    assert {damage.column for damage in DAMAGES} == set(LIFE)
