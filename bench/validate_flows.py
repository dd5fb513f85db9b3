"""How long `flowseal validate` takes for 1,000 flows of 12 nodes, and for the worst flow that the limits allow.

usage: python bench/validate_flows.py [COUNT]

The flows are seeded: all names and expressions differ, and each has conditions, paths and prompts. The time that is
flowseal's own is what is left when the reading of YAML is taken away. The worst flow has 40 nodes, 5 of them conditions
of 5 branches each within a branch of the one before, and 100 connections.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from generate_flows import WORDS, make_prompt

from generator.flow.model import Flow
from generator.flow.reading import FileRefusal, read_flow
from generator.source import read_document
from generator.validation import CHECKS, validate_flow
from generator.validation.registry import Check
from generator.validation.scope import list_scopes

OWN = ("definition", "validation", "plan")
RUNS = 20
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:fetch:1"


class NoTexts:
    """Gives no texts: the flows name none."""

    def read_text(self, path: str) -> FileRefusal:
        """Refuse."""
        return FileRefusal(f"There is no file {path!r}.", "")


def make_flow(number: int) -> dict[str, Any]:
    """Make the definition of flow `number`: a function, a condition of three branches, a prompt and code in each."""
    chance = random.Random(number)
    word = [f"{chance.choice(WORDS)}{place}x{number}" for place in range(8)]
    start = {"name": f"In{word[0]}", "type": "Input", "outputs": [make_port("document", "Object")]}
    fetch = make_node(f"Fetch{word[1]}", "LambdaFunction", {"lambdaFunction": {"lambdaArn": LAMBDA}})
    fetch["inputs"] = [make_port("order", "String", f"$.data.{word[2]}")]
    fetch["outputs"] = [make_port("functionResponse", "Object")]
    conditions = [
        {"name": f"if{word[3]}", "expression": f'kind == "{word[3]}"'},
        {"name": f"if{word[4]}", "expression": f'(size > {number}) and (kind != "{word[4]}")'},
        {"name": "default"},
    ]
    route = make_node(f"If{word[5]}", "Condition", {"condition": {"conditions": conditions}})
    paths = (f"$.data.{word[6]}", f"$.data.{word[7]}[{number}]")
    route["inputs"] = [make_port("kind", "String", paths[0]), make_port("size", "Number", paths[1])]
    nodes = [start, fetch, route]
    connections = [join(start, fetch, "document", "order")]
    connections += [join(fetch, route, "functionResponse", name) for name in ("kind", "size")]
    for place, condition in enumerate(conditions):
        branch = make_branch(f"{chance.choice(WORDS)}{place}y{number}")
        nodes += branch
        connections += [
            follow(route, condition["name"], branch[0]),
            join(fetch, branch[0], "functionResponse", "text"),
            join(branch[0], branch[1], "modelCompletion", "text"),
            join(branch[1], branch[2], "response", "document"),
        ]
    return {"name": f"bench-{number:04}", "definition": {"nodes": nodes, "connections": connections}}


def make_branch(word: str) -> list[dict[str, Any]]:
    """Make a prompt, code and an output."""
    code = make_node(f"Code{word}", "InlineCode", {"inlineCode": {"language": "Python_3", "code": f"text + '{word}'"}})
    code |= {"inputs": [make_port("text", "String", "$.data")], "outputs": [make_port("response", "String")]}
    end = make_node(f"Out{word}", "Output", {"output": {}})
    end["inputs"] = [make_port("document", "String", "$.data")]
    return [make_prompt(f"Ask{word}", f"$.data.{word}", f"Say {word}: {{{{text}}}}"), code, end]


def make_worst_flow() -> dict[str, Any]:
    """Make a flow of 40 nodes, 5 nested conditions of 5 branches, and 100 connections between the others."""
    start = {"name": "Start", "type": "Input", "outputs": [make_port("document", "String")]}
    nodes, connections = [start], []
    givers: list[dict[str, Any]] = [start]
    for level in range(5):
        names = [f"branch{place}" for place in range(4)]
        conditions = [{"name": name, "expression": f'kind == "{name}{level}"'} for name in names]
        configuration = {"condition": {"conditions": [*conditions, {"name": "default"}]}}
        route = make_node(f"Route{level}", "Condition", configuration)
        route["inputs"] = [make_port("kind", "String", "$.data")]
        connections.append(join(start, route, "document", "kind"))
        if level:
            connections.append(follow(nodes[(level - 1) * 6 + 1], "default", route))
        nodes.append(route)
        for place in range(5):
            code = make_node(
                f"Code{level}x{place}", "InlineCode", {"inlineCode": {"language": "Python_3", "code": "1"}}
            )
            code |= {"inputs": [make_port("in0", "String", "$.data")], "outputs": [make_port("response", "String")]}
            nodes.append(code)
            connections += [join(start, code, "document", "in0"), follow(route, [*names, "default"][place], code)]
            givers.append(code)
    for place in range(40 - len(nodes)):
        code = make_node(f"Join{place}", "InlineCode", {"inlineCode": {"language": "Python_3", "code": "1"}})
        code |= {"inputs": [], "outputs": [make_port("response", "String")]}
        nodes.append(code)
        for number in range(5):
            if len(connections) < 100:
                code["inputs"].append(make_port(f"in{number}", "String", "$.data"))
                giver = givers[(place * 7 + number * 3) % len(givers)]
                connections.append(join(giver, code, giver["outputs"][0]["name"], f"in{number}"))
    for number, connection in enumerate(connections):
        connection["name"] = f"Connection{number}"
    return {"name": "worst", "definition": {"nodes": nodes, "connections": connections}}


def make_node(name: str, kind: str, configuration: dict[str, Any]) -> dict[str, Any]:
    """Make a node without ports."""
    return {"name": name, "type": kind, "configuration": configuration}


def make_port(name: str, kind: str, expression: str | None = None) -> dict[str, Any]:
    """Make an input, or without an expression an output."""
    return {"name": name, "type": kind} | ({"expression": expression} if expression else {})


def join(source: dict[str, Any], target: dict[str, Any], output: str, port: str) -> dict[str, Any]:
    """Make a data connection."""
    configuration = {"data": {"sourceOutput": output, "targetInput": port}}
    return {"source": source["name"], "target": target["name"], "type": "Data", "configuration": configuration}


def follow(source: dict[str, Any], condition: str, target: dict[str, Any]) -> dict[str, Any]:
    """Make a conditional connection."""
    configuration = {"conditional": {"condition": condition}}
    return {"source": source["name"], "target": target["name"], "type": "Conditional", "configuration": configuration}


def measure_many(count: int) -> None:
    """Validate `count` flows as one process and print its stages, and what of them is flowseal's own."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            text = yaml.dump(make_flow(number), sort_keys=False, Dumper=DUMPER)
            Path(folder, f"bench-{number:04}.flow.yaml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "generator", "validate", folder, "--target", "api", "--timings"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = {name: float(spent) for name, spent in re.findall(r"^(\w+) +([\d.]+) s$", done.stderr, re.MULTILINE)}
    print(f"{count} flows of 12 nodes: {sum(seconds[stage] for stage in OWN):.2f} s of its own")
    print("".join(f"  {name:<12} {spent:.3f} s\n" for name, spent in seconds.items()), end="")
    print(f"  {done.stdout.strip()}")


def measure_worst() -> None:
    """Print the milliseconds that the worst flow takes, as a whole and for its branches alone."""
    document, _ = read_document("worst.flow.json", json.dumps(make_worst_flow()).encode())
    assert document is not None
    flow = read_flow(document, NoTexts()).flow
    assert flow is not None
    whole = min(time_once(flow, CHECKS) for _ in range(RUNS))
    of_branches = [check for check in CHECKS if check.rules[0].name == "UnsatisfiedConnectionConditions"]
    branches = min(time_once(flow, of_branches) for _ in range(RUNS))
    found = sum(finding.rule is of_branches[0].rules[0] for finding in validate_flow(flow))
    print(f"the worst flow ({len(flow.nodes)} nodes, {len(flow.connections)} connections): {whole:.2f} ms,")
    print(f"  of these {branches:.2f} ms for branches that never run together ({found} found)")


def time_once(flow: Flow, checks: list[Check]) -> float:
    """Return the milliseconds of one run of these checks, all that they share included."""
    start = time.perf_counter()
    for scope in list_scopes(flow):
        for check in checks:
            list(check.find(scope))
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    measure_many(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    measure_worst()
