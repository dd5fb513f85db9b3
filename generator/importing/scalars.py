"""Scalars as CloudFormation and Terraform write them, in the types of the API."""

from __future__ import annotations

import re
import struct
from decimal import Decimal

from generator.flow.api import Shape
from generator.importing.intrinsics import write_scalar
from generator.source.reading import read_number

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
_LARGEST = Decimal("3.4e38")
_MOST_DIGITS = 9
"""Digits that tell any two floats of 32 bits apart."""


def convert_scalar(value: object, shape: Shape) -> object:
    """Return a scalar in the type of a shape. CloudFormation accepts "0.5" for 0.5, "true" for true, and 5 for "5"."""
    if shape.type == "string" and isinstance(value, int | Decimal):
        return write_scalar(value)
    if shape.type == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if shape.type in ("integer", "float") and isinstance(value, str):
        text = value.strip()
        number = read_number(text) if _NUMBER.fullmatch(text) else None
        return value if number is None else number
    return value


def shorten_number(value: object) -> object:
    """Return a float of 32 bits with as few digits as it needs. AWS and Terraform show it with those of 64 bits."""
    if not isinstance(value, Decimal) or len(value.as_tuple().digits) <= _MOST_DIGITS or abs(value) > _LARGEST:
        return value
    packed = struct.pack("f", float(value))
    short = (Decimal(f"{float(value):.{digits}g}") for digits in range(1, _MOST_DIGITS + 1))
    return next((item for item in short if struct.pack("f", float(item)) == packed), value)
