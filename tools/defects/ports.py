"""Defects of ports: deleted, renamed, retyped, duplicated, too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from defects.planting import Path, Planted, Site, misspell, plants

# What the Bedrock user guide's tables say, a second time and independently of the code that is tried.
INPUTS: dict[str, dict[str, str]] = {
    "Output": {"document": ""},
    "Iterator": {"array": "Array"},
    "Collector": {"arrayItem": "", "arraySize": "Number"},
    "KnowledgeBase": {"retrievalQuery": "String"},
    "Agent": {"agentInputText": "String"},
    "Lex": {"inputText": "String"},
    "Retrieval": {"objectKey": "String"},
    "Storage": {"content": "", "objectKey": "String"},
}
OPTIONAL = {"Agent": {"promptAttributes": "Object", "sessionAttributes": "Object"}}
OPTIONAL["Lex"] = {"requestAttributes": "Object", "sessionAttributes": "Object"}
AMBIGUOUS = {"Agent": "agentInputText", "Lex": "inputText", "Retrieval": "s3Content"}
"""Ports that have the table's type there, and any type in the page's examples."""
OUTPUTS: dict[str, dict[str, str]] = {
    "Input": {"document": ""},
    "Iterator": {"arrayItem": "", "arraySize": "Number"},
    "Collector": {"collectedArray": "Array"},
    "Prompt": {"modelCompletion": "String"},
    "KnowledgeBase": {"outputText": "String", "retrievalResults": "Array"},
    "Agent": {"agentResponse": "String"},
    "LambdaFunction": {"functionResponse": ""},
    "Lex": {"predictedIntent": "String"},
    "Retrieval": {"s3Content": "String"},
    "Storage": {"s3Uri": "String"},
    "InlineCode": {"response": ""},
}


def list_ports(site: Site, side: str) -> Iterator[tuple[int, dict[str, Any], int, dict[str, Any], str | None]]:
    """Yield each port with its node and their places, and the type of a port that the node must have; else None."""
    table = INPUTS if side == "inputs" else OUTPUTS
    for at, node in enumerate(site.nodes):
        for number, port in enumerate(node.get(side, ())):
            yield at, node, number, port, table.get(node["type"], {}).get(port["name"])


@plants("MissingNodeInput")
def delete_input(site: Site) -> Iterator[Planted]:
    """Delete each input that its node must have."""
    yield from _delete_port(site, "inputs", "MissingNodeInput")


@plants("MissingNodeOutput")
def delete_output(site: Site) -> Iterator[Planted]:
    """Delete each output that its node must have."""
    yield from _delete_port(site, "outputs", "MissingNodeOutput")


def _delete_port(site: Site, side: str, rule: str) -> Iterator[Planted]:
    for at, node, number, _, needed in list_ports(site, side):
        if needed is not None:
            made = site.copy()
            del made.nodes[at][side][number]
            path = made.node_path(at, side if len(node[side]) > 1 else "name")
            yield Planted(rule, f"delete from {side}", made.document, ((rule, path),))


@plants("UnknownNodeInput")
def rename_input(site: Site) -> Iterator[Planted]:
    """Misspell each input that its node must have, and those of prompts whose variables are known."""
    for at, node, number, port, needed in list_ports(site, "inputs"):
        inline = node.get("configuration", {}).get("prompt", {}).get("sourceConfiguration", {}).get("inline")
        if needed is not None or inline is not None:
            yield _rename_port(site, (at, "inputs", number), port, "UnknownNodeInput")


@plants("UnknownNodeOutput")
def rename_output(site: Site) -> Iterator[Planted]:
    """Misspell each output that its node must have."""
    for at, _, number, port, needed in list_ports(site, "outputs"):
        if needed is not None:
            yield _rename_port(site, (at, "outputs", number), port, "UnknownNodeOutput")


@plants("UnknownNodeOutput")
def give_outputs(site: Site) -> Iterator[Planted]:
    """Give an output to each node of a type that has none."""
    for at, node in enumerate(site.nodes):
        if node["type"] in ("Output", "Condition", "LoopController"):
            made = site.copy()
            made.nodes[at]["outputs"] = [{"name": "extra", "type": "String"}]
            expected = (("UnknownNodeOutput", made.node_path(at, "outputs", 0, "name")),)
            yield Planted("UnknownNodeOutput", "add output", made.document, expected)


def _rename_port(site: Site, place: Path, port: dict[str, Any], rule: str) -> Planted:
    made = site.copy()
    at, side, number = place
    made.nodes[int(at)][str(side)][int(number)]["name"] = misspell(port["name"])
    return Planted(rule, f"rename in {side}", made.document, ((rule, made.node_path(int(at), side, number, "name")),))


@plants("MismatchedNodeInputType")
def retype_input(site: Site) -> Iterator[Planted]:
    """Give each input of a fixed type another one."""
    for at, node, number, port, needed in list_ports(site, "inputs"):
        is_fixed = needed or port["name"] in OPTIONAL.get(node["type"], {})
        if is_fixed and AMBIGUOUS.get(node["type"]) != port["name"]:
            yield _retype_port(site, at, "inputs", number, "MismatchedNodeInputType")


@plants("MismatchedNodeOutputType")
def retype_output(site: Site) -> Iterator[Planted]:
    """Give each output of a fixed type another one."""
    for at, node, number, port, needed in list_ports(site, "outputs"):
        if needed and AMBIGUOUS.get(node["type"]) != port["name"]:
            yield _retype_port(site, at, "outputs", number, "MismatchedNodeOutputType")


@plants("AmbiguousPortType")
def retype_ambiguous_port(site: Site) -> Iterator[Planted]:
    """Give each port of an ambiguous type another one, which is wrong only where a whole value is handed on."""
    for side in ("inputs", "outputs"):
        for at, node, number, port, _ in list_ports(site, side):
            if AMBIGUOUS.get(node["type"]) != port["name"]:
                continue
            planted = _retype_port(site, at, side, number, "AmbiguousPortType")
            wrong = [
                ("IncompatibleConnectionDataType", site.end_path(place))
                for place, item, ends in site.list_data()
                if (item["target"], ends["targetInput"], "inputs") == (node["name"], port["name"], side)
                or (item["source"], ends["sourceOutput"], "outputs") == (node["name"], port["name"], side)
                if _takes_whole(site, item["target"], ends["targetInput"])
            ]
            yield replace(planted, expected=tuple(wrong) or planted.expected)


def _takes_whole(site: Site, target: str, name: str) -> bool:
    ports = site.find_node(target)[1]["inputs"]
    return any(port["name"] == name and port["expression"] == "$.data" for port in ports)


def _retype_port(site: Site, at: int, side: str, number: int, rule: str) -> Planted:
    made = site.copy()
    made.nodes[at][side][number]["type"] = "Boolean"
    return Planted(rule, f"retype in {side}", made.document, ((rule, made.node_path(at, side, number, "type")),))


@plants("DuplicatePortName")
def duplicate_port(site: Site) -> Iterator[Planted]:
    """Repeat each port."""
    rule = "DuplicatePortName"
    for side in ("inputs", "outputs"):
        for at, node, _, port, _ in list_ports(site, side):
            made = site.copy()
            made.nodes[at][side].append(dict(port))
            path = made.node_path(at, side, len(node[side]), "name")
            yield Planted(rule, f"duplicate in {side}", made.document, ((rule, path),))


@plants("InputQuotaExceeded")
def crowd_code(site: Site) -> Iterator[Planted]:
    """Give code a sixth input, each connected with what feeds the first."""
    for at, node in enumerate(site.nodes):
        incoming = [item for item in site.list_incoming(node["name"]) if "data" in item["configuration"]]
        if node["type"] != "InlineCode" or not incoming:
            continue
        made = site.copy()
        ends = incoming[0]["configuration"]["data"]
        first = next(port for port in node["inputs"] if port["name"] == ends["targetInput"])
        for number in range(len(node["inputs"]), 6):
            made.nodes[at]["inputs"].append({**first, "name": f"more{number}"})
            made.add_data(incoming[0]["source"], ends["sourceOutput"], node["name"], f"more{number}")
        expected = (("InputQuotaExceeded", made.node_path(at, "inputs", 5, "name")),)
        yield Planted("InputQuotaExceeded", "add inputs", made.document, expected)


@plants("MalformedNodeInputExpression")
def break_expression(site: Site) -> Iterator[Planted]:
    """Break each input's expression: at its end, at its beginning, within."""
    rule = "MalformedNodeInputExpression"
    for at, _, number, port, _ in list_ports(site, "inputs"):
        for broken in (f"{port['expression']}.", port["expression"][2:], f"{port['expression']}['a']"):
            made = site.copy()
            made.nodes[at]["inputs"][number]["expression"] = broken
            expected = ((rule, made.node_path(at, "inputs", number, "expression")),)
            yield Planted(rule, "break expression", made.document, expected)
