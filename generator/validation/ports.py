"""Inputs and outputs: the required and the allowed ones, and their data types."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, Related, Rule, soft_error, warning
from generator.findings.suggestions import advise_name, suggest_name
from generator.flow.api import fits_shape
from generator.flow.model import Connection, Node, Port
from generator.flow.nodes import PortRule, PortRules, PromptVariables, find_misspelled_variable
from generator.validation.registry import register_check, register_twins
from generator.validation.scope import Scope, find_port
from generator.validation.syntax import WHOLE_INPUT, read_input_expression

MISSING_NODE_INPUT = soft_error("MissingNodeInput", "A node does not list an input that its type requires.")
MISSING_NODE_OUTPUT = soft_error("MissingNodeOutput", "A node does not list an output that its type requires.")
UNKNOWN_NODE_INPUT = soft_error("UnknownNodeInput", "A node lists an input that its type does not have.")
UNKNOWN_NODE_OUTPUT = soft_error("UnknownNodeOutput", "A node lists an output that its type does not have.")


def list_sides(scope: Scope, what: str) -> Iterator[tuple[Node, tuple[Port, ...], PortRules]]:
    """Yield each node with its ports on one side ("input" or "output") and the rules for them."""
    for node in scope.nodes.values():
        yield node, *scope.get_side(node, what)


def find_unknown_ports(ports: tuple[Port, ...], rules: PortRules) -> list[Port]:
    """Return the ports that the node's type does not have."""
    return [] if rules.takes_others else [port for port in ports if rules.find(port.name) is None]


def check_missing_ports(rule: Rule, what: str, scope: Scope) -> Iterator[Finding]:
    """Report required ports that a node does not list. One listed under a wrong name is reported there."""
    for node, ports, rules in list_sides(scope, what):
        for missing in _find_missing_rules(ports, rules):
            message = f"Node {node.name!r} has no {what} {missing.name!r}, which type {node.type} requires."
            kind = "any type" if missing.type is None else f"type {missing.type}"
            help = f"Add the {what} {missing.name} of {kind}."
            path = (*node.path, f"{what}s" if ports else "name")
            yield Finding(rule, message, help, path, key=bool(ports))


def check_surplus_ports(rule: Rule, what: str, scope: Scope) -> Iterator[Finding]:
    """Report ports that a node's type does not have."""
    for node, ports, rules in list_sides(scope, what):
        connected = [item.input for item in scope.incoming.get(node.name, ()) if item.input is not None]
        for port in find_unknown_ports(ports, rules):
            # A malformed name is reported as such.
            if not fits_shape(port.name, "FlowNodeInputName"):
                continue
            message = f"{node.type} nodes have no {what} {port.name!r}."
            listed = {other.name for other in ports}
            absent = [other.name for other in rules.named if other.name not in listed]
            help = _advise(port.name, absent, rules, what)
            if rules.variables is not None:
                help = _advise_on_variable(port.name, rules.variables, absent, connected) or help
            yield Finding(rule, message, help, (*port.path, "name"))


register_twins(check_missing_ports, (MISSING_NODE_INPUT, "input"), (MISSING_NODE_OUTPUT, "output"))
register_twins(check_surplus_ports, (UNKNOWN_NODE_INPUT, "input"), (UNKNOWN_NODE_OUTPUT, "output"))


def _find_missing_rules(ports: tuple[Port, ...], rules: PortRules) -> list[PortRule]:
    """Return the rules of required ports that are not listed, minus one for each unknown port."""
    missing = [rule for rule in rules.named if rule.must_be_listed and find_port(ports, rule.name) is None]
    for port in find_unknown_ports(ports, rules) if missing else ():
        meant = suggest_name(port.name, [rule.name for rule in missing])
        missing = [rule for rule in missing if rule.name != meant] if meant else missing[1:]
    return missing


def _advise_on_variable(name: str, variables: PromptVariables, absent: list[str], connected: list[str]) -> str:
    """Return the help for an input whose name the prompt spells differently, or an empty string.

    The more frequent spelling is taken to be right. `connected` are the inputs that connections name.
    """
    found = find_misspelled_variable(variables, name)
    if found is not None:
        text, start, end = found
        return f"Replace {text.text[start:end]} in the prompt with {{{{{name}}}}}."
    meant = suggest_name(name, absent)
    if meant is None:
        return ""
    places = [*(use.name for use in variables.used), *(listed for listed, _ in variables.listed), *connected]
    if places.count(meant) > places.count(name) + 1:
        return f"Did you mean {meant}, as in the prompt?"
    return f"Did you mean {{{{{name}}}}} where the prompt has {{{{{meant}}}}}? Otherwise rename the input."


def _advise(found: str, absent: list[str], rules: PortRules, what: str) -> str:
    if not rules.named:
        return rules.advice or f"Remove it: this type has no {what}s."
    names = [rule.name for rule in rules.named]
    plain = f"Its {what} is {names[0]}." if len(names) == 1 else f"Its {what}s are {', '.join(names)}."
    return advise_name(found, absent, rules.advice or plain)


MISMATCHED_NODE_INPUT_TYPE = soft_error(
    "MismatchedNodeInputType", "An input has a data type other than its node type requires."
)
MISMATCHED_NODE_OUTPUT_TYPE = soft_error(
    "MismatchedNodeOutputType", "An output has a data type other than its node type returns."
)
AMBIGUOUS_PORT_TYPE = warning(
    "AmbiguousPortType", "AWS's guide both allows and excludes the data type of an input or output."
)
INCOMPATIBLE_CONNECTION_DATA_TYPE = soft_error(
    "IncompatibleConnectionDataType", "The two ends of a data connection have different data types."
)
PATH_INTO_PLAIN_VALUE = warning("PathIntoPlainValue", "An expression selects a part of a string, number, or boolean.")

PLAIN_TYPES = ("String", "Number", "Boolean")


def check_port_types(rule: Rule, what: str, scope: Scope) -> Iterator[Finding]:
    """Report inputs or outputs with fixed names whose data type differs from the documented one."""
    for node, ports, rules in list_sides(scope, what):
        for port in ports:
            expected = rules.find(port.name)
            if expected is None or expected.is_type_ambiguous or expected.type in (None, port.type):
                continue
            subject = f"{what.capitalize()} {port.name!r} of {node.type} node {node.name!r}"
            message = f"{subject} has type {port.type}, but it must have type {expected.type}."
            yield Finding(rule, message, f"Use `type: {expected.type}`.", (*port.path, "type"))


register_twins(check_port_types, (MISMATCHED_NODE_INPUT_TYPE, "input"), (MISMATCHED_NODE_OUTPUT_TYPE, "output"))


@register_check(AMBIGUOUS_PORT_TYPE)
def check_ambiguous_types(scope: Scope) -> Iterator[Finding]:
    """Report ports whose data type AWS's guide both allows and excludes, unless it already breaks a connection."""
    reported = {port.path for _, output, port in _find_incompatible(scope) for port in (output, port)}
    sides = ((what, *side) for what in ("input", "output") for side in list_sides(scope, what))
    for what, node, ports, rules in sides:
        for port in ports:
            rule = rules.find(port.name)
            if rule is None or not rule.is_type_ambiguous or port.type == rule.type or port.path in reported:
                continue
            subject = f"{what.capitalize()} {port.name!r} of node {node.name!r}"
            documented = f"{rule.type} in one place, any type in another"
            message = f"{subject} has type {port.type}; AWS's guide documents {documented}."
            help = f"Use `type: {rule.type}`, valid either way, or deploy early to see whether AWS accepts it."
            yield Finding(AMBIGUOUS_PORT_TYPE, message, help, (*port.path, "type"))


@register_check(INCOMPATIBLE_CONNECTION_DATA_TYPE)
def check_connection_types(scope: Scope) -> Iterator[Finding]:
    """Report data connections that pass on a whole value between ends of different types."""
    for connection, output, port in _find_incompatible(scope):
        given, taken = _name_types(scope, connection, output, port)
        ends = f"Output {output.name!r} of {connection.source} has type {given}, but input {port.name!r}"
        message = f"{ends} of {connection.target} has type {taken}."
        help = "Use the same type at both ends."
        if given not in PLAIN_TYPES:
            help = "Use the same type at both ends, or select a part with an expression such as $.data.name."
        related = (
            Related(f"The output has type {given}.", (*output.path, "type")),
            Related(f"The input has type {taken}.", (*port.path, "type")),
        )
        yield Finding(INCOMPATIBLE_CONNECTION_DATA_TYPE, message, help, connection.input_path, related=related)


@register_check(PATH_INTO_PLAIN_VALUE)
def check_paths_into_plain_values(scope: Scope) -> Iterator[Finding]:
    """Report expressions that select a part of a value without parts."""
    for connection, output, port in scope.joined:
        if port.expression == WHOLE_INPUT:
            continue
        given, _ = _name_types(scope, connection, output, port)
        expression = _read_expression(scope, port) if given in PLAIN_TYPES else None
        if expression not in (WHOLE_INPUT, None):
            subject = f"Output {output.name!r} of {connection.source} has type {given}"
            message = f"{subject}, so {expression!r} cannot select a part of it."
            help = "Use $.data, or change the output's type if it is an Object or Array."
            related = (Related(f"The output has type {given}.", (*output.path, "type")),)
            _, place = scope.flow.resolve(port.expression, (*port.path, "expression"))
            within = (len(WHOLE_INPUT), len(expression or ""))
            yield Finding(PATH_INTO_PLAIN_VALUE, message, help, place, related=related, within=within)


def _find_incompatible(scope: Scope) -> Iterator[tuple[Connection, Port, Port]]:
    """Yield, with both ports, the data connections that pass on a whole value to an input of another type."""
    for connection, output, port in scope.joined:
        given, taken = _name_types(scope, connection, output, port)
        if given != taken and _read_expression(scope, port) == WHOLE_INPUT:
            yield connection, output, port


def _name_types(scope: Scope, connection: Connection, output: Port, port: Port) -> tuple[str, str]:
    """Return the types of both ends of a connection."""
    source, target = scope.nodes[connection.source], scope.nodes[connection.target]
    return scope.name_output_type(source, output), scope.name_input_type(target, port)


def _read_expression(scope: Scope, port: Port) -> str | None:
    """Return an input's expression, or None if it is malformed (another finding) or set by the module's user."""
    value, _ = scope.flow.resolve(port.expression, port.path)
    return str(value) if isinstance(value, str) and read_input_expression(value) is None else None
