"""Loops: what begins and ends them, what may stand in them, and what may not cross their boundary."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import find_shape
from generator.diagnostics import Finding, Related, Rule, soft_error
from generator.model import Node
from generator.validation.boundaries import find_beyond
from generator.validation.registry import register_check
from generator.validation.scope import Scope

MISSING_LOOP_INPUT_NODE = soft_error("MissingLoopInputNode", "A loop has no LoopInput node to begin at.")
MISSING_LOOP_CONTROLLER_NODE = soft_error(
    "MissingLoopControllerNode", "A loop has no LoopController node that ends it."
)
MULTIPLE_LOOP_INPUT_NODES = soft_error("MultipleLoopInputNodes", "A loop has more than one LoopInput node.")
MULTIPLE_LOOP_CONTROLLER_NODES = soft_error(
    "MultipleLoopControllerNodes", "A loop has more than one LoopController node."
)
LOOP_INCOMPATIBLE_NODE_TYPE = soft_error(
    "LoopIncompatibleNodeType", "A node within a loop is of a type that may not stand there."
)
INVALID_LOOP_BOUNDARY = soft_error("InvalidLoopBoundary", "A connection crosses the boundary of a loop.")
MISPLACED_LOOP_NODE = soft_error(
    "MisplacedLoopNode", "A LoopInput or LoopController node stands outside of every loop."
)

ENDS = {
    "LoopInput": "takes what comes from outside and from the last round",
    "LoopController": "decides whether there is another round",
}


@register_check(MISSING_LOOP_INPUT_NODE)
def check_loop_inputs(scope: Scope) -> Iterator[Finding]:
    """Report loops without a LoopInput node."""
    yield from _report_absent(scope, "LoopInput", MISSING_LOOP_INPUT_NODE)


@register_check(MISSING_LOOP_CONTROLLER_NODE)
def check_loop_controllers(scope: Scope) -> Iterator[Finding]:
    """Report loops without a LoopController node."""
    yield from _report_absent(scope, "LoopController", MISSING_LOOP_CONTROLLER_NODE)


@register_check(MULTIPLE_LOOP_INPUT_NODES)
def check_further_loop_inputs(scope: Scope) -> Iterator[Finding]:
    """Report loops with several LoopInput nodes, at the second."""
    yield from _report_further(scope, "LoopInput", MULTIPLE_LOOP_INPUT_NODES)


@register_check(MULTIPLE_LOOP_CONTROLLER_NODES)
def check_further_loop_controllers(scope: Scope) -> Iterator[Finding]:
    """Report loops with several LoopController nodes, at the second."""
    yield from _report_further(scope, "LoopController", MULTIPLE_LOOP_CONTROLLER_NODES)


@register_check(LOOP_INCOMPATIBLE_NODE_TYPE)
def check_types_within_loops(scope: Scope) -> Iterator[Finding]:
    """Report nodes of types that AWS's list of incompatible types names."""
    if scope.loop is None:
        return
    refused = find_shape("IncompatibleLoopNodeType").enum
    for node in scope.body.nodes:
        if node.type in refused:
            message = f"The loop {scope.loop.name!r} holds {node.name!r}, and a loop takes no node of type {node.type}."
            remedy = "Put it before or after the loop, or do in code what it does."
            yield Finding(LOOP_INCOMPATIBLE_NODE_TYPE, message, remedy, (*node.path, "type"))


@register_check(INVALID_LOOP_BOUNDARY)
def check_boundaries(scope: Scope) -> Iterator[Finding]:
    """Report connections between a node within a loop and one outside, and those against a loop's own direction."""
    if not (scope.sourceless or scope.targetless or "LoopInput" in scope.list_types()):
        return
    for connection in scope.body.connections:
        for end, name in (("source", connection.source), ("target", connection.target)):
            where = None if scope.knows(name) else find_beyond(scope, name)
            if where is not None:
                message = f"The connection {connection.name!r} names {name!r}, which stands {where}."
                remedy = "Go through the Loop node: its inputs lead into it, and its outputs out of it."
                yield Finding(INVALID_LOOP_BOUNDARY, message, remedy, (*connection.path, end))
                break
        else:
            if scope.find_type(connection.target) == "LoopInput":
                message = (
                    f"The connection {connection.name!r} leads back to {connection.target!r}, where the loop begins."
                )
                remedy = "Hand the value to the LoopController, to an input of the category ReturnValueToLoopStart."
                yield Finding(INVALID_LOOP_BOUNDARY, message, remedy, (*connection.path, "target"))


@register_check(MISPLACED_LOOP_NODE)
def check_loop_nodes_outside(scope: Scope) -> Iterator[Finding]:
    """Report the nodes that begin and end a loop where there is none."""
    for node in scope.body.nodes if scope.loop is None else ():
        if node.type in ENDS:
            message = f"The node {node.name!r} of type {node.type} stands in no loop."
            remedy = "Put it into the definition of a Loop node."
            yield Finding(MISPLACED_LOOP_NODE, message, remedy, (*node.path, "type"))


def _report_absent(scope: Scope, kind: str, rule: Rule) -> Iterator[Finding]:
    if scope.loop is not None and scope.lacks_type(kind):
        message = f"The loop {scope.loop.name!r} has no node of type {kind}, which {ENDS[kind]}."
        yield Finding(rule, message, f"Add a node of type {kind} to its definition.", scope.body.path, key=True)


def _report_further(scope: Scope, kind: str, rule: Rule) -> Iterator[Finding]:
    found: list[Node] = [node for node in scope.body.nodes if node.type == kind] if scope.loop is not None else []
    if scope.loop is not None and len(found) > 1:
        first, second, *others = found
        message = f"The loop {scope.loop.name!r} has {len(found)} nodes of type {kind}, and takes one."
        related = tuple(Related(f"This is {node.name}.", (*node.path, "name")) for node in (first, *others))
        remedy = f"Keep one, which {ENDS[kind]}."
        yield Finding(rule, message, remedy, (*second.path, "name"), related=related)
