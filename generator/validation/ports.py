"""Ports: those that a node's type must have, may have and may not have."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, Rule, soft_error
from generator.findings.suggestions import advise_name, suggest_name
from generator.flow.api import fits_shape
from generator.flow.model import Node, Port
from generator.flow.nodes import PortRule, PortRules, PromptVariables, find_misspelled_variable
from generator.validation.registry import register_twins
from generator.validation.scope import Scope, find_port

MISSING_NODE_INPUT = soft_error("MissingNodeInput", "A node lacks an input that its type needs.")
MISSING_NODE_OUTPUT = soft_error("MissingNodeOutput", "A node lacks an output that its type has.")
UNKNOWN_NODE_INPUT = soft_error("UnknownNodeInput", "A node has an input that its type does not take.")
UNKNOWN_NODE_OUTPUT = soft_error("UnknownNodeOutput", "A node has an output that its type does not give.")

Side = tuple[Node, tuple[Port, ...], PortRules, str]
"""A node, its ports of one side, what is said of these, and what they are: "input" or "output"."""


def list_sides(scope: Scope, what: str) -> Iterator[Side]:
    """Yield the ports of each node on one side, its inputs or its outputs."""
    for node in scope.nodes.values():
        yield node, *scope.get_side(node, what), what


def find_unknown_ports(ports: tuple[Port, ...], rules: PortRules) -> list[Port]:
    """Return the ports whose names a node's type does not have."""
    return [] if rules.takes_others else [port for port in ports if rules.find(port.name) is None]


def check_missing_ports(rule: Rule, side: str, scope: Scope) -> Iterator[Finding]:
    """Report ports that a node must list and does not; one that it lists under a wrong name is told there."""
    for node, ports, rules, what in list_sides(scope, side):
        for missing in _find_missing_rules(ports, rules):
            message = f"The node {node.name!r} has no {what} {missing.name!r}, and its type {node.type} needs one."
            remedy = f"Add the {what} {missing.name} of {_describe_type(missing)} to its {what}s."
            path = (*node.path, f"{what}s" if ports else "name")
            yield Finding(rule, message, remedy, path, key=bool(ports))


def check_surplus_ports(rule: Rule, side: str, scope: Scope) -> Iterator[Finding]:
    """Report ports that a node's type does not have."""
    for node, ports, rules, what in list_sides(scope, side):
        fed = [item.input for item in scope.incoming.get(node.name, ()) if item.input is not None]
        for port in find_unknown_ports(ports, rules):
            # A name that is malformed is reported as that.
            if not fits_shape(port.name, "FlowNodeInputName"):
                continue
            message = f"A node of type {node.type} has no {what} {port.name!r}."
            listed = {other.name for other in ports}
            absent = [other.name for other in rules.named if other.name not in listed]
            remedy = _advise(port.name, absent, rules, what)
            if rules.variables is not None:
                remedy = _advise_on_variable(port.name, rules.variables, absent, fed) or remedy
            yield Finding(rule, message, remedy, (*port.path, "name"))


register_twins(check_missing_ports, (MISSING_NODE_INPUT, "input"), (MISSING_NODE_OUTPUT, "output"))
register_twins(check_surplus_ports, (UNKNOWN_NODE_INPUT, "input"), (UNKNOWN_NODE_OUTPUT, "output"))


def _find_missing_rules(ports: tuple[Port, ...], rules: PortRules) -> list[PortRule]:
    """Return the rules of ports that are not listed, less one for each port of a wrong name that may be meant."""
    missing = [rule for rule in rules.named if rule.must_be_listed and find_port(ports, rule.name) is None]
    for port in find_unknown_ports(ports, rules) if missing else ():
        meant = suggest_name(port.name, [rule.name for rule in missing])
        missing = [rule for rule in missing if rule.name != meant] if meant else missing[1:]
    return missing


def _advise_on_variable(name: str, variables: PromptVariables, absent: list[str], fed: list[str]) -> str:
    """Return the remedy where a text of the prompt has the name of an input, but misspelled; else nothing.

    Of two spellings, the one at more places is meant; `fed` are the inputs that connections lead to.
    """
    found = find_misspelled_variable(variables, name)
    if found is not None:
        text, start, end = found
        return f"Write {{{{{name}}}}} in the prompt instead of {text.text[start:end]}."
    meant = suggest_name(name, absent)
    if meant is None:
        return ""
    places = [*(use.name for use in variables.used), *(listed for listed, _ in variables.listed), *fed]
    if places.count(meant) > places.count(name) + 1:
        return f"Did you mean {meant}, as in the prompt?"
    return f"Did you mean {{{{{name}}}}} where the prompt has {{{{{meant}}}}}? Otherwise rename the input."


def _advise(found: str, absent: list[str], rules: PortRules, what: str) -> str:
    if not rules.named:
        return rules.advice or f"Leave it out: this type has no {what}s."
    names = [rule.name for rule in rules.named]
    plain = f"Its {what} is {names[0]}." if len(names) == 1 else f"Its {what}s are {', '.join(names)}."
    return advise_name(found, absent, rules.advice or plain)


def _describe_type(rule: PortRule) -> str:
    return "any type" if rule.type is None else f"type {rule.type}"
