"""Text that looks like a credential, where it would be read by everybody who may read the flow."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Finding, warning
from generator.model import Node, Value
from generator.nodes import PlacedText, find_value
from generator.source.credentials import KINDS, find_credentials
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.texts import report_in_text

CREDENTIAL_IN_TEXT = warning(
    "CredentialInText", "A prompt, code or a tag holds text in the shape of a credential.", hides_source=True
)


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


def _list_texts(node: Node, scope: Scope) -> Iterator[PlacedText]:
    variables = scope.input_rules[node.name].variables
    if variables is not None:
        yield from variables.texts
    elif node.type == "InlineCode":
        yield from _place_text(node.configuration.get("code"), (*node.configuration_path, "code"), scope)
    elif node.type == "KnowledgeBase":
        for above in ((), ("orchestrationConfiguration",)):
            path = (*above, "promptTemplate", "textPromptTemplate")
            yield from _place_text(find_value(node, *path), (*node.configuration_path, *path), scope)


def _place_text(value: Value, path: Path, scope: Scope) -> Iterator[PlacedText]:
    found, place = scope.flow.look_through(value, path)
    if isinstance(found, str):
        yield PlacedText(found, place)


def _report_all(text: PlacedText, subject: str) -> Iterator[Finding]:
    for match in find_credentials(text.text):
        what = KINDS[match.lastgroup or ""][0]
        message = f"{subject} holds what looks like {what}: whoever may read the flow or its module reads it."
        remedy = "Take it out, have it replaced where it is used, and let a Lambda function fetch the new one."
        yield report_in_text(CREDENTIAL_IN_TEXT, message, remedy, text, match.start(), match.end())
