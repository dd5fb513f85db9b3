"""References that only another tool resolves: CloudFormation's `${Name}` and intrinsic functions, and Terraform's."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from generator.findings import Finding, Related
from generator.flow.model import Value
from generator.flow.reading.names import TERRAFORM_VALUE, find_last_name, propose_parameter, suggest_parameter
from generator.flow.reading.paths import is_identifier_path, refuse_place, refuses_value, takes_reference
from generator.flow.reading.rules import UNRESOLVED_PLACEHOLDER
from generator.source.position import Path

FOREIGN = re.compile(r"\$\{[^{}]+\}")
INTRINSIC = re.compile(r"Ref|Fn::\w+")
"""A key with which CloudFormation computes a value."""
TERRAFORM = re.compile(r"\$\{\s*(var|local|module|data|each|count|path|terraform|aws_\w+)\b\s*[.\[]")
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Foreign:
    """A value with references that only another tool resolves.

    `spellings` are the references, `name` is a name for the value. With `is_whole`, the value is a single reference.
    """

    path: Path
    spellings: tuple[str, ...]
    name: str
    is_whole: bool = True


def find_foreign_text(text: str, path: Path) -> Foreign | None:
    """Return the references in a string if it needs another tool: `${Name}` is valid in a prompt, but not in an ARN."""
    if "." in text and TERRAFORM_VALUE.fullmatch(text):
        found = [text]
        is_foreign = is_identifier_path(path) and (path == ("name",) or refuse_place(path) is None)
    else:
        found = FOREIGN.findall(text) if "${" in text else []
        is_foreign = bool(found) and refuses_value(text, path)
    if not is_foreign:
        return None
    # A parameter replaces the whole value. If the reference is only a part of it, the key names the value.
    is_whole = found[0] == text
    return Foreign(path, tuple(found), find_last_name(text) if is_whole else str(path[-1]), is_whole)


def find_intrinsic(key: str, item: Value, path: Path) -> Foreign | None:
    """Return the reference that a mapping with a single key is, if the key is an intrinsic function."""
    if not INTRINSIC.fullmatch(key) or not refuses_value({key: item}, path):
        return None
    return Foreign(path, (f"{{{key}: ...}}",), item if isinstance(item, str) else "")


def report_placeholders(found: Sequence[Foreign], declared: Collection[str]) -> list[Finding]:
    """Return one finding for all such references of a document, at the first.

    `declared` are the names in the document's section `parameters`.
    """
    if not found:
        return []
    spelled = list(dict.fromkeys(spelling for item in found for spelling in item.spellings))
    more = len(spelled) - MOST_NAMED
    listed = ", ".join(spelled[:MOST_NAMED]) + (f", and {more} more" if more > 0 else "")
    is_terraform = all(TERRAFORM.match(spelling) or TERRAFORM_VALUE.fullmatch(spelling) for spelling in spelled)
    tool = "Terraform" if is_terraform else "CloudFormation"
    message = f"flowseal does not resolve {tool} references: {listed}."
    first, *others = found
    related = tuple(Related("Another reference is here.", item.path) for item in others)
    finding = Finding(UNRESOLVED_PLACEHOLDER, message, "Write the literal value.", first.path, related=related)
    replaceable = next((item for item in found if takes_reference(item.path)), None)
    if replaceable is None:
        return [finding]
    help, section = _advise(replaceable, declared)
    return [replace(finding, help=help, section=section)]


def _advise(item: Foreign, declared: Collection[str]) -> tuple[str, str]:
    spelled = (item.name,) if item.is_whole else map(find_last_name, item.spellings)
    meant = next((name for text in spelled if (name := suggest_parameter(text, declared))), None)
    if meant and item.is_whole:
        return f"Write {{$param: {meant}}}.", ""
    if meant:
        return f"$param replaces a whole value: write only {{$param: {meant}}}, or the literal value.", ""
    name, whole = propose_parameter(item.name), "" if item.is_whole else " for the whole value"
    help = f"Write the literal value, or write {{$param: {name}}}{whole} and declare `{name}` under `parameters`."
    return help, "parameters"
