"""Defects of connections: renamed ends, rewired, duplicated, deleted."""

from __future__ import annotations

from collections.abc import Iterator

from defects.planting import FREE, Planted, Site, misspell, plants
from defects.ports import OPTIONAL


@plants("UnknownConnectionSource")
def rename_source(site: Site) -> Iterator[Planted]:
    """Misspell the source of each connection."""
    yield from _rename_end(site, "source", "UnknownConnectionSource")


@plants("UnknownConnectionTarget")
def rename_target(site: Site) -> Iterator[Planted]:
    """Misspell the target of each connection."""
    yield from _rename_end(site, "target", "UnknownConnectionTarget")


def _rename_end(site: Site, end: str, rule: str) -> Iterator[Planted]:
    for place in range(len(site.connections)):
        made = site.copy()
        made.connections[place][end] = misspell(made.connections[place][end])
        yield Planted(rule, f"rename {end}", made.document, ((rule, made.connection_path(place, end)),))


@plants("UnknownConnectionSourceOutput")
def rename_output(site: Site) -> Iterator[Planted]:
    """Misspell the output that each data connection begins at."""
    yield from _rename_port(site, "sourceOutput", "UnknownConnectionSourceOutput")


@plants("UnknownConnectionTargetInput")
def rename_input(site: Site) -> Iterator[Planted]:
    """Misspell the input that each data connection ends at."""
    yield from _rename_port(site, "targetInput", "UnknownConnectionTargetInput")


def _rename_port(site: Site, end: str, rule: str) -> Iterator[Planted]:
    for place, _, _ in site.list_data():
        made = site.copy()
        ends = made.connections[place]["configuration"]["data"]
        ends[end] = misspell(ends[end])
        path = made.connection_path(place, "configuration", "data", end)
        yield Planted(rule, f"rename {end}", made.document, ((rule, path),))


@plants("UnknownConnectionCondition")
def rename_condition(site: Site) -> Iterator[Planted]:
    """Misspell the condition that each conditional connection follows."""
    for place, item in enumerate(site.connections):
        if "conditional" in item["configuration"]:
            made = site.copy()
            followed = made.connections[place]["configuration"]["conditional"]
            followed["condition"] = misspell(followed["condition"])
            expected = (("UnknownConnectionCondition", made.end_path(place)),)
            yield Planted("UnknownConnectionCondition", "rename condition", made.document, expected)


@plants("MissingConnectionConfiguration")
def delete_configuration(site: Site) -> Iterator[Planted]:
    """Delete the configuration of each connection."""
    rule = "MissingConnectionConfiguration"
    for place in range(len(site.connections)):
        made = site.copy()
        del made.connections[place]["configuration"]
        yield Planted(rule, "delete configuration", made.document, ((rule, made.connection_path(place)),))


@plants("MismatchedConnectionConfiguration")
def retype_connection(site: Site) -> Iterator[Planted]:
    """Give each connection the other type."""
    rule = "MismatchedConnectionConfiguration"
    for place, item in enumerate(site.connections):
        made = site.copy()
        made.connections[place]["type"] = "Data" if item["type"] == "Conditional" else "Conditional"
        (member,) = item["configuration"]
        path = made.connection_path(place, "configuration", member)
        yield Planted(rule, "retype connection", made.document, ((rule, path),))


@plants("DuplicateConnections")
def duplicate_connection(site: Site) -> Iterator[Planted]:
    """Repeat each connection under another name."""
    rule = "DuplicateConnections"
    for item in site.connections:
        made = site.copy()
        made.connections.append({**item, "name": "Repeated"})
        path = made.connection_path(len(made.connections) - 1, "source")
        yield Planted(rule, "duplicate connection", made.document, ((rule, path),))


@plants("DuplicateConnectionName")
def rename_connection(site: Site) -> Iterator[Planted]:
    """Give each connection the name of the one before it."""
    rule = "DuplicateConnectionName"
    for place in range(1, len(site.connections)):
        made = site.copy()
        made.connections[place - 1]["name"] = made.connections[place]["name"] = "Same"
        yield Planted(rule, "rename connection", made.document, ((rule, made.connection_path(place, "name")),))


@plants("UnfulfilledNodeInput")
def delete_data_connection(site: Site) -> Iterator[Planted]:
    """Delete each data connection that an input needs. A node that nothing else leads to is out of reach instead."""
    for place, item, ends in site.list_data():
        made = site.copy()
        del made.connections[place]
        at, node = made.find_node(item["target"])
        if ends["targetInput"] in OPTIONAL.get(node["type"], ()):
            continue
        port = next(number for number, port in enumerate(node["inputs"]) if port["name"] == ends["targetInput"])
        expected = ("UnfulfilledNodeInput", made.node_path(at, "inputs", port, "name"))
        if not made.list_incoming(item["target"]):
            expected = ("UnreachableNode", made.node_path(at, "name"))
        yield Planted("UnfulfilledNodeInput", "delete data connection", made.document, (expected,))


@plants("MultipleNodeInputConnections")
def crowd_input(site: Site) -> Iterator[Planted]:
    """Add to each input that takes the whole value a second output of its type, of a node that comes before."""
    rule = "MultipleNodeInputConnections"
    for _, item, ends in list(site.list_data()):
        _, node = site.find_node(item["target"])
        port = next(port for port in node["inputs"] if port["name"] == ends["targetInput"])
        for other in site.nodes:
            for output in other.get("outputs", ()):
                is_same = (other["name"], output["name"]) == (item["source"], ends["sourceOutput"])
                is_after = other["name"] in site.list_after(node["name"])
                if not is_same and not is_after and output["type"] == port["type"] and port["expression"] == "$.data":
                    made = site.copy()
                    path = made.add_data(other["name"], output["name"], node["name"], port["name"])
                    yield Planted(rule, "add a second source", made.document, ((rule, path),))


@plants("CyclicConnection")
def lead_back(site: Site) -> Iterator[Planted]:
    """Feed each node whose inputs are free from each node that comes after it, itself included."""
    rule = "CyclicConnection"
    for node in site.nodes:
        for name in sorted(site.list_after(node["name"])) if node["type"] in FREE else ():
            _, other = site.find_node(name)
            for output in other.get("outputs", ())[:1]:
                made = site.copy()
                _, changed = made.find_node(node["name"])
                changed["inputs"].append({"name": "again", "type": output["type"], "expression": "$.data"})
                path = made.add_data(name, output["name"], node["name"], "again")
                yield Planted(rule, "lead back", made.document, ((rule, (*path[: len(site.root) + 2], "target")),))


@plants("IncompatibleConnectionDataType")
def retype_input(site: Site) -> Iterator[Planted]:
    """Give each free input that takes the whole value another type."""
    rule = "IncompatibleConnectionDataType"
    free = ("Output", "Prompt", "LambdaFunction", "InlineCode", "Loop")
    for place, item, ends in site.list_data():
        at, node = site.find_node(item["target"])
        for number, port in enumerate(node["inputs"]):
            is_whole = port["name"] == ends["targetInput"] and port["expression"] == "$.data"
            if is_whole and node["type"] in free:
                made = site.copy()
                made.nodes[at]["inputs"][number]["type"] = "Boolean"
                yield Planted(rule, "retype input", made.document, ((rule, made.end_path(place)),))


@plants("IncompatibleConnectionDataType")
def retype_output(site: Site) -> Iterator[Planted]:
    """Give each free output another type; every connection that hands on the whole value is then wrong."""
    rule = "IncompatibleConnectionDataType"
    for at, node in enumerate(site.nodes):
        if node["type"] not in ("Input", "LambdaFunction", "InlineCode"):
            continue
        made = site.copy()
        made.nodes[at]["outputs"][0]["type"] = "Array" if node["outputs"][0]["type"] != "Array" else "Object"
        expected = []
        for place, item, ends in made.list_data():
            ports = made.find_node(item["target"])[1]["inputs"]
            port = next(port for port in ports if port["name"] == ends["targetInput"])
            if item["source"] == node["name"] and port["expression"] == "$.data":
                expected.append((rule, made.end_path(place)))
        if expected:
            yield Planted(rule, "retype output", made.document, tuple(expected))


@plants("PathIntoPlainValue")
def take_part(site: Site) -> Iterator[Planted]:
    """Take a part of each plain value that is handed on whole."""
    for _, item, ends in site.list_data():
        outputs = site.find_node(item["source"])[1]["outputs"]
        output = next(output for output in outputs if output["name"] == ends["sourceOutput"])
        at, node = site.find_node(item["target"])
        number = next(place for place, port in enumerate(node["inputs"]) if port["name"] == ends["targetInput"])
        if output["type"] in ("String", "Number", "Boolean") and node["inputs"][number]["expression"] == "$.data":
            made = site.copy()
            made.nodes[at]["inputs"][number]["expression"] = "$.data.part"
            expected = (("PathIntoPlainValue", made.node_path(at, "inputs", number, "expression")),)
            yield Planted("PathIntoPlainValue", "take a part", made.document, expected)
