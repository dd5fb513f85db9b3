"""How long `flowseal generate` takes for 1, 10, 100 and 1,000 flows, by stage, whole process.

usage: python bench/generate_flows.py [COUNT ...]

The flows are seeded: names, prompts and expressions all differ. The peer is python-hcl2 alone, reading the files
that were made, once each: the proof cannot be faster than that, so the ratio tells what the rest costs.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

WORDS = ("invoice", "claim", "order", "route", "parcel", "letter", "ticket", "audit", "answer", "draft", "notice")
PEER = """
import sys, pathlib, hcl2
seen = set()
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.tf")):
    text = path.read_text(encoding="utf-8")
    if text not in seen:
        seen.add(text)
        hcl2.loads(text)
"""


def make_flow(number: int) -> dict[str, object]:
    """Make the definition of flow `number`: an input, ten prompts in a row, an output; always the same one."""
    chance = random.Random(number)
    names = ["Start", *(f"{chance.choice(WORDS).title()}{step}x{number}" for step in range(10)), "End"]
    nodes: list[dict[str, object]] = [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "Object"}]}
    ]
    for step, name in enumerate(names[1:-1]):
        path = "$.data" if step else f"$.data.{chance.choice(WORDS)}{number}"
        nodes.append(make_prompt(name, path, f"Say {' '.join(chance.choices(WORDS, k=12))} {number}: {{{{text}}}}"))
    end = {"name": "document", "type": "String", "expression": "$.data"}
    nodes.append({"name": "End", "type": "Output", "inputs": [end]})
    connections = [
        {"source": source, "target": target, "type": "Data", "configuration": {"data": find_ports(source, target)}}
        for source, target in pairwise(names)
    ]
    return {"name": f"bench-{number:04}", "definition": {"nodes": nodes, "connections": connections}}


def make_prompt(name: str, expression: str, text: str) -> dict[str, object]:
    """Make a prompt node with one input, `text`."""
    template = {"text": {"text": text, "inputVariables": [{"name": "text"}]}}
    inline = {"modelId": "amazon.nova-lite-v1:0", "templateType": "TEXT", "templateConfiguration": template}
    return {
        "name": name,
        "type": "Prompt",
        "configuration": {"prompt": {"sourceConfiguration": {"inline": inline}}},
        "inputs": [{"name": "text", "type": "String", "expression": expression}],
        "outputs": [{"name": "modelCompletion", "type": "String"}],
    }


def find_ports(source: str, target: str) -> dict[str, str]:
    """Return the ports that join two nodes of the row."""
    return {
        "sourceOutput": "document" if source == "Start" else "modelCompletion",
        "targetInput": "document" if target == "End" else "text",
    }


def time_command(*command: str) -> tuple[float, str]:
    """Run a command; return its seconds as a whole process, and its standard error."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stderr


def write_flows(folder: Path, count: int) -> None:
    """Write so many definitions into a folder that is made for them."""
    folder.mkdir()
    for number in range(count):
        Path(folder, f"bench-{number:04}.flow.json").write_text(json.dumps(make_flow(number)), encoding="utf-8")


def measure(count: int) -> None:
    """Generate `count` flows twice and print both runs beside the peer."""
    with tempfile.TemporaryDirectory() as folder:
        flows, modules = Path(folder, "flows"), Path(folder, "modules")
        write_flows(flows, count)
        command = ("-m", "generator", "generate", str(flows), "-o", str(modules), "--timings")
        first, stages = time_command(*command)
        second, _ = time_command(*command)
        peer, _ = time_command("-c", PEER, str(modules))
        print(f"{count} flows: {first:.2f} s, unchanged {second:.2f} s, python-hcl2 alone {peer:.2f} s")
        print(f"  ratio to python-hcl2 alone: {first / peer:.2f}, unchanged {second / peer:.2f}")
        print("".join(f"  {line}\n" for line in stages.splitlines()))


if __name__ == "__main__":
    for wanted in [int(argument) for argument in sys.argv[1:]] or [1, 10, 100, 1000]:
        measure(wanted)
