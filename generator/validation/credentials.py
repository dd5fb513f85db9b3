"""Text that looks like a credential, where it would be read by everybody who may read the flow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Finding, Severity, declare_rule
from generator.model import Node, Value
from generator.nodes import PlacedText, find_value
from generator.source.position import Path
from generator.validation.registry import register_check
from generator.validation.scope import Scope
from generator.validation.texts import report_in_text

CREDENTIAL_IN_TEXT = declare_rule(
    "CredentialInText",
    Severity.WARNING,
    "A prompt, code or a tag holds text in the shape of a credential.",
    hides_source=True,
)

KINDS = {
    "aws_key": ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    "private_key": (
        "a private key",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?s:.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----)?",
    ),
    "github": ("a GitHub token", r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{60,})"),
    "slack": ("a Slack token", r"\bxox[abeprs]-[0-9A-Za-z-]{20,}"),
    "stripe": ("a Stripe key", r"\b[rs]k_live_[0-9A-Za-z]{20,}"),
    "google": ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "model": ("an API key of a model's vendor", r"\bsk-(?:[a-z]+-)*[0-9A-Za-z_-]{32,}"),
    "token": ("a signed token", r"\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}"),
    "address": ("a password in an address", r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$<>]+:(?=[^\s@]*[0-9])[^\s/:@{}$<>]{6,}@"),
    "password": (
        "a password",
        (
            r"(?i:\b(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|client_?secret)\b)[\"']?\s*[:=]\s*"
            r"[\"'](?=[^\"']*[0-9])(?=[^\"']*[A-Za-z])[^\"'\s{}$<>]{10,}[\"']"
        ),
    ),
    "aws_secret": (
        "an AWS secret key",
        r"(?i:\baws_?(?:secret_?)(?:access_?)?key\b)[\"']?\s*[:=]\s*[\"']?[0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])",
    ),
}
"""What each shape is called, and its pattern."""
SHAPES = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in KINDS.items()))
SIGNS = (
    *("akia", "asia", "-----begin", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "k_live_", "aiza"),
    *("sk-", "eyj", "://", "pass", "pwd", "secret", "key", "token"),
)
"""What each shape holds, in lower case: most texts hold none of it, and need not be searched."""
EXAMPLES = re.compile(r"(?i)example|placeholder|changeme|your[-_]|x{6}|0{8}|123456789")
"""What authors write where a credential is meant and none is there."""


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
    lowered = text.text.lower()
    if not any(map(lowered.__contains__, SIGNS)):
        return
    for match in SHAPES.finditer(text.text):
        if not EXAMPLES.search(match.group()):
            what = KINDS[match.lastgroup or ""][0]
            message = f"{subject} holds what looks like {what}: whoever may read the flow or its module reads it."
            remedy = "Take it out, have it replaced where it is used, and let a Lambda function fetch the new one."
            yield report_in_text(CREDENTIAL_IN_TEXT, message, remedy, text, match.start(), match.end())
