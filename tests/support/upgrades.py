"""Modules as flowseal made them before, in snapshots/: what is applied from them lives on with today's."""

from __future__ import annotations

from dataclasses import replace

from audit import list_belongings
from lives import Life
from subjects import ROOT, Subject

SNAPSHOTS = sorted(path for path in (ROOT / "tests" / "terraform" / "snapshots").iterdir() if path.is_dir())
KEPT = sorted({path.name for snapshot in SNAPSHOTS for path in snapshot.iterdir()})
"""The names of the modules of which there is a snapshot."""
FORMER_OUTPUTS = {"kms_key_arn": "key_arn"}
"""Outputs that had another name in the first snapshot, before any release."""


def list_former(subject: Subject) -> list[Subject]:
    """Return a module as it was at each release that had it."""
    modules = [snapshot / subject.name for snapshot in SNAPSHOTS]
    return [replace(subject, module=module) for module in modules if module.exists()]


def prove_upgrade(life: Life, today: Subject) -> None:
    """Apply the module of the life's root, put today's into its place, and apply again: nothing goes."""
    bench, folder = life.bench, life.folder
    life.begin()
    before = dict(life.outputs)
    life.put_module(today.module)
    life.turn(subject=today)
    changes = life.apply()
    assert not {"delete", "replace"} & set(changes.values()), changes
    for name in ("flow_arn", "kms_key_arn", "role_arn"):
        assert life.outputs[name] == before[name if name in before else FORMER_OUTPUTS[name]]
    life.check_nothing_to_do()
    life.check_policies()
    bench.do(folder, "destroy", "-auto-approve")
    assert list_belongings(bench) == life.before
