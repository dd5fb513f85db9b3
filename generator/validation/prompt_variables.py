"""Variables of prompts that nothing fills in."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import advise_name, check_shape, describe_shape_rule, find_shape
from generator.diagnostics import Finding, Severity, declare_rule
from generator.model import Node
from generator.nodes import PromptVariables
from generator.validation.ports import find_unknown_ports
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.texts import report_in_text

UNFILLED_PROMPT_VARIABLE = declare_rule(
    "UnfilledPromptVariable", Severity.WARNING, "A prompt has a variable, and its node no input of that name."
)


@register_check(UNFILLED_PROMPT_VARIABLE)
def check_prompt_variables(scope: Scope) -> Iterator[Finding]:
    """Report variables of prompts without an input, unless an input or connection with a wrong name may be meant."""
    for name, node in scope.nodes.items():
        variables = scope.input_rules[name].variables
        if variables is None or find_unknown_ports(node.inputs, scope.input_rules[name]):
            continue
        filled = {port.name for port in node.inputs} | {item.input for item in scope.incoming.get(name, ())}
        for variable in variables.names:
            if variable not in filled:
                yield _report(node, variable, variables)


def _report(node: Node, variable: str, variables: PromptVariables) -> Finding:
    message = f"The prompt of {node.name!r} has the variable {{{{{variable}}}}}, and no input fills it in."
    shape = find_shape("FlowNodeInputName")
    if check_shape(variable, shape, ()):
        remedy = f"Rename the variable, so that an input can have its name. {describe_shape_rule(shape)}"
    else:
        inputs = [port.name for port in node.inputs if port.name not in variables.names]
        remedy = advise_name(variable, inputs, f"Add an input named {variable} to the node, and a connection to it.")
    for use in variables.used:
        if use.name == variable:
            return report_in_text(UNFILLED_PROMPT_VARIABLE, message, remedy, use.place, use.start, use.end)
    path = next(path for name, path in variables.listed if name == variable)
    return Finding(UNFILLED_PROMPT_VARIABLE, message, remedy, path)
