"""Prompts: variables that nothing fills in, and chats that a flow very likely cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from generator.api import check_shape, describe_shape_rule, find_shape, suggest_name
from generator.diagnostics import Finding, Severity, declare_rule
from generator.model import Node
from generator.nodes import PromptVariables, find_value
from generator.validation.ports import find_unknown_ports
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.texts import report_in_text

UNFILLED_PROMPT_VARIABLE = declare_rule(
    "UnfilledPromptVariable", Severity.WARNING, "A prompt has a variable, and its node no input of that name."
)
INLINE_CHAT_PROMPT = declare_rule(
    "InlineChatPrompt", Severity.WARNING, "A chat prompt is written in the flow itself, which AWS very likely refuses."
)


@register_check(INLINE_CHAT_PROMPT)
def check_inline_chats(scope: Scope) -> Iterator[Finding]:
    """Report chat prompts that a node holds itself: nobody is known to have had one accepted."""
    for name, node in scope.nodes.items():
        inline = ("sourceConfiguration", "inline")
        if node.type != "Prompt" or find_value(node, *inline, "templateType") != "CHAT":
            continue
        message = (
            f"Node {name!r} has an inline chat prompt, which AWS very likely refuses: it answered 'invalid template "
            "configuration' to one (terraform-provider-aws pull request 42201), and CloudFormation has none."
        )
        remedy = "Create the prompt in Prompt management, and give its ARN as sourceConfiguration.resource.promptArn."
        yield Finding(INLINE_CHAT_PROMPT, message, remedy, (*node.configuration_path, *inline, "templateType"))


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
        meant = suggest_name(variable, [port.name for port in node.inputs])
        hint = f"Did you mean {{{{{meant}}}}}? Otherwise add" if meant else "Add"
        remedy = f"{hint} an input named {variable} to the node, and a connection to it."
    for use in variables.used:
        if use.name == variable:
            return report_in_text(UNFILLED_PROMPT_VARIABLE, message, remedy, use.place, use.start, use.end)
    path = next(path for name, path in variables.listed if name == variable)
    return Finding(UNFILLED_PROMPT_VARIABLE, message, remedy, path)
