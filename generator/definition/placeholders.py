"""Placeholders that another tool fills in: `${Name}` and intrinsics of CloudFormation, expressions of Terraform."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.api.fitness import takes_parameter
from generator.definition.defaults import find_place_shape
from generator.definition.parameters import is_parameter_name
from generator.definition.references import Foreign, name_parameter_after, refuse_place
from generator.definition.rules import UNRESOLVED_PLACEHOLDER
from generator.diagnostics import Finding, Related
from generator.source.position import Path

TERRAFORM = re.compile(r"\$\{\s*(var|local|module|data|each|count|path|terraform|aws_\w+)\b\s*[.\[]")
MOST_NAMED = 3


def report_placeholders(found: Sequence[Foreign]) -> list[Finding]:
    """Return the one finding for all placeholders of a document, at the first; nothing where there is none."""
    if not found:
        return []
    spelled = list(dict.fromkeys(spelling for item in found for spelling in item.spellings))
    more = len(spelled) - MOST_NAMED
    listed = ", ".join(spelled[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    tool = "Terraform" if all(map(TERRAFORM.match, spelled)) else "CloudFormation"
    message = f"{tool} fills in {listed}; flowseal does not."
    first, *others = found
    related = tuple(Related("Another one is here.", item.path) for item in others)
    finding = Finding(UNRESOLVED_PLACEHOLDER, message, "Write the value itself.", first.path, related=related)
    replaceable = next((item for item in found if _takes_parameter(item.path)), None)
    if replaceable is None:
        return [finding]
    name = name_parameter_after(replaceable.name)
    name = name if is_parameter_name(name) else "NAME"
    remedy = f"Write the value itself, or write {{$param: {name}}} and declare `{name}` in the section `parameters`."
    return [replace(finding, remedy=remedy, section="parameters")]


def _takes_parameter(path: Path) -> bool:
    shape = find_place_shape(path)
    return refuse_place(path) is None and shape is not None and takes_parameter(shape)
