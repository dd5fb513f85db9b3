"""Messages of AWS's event streams: what InvokeFlow answers with."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

TEXT = 7
"""The type of a header's value."""


def write_event(kind: str, payload: dict[str, Any]) -> bytes:
    """Return an event as a message: lengths, their checksum, headers, payload, and the checksum of it all."""
    body = json.dumps(payload).encode("utf-8")
    names = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    headers = b"".join(_write_header(name, value) for name, value in names.items())
    lengths = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    message = lengths + struct.pack("!I", zlib.crc32(lengths)) + headers + body
    return message + struct.pack("!I", zlib.crc32(message))


def _write_header(name: str, value: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", TEXT, len(value)) + value.encode()
