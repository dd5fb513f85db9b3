"""What the API accepts and an engine's resource does not, from a walk over both data trees."""

from __future__ import annotations

from collections.abc import Iterator

from generator.flow.api import Shape, find_shape
from generator.flow.api.shapes import load_api
from generator.flow.model import Engine
from generator.terraform.resource import Schema, find_resource
from generator.terraform.resource.schema import find_member

Difference = tuple[str, str, str]


def list_differences(engine: Engine) -> list[Difference]:
    """Return (shape, member, what) for everything that the API accepts there and the engine does not, sorted.

    What lies below a member that the engine does not have is not listed.
    """
    return sorted(set(_compare(find_shape("FlowDefinition"), find_resource(engine).definition, ())))


def _compare(shape: Shape, schema: Schema, above: tuple[str, ...]) -> Iterator[Difference]:
    if shape.name in above:
        return
    for member, name in shape.members.items():
        inner, target = find_shape(name), find_member(schema, member)
        if target is None:
            yield shape.name, member, "key"
            continue
        if target.is_required and shape.type == "structure" and member not in shape.required:
            yield shape.name, member, "required"
        yield from ((shape.name, member, what) for what in _list_rules(inner, target))
        if target.members is not None:
            element = find_shape(inner.element) if inner.element else inner
            yield from _compare(element, target, (*above, shape.name))


def _list_rules(shape: Shape, schema: Schema) -> Iterator[str]:
    """Yield the rules of a resource that reject what the API accepts."""
    yield from (f"value {value}" for value in shape.enum if schema.values and value not in schema.values)
    for what, bounds in (("items", schema.items), ("characters", schema.characters), ("range", schema.range)):
        if bounds is None or (what == "items" and shape.type != "list"):
            continue
        if bounds[0] > (shape.minimum or 0):
            yield f"{what} from {bounds[0]}"
        if bounds[1] is not None and (shape.maximum is None or bounds[1] < shape.maximum):
            yield f"{what} to {bounds[1]}"
    if schema.length:
        yield "bytes {}..{}".format(*schema.length)
    # The API's own pattern: flowseal's is narrower where the API accepts any character.
    pattern = load_api()["shapes"][shape.name].get("pattern")
    if schema.pattern and schema.pattern not in (pattern, f"^{pattern}$"):
        yield "pattern"
    if schema.is_arn:
        yield "ARN"
