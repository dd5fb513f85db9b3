"""What stands on the other side of a loop's boundary."""

from __future__ import annotations

from generator.validation.scope import Scope


def find_beyond(scope: Scope, name: str) -> str | None:
    """Say where a node stands that is not in the scope itself but in a loop of it, or around it; else None."""
    if name in scope.within_loops:
        return f"within the loop {scope.within_loops[name]!r}"
    inner = scope
    while inner.outer is not None and inner.loop is not None:
        if inner.outer.knows(name):
            return f"outside of the loop {inner.loop.name!r}"
        inner = inner.outer
    return None
