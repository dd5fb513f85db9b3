"""Large documents: one kind of thing, as often or as long as the limits admit, and beyond."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

MOST_BYTES = 16 * 1024 * 1024
PIECES = (
    *(
        "a",
        "a\n",
        "\n",
        '"',
        "\\",
        "${",
        "%{",
        "{{aa}}",
        "{{",
        "\U0001f600",
        "e\u0301",
        "\u0301\u0316",
        "\u0f73",
        "\u2028",
        "::error::\n",
        "##[",
    ),
    *('password="a', "api_key: ", "http://a:bcdefg1", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A ", "sk-a-"),
    *(
        "eyJaaaaaaaa.",
        "aws_secret_access_key=",
        "AKIAABCDEFGHIJKLMNOP ",
        'file("',
        "<<<<<<< a\n",
        "not ",
        "(",
        "$.data.",
    ),
)
"""What a long text repeats: what patterns look for, and what must be escaped."""


def make_large(chance: random.Random) -> tuple[str, str]:
    """Return a large document, and how its name ends."""
    count = chance.choice((300, 990, 990, 1001, 5000, 100_000))
    if chance.random() < 0.4:
        return chance.choice(YAML)(count)[:MOST_BYTES], "yaml"
    make = chance.choice((*FLOWS, *(_repeat,) * len(FLOWS)))
    return json.dumps(make(count, chance), ensure_ascii=False), "json"


def _flow(nodes: Sequence[Any], connections: Sequence[Any], **sections: Any) -> dict[str, Any]:
    start = {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]}
    return {"name": "large", "definition": {"nodes": [start, *nodes], "connections": list(connections)}, **sections}


def _connect(source: str, target: str, output: str = "document", port: str = "document") -> dict[str, Any]:
    data = {"sourceOutput": output, "targetInput": port}
    return {"source": source, "target": target, "type": "Data", "configuration": {"data": data}}


def _end(name: str, expression: str = "$.data") -> dict[str, Any]:
    return {
        "name": name,
        "type": "Output",
        "inputs": [{"name": "document", "type": "String", "expression": expression}],
    }


def _prompt(name: str, text: Any = "Hello", names: Sequence[str] = ()) -> dict[str, Any]:
    template = {"text": text, "inputVariables": [{"name": item} for item in names]}
    inline = {"modelId": "amazon.nova-lite-v1:0", "templateType": "TEXT", "templateConfiguration": {"text": template}}
    inputs = [{"name": item, "type": "String", "expression": "$.data"} for item in names]
    outputs = [{"name": "modelCompletion", "type": "String"}]
    configuration = {"prompt": {"sourceConfiguration": {"inline": inline}}}
    return {"name": name, "type": "Prompt", "configuration": configuration, "inputs": inputs, "outputs": outputs}


def _code(name: str, code: Any) -> dict[str, Any]:
    configuration = {"inlineCode": {"code": code, "language": "Python_3"}}
    inputs = [{"name": "aa", "type": "String", "expression": "$.data"}]
    outputs = [{"name": "response", "type": "String"}]
    return {"name": name, "type": "InlineCode", "configuration": configuration, "inputs": inputs, "outputs": outputs}


def _choose(count: int, chance: random.Random) -> dict[str, Any]:
    conditions = [{"name": f"c{at}", "expression": chance.choice((f"aa > {at}", f"ab{at} > 1"))} for at in range(count)]
    inputs = [{"name": "aa", "type": "Number", "expression": "$.data"}]
    configuration = {"condition": {"conditions": conditions}}
    node = {"name": "Choose", "type": "Condition", "configuration": configuration, "inputs": inputs}
    return _flow([node], [_connect("Start", "Choose", port="aa")])


def _near(count: int, _: random.Random) -> dict[str, Any]:
    nodes = [_end(f"node{at:06}abcdef") for at in range(count)]
    return _flow(nodes, [_connect("Start", f"nodx{at:06}abcdef") for at in range(count)])


def _cycles(count: int, chance: random.Random) -> dict[str, Any]:
    step = chance.choice((1, 7, count // 2))
    connections = [_connect(f"N{at}", f"N{(at + step) % count}", "document", "document") for at in range(count)]
    return _flow([_end(f"N{at}") for at in range(count)], connections)


def _loops(count: int, _: random.Random) -> dict[str, Any]:
    inner: dict[str, Any] = {"nodes": [_end(f"N{at}") for at in range(count // 4)], "connections": []}
    for _depth in range(8):
        loop = {"name": "Loop", "type": "Loop", "configuration": {"loop": {"definition": inner}}}
        inner = {"nodes": [loop], "connections": [_connect(f"N{at}", "N1") for at in range(count // 16)]}
    return {"name": "large", "definition": inner}


def _parameters(count: int, chance: random.Random) -> dict[str, Any]:
    wrong = chance.choice(("", "x"))
    parameters = {f"name_{at:06}": {"description": "x", "default": "y"} for at in range(count)}
    nodes = [_prompt(f"N{at}", {"$param": f"name{wrong}_{at:06}"}) for at in range(count // 3)]
    return _flow(nodes, [], parameters=parameters)


def _repeat(count: int, chance: random.Random) -> dict[str, Any]:
    """Put one long text into a place of a flow."""
    piece = chance.choice(PIECES)
    length = chance.choice((10_000, 490_000, 2_000_000, 6_000_000))
    text = piece * (length // len(piece))
    places: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: _flow([_prompt("Ask", text, ["aa"])], [_connect("Start", "Ask", port="aa")]),
        lambda: _flow([_code("Run", text)], [_connect("Start", "Run", port="aa")]),
        lambda: _flow(
            [_code("Run", {"$param": "code"})],
            [_connect("Start", "Run", port="aa")],
            parameters={"code": {"default": text}},
        ),
        lambda: _flow([_end(text)], [_connect("Start", text)]),
        lambda: _flow([_end("End", text)], [_connect("Start", "End")], description=text[:count]),
        lambda: _flow([_end("End")], [], tags={text[:count]: text[:count]}),
        lambda: _flow([{**_end("End"), text: 1}], []),
        lambda: _flow([_code("Run", {"$file": text})], []),
    )
    return chance.choice(places)()


FLOWS: tuple[Callable[[int, random.Random], dict[str, Any]], ...] = (
    *(_choose, _near, _cycles, _loops, _parameters),
    lambda count, _: _flow([_prompt(f"N{at}", "Hi", ["aa"]) for at in range(count)], []),
    lambda count, _: _flow([_end("End")], [_connect("Start", "End")] * count),
    lambda count, _: _flow([_end("End")] * count, [_connect("Start", "End")]),
    lambda count, _: _flow([_end(f"N{at}", f"$.data[{at}") for at in range(count)], []),
    lambda count, _: _flow([1] * count, [{}] * count),
    lambda count, _: _flow([_prompt("Ask", "{{aa}}", [f"v{at:05}abc" for at in range(count)])], []),
    lambda count, _: _flow([_prompt("Ask", "".join(f"{{{{v{at}}}}}" for at in range(count)))], []),
    lambda count, _: _flow([{**_end("End"), **{f"outputt{at}": 1 for at in range(count)}}], []),
    lambda count, _: _flow([], [], tags={f"t{at}": "v" for at in range(count)}),
    lambda count, _: _flow([_prompt(f"N{at}", {"$file": f"x{at}.txt"}) for at in range(count)], []),
    lambda count, _: _flow([_prompt(f"N{at}", f"$$Name{at}") for at in range(count)], []),
    lambda count, _: _flow([], [], permissions={"models": [f"amazon.nova-litx-v{at}:0" for at in range(count)]}),
)
"""By the count of what there is much of."""
HEAD = "name: a\ndefinition:\n  nodes: []\n  connections: []\n"
YAML: tuple[Callable[[int], str], ...] = (
    lambda count: "# flowseal: ignore[UnusedParameter] x\n" * (5 * count) + HEAD,
    lambda count: HEAD + "# flowseal: ignore[" + "UnusedParametr," * count + "] x\n",
    lambda count: HEAD + "tags: # flowseal: ignore[UnusedParameter] x\n" + "\n" * (50 * count) + "  a: b\n",
    lambda count: HEAD + "tags:\n" + "".join(f"  k{at}: # flowseal: ignore[Unknown] x\n    v\n" for at in range(count)),
    lambda count: f"name: a\ndefinition:\n  nodes: [{'0,' * (10 * count)}]\n",
    lambda count: "a: &a [" + "0," * 400 + "]\nb: [" + "*a," * count + "]\n",
    lambda count: "a: &a " + "x" * 50_000 + "\nb: [" + "*a," * count + "]\n",
    lambda count: "".join(f"x{at}: &a{at} {{<<: *a{max(at - 1, 0)}, c{at}: d}}\n" for at in range(count)),
    lambda count: HEAD + "description: |\n" + "  a\n" * (20 * count),
    lambda count: HEAD + "description: >\n" + "  a\n" * (20 * count),
    lambda count: HEAD + 'description: "\n' + "  a\\n\n" * (20 * count) + '  "\n',
    lambda count: HEAD + "".join("k: 0\n" for _ in range(count)),
    lambda count: HEAD + "x: [" + "0x10," * count + "]\n",
    lambda count: f"%YAML 1.{'1' * count}\n---\n{HEAD}",
    lambda count: "#" * (100 * count),
    lambda count: "[" * count,
    lambda count: "- " * count,
    lambda count: HEAD + "x: '" + "\u2028" * (10 * count) + "'\n",
    lambda count: HEAD + "<<<<<<< a\n" * count,
)
"""By the count of lines, items or signs."""
