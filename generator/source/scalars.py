"""What an unquoted YAML scalar means: YAML 1.2's core schema, and refusals where readers of YAML disagree."""

from __future__ import annotations

import re
from decimal import Decimal

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OCTAL_OR_HEX = re.compile(r"[-+]?(0[0-9_]+|0o[0-7]+|0x[0-9a-fA-F_]+|0b[01_]+)")
_UNDERSCORES = re.compile(r"[-+]?[0-9](?=[0-9]*_)[0-9_]*(\.[0-9_]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC = frozenset("+-.0123456789")
"""What every number begins with, and all that may be taken for one."""
LONGEST_NUMBER = 100
"""Characters of a number. The longest that a float of 64 bits comes to in a plain form is far shorter."""
LARGEST_EXPONENT = 400
"""A float of 64 bits ends at 308, and below at -324."""
_EXPONENT = re.compile(r"[eE][-+]?0*([0-9]*)$")
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def resolve_scalar(text: str) -> object:
    """Return the value of an unquoted scalar that is not a number. Words such as `on`, `no` and dates are texts."""
    if text in _CONSTANTS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


def is_number(text: str) -> bool:
    """Tell whether an unquoted scalar is a number."""
    if text[:1] not in _NUMERIC:
        return False
    return bool(_INTEGER.fullmatch(text) or (_FLOAT.fullmatch(text) and not text.isdecimal()))


def read_number(text: str) -> int | Decimal | None:
    """Return a number as YAML or JSON spells it, or None where it has too many digits or too large an exponent."""
    if not is_bounded(text):
        return None
    return int(text) if _INTEGER.fullmatch(text) else Decimal(text)


def is_bounded(text: str) -> bool:
    """Tell whether a number is short enough, and its exponent small enough, to be computed with and written out."""
    if len(text) > LONGEST_NUMBER:
        return False
    exponent = _EXPONENT.search(text)
    return exponent is None or (len(exponent[1]) < 4 and int(exponent[1] or 0) <= LARGEST_EXPONENT)


def explain_ambiguity(text: str) -> str | None:
    """Say why readers of YAML disagree on an unquoted scalar, or None where they do not."""
    if text[:1] not in _NUMERIC:
        return None
    if _OCTAL_OR_HEX.fullmatch(text) and text != "0":
        return "some parsers read it as an octal, hexadecimal, or binary number and others do not"
    if _UNDERSCORES.fullmatch(text):
        return "some parsers read it as a number and others as a string"
    if _SEXAGESIMAL.fullmatch(text):
        return "some parsers read it as a base-60 number and others as a string"
    if _NOT_A_NUMBER.fullmatch(text):
        return "JSON has no such number"
    return None
