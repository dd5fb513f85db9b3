"""Prompts: variables that nothing fills in or that no text uses, and chats that AWS very likely refuses."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding, warning
from generator.findings.suggestions import suggest_name
from generator.flow.api import check_shape, describe_shape_rule, find_shape
from generator.flow.model import Node
from generator.flow.nodes import PromptVariables, find_misspelled_variable, find_value
from generator.source.position import Path
from generator.validation.ports import find_unknown_ports
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.texts import FILE_CALL, report_in_text

UNFILLED_PROMPT_VARIABLE = warning(
    "UnfilledPromptVariable", "A prompt has a variable, and its node no input of that name."
)
INLINE_CHAT_PROMPT = warning(
    "InlineChatPrompt", "A chat prompt is written in the flow itself, which AWS very likely refuses."
)
UNUSED_PROMPT_VARIABLE = warning("UnusedPromptVariable", "A prompt lists a variable that its text does not use.")


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


@register_check(UNUSED_PROMPT_VARIABLE)
def check_unused_variables(scope: Scope) -> Iterator[Finding]:
    """Report variables that a prompt lists and an input fills in, but that no text of the prompt uses."""
    for name, node in scope.nodes.items():
        variables = scope.input_rules[name].variables
        if (
            variables is None
            or not variables.is_known
            or any(FILE_CALL.fullmatch(text.text) for text in variables.texts)
        ):
            continue
        used = {use.name for use in variables.used}
        filled = {port.name for port in node.inputs}
        for variable, path in variables.listed:
            # What nothing fills in, and a variable of the text that is meant for this one, is reported as that.
            if variable not in used and variable in filled and not suggest_name(variable, used - filled):
                yield _report_unused(node, variable, path, variables)


def _report_unused(node: Node, variable: str, path: Path, variables: PromptVariables) -> Finding:
    message = f"The prompt of {node.name!r} lists the variable {variable!r}, but its text does not use it."
    found = find_misspelled_variable(variables, variable)
    if found is None:
        remedy = f"Use {{{{{variable}}}}} in the text, or remove the variable and its input."
        return Finding(UNUSED_PROMPT_VARIABLE, message, remedy, path)
    text, start, end = found
    remedy = f"Write {{{{{variable}}}}} in the prompt instead of {text.text[start:end]}."
    return report_in_text(UNUSED_PROMPT_VARIABLE, message, remedy, text, start, end)


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
