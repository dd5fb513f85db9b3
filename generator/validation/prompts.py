"""Prompts and code: unfilled and unused variables, inline chats, credentials, and literal calls of file()."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from generator.findings import Finding, Rule, warning
from generator.findings.suggestions import suggest_name
from generator.flow.api import check_shape, describe_shape_rule, find_shape
from generator.flow.model import FileText, Node, Value
from generator.flow.nodes import PlacedText, PromptVariables, find_misspelled_variable, find_value
from generator.source import count_position
from generator.source.credentials import KINDS, find_credentials
from generator.source.position import Path
from generator.validation.ports import find_unknown_ports
from generator.validation.registry import register_check
from generator.validation.scope import Scope

CREDENTIAL_IN_TEXT = warning(
    "CredentialInText", "A prompt, code, or a tag contains what looks like a credential.", hides_source=True
)
LITERAL_FILE_CALL = warning("LiteralFileCall", "A prompt or code is a call such as file(), which is not evaluated.")
FILE_CALL = re.compile(
    r"""\s*(?:\$\{\s*)?(?:(?:template)?file\(\s*["']([^"']+)["'].*\)|fileb?://(\S+))\s*\}?\s*""", re.DOTALL
)
"""How Terraform and the AWS CLI refer to the contents of a file."""
TEXTS = (
    ("code",),
    ("promptTemplate", "textPromptTemplate"),
    ("orchestrationConfiguration", "promptTemplate", "textPromptTemplate"),
)
"""Where nodes other than prompt nodes have prompts or code."""

MAX_REPORTED = 100
"""How many credentials in one string are reported. Reports mask all of them."""


@register_check(CREDENTIAL_IN_TEXT)
def check_texts(scope: Scope) -> Iterator[Finding]:
    """Report what looks like a credential in prompts, code, and the flow's tags. Messages never repeat it."""
    for node in scope.nodes.values():
        for text in _list_texts(node, scope):
            yield from _report_all(text, f"Node {node.name!r}")
    if scope.loop is None:
        for key, value in scope.flow.tags.items():
            for text in _place_text(value, ("tags", key), scope):
                yield from _report_all(text, f"Tag {key!r}")


@register_check(LITERAL_FILE_CALL)
def check_file_calls(scope: Scope) -> Iterator[Finding]:
    """Report prompts and code that refer to a file in the syntax of another tool."""
    for name, node in scope.nodes.items():
        for text in _list_texts(node, scope):
            match = None if isinstance(text.text, FileText) else FILE_CALL.fullmatch(text.text)
            if match is not None:
                message = f"Node {name!r} receives this text literally, not the contents of the file."
                help = f"Use {{$file: {match[1] or match[2]}}}."
                yield report_in_text(LITERAL_FILE_CALL, message, help, text, 0, len(text.text))


def report_in_text(rule: Rule, message: str, help: str, place: PlacedText, start: int, end: int) -> Finding:
    """Return a finding about text[start:end]. If the text is from a separate file, it points into that file."""
    if isinstance(place.text, FileText):
        span = count_position(place.text, start, end)
        return Finding(rule, message, help, place.path, file=place.text.file, span=span)
    return Finding(rule, message, help, place.path, within=(start, end))


def _list_texts(node: Node, scope: Scope) -> Iterator[PlacedText]:
    variables = scope.input_rules[node.name].variables
    if variables is not None:
        yield from variables.texts
    for path in TEXTS:
        yield from _place_text(find_value(node, *path), (*node.configuration_path, *path), scope)


def _place_text(value: Value, path: Path, scope: Scope) -> Iterator[PlacedText]:
    found, place = scope.flow.resolve(value, path)
    if isinstance(found, str):
        yield PlacedText(found, place)


def _report_all(text: PlacedText, subject: str) -> Iterator[Finding]:
    for match in islice(find_credentials(text.text), MAX_REPORTED):
        what = KINDS[match.lastgroup or ""][0]
        message = f"{subject} contains what looks like {what}. Anyone who can read the flow or its module can read it."
        help = "Remove and rotate it, and have a Lambda function fetch the new one."
        yield report_in_text(CREDENTIAL_IN_TEXT, message, help, text, match.start(), match.end())


UNFILLED_PROMPT_VARIABLE = warning(
    "UnfilledPromptVariable", "A prompt uses a variable, but its node has no input of that name."
)
INLINE_CHAT_PROMPT = warning("InlineChatPrompt", "A chat prompt is defined inline, which AWS probably rejects.")
UNUSED_PROMPT_VARIABLE = warning("UnusedPromptVariable", "A prompt lists a variable that its text never uses.")


@register_check(INLINE_CHAT_PROMPT)
def check_inline_chats(scope: Scope) -> Iterator[Finding]:
    """Report inline chat prompts: none is known to have been accepted."""
    for name, node in scope.nodes.items():
        inline = ("sourceConfiguration", "inline")
        if node.type != "Prompt" or find_value(node, *inline, "templateType") != "CHAT":
            continue
        message = (
            f"Node {name!r} has an inline chat prompt, which AWS probably rejects: the one reported attempt "
            "failed with 'invalid template configuration'."
        )
        help = "Create the prompt in Prompt management and set sourceConfiguration.resource.promptArn to its ARN."
        yield Finding(INLINE_CHAT_PROMPT, message, help, (*node.configuration_path, *inline, "templateType"))


@register_check(UNFILLED_PROMPT_VARIABLE)
def check_prompt_variables(scope: Scope) -> Iterator[Finding]:
    """Report prompt variables without an input, unless an unknown input or connection may be meant for them."""
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
    """Report variables that a prompt lists and an input fills in, but that the prompt never uses."""
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
            # Variables without an input, and misspelled ones in the prompt, are reported as such.
            if variable not in used and variable in filled and not suggest_name(variable, used - filled):
                yield _report_unused(node, variable, path, variables)


def _report_unused(node: Node, variable: str, path: Path, variables: PromptVariables) -> Finding:
    message = f"The prompt of node {node.name!r} lists the variable {variable!r} but never uses it."
    found = find_misspelled_variable(variables, variable)
    if found is None:
        help = f"Use {{{{{variable}}}}} in the prompt, or remove the variable and its input."
        return Finding(UNUSED_PROMPT_VARIABLE, message, help, path)
    text, start, end = found
    help = f"Replace {text.text[start:end]} with {{{{{variable}}}}}."
    return report_in_text(UNUSED_PROMPT_VARIABLE, message, help, text, start, end)


def _report(node: Node, variable: str, variables: PromptVariables) -> Finding:
    message = f"The prompt of node {node.name!r} uses {{{{{variable}}}}}, but the node has no input {variable!r}."
    shape = find_shape("FlowNodeInputName")
    if check_shape(variable, shape, ()):
        help = f"Rename the variable so that an input can have the same name. {describe_shape_rule(shape)}"
    else:
        meant = suggest_name(variable, [port.name for port in node.inputs])
        hint = f"Did you mean {{{{{meant}}}}}? Otherwise add" if meant else "Add"
        help = f"{hint} an input named {variable} and a connection to it."
    for use in variables.used:
        if use.name == variable:
            return report_in_text(UNFILLED_PROMPT_VARIABLE, message, help, use.place, use.start, use.end)
    path = next(path for name, path in variables.listed if name == variable)
    return Finding(UNFILLED_PROMPT_VARIABLE, message, help, path)
