"""What stands on the other side of a loop's boundary."""

from __future__ import annotations

from generator.model import Body
from generator.validation.scope import Scope


def find_beyond(scope: Scope, name: str) -> str | None:
    """Say where a node stands that is not in the scope itself but in a loop of it, or around it; else None."""
    for node in scope.body.nodes:
        if node.body is not None and _has_within(node.body, name):
            return f"within the loop {node.name!r}"
    inner = scope
    while inner.outer is not None and inner.loop is not None:
        if inner.outer.knows(name):
            return f"outside of the loop {inner.loop.name!r}"
        inner = inner.outer
    return None


def _has_within(body: Body, name: str) -> bool:
    if name in body.blurred or any(node.name == name for node in body.nodes):
        return True
    return any(node.body is not None and _has_within(node.body, name) for node in body.nodes)
