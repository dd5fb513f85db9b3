"""What the API accepts and the resource does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from generator.findings import Finding, error
from generator.flow.api import Shape
from generator.flow.model import ParameterReference, Value
from generator.source.position import Path
from generator.terraform.resource.schema import Schema, find_member, find_provider_version

CANNOT_EXPRESS = error(
    "ProviderCannotExpress", "The Terraform resource does not support something that the API supports."
)
STRICTER = error("ProviderIsStricter", "The Terraform resource rejects a value that the API accepts.")
RESOURCE = "aws_bedrockagent_flow"
OTHER_WAY = ", or create this flow without Terraform (check it with --target api)"
HELP = {
    ("FlowNodeType", "Loop"): "Move the loop into a Lambda function or inline code",
    ("FlowNodeType", "LoopController"): "Move the loop into a Lambda function or inline code",
    ("FlowNodeType", "LoopInput"): "Move the loop into a Lambda function or inline code",
    (
        "KnowledgeBaseFlowNodeConfiguration",
        "orchestrationConfiguration",
    ): "Remove it to use the knowledge base's own setting",
    ("KnowledgeBaseFlowNodeConfiguration", "promptTemplate"): (
        "Remove it to use the default prompt, or write the answer in a Prompt node after this one"
    ),
    ("KnowledgeBaseFlowNodeConfiguration", "rerankingConfiguration"): "Remove it to keep the default order of results",
    ("ToolSpecification", "strict"): "Remove it; the model may then deviate from the tool's input schema",
}
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)


def report_unexpressible(shape: Shape, member: str, path: Path) -> Finding:
    """Report a key or a node type that the resource does not have."""
    version = find_provider_version()
    if shape.enum:
        message = f"{RESOURCE} does not support nodes of type {member} (hashicorp/aws {version})."
    else:
        message = f"{RESOURCE} does not support {member!r} (hashicorp/aws {version})."
    help = HELP.get((shape.name, member), "Remove it")
    return Finding(CANNOT_EXPRESS, message, help + OTHER_WAY + ".", path, key=not shape.enum)


def report_repeated(path: Path, most: int) -> Finding:
    """Report a list with more items than the resource accepts."""
    count = "only one item" if most == 1 else f"at most {most} items"
    message = f"{RESOURCE} accepts {count} in {path[-1]!r} (hashicorp/aws {find_provider_version()})."
    help = "Merge them into one, or split them across several messages" if path[-1] == "content" else "Use fewer"
    return Finding(CANNOT_EXPRESS, message, help + OTHER_WAY + ".", path)


def find_faults(value: Mapping[str, Value], shape: Shape, schema: Schema, path: Path) -> Iterator[Finding]:
    """Yield what the resource rejects in a block: missing required keys, and values that a validator rejects."""
    given = {target.name for member in value if (target := find_member(schema, member)) is not None}
    for member in shape.members:
        target = find_member(schema, member)
        if target is None or target.name in given:
            continue
        if target.is_required:
            message = f"{RESOURCE} requires {member!r} here, although the API does not."
            yield Finding(STRICTER, message, f"Add {member}{OTHER_WAY}.", path)
    wants_one = any(target.wants_one_of_siblings for target in (schema.members or {}).values())
    # A key that the resource does not have is already reported.
    if wants_one and len(given) != 1 and (given or not value):
        choice = ", ".join(member for member in shape.members if find_member(schema, member))
        message = f"{RESOURCE} requires exactly one of {choice} here, but there are {len(given)}."
        yield Finding(STRICTER, message, "Use exactly one of them.", path)
    yield from find_invalid_values(value, schema, path)


def find_invalid_values(value: Mapping[str, Value], schema: Schema, path: Path) -> Iterator[Finding]:
    """Yield the values in a block that a validator of the resource rejects."""
    for member, item in value.items():
        target = find_member(schema, member)
        if target is not None and (rule := _find_broken_rule(item, target)):
            message = f"{RESOURCE} accepts only {rule} for {member!r}; the API is less strict."
            yield Finding(STRICTER, message, "Change the value.", (*path, member))


def _find_broken_rule(value: Value, schema: Schema) -> str | None:
    """Return the rule of a validator that a value breaks, if any. A parameter's value is not known here."""
    if isinstance(value, ParameterReference):
        return None
    if isinstance(value, str):
        return _find_broken_string_rule(value, schema)
    if isinstance(value, list) and schema.items and len(value) < schema.items[0]:
        return f"{schema.items[0]} or more items"
    if isinstance(value, int | Decimal) and schema.range and not _is_within(value, schema.range):
        return f"a number of {_describe(schema.range)}"
    return None


def _find_broken_string_rule(value: str, schema: Schema) -> str | None:
    if schema.is_arn and not _ARN.fullmatch(value):
        return "an ARN"
    if schema.pattern and not re.search(schema.pattern.removesuffix("$") + r"\Z", value, re.ASCII):
        return f"a string that matches {schema.pattern}"
    # The provider's length validators count bytes, where the API counts characters.
    if schema.length and not _is_within(size := len(value.encode("utf-8", "surrogatepass")), schema.length):
        return f"a string of {_describe(schema.length)} bytes (this one has {size:,} in UTF-8)"
    return None


def _is_within(number: int | Decimal, bounds: tuple[int, int | None]) -> bool:
    return bounds[0] <= number and (bounds[1] is None or number <= bounds[1])


def _describe(bounds: tuple[int, int | None]) -> str:
    return f"{bounds[0]:,} to {bounds[1]:,}" if bounds[1] is not None else f"{bounds[0]:,} or more"
