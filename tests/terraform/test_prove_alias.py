"""An alias that is not where the module wants it: the provider would not notice, the module does."""

from __future__ import annotations

from pathlib import Path

import pytest
from lives import ALIAS, VERSION, open_life
from proofs import Proof
from roots import Root
from subjects import RELEASED, find_subject

from bench import Bench

pytestmark = pytest.mark.terraform


def test_an_alias_that_was_moved_stops_the_plan_and_is_moved_back(bench: Bench, tmp_path: Path) -> None:
    root = Root(find_subject(RELEASED, tmp_path / "subject"))
    flows = bench.client("bedrock-agent")
    with open_life(bench, tmp_path / "root", root, Proof(RELEASED, [])) as life:
        life.begin()
        flow, aliases = life.outputs["flow_id"], life.outputs["alias_ids"]
        other = flows.create_flow_version(flowIdentifier=flow)["version"]
        route = [{"flowVersion": other}]
        flows.update_flow_alias(
            flowIdentifier=flow, aliasIdentifier=aliases["live"], name="live", routingConfiguration=route
        )
        said = life.bench.ask(life.folder, "plan")
        assert said.code == 1
        (error,) = said.list_diagnostics("error")
        assert "Alias live does not use version 1" in error
        changes = life.apply("-auto-approve", f"-replace={VERSION}")
        assert changes == {VERSION: "replace", f'{ALIAS}["live"]': "update", f'{ALIAS}["beta"]': "update"}
        life.check_nothing_to_do()
        assert life.outputs["alias_ids"] == aliases
        flows.delete_flow_version(flowIdentifier=flow, flowVersion=other)
