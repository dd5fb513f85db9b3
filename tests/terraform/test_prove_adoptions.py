"""Flows that exist before their module are kept, by both recipes of docs/existing-flows.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from adoptions import prove_import, prove_moved
from lives import open_life
from proofs import Proof
from roots import Root
from subjects import EXAMPLES, LOOPING, SAMPLES, Subject

from bench import Bench

# Cloud Control's resource cannot be imported.
pytestmark = [pytest.mark.terraform, pytest.mark.modules(*sorted({*EXAMPLES, *SAMPLES} - {LOOPING}))]


@pytest.mark.proves("import")
def test_a_flow_from_the_console_is_imported(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        prove_import(life)


@pytest.mark.proves("moved")
def test_a_flow_in_the_same_state_is_moved(subject: Subject, bench: Bench, proof: Proof, tmp_path: Path) -> None:
    with open_life(bench, tmp_path, Root(subject), proof) as life:
        prove_moved(life)
