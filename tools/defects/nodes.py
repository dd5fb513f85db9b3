"""Defects of nodes: deleted, renamed, retyped, duplicated, left alone, too many."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from defects.planting import Expected, Planted, Site, plants

MEMBERS = {
    "Prompt": "prompt",
    "KnowledgeBase": "knowledgeBase",
    "Agent": "agent",
    "LambdaFunction": "lambdaFunction",
    "Lex": "lex",
    "Retrieval": "retrieval",
    "Storage": "storage",
    "InlineCode": "inlineCode",
    "Condition": "condition",
}
ACTING = ("Agent", "LambdaFunction", "Lex", "Storage", "Loop")


@plants("MissingStartingNodes")
def delete_input_node(site: Site) -> Iterator[Planted]:
    """Delete the Input node; each connection from it then begins nowhere."""
    yield from _delete_nodes(site, "Input", "MissingStartingNodes")


@plants("MissingEndingNodes")
def delete_output_nodes(site: Site) -> Iterator[Planted]:
    """Delete every Output node; each connection to one then ends nowhere."""
    yield from _delete_nodes(site, "Output", "MissingEndingNodes")


def _delete_nodes(site: Site, kind: str, rule: str) -> Iterator[Planted]:
    if site.root != ("definition",):
        return
    made = site.copy()
    gone = {node["name"] for node in site.nodes if node["type"] == kind}
    made.nodes[:] = [node for node in made.nodes if node["name"] not in gone]
    expected: list[Expected] = [(rule, (*site.root, "nodes"))]
    for place, item in enumerate(made.connections):
        for end, unknown in (("source", "UnknownConnectionSource"), ("target", "UnknownConnectionTarget")):
            if item[end] in gone:
                expected.append((unknown, made.connection_path(place, end)))
    yield Planted(rule, f"delete {kind} nodes", made.document, tuple(expected))


@plants("UnreachableNode")
def leave_alone(site: Site) -> Iterator[Planted]:
    """Take from each node with free inputs all that leads to it, inputs included."""
    for at, node in enumerate(site.nodes):
        if node["type"] in ("LambdaFunction", "InlineCode"):
            made = site.copy()
            made.nodes[at]["inputs"] = []
            made.connections[:] = [item for item in made.connections if item["target"] != node["name"]]
            expected = (("UnreachableNode", made.node_path(at, "name")),)
            yield Planted("UnreachableNode", "delete what leads to it", made.document, expected)


@plants("UnreachableNode")
def add_alone(site: Site) -> Iterator[Planted]:
    """Add a node that nothing leads to."""
    made = site.copy()
    made.nodes.append(make_code("Alone", []))
    expected = (("UnreachableNode", made.node_path(len(made.nodes) - 1, "name")),)
    yield Planted("UnreachableNode", "add a node", made.document, expected)


@plants("MissingNodeConfiguration")
def delete_configuration(site: Site) -> Iterator[Planted]:
    """Delete the configuration of each node whose type needs one."""
    rule = "MissingNodeConfiguration"
    for at, node in enumerate(site.nodes):
        if node["type"] in MEMBERS:
            made = site.copy()
            del made.nodes[at]["configuration"]
            yield Planted(rule, "delete configuration", made.document, ((rule, made.node_path(at)),))


@plants("MismatchedNodeConfiguration")
def retype_node(site: Site) -> Iterator[Planted]:
    """Give each node that works with something another type of that sort."""
    rule = "MismatchedNodeConfiguration"
    kinds = [kind for kind in MEMBERS if kind != "Condition"]
    for at, node in enumerate(site.nodes):
        if node["type"] in kinds:
            made = site.copy()
            made.nodes[at]["type"] = kinds[kinds.index(node["type"]) - 1]
            path = made.node_path(at, "configuration", MEMBERS[node["type"]])
            yield Planted(rule, "retype node", made.document, ((rule, path),))


@plants("DuplicateNodeName")
def duplicate_node(site: Site) -> Iterator[Planted]:
    """Repeat each node, except where a quota of one is broken by that."""
    rule = "DuplicateNodeName"
    for node in site.nodes:
        if node["type"] not in ("Input", "Iterator", "Collector", "LoopInput", "LoopController"):
            made = site.copy()
            made.nodes.append(copy.deepcopy(node))
            expected = ((rule, made.node_path(len(made.nodes) - 1, "name")),)
            yield Planted(rule, "duplicate node", made.document, expected)


@plants("MultipleInputNodes")
def duplicate_input_node(site: Site) -> Iterator[Planted]:
    """Repeat the Input node under another name."""
    for node in site.nodes:
        if node["type"] == "Input" and site.root == ("definition",):
            made = site.copy()
            made.nodes.append({**node, "name": "Second"})
            expected = (("MultipleInputNodes", made.node_path(len(made.nodes) - 1, "name")),)
            yield Planted("MultipleInputNodes", "duplicate Input node", made.document, expected)


@plants("NodeQuotaExceeded")
def crowd_flow(site: Site) -> Iterator[Planted]:
    """Put nodes of code in a row before each Output node, one more than the quota admits."""
    for place, item, ends in site.list_data():
        _, node = site.find_node(item["target"])
        if node["type"] != "Output" or node["inputs"][0]["expression"] != "$.data":
            continue
        made = site.copy()
        del made.connections[place]
        source, output = item["source"], ends["sourceOutput"]
        for number in range(json.dumps(site.document).count('"type": "InlineCode"'), 6):
            made.nodes.append(make_code(f"More{number}", [node["inputs"][0]["type"]]))
            made.add_data(source, output, f"More{number}", "part0")
            source, output = f"More{number}", "response"
        made.add_data(source, output, node["name"], "document")
        for other in made.nodes:
            if other["type"] == "InlineCode" and other["name"].startswith("More"):
                other["outputs"][0]["type"] = node["inputs"][0]["type"]
        expected = (("NodeQuotaExceeded", made.node_path(len(made.nodes) - 1, "name")),)
        yield Planted("NodeQuotaExceeded", "add nodes", made.document, expected)


@plants("UnusedResult")
def duplicate_work(site: Site) -> Iterator[Planted]:
    """Repeat each node that only gives a result, under another name and with all that leads to it."""
    for node in site.nodes:
        if node["type"] not in ("Prompt", "KnowledgeBase", "Retrieval", "InlineCode"):
            continue
        made = site.copy()
        made.nodes.append({**copy.deepcopy(node), "name": "Twin"})
        for number, item in enumerate(site.list_incoming(node["name"])):
            made.connections.append({**copy.deepcopy(item), "name": f"Twin{number}", "target": "Twin"})
        expected = (("UnusedResult", made.node_path(len(made.nodes) - 1, "name")),)
        yield Planted("UnusedResult", "duplicate node with its connections", made.document, expected)


@plants("MisplacedLoopNode")
def misplace_loop_node(site: Site) -> Iterator[Planted]:
    """Put a loop's beginning where there is no loop."""
    if site.root == ("definition",):
        made = site.copy()
        outputs = [{"name": "text", "type": "String"}]
        made.nodes.append(
            {"name": "Enter1", "type": "LoopInput", "configuration": {"loopInput": {}}, "outputs": outputs}
        )
        expected = (("MisplacedLoopNode", made.node_path(len(made.nodes) - 1, "type")),)
        yield Planted("MisplacedLoopNode", "add LoopInput", made.document, expected)


def make_code(name: str, types: list[str]) -> dict[str, Any]:
    """Return a node of code with an input of each type."""
    inputs = [{"name": f"part{place}", "type": kind, "expression": "$.data"} for place, kind in enumerate(types)]
    configuration = {"inlineCode": {"language": "Python_3", "code": "1"}}
    outputs = [{"name": "response", "type": "String"}]
    return {"name": name, "type": "InlineCode", "configuration": configuration, "inputs": inputs, "outputs": outputs}
