"""What a planned value must be read back as. Never asks the encoder: that is what is being proven."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from generator.terraform import hcl
from generator.terraform.proof.expressions import (
    Expression,
    FunctionCall,
    Null,
    Number,
    Object,
    Operation,
    Sequence,
    Text,
    Truth,
    join_parts,
)
from generator.terraform.proof.reading import read_file


def read_meaning(value: hcl.Value) -> Expression:
    """Return the expression that a planned value stands for."""
    match value:
        case None:
            return Null()
        case bool():
            return Truth(value)
        case int() | Decimal():
            return Number(Decimal(value))
        case str():
            return Text(str(value))
        case hcl.Reference(text):
            return _read_reference(text)
        case hcl.Template(parts):
            return join_parts([part if isinstance(part, str) else _read_reference(part.text) for part in parts])
        case hcl.Call(name, arguments):
            return FunctionCall(name, tuple(map(read_meaning, arguments)))
        case hcl.Equality(left, right):
            return Operation("==", (read_meaning(left), read_meaning(right)))
        case dict():
            return Object(tuple((Text(key), read_meaning(item)) for key, item in value.items()))
    return Sequence(tuple(map(read_meaning, value)))


@lru_cache(maxsize=4096)
def _read_reference(text: str) -> Expression:
    read = read_file(f"locals {{\n  x = {text}\n}}\n")
    if read.faults or len(read.blocks) != 1 or set(read.blocks[0].attributes) != {"x"}:
        raise ValueError(f"{text!r} is no expression")
    return read.blocks[0].attributes["x"]
