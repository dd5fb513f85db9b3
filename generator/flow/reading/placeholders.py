"""Placeholders that another tool fills in: `${Name}` and intrinsics of CloudFormation, expressions of Terraform."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from generator.findings import Finding, Related
from generator.flow.reading.defaults import takes_reference
from generator.flow.reading.names import TERRAFORM_VALUE, find_last_name, propose_parameter, suggest_parameter
from generator.flow.reading.references import Foreign
from generator.flow.reading.rules import UNRESOLVED_PLACEHOLDER

TERRAFORM = re.compile(r"\$\{\s*(var|local|module|data|each|count|path|terraform|aws_\w+)\b\s*[.\[]")
MOST_NAMED = 3


def report_placeholders(found: Sequence[Foreign], declared: Collection[str]) -> list[Finding]:
    """Return the one finding for all placeholders of a document, at the first; nothing where there is none.

    `declared` are the names in the document's section `parameters`.
    """
    if not found:
        return []
    spelled = list(dict.fromkeys(spelling for item in found for spelling in item.spellings))
    more = len(spelled) - MOST_NAMED
    listed = ", ".join(spelled[:MOST_NAMED]) + (f", and {more} more" if more > 0 else "")
    tool = "Terraform" if all(map(_is_terraform, spelled)) else "CloudFormation"
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


def _is_terraform(spelling: str) -> bool:
    return (TERRAFORM.match(spelling) or TERRAFORM_VALUE.fullmatch(spelling)) is not None
