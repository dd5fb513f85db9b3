"""The texts of nodes: what looks like a credential or like a call that reads a file, and findings in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from generator.findings import Finding, Rule, warning
from generator.flow.model import FileText, Node, Value
from generator.flow.nodes import PlacedText, find_value
from generator.source import count_position
from generator.source.credentials import KINDS, find_credentials
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope

CREDENTIAL_IN_TEXT = warning(
    "CredentialInText", "A prompt, code or a tag holds text in the shape of a credential.", hides_source=True
)
LITERAL_FILE_CALL = warning("LiteralFileCall", "A prompt or code is a call such as file(), which is sent as it is.")
FILE_CALL = re.compile(
    r"""\s*(?:\$\{\s*)?(?:(?:template)?file\(\s*["']([^"']+)["'].*\)|fileb?://(\S+))\s*\}?\s*""", re.DOTALL
)
"""A whole text that other tools take for the content of a file: Terraform, and the AWS CLI."""
TEXTS = (
    ("code",),
    ("promptTemplate", "textPromptTemplate"),
    ("orchestrationConfiguration", "promptTemplate", "textPromptTemplate"),
)
"""Where nodes other than prompts have their texts."""

MOST_REPORTED = 100
"""How many credentials of one text are reported. Reports mask all of them."""


@register_check(CREDENTIAL_IN_TEXT)
def check_texts(scope: Scope) -> Iterator[Finding]:
    """Report each credential-shaped text in prompts and code, and in the flow's tags. Messages never repeat it."""
    for node in scope.nodes.values():
        for text in _list_texts(node, scope):
            yield from _report_all(text, f"The node {node.name!r}")
    if scope.loop is None:
        for key, value in scope.flow.tags.items():
            for text in _place_text(value, ("tags", key), scope):
                yield from _report_all(text, f"The tag {key!r}")


@register_check(LITERAL_FILE_CALL)
def check_file_calls(scope: Scope) -> Iterator[Finding]:
    """Report texts that name a file as other tools do."""
    for name, node in scope.nodes.items():
        for text in _list_texts(node, scope):
            match = None if isinstance(text.text, FileText) else FILE_CALL.fullmatch(text.text)
            if match is not None:
                message = f"Node {name!r} gets this text as it is, not the content of the file."
                remedy = f"Write {{$file: {match[1] or match[2]}}}."
                yield report_in_text(LITERAL_FILE_CALL, message, remedy, text, 0, len(text.text))


def report_in_text(rule: Rule, message: str, remedy: str, place: PlacedText, start: int, end: int) -> Finding:
    """Make a finding about text[start:end]; of a text that stands in a file of its own, it points into that file."""
    if isinstance(place.text, FileText):
        span = count_position(place.text, start, end)
        return Finding(rule, message, remedy, place.path, file=place.text.file, span=span)
    return Finding(rule, message, remedy, place.path, within=(start, end))


def _list_texts(node: Node, scope: Scope) -> Iterator[PlacedText]:
    variables = scope.input_rules[node.name].variables
    if variables is not None:
        yield from variables.texts
    for path in TEXTS:
        yield from _place_text(find_value(node, *path), (*node.configuration_path, *path), scope)


def _place_text(value: Value, path: Path, scope: Scope) -> Iterator[PlacedText]:
    found, place = scope.flow.look_through(value, path)
    if isinstance(found, str):
        yield PlacedText(found, place)


def _report_all(text: PlacedText, subject: str) -> Iterator[Finding]:
    for match in islice(find_credentials(text.text), MOST_REPORTED):
        what = KINDS[match.lastgroup or ""][0]
        message = f"{subject} holds what looks like {what}: whoever may read the flow or its module reads it."
        remedy = "Take it out, have it replaced where it is used, and let a Lambda function fetch the new one."
        yield report_in_text(CREDENTIAL_IN_TEXT, message, remedy, text, match.start(), match.end())
