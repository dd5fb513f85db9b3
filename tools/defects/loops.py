"""Defects of loops: what begins and ends them, what may not stand in them, connections across their boundary."""

from __future__ import annotations

from collections.abc import Iterator

from defects.planting import Expected, Planted, Site, plants

WITHIN = ("configuration", "loop", "definition")


def is_loop(site: Site) -> bool:
    """Return whether the site is a loop's own definition."""
    return site.root[-3:] == WITHIN


@plants("MissingLoopInputNode")
def delete_beginning(site: Site) -> Iterator[Planted]:
    """Delete the LoopInput; each connection from it then begins nowhere."""
    yield from _delete_end(site, "LoopInput", "MissingLoopInputNode", ("source", "UnknownConnectionSource"))


@plants("MissingLoopControllerNode")
def delete_end(site: Site) -> Iterator[Planted]:
    """Delete the LoopController; each connection to it then ends nowhere."""
    yield from _delete_end(site, "LoopController", "MissingLoopControllerNode", ("target", "UnknownConnectionTarget"))


def _delete_end(site: Site, kind: str, rule: str, end: tuple[str, str]) -> Iterator[Planted]:
    if is_loop(site):
        made = site.copy()
        gone = next(node for node in made.nodes if node["type"] == kind)
        made.nodes.remove(gone)
        expected: list[Expected] = [(rule, site.root)]
        for place, item in enumerate(made.connections):
            if item[end[0]] == gone["name"]:
                expected.append((end[1], made.connection_path(place, end[0])))
        yield Planted(rule, f"delete {kind}", made.document, tuple(expected))


@plants("MultipleLoopInputNodes")
def duplicate_beginning(site: Site) -> Iterator[Planted]:
    """Repeat the LoopInput under another name."""
    yield from _duplicate_end(site, "LoopInput", "MultipleLoopInputNodes")


@plants("MultipleLoopControllerNodes")
def duplicate_end(site: Site) -> Iterator[Planted]:
    """Repeat the LoopController under another name, with what leads to it."""
    yield from _duplicate_end(site, "LoopController", "MultipleLoopControllerNodes")


def _duplicate_end(site: Site, kind: str, rule: str) -> Iterator[Planted]:
    if is_loop(site):
        made = site.copy()
        node = next(node for node in made.nodes if node["type"] == kind)
        made.nodes.append({**node, "name": "Second"})
        for number, item in enumerate(site.list_incoming(node["name"])):
            made.connections.append({**item, "name": f"Second{number}", "target": "Second"})
        expected = ((rule, made.node_path(len(made.nodes) - 1, "name")),)
        yield Planted(rule, f"duplicate {kind}", made.document, expected)


@plants("LoopIncompatibleNodeType")
def add_incompatible(site: Site) -> Iterator[Planted]:
    """Put a node of each type that AWS refuses there into the loop, connected as it should be elsewhere."""
    if not is_loop(site):
        return
    rule = "LoopIncompatibleNodeType"
    enter = next(node for node in site.nodes if node["type"] == "LoopInput")
    text = {"name": "text", "type": "String", "expression": "$.data"}
    array = {"name": "array", "type": "Array", "expression": "$.data"}
    sizes = [{"name": "arrayItem", "type": "String"}, {"name": "arraySize", "type": "Number"}]
    made = site.copy()
    made.nodes.append({"name": "Begin", "type": "Input", "outputs": [{"name": "document", "type": "String"}]})
    yield Planted(rule, "add Input", made.document, ((rule, made.node_path(len(made.nodes) - 1, "type")),))
    made = site.copy()
    configuration = {"condition": {"conditions": [{"name": "default"}]}}
    made.nodes.append({"name": "Route", "type": "Condition", "configuration": configuration, "inputs": [text]})
    made.add_data(enter["name"], enter["outputs"][0]["name"], "Route", "text")
    made.add_conditional("Route", "default", next(node["name"] for node in made.nodes if node["type"] == "InlineCode"))
    yield Planted(rule, "add Condition", made.document, ((rule, made.node_path(len(made.nodes) - 1, "type")),))
    made = site.copy()
    made.find_node(enter["name"])[1]["outputs"].append({"name": "items", "type": "Array"})
    made.nodes.append({"name": "Each", "type": "Iterator", "inputs": [array], "outputs": sizes})
    made.add_data(enter["name"], "items", "Each", "array")
    end = next(node for node in made.nodes if node["type"] == "LoopController")
    end["inputs"].append({"name": "item", "type": "String", "expression": "$.data", "category": "ExitLoop"})
    made.add_data("Each", "arrayItem", end["name"], "item")
    yield Planted(rule, "add Iterator", made.document, ((rule, made.node_path(len(made.nodes) - 1, "type")),))


@plants("InvalidLoopBoundary")
def cross_boundary(site: Site) -> Iterator[Planted]:
    """Begin each connection within the loop outside of it, end each there, and lead back to the LoopInput."""
    rule = "InvalidLoopBoundary"
    if not is_loop(site):
        return
    outside = Site(site.document).nodes[0]["name"]
    for place in range(len(site.connections)):
        for end in ("source", "target"):
            made = site.copy()
            made.connections[place][end] = outside
            yield Planted(rule, f"rewire {end}", made.document, ((rule, made.connection_path(place, end)),))
    made = site.copy()
    enter = next(node for node in made.nodes if node["type"] == "LoopInput")
    enter["inputs"] = [{"name": "back", "type": "String", "expression": "$.data"}]
    giver = next(node for node in made.nodes if node["type"] == "InlineCode")
    path = made.add_data(giver["name"], "response", enter["name"], "back")
    target = (*path[: len(site.root) + 2], "target")
    yield Planted(rule, "lead back", made.document, ((rule, target),))


@plants("InvalidLoopBoundary")
def reach_into_loop(site: Site) -> Iterator[Planted]:
    """Begin and end each connection outside of the loop within it."""
    rule = "InvalidLoopBoundary"
    for node in site.nodes:
        if node["type"] != "Loop":
            continue
        inside = node["configuration"]["loop"]["definition"]["nodes"][1]["name"]
        for place in range(len(site.connections)):
            for end in ("source", "target"):
                made = site.copy()
                made.connections[place][end] = inside
                yield Planted(rule, f"rewire {end}", made.document, ((rule, made.connection_path(place, end)),))
