"""Values for each kind of parameter, near good ones and far from them, and what flowseal says of each as a default."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from every_kind import GOOD, MODELS, make_flow_of_every_kind
from flow_documents import read

from generator.findings import has_errors
from generator.flow.bedrock_models.kinds import PREFIXES
from generator.flow.model import Engine
from generator.flow.reading.names import TERRAFORM_VALUE
from generator.terraform.resource import find_limits

VALUES = 2000
SEED = 20261128
ODD = [
    "*",
    "?",
    '"',
    "'",
    "\\",
    "`",
    "%",
    "|",
    "^",
    "(",
    "[",
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "\f",
    "\x00",
    "\x1f",
    "\x7f",
]
ODD += ["\x85", "\xa0", "\u2028", "\u200d", "\ufeff", "\u0663", "\uff11", "\u0130", "\u212a", "\u017f", "\uff21", "é"]
ODD += ["e\u0301", "\U0001f469\u200d\U0001f52c", "\r\n", "", "a", "Z", "0", "-", "--", "_", ".", "..", ":", "/", "//"]
"""What breaks a value or does not: white space of Python's or RE2's, digits, letters of other cases, clusters."""
SHORT = ["", "a", "us", "global", "amazon", "us.deepseek", "us.amazon.1", "us.global.amazon", "us.us.us", "sa.amazon.n"]
SHORT += [
    "us.global.amazon.n",
    "global.us.amazon.nova",
    "global.global.amazon",
    "amazon.us.1",
    "amazon.nova.lite",
    "x.y",
]
FREE = frozenset({"heading", "script", "locale"})
"""Parameters of which any text is a value; `${` is a reference there, and no text."""


def list_texts(name: str, value: str, draw: random.Random) -> Iterator[str]:
    """Yield texts near a good one, and far from it."""
    yield value
    yield draw.choice(SHORT)
    yield str(draw.choice([text for text in GOOD.values() if isinstance(text, str)]))
    place = draw.randrange(len(value) + 1)
    yield value[:place] + draw.choice(ODD) + value[place:]
    yield value[:place] + draw.choice(ODD) + value[place + 1 :]
    yield value + draw.choice(ODD)
    yield draw.choice(ODD) + value
    yield value[:place]
    yield value[:place] + value[place:].swapcase()
    yield (
        value[:place]
        + value[max(place - 1, 0)] * draw.choice([1, 2, 9, 30, 62, 63, 64, 127, 128, 250, 2048])
        + value[place:]
    )
    part = draw.choice(re.split("[:/.]", value)) or value
    yield value.replace(part, draw.choice(["", "aws-cn", "aws-foo", "us-gov", "global", "DRAFT", "0" * 12, "x" * 126]))
    for most in (10, 200, 256, 2048):
        yield draw.choice(ODD) * (most + draw.randint(-1, 1))
    if name.replace("_", "-") in MODELS:
        words = [
            draw.choice([*PREFIXES, "sa", "amazon", "deepseek", "x1", "nova-2", "v3", "1", "A", ""]) for _ in range(4)
        ]
        model = ".".join(words[: draw.randint(1, 4)]) + draw.choice(["", ":0", ":0:8k", "-v1:0", ":", "/abc123", "_v1"])
        yield model
        yield value.rpartition("/")[0] + "/" + model


def list_values(name: str, draw: random.Random) -> Iterator[Any]:
    """Yield values for one parameter, without end."""
    while True:
        match GOOD[name]:
            case str() as text:
                yield from list_texts(name, text, draw)
            case list():
                yield [draw.choice(ODD) for _ in range(draw.randrange(7))]
            case number:
                whole = isinstance(number, int)
                yield draw.choice([0, 1, -1, 2, 100, 101, 512, 10**12])
                yield draw.choice([Decimal(text) for text in ("0.5", "1.5", "-0.1", "1.0001", "0.99", "1e-30")])
                yield draw.randint(-3, 120) if whole else Decimal(draw.randint(-5, 105)) / 100


def choose_values() -> list[tuple[str, Any]]:
    """Return parameters with a value for each, all kinds in turn, no value of a parameter twice."""
    draw = random.Random(SEED)
    values = {name: list_values(name, draw) for name in GOOD}
    chosen: dict[str, tuple[str, Any]] = {}
    while len(chosen) < VALUES:
        for name, more in values.items():
            value = next(more)
            if isinstance(value, str) and (TERRAFORM_VALUE.fullmatch(value) or (name in FREE and "$" in value)):
                continue
            chosen[f"{name} {value!r}"] = (name, value)
    return list(chosen.values())[:VALUES]


def accepts(name: str, value: Any) -> bool:
    """Return whether flowseal takes a value as the default of a parameter, for the engine `native`."""
    document = make_flow_of_every_kind()
    document["parameters"][name]["default"] = value
    reading = read(document)
    return reading.flow is not None and not (has_errors(reading.findings) or find_limits(reading.flow, Engine.NATIVE))
