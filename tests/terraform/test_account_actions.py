"""The kinds of resource by action are what the script reads, and its actions are operations of the APIs."""

from __future__ import annotations

import json
import sys

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT / "tools"))

pytest.importorskip("moto", reason="missing: the Python package moto")
refresh_actions = pytest.importorskip("refresh_actions")


def test_resource_types_are_what_the_script_reads() -> None:
    text = (ROOT / "tests" / "terraform" / "account" / "actions.json").read_text(encoding="utf-8")
    if not refresh_actions.PACKAGE.exists():
        pytest.skip("missing: iam-simulate (make oracle)")
    made = refresh_actions.make_actions()
    if made["source"] != json.loads(text)["source"]:
        pytest.skip("another iam-data is installed than the data was made from")
    assert refresh_actions.write_actions(made) == text


def test_actions_are_operations() -> None:
    known = json.loads((ROOT / "tests" / "terraform" / "account" / "actions.json").read_text(encoding="utf-8"))
    from account.needs import PREFIXES
    from account.requests import load_model

    for prefix, services in refresh_actions.SERVICES.items():
        names = [load_model(service).signing_name for service in services]
        assert {PREFIXES.get(name, name) for name in names} == {prefix}
        assert set(known[prefix]) <= refresh_actions.list_operations(prefix)
