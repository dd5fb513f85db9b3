"""Values on Terraform's wire: cty's msgpack, unknown values, numbers; and schemas as protocol messages."""

from __future__ import annotations

import json
import struct
from typing import Any

import msgpack
from tf.gen import tfplugin_pb2 as protocol

UNKNOWN = msgpack.ExtType(0, b"\x00")
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


def is_unknown(value: object) -> bool:
    """Tell an unknown value: plain (code 0) or with refinements such as "not null" (code 12)."""
    return isinstance(value, msgpack.ExtType)


def is_wholly_known(value: object) -> bool:
    """Return whether nothing in a value is unknown."""
    if isinstance(value, dict):
        return all(map(is_wholly_known, value.values()))
    return all(map(is_wholly_known, value)) if isinstance(value, list) else not is_unknown(value)


def decode(message: Any) -> Any:
    """Return the value of a DynamicValue."""
    if message.msgpack:
        return msgpack.unpackb(message.msgpack, raw=False, strict_map_key=False, ext_hook=msgpack.ExtType)
    return read_state(message.json) if message.json else None


def encode(value: object) -> Any:
    """Return a value as DynamicValue."""
    return protocol.DynamicValue(msgpack=msgpack.packb(value, use_bin_type=True))


def read_state(text: bytes) -> Any:
    """Read a state's JSON: 0.7 must stay the decimal 0.7, or it comes back as 0.69999999999999996."""
    return json.loads(text, parse_float=str)


def write_number(number: float) -> int | str:
    """Return a number from an API as Terraform wants it: an int, or the shortest decimal as a text."""
    return int(number) if float(number).is_integer() else repr(float(number))


def round_to_float32(number: object) -> float:
    """Return a number as the provider's float32 holds it."""
    rounded: float = struct.unpack("f", struct.pack("f", float(str(number))))[0]
    return rounded


def build_schema(schema: dict[str, Any]) -> Any:
    """Return a schema of `terraform providers schema -json` as a message."""
    return protocol.Schema(version=schema.get("version", 0), block=_build_block(schema["block"]))


def build_path(steps: list[str | int] | tuple[str | int, ...]) -> Any:
    """Return the path of an attribute, for a diagnostic or a replacement."""
    step = protocol.AttributePath.Step
    return protocol.AttributePath(
        steps=[step(element_key_int=part) if isinstance(part, int) else step(attribute_name=part) for part in steps]
    )


def build_error(summary: str, detail: str = "", path: tuple[str | int, ...] = ()) -> Any:
    """Return an error that Terraform prints, at a place of the configuration where a path is given."""
    message = protocol.Diagnostic(severity=protocol.Diagnostic.ERROR, summary=summary, detail=detail)
    if path:
        message.attribute.CopyFrom(build_path(path))
    return message


def _build_block(block: dict[str, Any]) -> Any:
    return protocol.Schema.Block(
        attributes=[_build_attribute(name, item) for name, item in block.get("attributes", {}).items()],
        block_types=[
            protocol.Schema.NestedBlock(
                type_name=name,
                nesting=NESTING[item["nesting_mode"]],
                block=_build_block(item["block"]),
                min_items=item.get("min_items", 0),
                max_items=item.get("max_items", 0),
            )
            for name, item in block.get("block_types", {}).items()
        ],
    )


def _build_attribute(name: str, attribute: dict[str, Any]) -> Any:
    flags = {flag: attribute.get(flag, False) for flag in ("required", "optional", "computed", "sensitive")}
    return protocol.Schema.Attribute(name=name, type=json.dumps(attribute["type"]).encode(), **flags)
