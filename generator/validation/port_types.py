"""The data types of ports: those that AWS's guide gives them, and those of the two ends of a connection."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, Related, Rule, soft_error, warning
from generator.flow.model import Connection, Port
from generator.validation.ports import list_sides
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope
from generator.validation.syntax import WHOLE_INPUT, read_input_expression

MISMATCHED_NODE_INPUT_TYPE = soft_error(
    "MismatchedNodeInputType", "A node's input is of another data type than the node's type takes."
)
MISMATCHED_NODE_OUTPUT_TYPE = soft_error(
    "MismatchedNodeOutputType", "A node's output is of another data type than the node's type gives."
)
AMBIGUOUS_PORT_TYPE = warning(
    "AmbiguousPortType", "A port has a data type that one part of AWS's guide allows, another not."
)
INCOMPATIBLE_CONNECTION_DATA_TYPE = soft_error(
    "IncompatibleConnectionDataType", "The ends of a data connection are of different data types."
)
PATH_INTO_PLAIN_VALUE = warning(
    "PathIntoPlainValue", "An expression takes a part of what is a text, a number or a boolean."
)

PLAIN_TYPES = ("String", "Number", "Boolean")


def check_port_types(rule: Rule, side: str, scope: Scope) -> Iterator[Finding]:
    """Report ports of fixed names, on one side of nodes, that are of another data type than AWS gives them."""
    for node, ports, rules, what in list_sides(scope, side):
        for port in ports:
            expected = rules.find(port.name)
            if expected is None or expected.is_type_ambiguous or expected.type in (None, port.type):
                continue
            message = (
                f"The {what} {port.name!r} of a node of type {node.type} is of type {expected.type}, not {port.type}."
            )
            yield Finding(rule, message, f"Write `type: {expected.type}`.", (*port.path, "type"))


register_twins(check_port_types, (MISMATCHED_NODE_INPUT_TYPE, "input"), (MISMATCHED_NODE_OUTPUT_TYPE, "output"))


@register_check(AMBIGUOUS_PORT_TYPE)
def check_ambiguous_types(scope: Scope) -> Iterator[Finding]:
    """Report ports whose data type AWS's guide both allows and does not, unless a connection is wrong through it."""
    told = {port.path for _, output, port in _find_incompatible(scope) for port in (output, port)}
    for node, ports, rules, what in (*list_sides(scope, "input"), *list_sides(scope, "output")):
        for port in ports:
            rule = rules.find(port.name)
            if rule is None or not rule.is_type_ambiguous or port.type == rule.type or port.path in told:
                continue
            subject = f"{what.capitalize()} {port.name!r} of node {node.name!r}"
            documented = f"{rule.type} in one place, any type in another"
            message = f"{subject} has type {port.type}; AWS's guide documents {documented}."
            remedy = f"Use `type: {rule.type}`, which fits both, or deploy early to see whether AWS takes it."
            yield Finding(AMBIGUOUS_PORT_TYPE, message, remedy, (*port.path, "type"))


@register_check(INCOMPATIBLE_CONNECTION_DATA_TYPE)
def check_connection_types(scope: Scope) -> Iterator[Finding]:
    """Report data connections whose ends differ in type while the whole value is handed on."""
    for connection, output, port in _find_incompatible(scope):
        given, taken = _name_types(scope, connection, output, port)
        message = (
            f"{connection.source} gives {output.name!r} as {given}, and {connection.target} takes {port.name!r} as "
            f"{taken}."
        )
        remedy = "Give both ends one type, or take a part of that type, with an expression such as $.data.name."
        if given in PLAIN_TYPES:
            remedy = "Give both ends one type."
        related = (
            Related(f"The output is of type {given}.", (*output.path, "type")),
            Related(f"The input is of type {taken}.", (*port.path, "type")),
        )
        yield Finding(INCOMPATIBLE_CONNECTION_DATA_TYPE, message, remedy, connection.input_path, related=related)


@register_check(PATH_INTO_PLAIN_VALUE)
def check_paths_into_plain_values(scope: Scope) -> Iterator[Finding]:
    """Report expressions that take a part of a value that has none."""
    for connection, output, port in scope.joined:
        if port.expression == WHOLE_INPUT:
            continue
        given, _ = _name_types(scope, connection, output, port)
        expression = _read_expression(scope, port) if given in PLAIN_TYPES else None
        if expression not in (WHOLE_INPUT, None):
            message = f"{connection.source} gives {output.name!r} as {given}, which has no parts for {expression!r}."
            remedy = f"Write $.data, or give the output {output.name!r} the type Object or Array if it is one."
            related = (Related(f"The output is of type {given}.", (*output.path, "type")),)
            _, place = scope.flow.look_through(port.expression, (*port.path, "expression"))
            within = (len(WHOLE_INPUT), len(expression or ""))
            yield Finding(PATH_INTO_PLAIN_VALUE, message, remedy, place, related=related, within=within)


def _find_incompatible(scope: Scope) -> Iterator[tuple[Connection, Port, Port]]:
    """Yield the data connections that hand on a whole value of one type to an input of another, with both ends."""
    for connection, output, port in scope.joined:
        given, taken = _name_types(scope, connection, output, port)
        if given != taken and _read_expression(scope, port) == WHOLE_INPUT:
            yield connection, output, port


def _name_types(scope: Scope, connection: Connection, output: Port, port: Port) -> tuple[str, str]:
    """Return the types that the ends of a connection must have."""
    source, target = scope.nodes[connection.source], scope.nodes[connection.target]
    return scope.name_output_type(source, output), scope.name_input_type(target, port)


def _read_expression(scope: Scope, port: Port) -> str | None:
    """Return an input's expression; None where it is malformed (a finding of its own) or only the user knows it."""
    value, _ = scope.flow.look_through(port.expression, port.path)
    return str(value) if isinstance(value, str) and read_input_expression(value) is None else None
