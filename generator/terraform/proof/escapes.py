"""The text of a quoted string, decoded as strictly as Terraform does it."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def decode_string(raw: str) -> str:
    """Return what the inside of a quoted HCL string stands for; raise ValueError on what Terraform would refuse."""
    if "\n" in raw:
        raise ValueError("a string runs over the end of its line")
    return _ESCAPE.sub(_decode_escape, raw) if "\\" in raw else str(raw)


def _decode_escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        if match[3] not in _SIMPLE:
            raise ValueError(f"{match[0]!r} is no escape that HCL knows")
        return _SIMPLE[match[3]]
    code = int(digits, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise ValueError(f"{match[0]!r} is no character")
    return chr(code)
