"""Branches that never run together, held against a run of every combination of branches."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from flow_documents import conditional, data, read

from generator.flow.model import Flow
from generator.validation import validate_flow

RULE = "UnsatisfiedConnectionConditions"


def make_node(name: str, inputs: int) -> dict[str, Any]:
    ports = [{"name": f"in{place}", "type": "String", "expression": "$.data"} for place in range(inputs)]
    code = {"inlineCode": {"code": "1", "language": "Python_3"}}
    outputs = [{"name": "response", "type": "String"}]
    return {"name": name, "type": "InlineCode", "configuration": code, "inputs": ports, "outputs": outputs}


def make_route(name: str, branches: list[str]) -> dict[str, Any]:
    conditions = [{"name": branch, "expression": f'kind == "{branch}"'} for branch in branches[:-1]]
    configuration = {"condition": {"conditions": [*conditions, {"name": "default"}]}}
    inputs = [{"name": "kind", "type": "String", "expression": "$.data"}]
    return {"name": name, "type": "Condition", "configuration": configuration, "inputs": inputs}


def make_random_flow(chance: random.Random) -> dict[str, Any]:
    """Make a flow of nodes in a row, each fed by earlier ones and perhaps led to by branches of earlier conditions."""
    nodes: list[dict[str, Any]] = [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}
    ]
    connections: list[dict[str, Any]] = []
    branches: dict[str, list[str]] = {}
    for place in range(chance.randint(3, 12)):
        givers = [node for node in nodes if node["type"] != "Condition"]
        is_route = chance.random() < 0.4 and len(branches) < 4
        name = f"Node{place}x"
        if is_route:
            branches[name] = [f"br{number}" for number in range(chance.randint(1, 2))] + ["default"]
            node = make_route(name, branches[name])
        else:
            node = make_node(name, chance.randint(1, 3))
        for port in node["inputs"]:
            for giver in chance.sample(givers, k=2 if chance.random() < 0.15 and len(givers) > 1 else 1):
                output = giver["outputs"][0]["name"]
                connections.append(data(giver["name"], output, name, port["name"]))
        leading = [(route, branch) for route, names in branches.items() if route != name for branch in names]
        for route, branch in chance.sample(leading, k=min(len(leading), chance.choice([0, 1, 1, 2]))):
            connections.append(conditional(route, branch, name))
        nodes.append(node)
    return {"name": "random", "definition": {"nodes": nodes, "connections": connections}}


def list_dead_nodes(flow: Flow) -> set[str]:
    """Run the flow with every combination of branches; return the nodes that run in none, though all they need do."""
    choices = {
        node.name: [item["name"] for item in node.configuration["conditions"]]  # type: ignore[index, union-attr]
        for node in flow.nodes
        if node.type == "Condition"
    }
    dead: set[str] = set()
    # A node that never runs is reported once, and counts as running for what comes after it.
    for node in flow.nodes:
        runs = 0
        for combination in itertools.product(*choices.values()):
            taken = dict(zip(choices, combination, strict=True))
            runs += node.name in run_flow(flow, taken, dead)
        if not runs:
            dead.add(node.name)
    return dead


def run_flow(flow: Flow, taken: dict[str, str], assumed: set[str]) -> set[str]:
    ran: set[str] = set()
    for node in flow.nodes:
        incoming = [item for item in flow.connections if item.target == node.name]
        fed = all(any(item.input == port.name and item.source in ran for item in incoming) for port in node.inputs)
        leading = [item for item in incoming if item.condition is not None]
        led = any(item.source in ran and taken[item.source] == item.condition for item in leading)
        if node.name in assumed or (fed and (led or not leading)):
            ran.add(node.name)
    return ran


def list_reported(flow: Flow) -> set[str]:
    found = [finding for finding in validate_flow(flow) if finding.rule.name == RULE]
    return {finding.message.split("'")[1] for finding in found}


@pytest.mark.parametrize("seed", range(150))
def test_reported_nodes_never_run(seed: int) -> None:
    flow = read(make_random_flow(random.Random(seed))).flow
    assert flow is not None
    assert list_reported(flow) == list_dead_nodes(flow)


def test_the_random_flows_cover_both_outcomes() -> None:
    flows = [read(make_random_flow(random.Random(seed))).flow for seed in range(150)]
    counts = [bool(list_reported(flow)) for flow in flows if flow is not None]
    assert 20 < sum(counts) < 130


def test_too_many_conditions_are_not_checked() -> None:
    routes = [make_route(f"Route{place}", ["aa", "bb", "cc", "dd", "default"]) for place in range(12)]
    start = {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}
    join = make_node("Join", 1)
    connections = [data("Start", "document", route["name"], "kind") for route in routes]
    connections += [data("Start", "document", "Join", "in0"), conditional("Route0", "aa", "Join")]
    flow = read({"name": "many", "definition": {"nodes": [start, *routes, join], "connections": connections}}).flow
    assert flow is not None
    assert list_reported(flow) == set()
