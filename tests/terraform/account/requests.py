"""Requests held against botocore's model, as the service would hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.loaders
from botocore.model import ServiceModel
from moto.core.exceptions import JsonRESTError

MOST_FAULTS = 8


class InvalidRequestError(JsonRESTError):
    """A request that the service refuses."""

    code = 400

    def __init__(self, message: str, kind: str = "ValidationException") -> None:
        super().__init__(kind, message)


@cache
def load_model(service: str) -> Any:
    """Return botocore's model of a service."""
    return ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def read_request(service: str, operation: str, body: str, **path: str) -> dict[str, Any]:
    """Return a request's members, or raise what is wrong with them by the model."""
    members: dict[str, Any] = {**json.loads(body or "{}"), **path}
    faults = list(find_faults(load_model(service).operation_model(operation).input_shape, members, "input"))
    if faults:
        raise InvalidRequestError("; ".join(faults[:MOST_FAULTS]))
    return members


def find_faults(shape: Any, value: Any, place: str) -> Iterator[str]:
    """Yield what is wrong with a value by a shape of botocore's."""
    if getattr(shape, "is_document_type", False):
        return
    wanted = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}.get(shape.type_name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (isinstance(value, wanted) if wanted else is_number):
        yield f"{place}: {type(value).__name__} is no {shape.type_name}"
        return
    if shape.type_name != "structure":
        yield from _find_broken_bounds(shape, value, place)
    if shape.type_name == "structure":
        yield from _find_structure_faults(shape, value, place)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from find_faults(shape.member, item, f"{place}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from find_faults(shape.key, key, f"{place} key")
            yield from find_faults(shape.value, item, f"{place}.{key}")


def _find_structure_faults(shape: Any, value: dict[str, Any], place: str) -> Iterator[str]:
    yield from (f"{place}: {name} is missing" for name in shape.required_members if value.get(name) is None)
    yield from (f"{place}: {name} is not known" for name in value if name not in shape.members)
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield f"{place}: exactly one of {', '.join(shape.members)} must be set"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from find_faults(member, value[name], f"{place}.{name}")


def _find_broken_bounds(shape: Any, value: Any, place: str) -> Iterator[str]:
    size = value if isinstance(value, int | float) else len(value)
    if size < shape.metadata.get("min", size) or size > shape.metadata.get("max", size):
        yield f"{place}: {size} is out of bounds"
    if isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield f"{place}: {value!r} is none of {shape.enum}"
        pattern = shape.metadata.get("pattern")
        # Python's expressions know no classes of Unicode, which only tags have.
        if pattern and r"\p{" not in pattern and not re.fullmatch(pattern, value, re.ASCII):
            yield f"{place}: {value[:80]!r} does not match {pattern}"
