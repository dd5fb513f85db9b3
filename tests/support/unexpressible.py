"""What the API has and the Terraform resource lacks, from a walk over both data trees."""

from __future__ import annotations

from collections.abc import Iterator

from generator.flow.api import Shape, find_shape, list_node_types
from generator.terraform.resource.schema import Schema, find_definition_block, find_member, name_configuration


def list_unexpressible_members() -> Iterator[tuple[str, str]]:
    """Yield (shape, member) for all that the API has and the resource lacks, and (FlowNodeType, type) for node types.

    What lies below such a member is not listed again.
    """
    configuration = find_member(_enter(find_definition_block(), "nodes"), "configuration")
    for node_type in list_node_types():
        if configuration is None or find_member(configuration, name_configuration(node_type)) is None:
            yield "FlowNodeType", node_type
    yield from sorted(set(_compare(find_shape("FlowDefinition"), find_definition_block(), ())))


def _compare(shape: Shape, schema: Schema, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if shape.name in above:
        return
    for member, name in shape.members.items():
        inner, target = find_shape(name), find_member(schema, member)
        element = find_shape(inner.element) if inner.element else inner
        if target is None:
            yield shape.name, member
        elif target.members is not None:
            if inner.type == "list" and target.items is not None and target.items[1] == 1 and inner.maximum != 1:
                yield shape.name, f"{member}[1]"
            yield from _compare(element, target, (*above, shape.name))


def _enter(schema: Schema, member: str) -> Schema:
    found = find_member(schema, member)
    if found is None:
        raise KeyError(member)
    return found
