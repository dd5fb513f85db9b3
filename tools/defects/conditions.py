"""Defects of conditions: deleted, renamed, duplicated, broken, contradicting branches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from defects.planting import Path, Planted, Site, misspell, plants


def list_entries(site: Site) -> Iterator[tuple[int, dict[str, Any], int, dict[str, Any]]]:
    """Yield each condition that has an expression, with its node and their places."""
    for at, node in enumerate(site.nodes):
        if node["type"] == "Condition":
            for number, entry in enumerate(node["configuration"]["condition"]["conditions"]):
                if "expression" in entry:
                    yield at, node, number, entry


def entry_path(site: Site, at: int, number: int, member: str) -> Path:
    """Return the path of something of a condition."""
    return site.node_path(at, "configuration", "condition", "conditions", number, member)


def add_entry(site: Site, at: int, after: dict[str, Any], entry: dict[str, Any]) -> tuple[Site, int]:
    """Return a copy with a condition before the default, which leads where `after` leads; and its place."""
    made = site.copy()
    entries = made.nodes[at]["configuration"]["condition"]["conditions"]
    number = len(entries) - 1
    entries.insert(number, entry)
    if entry["name"] != after["name"]:
        for item in site.connections:
            if item["configuration"].get("conditional", {}).get("condition") == after["name"]:
                made.add_conditional(item["source"], entry["name"], item["target"], f"Also{len(made.connections)}")
    return made, number


@plants("MissingDefaultCondition")
def delete_default(site: Site) -> Iterator[Planted]:
    """Delete the default, or misspell its name."""
    rule = "MissingDefaultCondition"
    for at, node in enumerate(site.nodes):
        if node["type"] == "Condition":
            made = site.copy()
            entries = made.nodes[at]["configuration"]["condition"]["conditions"]
            del entries[-1]
            path = made.node_path(at, "configuration", "condition", "conditions")
            yield Planted(rule, "delete default", made.document, ((rule, path),))
            made = site.copy()
            entries = made.nodes[at]["configuration"]["condition"]["conditions"]
            entries[-1]["name"] = "otherwise"
            path = entry_path(made, at, len(entries) - 1, "name")
            yield Planted(rule, "rename default", made.document, ((rule, path),))


@plants("MalformedConditionExpression")
def break_expression(site: Site) -> Iterator[Planted]:
    """Break each expression: an operator, an input's name, a constant's type, its end, or all of it."""
    rule = "MalformedConditionExpression"
    for at, _, number, entry in list_entries(site):
        text = entry["expression"]
        name = text.split()[0]
        broken = [text.replace("==", "=", 1) if "==" in text else text.replace(">", "=", 1)]
        broken += [text.replace(name, misspell(name), 1), f"{text} and", f"({text}", text.split()[0]]
        broken.append(text.rsplit(" ", 1)[0] + (" 1" if '"' in text else ' "x"'))
        for changed in broken:
            made = site.copy()
            made.nodes[at]["configuration"]["condition"]["conditions"][number]["expression"] = changed
            expected = ((rule, entry_path(made, at, number, "expression")),)
            yield Planted(rule, "break expression", made.document, expected)
        made = site.copy()
        del made.nodes[at]["configuration"]["condition"]["conditions"][number]["expression"]
        expected = ((rule, entry_path(made, at, number, "name")),)
        yield Planted(rule, "delete expression", made.document, expected)


@plants("DuplicateConditionExpression")
def duplicate_expression(site: Site) -> Iterator[Planted]:
    """Repeat each condition under another name."""
    yield from _add_entries(site, "DuplicateConditionExpression", "duplicate condition", "{}")


@plants("EquivalentConditions")
def rewrite_expression(site: Site) -> Iterator[Planted]:
    """Repeat each condition under another name and in other words."""
    for wording in ("({})", "not (not ({}))"):
        yield from _add_entries(site, "EquivalentConditions", "duplicate condition in other words", wording)


@plants("UnreachableBranch")
def narrow_expression(site: Site) -> Iterator[Planted]:
    """Add behind each condition one that holds in fewer situations, and one that contradicts itself."""
    for at, node, _, entry in list_entries(site):
        port = next(port for port in node["inputs"] if port["name"] == entry["expression"].split()[0])
        also = {"String": '!= "zq"', "Number": "< 9876", "Boolean": "== true"}[port["type"]]
        narrow = f"({entry['expression']}) and ({port['name']} {also})"
        never = f"({port['name']} {also}) and not ({port['name']} {also})"
        # What equals a text cannot be narrowed.
        for expression in (never,) if port["type"] == "String" else (narrow, never):
            if len(expression) <= 64:
                made, number = add_entry(site, at, entry, {"name": "narrow", "expression": expression})
                expected = (("UnreachableBranch", entry_path(made, at, number, "expression")),)
                yield Planted("UnreachableBranch", "add a narrower condition", made.document, expected)


def _add_entries(site: Site, rule: str, how: str, wording: str) -> Iterator[Planted]:
    for at, _, _, entry in list_entries(site):
        expression = wording.format(entry["expression"])
        if len(expression) <= 64:
            made, number = add_entry(site, at, entry, {"name": "again", "expression": expression})
            yield Planted(rule, how, made.document, ((rule, entry_path(made, at, number, "expression")),))


@plants("DuplicateConditionName")
def duplicate_name(site: Site) -> Iterator[Planted]:
    """Add behind each condition one of the same name that holds in other situations."""
    for at, _, _, entry in list_entries(site):
        entry_again = {"name": entry["name"], "expression": f"not ({entry['expression']})"}
        if len(entry_again["expression"]) <= 64 and len(list(list_entries(site))) == 1:
            made, number = add_entry(site, at, entry, entry_again)
            expected = (("DuplicateConditionName", entry_path(made, at, number, "name")),)
            yield Planted("DuplicateConditionName", "duplicate name", made.document, expected)


@plants("UnconnectedCondition")
def delete_conditional_connection(site: Site) -> Iterator[Planted]:
    """Delete each conditional connection whose target data leads to as well."""
    for place, item in enumerate(site.connections):
        others = [other for other in site.list_incoming(item["target"]) if other is not item]
        if "conditional" in item["configuration"] and others:
            made = site.copy()
            del made.connections[place]
            at, node = made.find_node(item["source"])
            names = [entry["name"] for entry in node["configuration"]["condition"]["conditions"]]
            number = names.index(item["configuration"]["conditional"]["condition"])
            expected = (("UnconnectedCondition", entry_path(made, at, number, "name")),)
            yield Planted("UnconnectedCondition", "delete conditional connection", made.document, expected)


@plants("UnsatisfiedConnectionConditions")
def lead_to_both(site: Site) -> Iterator[Planted]:
    """Lead to each node that a branch's data comes to from another branch of the same node as well."""
    rule = "UnsatisfiedConnectionConditions"
    branches = [item for item in site.connections if "conditional" in item["configuration"]]
    for one in branches:
        for other in branches:
            if one["source"] != other["source"] or one["target"] == other["target"]:
                continue
            for item in site.connections:
                if item["source"] == one["target"] and "data" in item["configuration"]:
                    made = site.copy()
                    condition = other["configuration"]["conditional"]["condition"]
                    path = made.add_conditional(other["source"], condition, item["target"])
                    yield Planted(rule, "lead from another branch", made.document, ((rule, path),))


@plants("UnsatisfiedConnectionConditions")
def feed_from_both(site: Site) -> Iterator[Planted]:
    """Feed each node with free inputs that a branch leads to from a node that another branch leads to."""
    rule = "UnsatisfiedConnectionConditions"
    branches = [item for item in site.connections if "conditional" in item["configuration"]]
    for one in branches:
        at, node = site.find_node(one["target"])
        for other in branches:
            _, giver = site.find_node(other["target"])
            is_free = node["type"] in ("LambdaFunction", "InlineCode", "Condition")
            if one["source"] == other["source"] and one["target"] != other["target"] and is_free:
                for output in giver.get("outputs", ())[:1]:
                    made = site.copy()
                    port = {"name": "extra", "type": output["type"], "expression": "$.data"}
                    made.nodes[at]["inputs"].append(port)
                    path = made.add_data(giver["name"], output["name"], node["name"], "extra")
                    yield Planted(rule, "feed from another branch", made.document, ((rule, path),))
